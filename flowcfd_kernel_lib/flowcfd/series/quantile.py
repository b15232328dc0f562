"""Quantiles of the normal and of Student's distribution."""

from __future__ import annotations

import math


def normal(share: float) -> float:
    """The value below which `share` of a standard normal variable lies; to about 1e-12.

    A rational start (Abramowitz and Stegun 26.2.23) and Newton's steps on the error function.
    """
    if not 0.0 < share < 1.0:
        raise ValueError(f"share must be between 0 and 1 (got {share:g})")
    if share < 0.5:
        return -normal(1.0 - share)
    t = math.sqrt(-2.0 * math.log(1.0 - share))
    z = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
    for _ in range(3):
        error = 0.5 * math.erfc(-z / math.sqrt(2)) - share
        z -= error * math.sqrt(2 * math.pi) * math.exp(0.5 * z * z)
    return z


def student(share: float, free: float) -> float:
    """The same of Student's t with `free` degrees of freedom, which need not be whole; `share` from 0.5 on.

    Hill, G. W. (1970), "Algorithm 396: Student's t-quantiles", Comm. ACM 13(10), 619-620; exact for 1 and 2, elsewhere
    to six digits, for less than 1 as for 1.
    """
    if not 0.5 <= share < 1.0:
        raise ValueError(f"share must be from 0.5 to below 1 (got {share:g})")
    n, both = max(free, 1.0), 2.0 * (1.0 - share)
    if n == 1.0:
        return math.tan(math.pi * (share - 0.5))
    if n == 2.0:
        return math.sqrt(2.0 / (both * (2.0 - both)) - 2.0)
    a = 1.0 / (n - 0.5)
    b = 48.0 / (a * a)
    c = ((20700.0 * a / b - 98.0) * a - 16.0) * a + 96.36
    d = ((94.5 / (b + c) - 3.0) / b + 1.0) * math.sqrt(a * math.pi / 2.0) * n
    x = d * both
    y = x ** (2.0 / n)
    if y > 0.05 + a:
        x = -normal(1.0 - both / 2.0) if both < 1.0 else 0.0
        y = x * x
        if n < 5.0:
            c += 0.3 * (n - 4.5) * (x + 0.6)
        c += (((0.05 * d * x - 5.0) * x - 7.0) * x - 2.0) * x + b
        y = (((((0.4 * y + 6.3) * y + 36.0) * y + 94.5) / c - y - 3.0) / b + 1.0) * x
        y = math.expm1(a * y * y)
    else:
        y = ((1.0 / (((n + 6.0) / (n * y) - 0.089 * d - 0.822) * (n + 2.0) * 3.0) + 0.5 / (n + 4.0)) * y - 1.0) * (
            n + 1.0
        ) / (n + 2.0) + 1.0 / y
    return math.sqrt(n * y)
