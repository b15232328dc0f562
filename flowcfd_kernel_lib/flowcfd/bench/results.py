"""Opening a million cells with U and p: first, and again from the cache, against VTK's POpenFOAMReader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyvista

from flowcfd.bench.box import Box, write_field, write_mesh
from flowcfd.bench.measure import least
from flowcfd.bench.row import Row
from flowcfd.post import cache, fields

_AGAIN = 0.12
"""The most that opening 1 000 000 cells again may cost [s CPU]."""


def run(*, quick: bool = False) -> list[Row]:
    """Rows for opening first and again, CPU seconds; the peer's lean setting and its default are measured in turns."""
    side = 40 if quick else 100
    box = Box((side, side, side))
    random = np.random.default_rng(1)
    with TemporaryDirectory(prefix="flowcfd-bench-") as place, cache.in_folder(Path(place, "cache")):
        case = Path(place, "case")
        case.mkdir()
        write_mesh(case, box)
        write_field(case, "1", "U", random.standard_normal((box.count, 3)))
        write_field(case, "1", "p", random.standard_normal(box.count))
        (case / "case.foam").touch()
        first, again, lean, default = least(
            _first(case), lambda: fields.mesh(case, 1), lambda: _peer(case, lean=True), lambda: _peer(case, lean=False)
        )
    size = f"{box.count} cells, U and p"
    reader = "POpenFOAMReader"
    note = "binary hexahedra; of other meshes VTK's own reader makes the cells"
    return [
        Row(
            name=f"first opening, {size}",
            ours=first,
            unit="s CPU",
            peer_name=f"{reader}, lean",
            peer=lean,
            goal=1.0,
            note=note,
        ),
        Row(name=f"first opening, {size}", ours=first, unit="s CPU", peer_name=f"{reader}, default", peer=default),
        Row(name=f"opening again, {size}", ours=again, unit="s CPU", peer_name=f"{reader}, lean", peer=lean),
        Row(
            name=f"opening again, {size}",
            ours=again,
            unit="s CPU",
            peer_name=f"{reader}, default",
            peer=default,
            goal=_AGAIN,
            absolute=True,
        ),
    ]


def _first(case: Path) -> Callable[[], object]:
    def work() -> object:
        for file in cache.folder().glob("*"):
            file.unlink()
        return fields.mesh(case, 1)

    return work


def _peer(case: Path, *, lean: bool) -> pyvista.MultiBlock:
    reader = pyvista.POpenFOAMReader(case / "case.foam")
    if lean:
        reader.cell_to_point_creation = False
        reader.disable_all_patch_arrays()
        reader.enable_patch_array("internalMesh")
    reader.set_active_time_value(1.0)
    return reader.read()
