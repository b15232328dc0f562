"""A box of hexahedra with fields as OpenFOAM would write it, made without OpenFOAM: what benchmarks and tests read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from flowcfd.foam.fields import Faces, write, write_list
from flowcfd.foam.fields.field import create

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Format = Literal["ascii", "binary"]

_PLUS = (
    ((1, 0, 0), (1, 1, 0), (1, 1, 1), (1, 0, 1)),
    ((0, 1, 0), (0, 1, 1), (1, 1, 1), (1, 1, 0)),
    ((0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)),
)
"""Corners (x, y, z) of the sides towards +x, +y, +z of a cell, in the order that points their normals outwards."""

_MINUS = (
    ((0, 0, 0), (0, 0, 1), (0, 1, 1), (0, 1, 0)),
    ((0, 0, 0), (1, 0, 0), (1, 0, 1), (0, 0, 1)),
    ((0, 0, 0), (0, 1, 0), (1, 1, 0), (1, 0, 0)),
)

PATCHES = ("left", "right", "bottom", "top", "back", "front")


@dataclass(frozen=True)
class Box:
    """Cells in x, y and z, and the lengths of the sides [m]; the corner is the origin."""

    cells: tuple[int, int, int]
    size: tuple[float, float, float] = (1.0, 1.0, 1.0)

    @property
    def count(self) -> int:
        """All cells."""
        return int(np.prod(self.cells))

    def centres(self) -> Floats:
        """The centres of the cells in OpenFOAM's order, shape (count, 3) [m]."""
        return _lattice([(np.arange(n) + 0.5) * (side / n) for n, side in zip(self.cells, self.size, strict=True)])

    def points(self) -> Floats:
        """The corners of the cells, shape (points, 3) [m]."""
        return _lattice([np.linspace(0, side, n + 1) for n, side in zip(self.cells, self.size, strict=True)])

    def faces(self) -> tuple[Integers, Integers, Integers, tuple[int, ...]]:
        """Corners (faces, 4), owner, neighbour (of the inner faces, which come first) and the faces of each patch."""
        nx, ny, nz = self.cells
        number = np.arange(self.count).reshape(nz, ny, nx)
        plus, minus = self._sides(_PLUS), self._sides(_MINUS)
        inner = np.ones((nz, ny, nx, 3), bool)
        inner[:, :, -1, 0] = inner[:, -1, :, 1] = inner[-1, :, :, 2] = False
        owner = np.broadcast_to(number[..., None], inner.shape)[inner]
        neighbour = (number[..., None] + np.array([1, nx, nx * ny]))[inner]
        outer = [
            (minus[0][:, :, 0], number[:, :, 0]),
            (plus[0][:, :, -1], number[:, :, -1]),
            (minus[1][:, 0], number[:, 0]),
            (plus[1][:, -1], number[:, -1]),
            (minus[2][0], number[0]),
            (plus[2][-1], number[-1]),
        ]
        corners = [np.stack(plus, axis=-2)[inner], *(face.reshape(-1, 4) for face, _ in outer)]
        owners = [owner, *(cell.reshape(-1) for _, cell in outer)]
        return np.concatenate(corners), np.concatenate(owners), neighbour, tuple(len(part) for part in corners[1:])

    def _sides(self, places: Sequence[Sequence[tuple[int, int, int]]]) -> list[Integers]:
        """The corners of one side of every cell for each row of `places`, shape (nz, ny, nx, 4)."""
        nx, ny, nz = self.cells
        point = np.arange((nx + 1) * (ny + 1) * (nz + 1)).reshape(nz + 1, ny + 1, nx + 1)
        return [
            np.stack([point[k : k + nz, j : j + ny, i : i + nx] for i, j, k in corners], axis=-1) for corners in places
        ]


def write_mesh(case: Path, box: Box, format: Format = "binary") -> None:
    """The polyMesh of a box under `case`/constant."""
    corners, owner, neighbour, sizes = box.faces()
    folder = case / "constant" / "polyMesh"
    folder.mkdir(parents=True)
    write_list(folder / "points", box.points(), format=format)
    write_list(folder / "faces", Faces(4 * np.arange(len(corners) + 1), corners.reshape(-1)), format=format)
    write_list(folder / "owner", owner, format=format)
    write_list(folder / "neighbour", neighbour, format=format)
    starts = len(neighbour) + np.cumsum([0, *sizes])
    patches = "".join(
        f"    {name}\n    {{\n        type patch;\n        nFaces {count};\n        startFace {start};\n    }}\n"
        for name, count, start in zip(PATCHES, sizes, starts, strict=False)
    )
    head = "FoamFile\n{\n    version 2.0;\n    format ascii;\n    class polyBoundaryMesh;\n    object boundary;\n}\n"
    (folder / "boundary").write_text(f"{head}\n{len(sizes)}\n(\n{patches})\n")


def write_field(case: Path, time: str, name: str, values: Floats, format: Format = "binary") -> Path:
    """A volume field, scalar or vector by the shape of `values`, zeroGradient on all patches."""
    cls, exponents = ("volVectorField", (0, 1, -1)) if values.ndim == 2 else ("volScalarField", (0, 2, -2))
    boundary = {patch: {"type": "zeroGradient"} for patch in PATCHES}
    (case / time).mkdir(exist_ok=True)
    field = create(cls, name, dimensions=exponents, internal=values, boundary=boundary, location=time)
    return write(case / time / name, field, format=format)


def _lattice(axes: Sequence[NDArray[np.floating]]) -> Floats:
    z, y, x = np.meshgrid(*axes[::-1], indexing="ij")
    return np.stack([x.ravel(), y.ravel(), z.ravel()], axis=1)
