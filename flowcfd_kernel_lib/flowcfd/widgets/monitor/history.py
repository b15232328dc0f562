"""What is kept of rows that come without end: the newest as they are, the older ones thinned so that peaks stay."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]

CELLS = 400_000
"""So many numbers one history holds at most, whatever comes: 3.2 MB."""
FEWEST, MOST = 2_000, 20_000
"""So many rows it holds at most: MOST, fewer of wide ones, but never less than FEWEST."""


class History:
    """Rows [x, y0, y1, ...], x rising; `count` are all that ever came, `rows` those that are kept.

    When it is full, the older half is thinned: of four rows two stay, each column's least and greatest value in the
    order in which they came. A row whose x is not greater than the last one's takes the place of all from there on:
    a resumed run computes them again.
    """

    def __init__(self, width: int, capacity: int | None = None) -> None:
        self.width = width
        self.capacity = capacity or max(FEWEST, min(MOST, CELLS // max(1, width)))
        self.count = 0
        self._room: Rows = np.empty((0, width))
        self._length = 0

    @property
    def rows(self) -> Rows:
        """What is kept: a look at the store, not a copy."""
        return self._room[: self._length]

    def extend(self, rows: Rows) -> None:
        """Take in rows, shape (n, width), in the order in which they were written."""
        self.count += len(rows)
        back = np.flatnonzero(rows[1:, 0] <= rows[:-1, 0]) + 1
        for part in np.split(rows, back) if len(back) else (rows,):
            if len(part):
                self._append(part)
        while self._length > self.capacity:
            half = self._length // 2 // 4 * 4
            self._keep(np.concatenate([thinned(self.rows[:half]), self.rows[half:]]))

    def _append(self, part: Rows) -> None:
        """Put rising rows behind those before them; in place, for they come one by one."""
        length = self._length
        if length and self._room[length - 1, 0] >= part[0, 0]:
            length = int(np.searchsorted(self.rows[:, 0], part[0, 0]))
            self._keep(self._room[:length].copy())  # who looks at the old ones goes on with them
        if length + len(part) > len(self._room):
            room = np.empty((max(256, 2 * (length + len(part))), self.width))
            room[:length] = self._room[:length]
            self._room = room
        self._room[length : length + len(part)] = part
        self._length = length + len(part)

    def _keep(self, rows: Rows) -> None:
        self._room, self._length = rows, len(rows)

    def widen(self, width: int) -> None:
        """Room for columns that nobody knew of; the rows so far have nan there."""
        self._keep(np.hstack([self.rows, np.full((self._length, width - self.width), np.nan)]))
        self.width = width


def thinned(rows: Rows, size: int = 4) -> Rows:
    """Two rows in place of each `size`: the least and greatest value of each column, the one that came first first."""
    whole = len(rows) // size * size
    groups = rows[:whole].reshape(-1, size, rows.shape[1])
    least, most = _first(groups, np.inf, np.argmin), _first(groups, -np.inf, np.argmax)
    early, late = np.minimum(least, most), np.maximum(least, most)
    pairs = np.stack([np.take_along_axis(groups, place[:, None, :], 1)[:, 0] for place in (early, late)], 1)
    pairs[:, 0, 0], pairs[:, 1, 0] = groups[:, 0, 0], groups[:, -1, 0]
    return np.concatenate([pairs.reshape(-1, rows.shape[1]), rows[whole:]])


def _first(groups: Rows, instead: float, place: object) -> NDArray[np.intp]:
    """Where each column of each group has its extreme; nan is none."""
    known = np.where(np.isnan(groups), instead, groups)
    found: NDArray[np.intp] = place(known, axis=1)  # type: ignore[operator]
    return found
