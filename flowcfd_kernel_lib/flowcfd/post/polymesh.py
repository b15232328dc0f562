"""The cells and patches of polyMesh folders as pyvista grids, one folder or one per processor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import numpy as np
import pyvista
from numpy.typing import NDArray
from vtkmodules.vtkCommonCore import vtkObject
from vtkmodules.vtkFiltersCore import vtkAppendFilter
from vtkmodules.vtkIOGeometry import vtkOpenFOAMReader

from flowcfd.errors import ResultError
from flowcfd.foam import dictionary
from flowcfd.foam.fields import Faces, read_list
from flowcfd.foam.fields.source import open_source
from flowcfd.post.hexahedra import hexahedra

Integers = NDArray[np.integer]
Floats = NDArray[np.floating]
MeshFiles = Mapping[str, Path]

_NO_POINTS = "FoamFile {{ version 2.0; format ascii; class vectorField; object points; }}\n{}{{(0 0 0)}}\n"


@dataclass(frozen=True)
class Boundary:
    """The patches of one mesh: face i of all boundary faces has the points `labels[offsets[i]:offsets[i + 1]]`.

    Patch k has the faces `starts[k]:starts[k + 1]`; `points` (P, 3) are those of the boundary only; `cells` is the
    cell behind each face.
    """

    names: tuple[str, ...]
    types: tuple[str, ...]
    starts: Integers
    offsets: Integers
    labels: Integers
    points: Floats
    cells: Integers

    def faces(self, patch: int) -> slice:
        """The faces of a patch."""
        return slice(int(self.starts[patch]), int(self.starts[patch + 1]))


def read_boundary(files: MeshFiles) -> Boundary:
    """The patches of one polyMesh."""
    names, types, sizes = _patch_table(files["boundary"])
    owner = cast(Integers, read_list(files["owner"]))
    faces = read_list(files["faces"])
    if not isinstance(faces, Faces):
        raise ResultError(f"{files['faces']}: class is no faceList")
    first = len(owner) - sum(sizes)
    corners = np.asarray(faces.offsets[first:], np.int64)
    used, labels = np.unique(faces.labels[corners[0] : corners[-1]], return_inverse=True)
    return Boundary(
        names=names,
        types=types,
        starts=np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]),
        offsets=corners - corners[0],
        labels=labels.astype(np.int64),
        points=np.asarray(cast(Floats, read_list(files["points"]))[used], np.float64),
        cells=np.asarray(owner[first:], np.int64),
    )


def cell_counts(meshes: Sequence[MeshFiles]) -> list[int]:
    """Cells of each processor."""
    return [int(cast(Integers, read_list(files["owner"])).max()) + 1 for files in meshes]


def boundary_arrays(boundary: Boundary) -> dict[str, NDArray[np.generic]]:
    """The boundary as named arrays, for the cache."""
    return {name: np.asarray(value) for name, value in vars(boundary).items()}


def boundary_of(arrays: Mapping[str, NDArray[np.generic]]) -> Boundary:
    """What `boundary_arrays` took apart."""
    kept = {**arrays, "names": tuple(arrays["names"].tolist()), "types": tuple(arrays["types"].tolist())}
    return Boundary(**kept)  # type: ignore[arg-type]


def _patch_table(file: Path) -> tuple[tuple[str, ...], tuple[str, ...], list[int]]:
    tree = dictionary.read(file)
    names = tuple(name for name in tree if name != "FoamFile")
    types = tuple(str(tree[(name, "type")]) for name in names)
    return names, types, [int(tree[(name, "nFaces")]) for name in names]


def read_cells(files: MeshFiles) -> pyvista.UnstructuredGrid:
    """The cells of one polyMesh with its points in double precision; cell i is OpenFOAM's cell i.

    A binary mesh of hexahedra only is put together here, any other by VTK's reader: to read the faces of an ascii mesh
    as numpy arrays costs as much by itself as VTK needs for its cells.
    """
    points = np.array(read_list(files["points"]), np.float64)
    found = _hexahedra(files, points) if open_source(files["faces"], head_only=True).binary else None
    return found if found is not None else _cells_by_vtk(files, points)


def _hexahedra(files: MeshFiles, points: NDArray[np.float64]) -> pyvista.UnstructuredGrid | None:
    faces, owner, neighbour = (read_list(files[name]) for name in ("faces", "owner", "neighbour"))
    return hexahedra(cast(Faces, faces), cast(Integers, owner), cast(Integers, neighbour), points)


def _cells_by_vtk(files: MeshFiles, points: NDArray[np.float64]) -> pyvista.UnstructuredGrid:
    """VTK's reader needs no coordinates to make cells.

    It sees a folder of links to just these files and points that are all zero, so that it reads no fields and no times,
    needs no controlDict and rounds nothing.
    """
    with TemporaryDirectory(prefix="flowcfd-") as place:
        folder = Path(place, "constant", "polyMesh")
        folder.mkdir(parents=True)
        for name, file in files.items():
            if name != "points":
                (folder / file.name).symlink_to(file.resolve())
        (folder / "points").write_text(_NO_POINTS.format(len(points)))
        found = _internal_mesh(Path(place))
    if found is None or not found.n_cells or found.n_points != len(points):
        for name in ("faces", "owner", "neighbour"):
            read_list(files[name])  # says where a file is broken; VTK's own words name the folder of links
        raise ResultError(f"{files['faces'].parent}: no mesh that VTK can read")
    found.points = points
    return found


@contextmanager
def silent() -> Iterator[None]:
    """VTK prints its errors and goes on; what it gives is looked at, the print is for nobody."""
    before = vtkObject.GetGlobalWarningDisplay()
    vtkObject.GlobalWarningDisplayOff()
    try:
        yield
    finally:
        vtkObject.SetGlobalWarningDisplay(before)


def _internal_mesh(case: Path) -> pyvista.UnstructuredGrid | None:
    reader = vtkOpenFOAMReader()
    reader.SetFileName(str(case / "case.foam"))
    reader.SetListTimeStepsByControlDict(False)
    reader.SetCreateCellToPoint(False)
    reader.SetReadZones(False)
    with silent():
        reader.UpdateInformation()
        reader.DisableAllPatchArrays()
        reader.SetPatchArrayStatus("internalMesh", 1)
        reader.Update()
    blocks = pyvista.wrap(reader.GetOutput())
    found = blocks["internalMesh"] if "internalMesh" in blocks.keys() else None  # noqa: SIM118
    return found if isinstance(found, pyvista.UnstructuredGrid) else None


def join_cells(meshes: Sequence[MeshFiles]) -> pyvista.UnstructuredGrid:
    """The cells of several processors in their order, the points on processor patches joined.

    Points are joined only where both processors have the very same coordinates, so walls without thickness inside one
    processor stay two-sided.
    """
    grids = [read_cells(files) for files in meshes]
    append = vtkAppendFilter()
    append.MergePointsOff()
    for part in grids:
        append.AddInputData(part)
    append.Update()
    whole = cast(pyvista.UnstructuredGrid, pyvista.wrap(append.GetOutput()))
    firsts = np.cumsum([0, *(part.n_points for part in grids)])
    shared = [_processor_points(files) + first for files, first in zip(meshes, firsts[:-1], strict=True)]
    return _with_joined_points(whole, np.concatenate(shared))


def _processor_points(files: MeshFiles) -> Integers:
    """The labels of the points on patches towards other processors."""
    names, types, sizes = _patch_table(files["boundary"])
    faces = cast(Faces, read_list(files["faces"]))
    ends = len(faces) - sum(sizes) + np.cumsum([0, *sizes])
    parts = [
        faces.labels[faces.offsets[ends[k]] : faces.offsets[ends[k + 1]]]
        for k in range(len(names))
        if types[k].startswith("processor")
    ]
    return np.unique(np.concatenate(parts)).astype(np.int64) if parts else np.empty(0, np.int64)


def _with_joined_points(grid: pyvista.UnstructuredGrid, candidates: Integers) -> pyvista.UnstructuredGrid:
    points = np.asarray(grid.points)
    _, first, group = np.unique(points[candidates], axis=0, return_index=True, return_inverse=True)
    target = np.arange(len(points))
    target[candidates] = candidates[first][group.reshape(-1)]
    kept = target == np.arange(len(points))
    number = (np.cumsum(kept) - 1)[target]
    for cells in (grid.GetCells(), grid.GetPolyhedronFaces()):
        if cells is not None and cells.GetNumberOfCells():
            labels = pyvista.convert_array(cells.GetConnectivityArray())
            labels[:] = number[labels]
    grid.points = points[kept]
    return grid


def surface(parts: Iterable[tuple[Boundary, int]]) -> pyvista.PolyData:
    """One patch as a surface from the parts of it, (boundary, index of the patch) each, in their order."""
    points: list[Floats] = []
    labels: list[Integers] = []
    sizes: list[Integers] = []
    first = 0
    for boundary, patch in parts:
        faces = boundary.faces(patch)
        corners = boundary.offsets[faces.start : faces.stop + 1]
        used, own = np.unique(boundary.labels[corners[0] : corners[-1]], return_inverse=True)
        points.append(boundary.points[used])
        labels.append(own + first)
        sizes.append(np.diff(corners))
        first += len(used)
    coordinates, number = np.concatenate(points), np.concatenate(labels)
    if len(points) > 1:
        coordinates, group = np.unique(coordinates, axis=0, return_inverse=True)
        number = group.reshape(-1)[number]
    offsets = np.concatenate([[0], np.cumsum(np.concatenate(sizes))])
    return pyvista.PolyData(coordinates, faces=pyvista.CellArray.from_arrays(offsets, cast("NDArray[Any]", number)))
