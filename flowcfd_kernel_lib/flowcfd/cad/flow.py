"""Flow volumes: what is inside of a hollow body, or of an open one, when its openings are closed by caps."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from flowcfd.cad import surface
from flowcfd.cad.geometry import Floats, Geometry, Ints
from flowcfd.cad.hollow import Hollow, hollows, lid
from flowcfd.cad.keeping import kept
from flowcfd.cad.load import of_shape
from flowcfd.cad.loops import Opening, openings
from flowcfd.cad.names import clean
from flowcfd.cad.occ import process
from flowcfd.cad.selectors import Selector, selects
from flowcfd.errors import CaseError, GeometryError, UnknownName

WALL = "wall"
"""The patch of all that had no name of its own."""
SMALL = 0.05
"""Hollows of less than this part of the largest one's volume are not meant: holes for bolts."""
Chosen = Mapping[Opening, str]


def found(geometry: Geometry) -> list[Opening]:
    """The openings of a geometry, the largest first."""
    try:
        return openings(*_welded(geometry))
    except GeometryError as error:
        raise GeometryError(f"{geometry.label}: {error}") from None


def flow_volume(geometry: Geometry, caps: Mapping[str, Selector | str]) -> Geometry:
    """The space inside, with a patch for each cap and the walls' own names; `wall` where they had none."""
    if not isinstance(caps, Mapping) or not caps:
        raise CaseError("caps: must name at least one opening, such as {'inlet': Facing('-x')}")
    there = found(geometry)
    if not there:
        raise GeometryError(
            f"{geometry.label}: has no opening, neither a rim nor a hole in a plane face; where it is the fluid "
            "itself, name its ends: geometry.name({...})"
        )
    chosen = _chosen(geometry, there, caps)
    inside = _inside(geometry, there, chosen, list(caps))
    said = []
    if others := [one for one in chosen if not any(one in each.caps for each in inside)]:
        said.append(f"{len(others)} of the chosen openings do not lead into it and are left, such as {others[0]}")
    made = _by_shape if geometry.cad else _by_triangles
    used = {one: name for one, name in chosen.items() if one not in others}
    return made(geometry, inside, used, f"flow volume with {', '.join(caps)}", said)


def _chosen(geometry: Geometry, there: Sequence[Opening], caps: Mapping[str, Selector | str]) -> dict[Opening, str]:
    """The cap of each opening; GeometryError where a name has none, or where one is not plane."""
    centres, normals, boxes = (np.array([getattr(one, name) for one in there]) for name in ("at", "normal", "bounds"))
    chosen: dict[Opening, str] = {}
    for name, given in caps.items():
        if not isinstance(name, str) or clean(name) != name or not name:
            raise CaseError(f"caps: names must be of A-Z a-z 0-9 _ and begin with no digit (got {name!r})")
        if isinstance(given, str):
            if given not in geometry.names:
                raise UnknownName("patch", given, set(geometry.names), where=name)
            mine = [any(geometry.names[face] == given for face in one.of) for one in there]
        elif not selects(given):
            raise CaseError(f"{name}: must be a selector such as Facing or Near, or a patch's name (got {given!r})")
        else:
            mine = given.chosen(centres, normals, boxes).tolist()
        if not any(mine):
            raise GeometryError(f"{name}: {given} chooses no opening of {geometry.label}; there are {_listed(there)}")
        chosen |= {one: name for one, flag in zip(there, mine, strict=True) if flag}
    if lost := [name for name in caps if name not in chosen.values()]:
        raise GeometryError(f"{lost[0]}: its openings are all those of a later name too")
    return chosen


def _inside(geometry: Geometry, there: Sequence[Opening], chosen: Chosen, names: Sequence[str]) -> list[Hollow]:
    """The hollows that are meant: with caps of every name between them, and no small ones."""
    points, triangles, _ = _welded(geometry)
    best: list[Hollow] = []
    # where a direction chooses openings within too, such as the hole of an orifice, the outermost are meant
    for some in (list(chosen), _outermost(chosen)):
        all_ = hollows(points, triangles, some)
        large = [one for one in all_ if one.volume >= SMALL * max(other.volume for other in all_)]
        whole = {chosen[cap] for one in large for cap in one.caps} == set(names)
        if whole and sum(one.volume for one in large) > sum(one.volume for one in best):
            best = large
    for cap in (cap for one in best for cap in one.caps if not cap.plane):
        raise GeometryError(f"{chosen[cap]}: the opening at {cap} is not plane: its rim is off by {cap.off:.3g} m")
    if best:
        return best
    more = [one for one in there if one not in chosen]
    leaks = f"there are also openings at {_listed(more)}" if more else "the openings lead to the outside"
    raise GeometryError(f"{geometry.label}: the volume is not closed: {leaks}")


def _outermost(chosen: Chosen) -> list[Opening]:
    """Of the openings of each name, those that lie farthest out along their normals."""
    found = []
    for name in dict.fromkeys(chosen.values()):
        mine = [one for one, other in chosen.items() if other == name]
        out = [float(np.dot(one.at, one.normal)) for one in mine]
        slack = 1e-3 * max(float(np.ptp(out)), 1e-300)
        found += [one for one, far in zip(mine, out, strict=True) if far >= max(out) - slack]
    return found


def _by_shape(geometry: Geometry, inside: Sequence[Hollow], used: Chosen, step: str, said: Sequence[str]) -> Geometry:
    """By OpenCASCADE, which keeps the walls as they are."""
    caps = [[name, [*one.bounds[0]], [*one.bounds[1]]] for one, name in used.items()]
    with tempfile.TemporaryDirectory(prefix="flowcfd-cad-") as made:
        request = {"path": str(geometry.path), "folder": made, "caps": caps, "wall": WALL}
        answer, _ = process.ask("take the flow volume of", request, label=geometry.label)
        source = geometry.source.after(step)
        return of_shape(Path(made), answer, label=geometry.label, source=source, said=tuple(said))


def _by_triangles(
    geometry: Geometry, inside: Sequence[Hollow], used: Chosen, step: str, said: Sequence[str]
) -> Geometry:  # fmt: skip
    points, triangles, faces = _welded(geometry)
    walls = np.any([one.walls for one in inside], axis=0)
    names = [WALL if name == "body" else name for name in geometry.names]
    parts, owners = [triangles[walls]], [faces[walls]]
    for one, name in used.items():
        parts.append(lid(points, one))
        owners.append(np.full(len(parts[-1]), len(names), np.int64))
        names.append(name)
    all_ = np.concatenate(parts)
    if surface.volume(points, all_) < 0:
        all_ = all_[:, ::-1]
    corners, local = np.unique(all_, return_inverse=True)
    kinds, owner = np.unique(np.concatenate(owners), return_inverse=True)
    return kept(
        points[corners], local.reshape(-1, 3).astype(np.int64), owner.reshape(-1).astype(np.int64),
        tuple(names[kind] for kind in kinds), label=geometry.label, source=geometry.source.after(step), said=said,
    )  # fmt: skip


def _welded(geometry: Geometry) -> tuple[Floats, Ints, Ints]:
    points, triangles = surface.welded(geometry.points, geometry.triangles)
    whole = surface.proper(triangles)
    return points, triangles[whole], geometry.faces[whole]


def _listed(there: Sequence[Opening], most: int = 6) -> str:
    more = f" and {len(there) - most} more" if len(there) > most else ""
    return "; ".join(str(one) for one in there[:most]) + more
