"""Levels of detail: coarse copies of the surfaces that are shown, for as long as the picture moves.

A level is found by binning points and keeping one in each bin, which carries its values along: seconds for ten million
triangles, and none for a surface that is small enough. Source: vtkBinnedDecimation, after Lindstrom, SIGGRAPH 2000.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from flowcfd.post import cache
from flowcfd.scene.coarse import coarse, triangles

FINE, COARSE = 120_000, 40_000
"""Triangles of the levels: software GL draws the coarse one in some 20 ms."""
LEVELS = (FINE, COARSE)
SMALL = 2 * COARSE
"""A surface with at most so many triangles needs no levels."""
Arrays = Mapping[str, Any]


class Levels:
    """The levels of the surfaces of one view, made one after the other in the background."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, tuple[Any, ...]]] = {}
        self._asked: set[int] = set()
        self._worker: Any = None
        self._news = False

    def of(self, surface: Any) -> tuple[Any, ...]:
        """The levels, the coarsest last; none while they are being made."""
        known = self._known.get(id(surface))
        return () if known is None else known[1]

    def news(self) -> bool:
        """Whether some have become ready since this was asked last."""
        news, self._news = self._news, False
        return news

    def prepare(self, surfaces: Iterable[Any]) -> None:
        """Make them in the background, where they are neither known nor being made."""
        from concurrent.futures import ThreadPoolExecutor

        for surface in surfaces:
            if id(surface) in self._asked:
                continue
            self._asked.add(id(surface))
            if self._worker is None:
                self._worker = ThreadPoolExecutor(1, "levels of detail")
            self._worker.submit(self._make, surface)

    def clear(self) -> None:
        """Forget all; what is being made is dropped when it is ready."""
        if self._worker is not None:
            self._worker.shutdown(wait=False, cancel_futures=True)
        self._worker = None
        self._known, self._asked = {}, set()

    def wait(self) -> None:
        """Until all that was asked for is ready."""
        if self._worker is not None:
            self._worker.submit(int).result()

    def _make(self, surface: Any) -> None:
        asked = self._asked
        levels = pyramid(surface)
        if asked is self._asked:
            self._known[id(surface)] = (surface, levels)
            self._news = True


def pyramid(surface: Any) -> tuple[Any, ...]:
    """The surface and coarser ones of it, the coarsest last; each level that would not spare half is left out."""
    wanted = [target for target in LEVELS if triangles(surface) > 2 * target]
    if not wanted:
        return (surface,)
    kept = cache.arrays(f"lod-{key(surface)}", lambda: _packed(surface, wanted))
    return (surface, *(_unpacked(kept, number) for number in range(len(wanted))))


def _packed(surface: Any, targets: Sequence[int]) -> Arrays:
    """The levels as arrays, to be kept."""
    found: dict[str, Any] = {}
    for number, target in enumerate(targets):
        surface = coarse(surface, target)
        found |= {f"{number} points": surface.points, f"{number} faces": surface.faces}
        found |= {f"{number} {name}": values for name, values in _arrays(surface).items()}
    return found


def _unpacked(kept: Arrays, number: int) -> Any:
    import pyvista

    mine = {name.split(" ", 1)[1]: values for name, values in kept.items() if name.startswith(f"{number} ")}
    made = pyvista.PolyData(mine.pop("points"), faces=mine.pop("faces"))
    for name, values in mine.items():
        where, array = name.split(" ", 1)
        (made.point_data if where == "p" else made.cell_data)[array] = values
    scalars = [name for name in mine if name.endswith(" shown")]
    if scalars:
        made.set_active_scalars("shown", "point" if scalars[0].startswith("p ") else "cell")
    return made


def key(surface: Any) -> str:
    """A name for what a surface holds: its points, its faces and its values."""
    import pyvista

    sha = hashlib.blake2b(digest_size=16)
    mesh = pyvista.wrap(surface)
    for array in (mesh.points, mesh.faces, *_arrays(mesh).values()):
        sha.update(np.ascontiguousarray(array).view(np.uint8).data)
    return sha.hexdigest()


def _arrays(mesh: Any) -> Mapping[str, np.ndarray]:
    return {**{f"p {name}": mesh.point_data[name] for name in mesh.point_data},
            **{f"c {name}": mesh.cell_data[name] for name in mesh.cell_data}}  # fmt: skip
