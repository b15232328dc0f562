"""Small line plots as SVG, which a panel shows as it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
WIDE, TALL = 300, 170
LEFT, RIGHT, TOP, BELOW = 46, 18, 12, 34
"""Room for the labels [pixels]."""


def plot(along: Floats, values: Floats, label: str, *, across: str = "distance from a [m]") -> str:
    """A curve; gaps where a value is nan. The colours are those of the text around it."""
    known = values[np.isfinite(values)]
    if not len(known):
        return f'<p role="status">{escape(label)}: no point of the line is in the flow</p>'
    xs, ys = ticks(float(along.min()), float(along.max())), ticks(float(known.min()), float(known.max()))
    x = _scale(min(xs[0], along.min()), max(xs[-1], along.max()), LEFT, WIDE - RIGHT)
    y = _scale(min(ys[0], known.min()), max(ys[-1], known.max()), TALL - BELOW, TOP)
    said = f"{label} along the line: {known.min():.4g} to {known.max():.4g}"
    return (
        f'<svg viewBox="0 0 {WIDE} {TALL}" role="img" aria-label="{escape(said, quote=True)}" class="flowcfd-plot">'
        + "".join(_grid_x(x(one), one) for one in xs)
        + "".join(_grid_y(y(one), one) for one in ys)
        + f'<path class="curve" d="{_path(x(along), y(values))}"/>'
        + f'<text x="{(LEFT + WIDE) / 2}" y="{TALL - 4}" text-anchor="middle">{escape(across)}</text>'
        + f'<text class="name" x="{LEFT}" y="9">{escape(label)}</text></svg>'
    )


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round values from below `low` to above `high`, at most so many steps."""
    if not high > low:
        room = abs(low) / 2 or 0.5
        low, high = low - room, high + room
    rough = (high - low) / most
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(one * power for one in (1, 2, 5, 10) if one * power >= rough * (1 - 1e-9))
    first, last = np.floor(low / step + 1e-9), np.ceil(high / step - 1e-9)
    return [float(f"{n * step:.10g}") for n in np.arange(first, last + 1)]


def _scale(low: float, high: float, begin: float, end: float) -> Callable[[Any], Any]:
    """From values to pixels, of numbers and of arrays."""
    return lambda value: begin + (value - low) / (high - low) * (end - begin)


def _path(x: Sequence[float] | Floats, y: Floats) -> str:
    parts, pen = [], "M"
    for one, other in zip(x, y, strict=True):
        if not np.isfinite(other):
            pen = "M"
            continue
        parts.append(f"{pen}{one:.1f} {other:.1f}")
        pen = "L"
    return "".join(parts)


def _grid_x(at: float, value: float) -> str:
    return (
        f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{TALL - BELOW}"/>'
        f'<text x="{at:.1f}" y="{TALL - BELOW + 12}" text-anchor="middle">{value:.3g}</text>'
    )


def _grid_y(at: float, value: float) -> str:
    return (
        f'<line x1="{LEFT}" x2="{WIDE - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>'
        f'<text x="{LEFT - 4}" y="{at + 3:.1f}" text-anchor="end">{value:.3g}</text>'
    )
