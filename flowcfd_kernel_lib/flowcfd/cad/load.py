"""`load`: from a file to a Geometry. A reader for one more kind of file is one function in the table."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from flowcfd.cad.geometry import Geometry, Source
from flowcfd.cad.keeping import kept
from flowcfd.cad.names import clean
from flowcfd.cad.occ import process
from flowcfd.cad.triangles import Surface, obj, stl, unfinished
from flowcfd.errors import GeometryError, UnitError, UnknownName
from flowcfd.given import given_path
from flowcfd.registry import Registry

UNITS = {"m": 1.0, "cm": 1e-2, "mm": 1e-3, "in": 0.0254, "ft": 0.3048}
"""What the files without a unit can be in."""
FARTHEST = 1e12
"""No coordinate is larger [of its unit]: areas and volumes of such would have no digits left, or be no numbers."""
LARGE = 50.0
"""A body of a larger diagonal than this [m] is a hint that its file is in millimetres, never a decision."""


class Reader(Protocol):
    """Reads a file into a Geometry; `unit` is a name of UNITS, or None where the user gave none."""

    def __call__(self, path: Path, unit: str | None) -> Geometry:
        """The geometry; GeometryError when the file cannot be used, UnitError when it needs a unit."""
        ...


def load(path: str | Path, unit: str | None = None) -> Geometry:
    """The body in a CAD file (STEP, IGES, BREP) or a file of triangles (STL, OBJ).

    STEP and IGES know their unit; STL, OBJ and BREP do not: `unit` is m, cm, mm, in or ft. Patches are named by the
    names of the faces in STEP, by their colours where there are no names, and by the solids of an STL.

    GeometryError for a file that cannot be read, UnitError for a missing unit, SiteError where OpenCASCADE is needed
    and not installed.
    """
    file = given_path(path).absolute()
    if file.is_dir():
        raise GeometryError(f"{file}: is a folder; give a file of {', '.join(readers.names())}")
    if not file.suffix:
        raise GeometryError(f"{file.name}: does not end in what it is; give a file of {', '.join(readers.names())}")
    reader = readers.get(file.suffix.lower().lstrip("."), where=file.name)
    if not file.is_file():
        raise GeometryError(f"{file}: there is no such file")
    if unit is not None and not (isinstance(unit, str) and unit in UNITS):
        raise UnknownName("unit", str(unit), UNITS, where="unit")
    if not file.stat().st_size:
        raise GeometryError(f"{file.name}: the file is empty")
    return reader(file, unit)


def source(path: Path, unit: str) -> Source:
    """Where it comes from."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Source(path.name, digest, unit, path.suffix.lower().lstrip("."))


def _cad(path: Path, unit: str | None) -> Geometry:
    """STEP and IGES, which know their unit."""
    if unit is not None:
        raise UnitError(f"unit: {path.name} knows its own; leave it out (got {unit!r})")
    return _by_occ(path, None)


def _brep(path: Path, unit: str | None) -> Geometry:
    if unit is None:
        raise UnitError(f"unit: {path.name} does not say its unit; give one of {', '.join(UNITS)}")
    return _by_occ(path, unit)


def _by_occ(path: Path, unit: str | None) -> Geometry:
    with tempfile.TemporaryDirectory(prefix="flowcfd-cad-") as made:
        request = {"path": str(path), "folder": made, "unit": unit}
        answer, _ = process.ask("read", request)
        return of_shape(Path(made), answer, label=clean(path.stem) or "body", source=source(path, str(answer["units"])))


def of_shape(
    folder: Path, answer: dict[str, Any], *, label: str, source: Source, said: tuple[str, ...] = ()
) -> Geometry:
    """The Geometry of a shape that the worker wrote into a folder."""
    about = json.loads((folder / "faces.json").read_text())
    with np.load(folder / "triangles.npz") as file:
        points, triangles, faces = file["points"], file["triangles"], file["faces"]
    known = {key: answer[key] for key in ("volume", "area", "solids", "valid", "face_areas")}
    if answer["loose"] or answer["free"]:
        known["volume"] = None
        edges = answer["solids"] and answer["free"]
        open_ = f"{answer['free']} loops of free edges" if edges else "faces that make up no solid"
        said = (*said, f"not closed: {open_}; geometry.heal(tolerance) sews them")
    known["colours"] = about["colours"]
    return kept(
        points, triangles, faces, patch_names(about["names"], about["colours"]), label=label, source=source,
        shape=folder, exact=known, said=said,
    )  # fmt: skip


def patch_names(names: list[str], colours: list[list[float] | None]) -> tuple[str, ...]:
    """The patch of each face: by its name, else by its colour where there is more than one, else `body`."""
    cleaned = [clean(name) for name in names]
    rest = Counter(tuple(colour) if colour else None for name, colour in zip(cleaned, colours, strict=True) if not name)
    coloured = [colour for colour in rest if colour is not None] if len(rest) > 1 else []
    numbered = {colour: f"colour_{number}" for number, colour in enumerate(coloured, 1)}
    return tuple(
        name or ("body" if colour is None else numbered.get(tuple(colour), "body"))
        for name, colour in zip(cleaned, colours, strict=True)
    )


def _stl(path: Path, unit: str | None) -> Geometry:
    broken = f"{path.name} ends without `endsolid`: the rest of it may be lost"
    return _of_triangles(path, unit, stl(path), (broken,) if unfinished(path) else ())


def _obj(path: Path, unit: str | None) -> Geometry:
    return _of_triangles(path, unit, obj(path))


def _of_triangles(path: Path, unit: str | None, surface: Surface, said: tuple[str, ...] = ()) -> Geometry:
    points, triangles, faces, names = surface
    if not len(triangles):
        raise GeometryError(f"{path.name}: holds no triangles")
    if not np.isfinite(points).all():
        raise GeometryError(f"{path.name}: holds points that are no numbers")
    if (far := float(np.abs(points).max())) > FARTHEST:
        raise GeometryError(
            f"{path.name}: holds a point {far:.3g} away from the origin; at most {FARTHEST:g} can be used"
        )
    if unit is None:
        diagonal = float(np.linalg.norm(np.ptp(points, axis=0)))
        hint = f"; its diagonal is {diagonal:.4g}, so it may be in mm" if diagonal > LARGE else ""
        raise UnitError(f"unit: {path.name} does not say its unit; give one of {', '.join(UNITS)}{hint}")
    cleaned: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        cleaned.setdefault(clean(name) or "body", []).append(name)
    said += tuple(
        f"{', '.join(map(repr, several))} are one patch, {one}" for one, several in cleaned.items() if len(several) > 1
    )
    return kept(
        points * UNITS[unit], triangles, faces, tuple(clean(name) or "body" for name in names),
        label=clean(path.stem) or "body", source=source(path, unit), said=said,
    )  # fmt: skip


def _own() -> None:
    for suffix in ("step", "stp", "iges", "igs"):
        readers.register(suffix, _cad)
    readers.register("brep", _brep)
    readers.register("stl", _stl)
    readers.register("obj", _obj)


readers: Registry[Reader] = Registry("kind of geometry file", "flowcfd.readers", _own)
"""By the suffix of the file, in small letters; plug-ins add theirs (entry points of the group `flowcfd.readers`)."""
