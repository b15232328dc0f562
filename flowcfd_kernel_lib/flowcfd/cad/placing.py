"""Put a geometry elsewhere: moved, turned, scaled; and several together as one. The CAD shape goes along."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from flowcfd.cad.geometry import Floats, Geometry, Source
from flowcfd.cad.keeping import kept
from flowcfd.cad.lengths import degrees, numbers, point
from flowcfd.cad.load import FARTHEST
from flowcfd.cad.names import clean
from flowcfd.cad.occ import process
from flowcfd.errors import CaseError, UnknownName
from flowcfd.given import positive

_AXES = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}
Lengths = Sequence[str | float]


def moved(geometry: Geometry, by: Lengths) -> Geometry:
    """Moved by a vector."""
    way = point("by", by)
    return _placed(geometry, np.eye(3), way, f"moved by ({_words(way)}) m")


def turned(geometry: Geometry, axis: str | Sequence[float], angle: str | float, about: Lengths) -> Geometry:
    """Turned round an axis through a point, counterclockwise when one looks against the axis."""
    direction, middle = _direction(axis), point("about", about)
    turn = degrees("angle", angle)
    rotation = _rotation(direction, turn)
    step = f"turned by {turn:g} degrees round ({_words(direction)}) at ({_words(middle)}) m"
    return _placed(geometry, rotation, middle - rotation @ middle, step)


def scaled(geometry: Geometry, factor: float, about: Lengths) -> Geometry:
    """Larger or smaller by a factor, from a point that stays."""
    factor = positive(factor, "factor")
    middle = point("about", about)
    return _placed(geometry, factor * np.eye(3), (1 - factor) * middle, f"scaled by {factor:g}")


def together(parts: Mapping[str, Geometry] | Sequence[Geometry], label: str) -> Geometry:
    """Several geometries as one: `{"car": car, "trailer": trailer}`, or a list, whose names are their labels.

    Patches keep their names; those that more than one part has get the part's name in front: car_body, trailer_body.
    Solids stay as they are: parts that overlap are told by the report.
    """
    given: object = parts
    if not isinstance(given, Mapping | Sequence) or isinstance(given, str):
        raise CaseError(f"parts: must be geometries by their names, or a list of them (got {type(parts).__name__})")
    named = dict(parts) if isinstance(parts, Mapping) else _by_label(parts)
    if not named:
        raise CaseError("parts: must be one geometry at least")
    for name, part in named.items():
        if not isinstance(part, Geometry):
            raise CaseError(f"parts.{name}: must be a Geometry (got {type(part).__name__})")
        if not isinstance(name, str) or clean(name) != name:
            raise CaseError(f"parts: names must be of A-Z a-z 0-9 _ and begin with no digit (got {name!r})")
    names = _names(named)
    ones = list(named.values())
    offsets = np.cumsum([0, *(len(one.points) for one in ones)])
    firsts = np.cumsum([0, *(len(one.names) for one in ones)])
    points = np.concatenate([one.points for one in ones])
    triangles = np.concatenate([one.triangles + start for one, start in zip(ones, offsets, strict=False)])
    faces = np.concatenate([one.faces + first for one, first in zip(ones, firsts, strict=False)])
    volumes = [one.volume for one in ones if one.volume is not None]
    known = {
        "volume": sum(volumes) if len(volumes) == len(ones) else None,
        "area": sum(one.area for one in ones),
        "solids": sum(one.solids for one in ones),
        "valid": all(one.valid for one in ones),
        "colours": [colour for one in ones for colour in (one.colours or (None,) * len(one.names))],
        "face_areas": [area for one in ones for area in one.face_areas] if all(one.face_areas for one in ones) else [],
    }
    sums = hashlib.sha256("".join(one.digest for one in ones).encode()).hexdigest()
    source = Source(" + ".join(one.source.name for one in ones), sums, "m", "together", (f"{len(ones)} put together",))
    said = tuple(f"{name}: {line}" for name, one in named.items() for line in one.said)
    with tempfile.TemporaryDirectory(prefix="flowcfd-cad-") as made:
        shape = None
        if all(one.cad for one in ones):
            shape = Path(made)
            process.ask("join", {"paths": [str(one.path) for one in ones], "folder": made}, label=label)
        return kept(
            points, triangles, faces, names, label=_label(label), source=source, shape=shape, exact=known, said=said
        )


def labelled(geometry: Geometry, label: str) -> Geometry:
    """The same by another name, to which all its patches together answer in a case."""
    return dataclasses.replace(geometry, label=_label(label))


def _label(label: str) -> str:
    if not isinstance(label, str) or clean(label) != label or not label:
        raise CaseError(f"label: must be of A-Z a-z 0-9 _ and begin with a letter (got {label!r})")
    return label


def _by_label(parts: Sequence[Geometry]) -> dict[str, Geometry]:
    for number, part in enumerate(parts):
        if not isinstance(part, Geometry):
            raise CaseError(f"parts.{number}: must be a Geometry (got {type(part).__name__})")
    many = Counter(part.label for part in parts)
    if twice := [label for label, count in many.items() if count > 1]:
        raise CaseError(f"parts: {len(parts)} geometries with the label {twice[0]!r} twice; give them names: {{...}}")
    return {part.label: part for part in parts}


def _names(named: Mapping[str, Geometry]) -> tuple[str, ...]:
    """The patch of each face of all."""
    many = Counter(name for part in named.values() for name in part.patches)
    names = [
        name if many[name] == 1 else f"{own}_{name}" if name != "body" else own
        for own, part in named.items()
        for name in part.names
    ]
    if len(set(names)) < sum(many.values()):  # a name with its part's in front is another's name: then all have it
        names = [f"{own}_{name}" for own, part in named.items() for name in part.names]
    return tuple(names)


def _placed(geometry: Geometry, turn: Floats, way: Floats, step: str) -> Geometry:
    """Points p become turn p + way; `turn` (3, 3) is a rotation times a factor."""
    points = geometry.points @ turn.T + way
    if not (far := float(np.abs(points).max())) <= FARTHEST:
        raise CaseError(f"{geometry.label}: {step}, it is {far:.3g} m from the origin; {FARTHEST:g} m is the most")
    factor = float(np.cbrt(np.linalg.det(turn)))
    known = {
        "volume": None if geometry.volume is None else geometry.volume * factor**3,
        "area": geometry.area * factor**2,
        "solids": geometry.solids,
        "valid": geometry.valid,
        "colours": geometry.colours,
        "face_areas": [area * factor**2 for area in geometry.face_areas],
    }
    with tempfile.TemporaryDirectory(prefix="flowcfd-cad-") as made:
        shape = None
        if geometry.cad:
            shape = Path(made)
            (shape / "shape.brep").symlink_to((geometry.path / "shape.brep").resolve())
            about = json.loads((geometry.path / "faces.json").read_text())
            before = np.array(about.get("place", np.eye(3, 4).tolist()))
            after = np.column_stack([turn @ before[:, :3], turn @ before[:, 3] + way])
            (shape / "faces.json").write_text(json.dumps({**about, "place": after.tolist()}))
        return kept(
            points, geometry.triangles, geometry.faces, geometry.names, label=geometry.label,
            source=geometry.source.after(step), shape=shape, exact=known, said=geometry.said,
        )  # fmt: skip


def _rotation(axis: Floats, turn: float) -> Floats:
    """The matrix of a rotation (Rodrigues); quarter turns are exact."""
    quarters: dict[float, tuple[float, float]] = {0: (1.0, 0.0), 90: (0.0, 1.0), 180: (-1.0, 0.0), 270: (0.0, -1.0)}
    angle = math.radians(turn)
    cosine, sine = quarters.get(turn % 360, (math.cos(angle), math.sin(angle)))
    x, y, z = axis
    across = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.asarray(cosine * np.eye(3) + sine * across + (1 - cosine) * np.outer(axis, axis))


def _direction(given: str | Sequence[float]) -> Floats:
    if isinstance(given, str):
        name = given[1:] if given[:1] in ("+", "-") else given
        if name not in _AXES:
            raise UnknownName("axis", given, ("x", "y", "z", "-x", "-y", "-z"), where="axis")
        return np.array(_AXES[name]) * (-1 if given.startswith("-") else 1)
    direction = numbers(given)
    if direction is None or not 0 < float(np.linalg.norm(direction)) < math.inf:
        raise CaseError(f"axis: must be x, y, z or three numbers, not all 0 (got {given!r})")
    return np.asarray(direction / np.linalg.norm(direction))


def _words(vector: Floats) -> str:
    return " ".join(f"{value:.6g}" for value in vector + 0.0)
