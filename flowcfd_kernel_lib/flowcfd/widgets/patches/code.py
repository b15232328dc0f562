"""The Python that does what was clicked: names for the faces of a geometry, and boundaries for the names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from flowcfd.cad import Faces, Facing, Geometry, Inside, Near
from flowcfd.case.boundary import Boundary
from flowcfd.case.code import python

Choice = Any
"""A selector, or the names of patches: what `Geometry.name` takes."""
LOOSE = 1e-3
"""By so much of its size a box is larger than the faces that it is to hold."""


def choices(geometry: Geometry, names: Sequence[str]) -> dict[str, Choice]:
    """What `geometry.name(...)` has to be given so that its faces have these names; {} where they have them.

    By patches, direction, place or box where these mean just these faces, else by their numbers (`fc.Faces`).
    """
    targets = {name: [face for face, one in enumerate(names) if one == name] for name in dict.fromkeys(names)}
    changed = {
        name: faces for name, faces in targets.items() if any(geometry.names[face] != name for face in faces)
    }  # fmt: skip
    found = {name: _choice(geometry, name, faces) for name, faces in changed.items()}
    if _given(geometry, found) == tuple(names):
        return found
    return {name: Faces(*faces) for name, faces in changed.items()}


def named(geometry: Geometry, names: Sequence[str]) -> Geometry:
    """The geometry whose faces have these names, as the code makes it. GeometryError where it is gone."""
    kept = Geometry.kept(geometry.digest)
    kept = kept if kept.label == geometry.label else kept.labelled(geometry.label)
    given = choices(kept, names)
    return kept.name(given) if given else kept


def geometry_code(geometry: Geometry, names: Sequence[str]) -> str:
    """`geometry = fc.Geometry.kept("...").name({...})`; what it makes is equal to what `named` gives."""
    kept = Geometry.kept(geometry.digest)
    begin = f'geometry = fc.Geometry.kept("{geometry.digest}")'
    begin += "" if kept.label == geometry.label else f".labelled({geometry.label!r})"
    given = choices(kept, names)
    if not given:
        return begin
    lines = "".join(f"    {name!r}: {_shown(choice)},\n" for name, choice in given.items())
    return f"{begin}.name({{\n{lines}}})"


def boundaries_code(boundaries: Mapping[str, Boundary]) -> str:
    """`boundaries = {...}`, a line for each patch."""
    if not boundaries:
        return "boundaries = {}"
    lines = "".join(f"    {name!r}: {python(one, 1)},\n" for name, one in boundaries.items())
    return f"boundaries = {{\n{lines}}}"


def _choice(geometry: Geometry, name: str, faces: list[int]) -> Choice:
    wanted = np.zeros(len(geometry.names), bool)
    wanted[faces] = True
    patches = list(dict.fromkeys(geometry.names[face] for face in faces))
    if all(wanted[face] for face, one in enumerate(geometry.names) if one in patches):
        return patches[0] if len(patches) == 1 else patches
    centres, normals, boxes = geometry._of_faces
    more = [face for face in faces if geometry.names[face] != name]
    for choice in (*_selectors(faces, centres, boxes), *_selectors(more, centres, boxes)):
        chosen = choice.chosen(centres, normals, boxes)
        if (chosen == wanted).all() or (chosen[more].all() and not (chosen & ~wanted).any()):
            return choice
    return Faces(*faces)


def _selectors(faces: list[int], centres: Any, boxes: Any) -> Iterator[Any]:
    """What may mean these faces and is still true when the file is read again: a place, a direction, a box."""
    if len(faces) == 1:
        yield Near(_rounded(centres[faces[0]], boxes))
    for way in ("-x", "x", "-y", "y", "-z", "z"):
        yield Facing(way)
    low, high = boxes[faces, 0].min(axis=0), boxes[faces, 1].max(axis=0)
    slack = LOOSE * float(np.linalg.norm(high - low))
    yield Inside(_rounded(low - slack, boxes), _rounded(high + slack, boxes))


def _rounded(point: Any, boxes: Any) -> tuple[float, ...]:
    """To a hundred-thousandth of the body, so that it can be read."""
    size = float((boxes[:, 1].max(axis=0) - boxes[:, 0].min(axis=0)).max())
    digits = int(np.clip(5 - np.floor(np.log10(max(size, 1e-300))), 0, 300))
    return tuple(round(float(one), digits) + 0.0 for one in point)


def _given(geometry: Geometry, given: Mapping[str, Choice]) -> tuple[str, ...]:
    """The names that `geometry.name(given)` gives, without keeping it."""
    names = list(geometry.names)
    for name, choice in given.items():
        if hasattr(choice, "chosen"):
            chosen = choice.chosen(*geometry._of_faces)
        else:
            wanted = [choice] if isinstance(choice, str) else list(choice)
            chosen = np.array([old in wanted for old in names])
        names = [name if mine else old for mine, old in zip(chosen, names, strict=True)]
    return tuple(names)


def _shown(choice: Choice) -> str:
    match choice:
        case Near():
            return f"fc.Near({choice.point!r})"
        case Facing():
            return f"fc.Facing({choice.direction!r})"
        case Inside():
            return f"fc.Inside({choice.lowest!r}, {choice.highest!r})"
        case Faces():
            return f"fc.Faces({', '.join(map(str, choice.numbers))})"
    return repr(choice)
