"""The fields of a case at one time as pyvista grids: cells with values, patches as surfaces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import cast

import numpy as np
import pyvista
from numpy.typing import NDArray

from flowcfd.errors import DictionaryError, NoSuchField, NotYet, ResultError, UnknownName
from flowcfd.foam.fields import Field
from flowcfd.post import cache, layout, polymesh
from flowcfd.post.layout import Part, times
from flowcfd.post.units import unit

__all__ = ["mesh", "names", "times"]

Floats = NDArray[np.float64]


def names(case: Path, time: float | str | None = None, *, region: str = "") -> list[str]:
    """The names of the fields with values per cell at a time (None: the last)."""
    return sorted(_common(layout.parts(case, time, region=region)))


def mesh(
    case: Path,
    time: float | str | None = None,
    *,
    fields: Sequence[str] | None = None,
    patches: bool | Sequence[str] = False,
    region: str = "",
) -> pyvista.UnstructuredGrid | pyvista.MultiBlock:
    """The cells at `time` (None: the last written) with the values of `fields` (None: all) as cell data [SI].

    The case may be serial, reconstructed or decomposed; a decomposed one comes joined, in the order of processors. A
    case of several regions has a mesh for each `region`.
    With `patches` (True: all, or names) the result is a MultiBlock with "internalMesh" and "boundary", whose blocks
    are surfaces by patch name with the values on the patch. `user_dict` of the cells holds time and units, that of a
    patch its type.

    Raises NotYet (lists the times), NoSuchField (lists the fields), UnknownName (lists the patches), DictionaryError
    for a file that cannot be read.
    """
    parts = layout.parts(case, time, region=region)
    files = _chosen(_common(parts), fields)
    meshes = [part.mesh() for part in parts]
    grid = cache.grid(cache.key("cells", _all_files(meshes)), lambda: _cells(meshes))
    counts = _cell_counts(meshes, grid.n_cells)
    loaded = {name: [cache.field(path) for path in paths] for name, paths in files.items()}
    values = {
        name: [_internal(field, count) for field, count in zip(found, counts, strict=True)]
        for name, found in loaded.items()
    }
    for name, arrays in values.items():
        grid.cell_data[name] = np.concatenate(arrays) if len(arrays) > 1 else np.array(arrays[0], np.float64)
    grid.user_dict = {"time": parts[0].time, "units": {name: _unit(found[0]) for name, found in loaded.items()}}
    if patches is False:
        return grid
    boundaries = [_boundary(files_) for files_ in meshes]
    wanted = _patch_names(boundaries, patches)
    whole = pyvista.MultiBlock({"internalMesh": grid})
    whole["boundary"] = pyvista.MultiBlock({name: _patch(name, boundaries, loaded, values) for name in wanted})
    return whole


def bare(case: Path) -> pyvista.MultiBlock:
    """The cells and patches of the mesh alone, as `mesh` gives them, of a case that has written no fields.

    Raises NotYet where there is no mesh.
    """
    roots = [case] if (case / "constant/polyMesh").is_dir() else sorted(case.glob("processor*[0-9]"))
    if not roots:
        raise NotYet(f"no mesh is written: {case / 'constant/polyMesh'} is not there")
    meshes = [Part(root, root / "constant", 0.0).mesh() for root in roots]
    grid = cache.grid(cache.key("cells", _all_files(meshes)), lambda: _cells(meshes))
    whole = pyvista.MultiBlock({"internalMesh": grid})
    boundaries = [_boundary(files) for files in meshes]
    names_ = _patch_names(boundaries, True)
    whole["boundary"] = pyvista.MultiBlock({name: _patch(name, boundaries, {}, {}) for name in names_})
    return whole


def _common(parts: Sequence[Part]) -> dict[str, list[Path]]:
    """Files by field, one per part, of the fields that all parts have."""
    each = [part.fields() for part in parts]
    return {name: [fields[name] for fields in each] for name in each[0] if all(name in fields for fields in each)}


def _chosen(files: Mapping[str, list[Path]], wanted: Sequence[str] | None) -> Mapping[str, list[Path]]:
    for name in wanted or ():
        if name not in files:
            raise NoSuchField(f"no field {name!r}; there are: {', '.join(sorted(files)) or 'none'}")
    return files if wanted is None else {name: files[name] for name in wanted}


def _all_files(meshes: Sequence[polymesh.MeshFiles]) -> list[Path]:
    return [file for files in meshes for file in files.values()]


def _cells(meshes: Sequence[polymesh.MeshFiles]) -> pyvista.UnstructuredGrid:
    return polymesh.read_cells(meshes[0]) if len(meshes) == 1 else polymesh.join_cells(meshes)


def _cell_counts(meshes: Sequence[polymesh.MeshFiles], total: int) -> list[int]:
    """Cells per part; only a joined mesh has to be counted."""
    if len(meshes) == 1:
        return [total]
    kept = cache.arrays(
        cache.key("counts", _all_files(meshes)), lambda: {"cells": np.array(polymesh.cell_counts(meshes))}
    )
    counts = [int(count) for count in kept["cells"]]
    if sum(counts) != total:
        raise ResultError(f"{meshes[0]['owner'].parent}: processors have {sum(counts)} cells, the joined mesh {total}")
    return counts


def _internal(field: Field, count: int) -> Floats:
    return cast(Floats, field.values(count))


def _unit(field: Field) -> str:
    with suppress(DictionaryError):
        return unit(field.dimensions)
    return ""


def _boundary(files: polymesh.MeshFiles) -> polymesh.Boundary:
    """The patches of one polyMesh, kept: faces and owner of an ascii mesh cost seconds to read."""
    kept = cache.arrays(
        cache.key("boundary", files.values()), lambda: polymesh.boundary_arrays(polymesh.read_boundary(files))
    )
    return polymesh.boundary_of(kept)


def _patch_names(boundaries: Sequence[polymesh.Boundary], patches: bool | Sequence[str]) -> list[str]:
    there = {
        name: None
        for boundary in boundaries
        for name, kind in zip(boundary.names, boundary.types, strict=True)
        if not kind.startswith("processor")
    }
    for name in [] if isinstance(patches, bool) else patches:
        if name not in there:
            raise UnknownName("patch", name, there)
    return [name for name in there if isinstance(patches, bool) or name in patches]


def _patch(
    name: str,
    boundaries: Sequence[polymesh.Boundary],
    fields: Mapping[str, Sequence[Field]],
    values: Mapping[str, Sequence[Floats]],
) -> pyvista.PolyData:
    """A patch with the values of each field on it."""
    where = [(boundary, boundary.names.index(name)) for boundary in boundaries if name in boundary.names]
    surface = polymesh.surface(where)
    surface.user_dict = {"type": where[0][0].types[where[0][1]]}
    for label, found in fields.items():
        parts = [
            _on_patch(field, name, boundary.cells[boundary.faces(boundary.names.index(name))], internal)
            for field, boundary, internal in zip(found, boundaries, values[label], strict=True)
            if name in boundary.names
        ]
        given = np.concatenate(parts)
        if len(given):
            surface.cell_data[label] = given
        else:  # pyvista takes no vectors of a patch without faces, as the axis of a wedge is
            surface.GetCellData().AddArray(pyvista.convert_array(given, name=label))
    return surface


def _on_patch(field: Field, patch: str, cells: NDArray[np.integer], internal: Floats) -> Floats:
    """`value` where the patch has one, zero for noSlip, else that of the cell behind each face."""
    path = ("boundaryField", patch)
    value = field.value((*path, "value")) if (*path, "value") in field else None
    if isinstance(value, np.ndarray) and value.shape == field.element.shape:
        return np.broadcast_to(value, (len(cells), *field.element.shape)).astype(np.float64)
    if isinstance(value, np.ndarray) and value.shape == (len(cells), *field.element.shape):
        return value.astype(np.float64)
    if (*path, "type") in field and field.value((*path, "type")) == "noSlip":
        return np.zeros((len(cells), *field.element.shape))
    return np.asarray(internal[cells], np.float64)
