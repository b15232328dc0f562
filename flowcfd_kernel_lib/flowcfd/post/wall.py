"""Measures on walls."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def reattachment(shear: ArrayLike, x: ArrayLike) -> list[float]:
    """The places where wall shear changes its sign, rising: separation and reattachment.

    `shear` is the component along `x` at the places `x` [m], both of shape (n,), in any order; between two places it
    is taken as linear. A place where it is zero counts when the signs on both its sides differ. Places that are not
    numbers are passed over. Raises ValueError for different lengths.
    """
    along, values = np.asarray(x, float).ravel(), np.asarray(shear, float).ravel()
    if along.shape != values.shape:
        raise ValueError(f"shear and x must have the same length (got {len(values)} and {len(along)})")
    known = np.isfinite(along) & np.isfinite(values) & (values != 0)
    order = np.argsort(along[known], kind="stable")
    along, values = along[known][order], values[known][order]
    before = np.flatnonzero(np.diff(np.sign(values)) != 0)
    share = values[before] / (values[before] - values[before + 1])
    places: list[float] = (along[before] + share * (along[before + 1] - along[before])).tolist()
    return places
