"""What a case knows of a geometry: a Body, with its surface as STL in the place where the geometry is kept."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from flowcfd import telling
from flowcfd.cad import crossing, depth, shadow, surface
from flowcfd.case.body import Body, BodyPatch
from flowcfd.errors import GeometryError

if TYPE_CHECKING:
    from flowcfd.cad.geometry import Floats, Geometry, Ints

NOTHING = 1e-9
"""A volume below this part of the area to the power of 1.5 is none: that of a sheet whose sides lie on each other."""
FLAT = 1e-6
"""A patch is plane when its points lie so near to a plane, as a part of the body's diagonal."""


def body(geometry: Geometry) -> Body:
    """The Body of a geometry; writes surface.stl and body.json beside its triangles unless they are there.

    GeometryError for a closed surface that is turned inside out, encloses nothing or goes through itself.
    """
    if geometry.volume is not None and abs(geometry.volume) < NOTHING * geometry.area**1.5:
        raise GeometryError(f"{geometry.label}: encloses nothing (its walls have no thickness); give it one")
    if geometry.volume is not None and geometry.volume <= 0:
        raise GeometryError(
            f"{geometry.label}: is turned inside out (volume {geometry.volume:.4g} m3); geometry.heal() turns it"
        )
    if not geometry.path.is_dir():
        raise GeometryError(
            f"geometry: {geometry.label} is not in {geometry.path} any more; load {geometry.source.name} again"
        )
    known = _known(geometry)
    patches = {
        name: BodyPatch(area=patch.area, bounds=_pairs(patch.bounds), normal=known["normals"][name])
        for name, patch in geometry.patches.items()
        if patch.area > 0
    }
    return Body(
        label=geometry.label, digest=geometry.digest, surface=known["surface"], size=known["size"],
        source=", ".join((geometry.source.name, *geometry.source.steps)), volume=geometry.volume, area=geometry.area,
        void=known["hollows"], bounds=_pairs(geometry.bounds), frontal=known["frontal"], inside=known["inside"],
        patches=patches,
    )  # fmt: skip


def _known(geometry: Geometry) -> dict[str, Any]:
    """What takes long to find out, from body.json or into it."""
    file, stl = geometry.path / "body.json", geometry.path / "surface.stl"
    try:
        known: dict[str, Any] = json.loads(file.read_text())
        if stl.stat().st_size == known["size"] and "hollows" in known:
            return known
    except (OSError, ValueError, KeyError):
        pass
    who = object()
    try:
        known = _found(geometry, who, stl)
    finally:
        telling.tell(who, "", over=True)
    part = file.with_name(f".{file.name}.{os.getpid()}")
    part.write_text(json.dumps(known))
    part.replace(file)
    return known


def _found(geometry: Geometry, who: object, stl: Path) -> dict[str, Any]:
    """Find it out, and write the surface; of a large one this takes seconds, so `who` is told of."""
    points, triangles, solid = geometry.points, geometry.triangles, geometry.volume is not None
    told = f"{geometry.label}, {len(triangles)} triangles"
    telling.tell(who, f"{told}: does it go through itself", 0.0)
    if solid and len(crossed := crossing.crossings(points, triangles)):
        x, y, z = crossed[np.linalg.norm(crossed - crossed.mean(axis=0), axis=1).argmin()]
        raise GeometryError(
            f"{geometry.label}: its surface goes through itself at {len(crossed)} places, such as ({x:.4g} {y:.4g} "
            f"{z:.4g}): it cannot be said what is inside; unite what overlaps where it was drawn"
        )
    if solid and (twice := _twice(points, triangles)) is not None:
        x, y, z = twice
        raise GeometryError(
            f"{geometry.label}: two of its parts lie in the same place, such as at ({x:.4g} {y:.4g} {z:.4g}); move one "
            "or leave it out"
        )
    void = max(0.0, _buried(geometry, points, triangles)) if solid else 0.0
    telling.tell(who, f"{told}: its STL", 0.3)
    geometry.write_stl(stl)
    with stl.open("rb") as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()
    telling.tell(who, f"{told}: its shadows", 0.5)
    frontal = shadow.shadows(points, triangles, closed=solid)
    telling.tell(who, f"{told}: a point inside", 0.8)
    return {
        "surface": digest,
        "size": stl.stat().st_size,
        "frontal": frontal,
        "inside": depth.deepest(points, triangles) if solid else None,
        "hollows": void,
        "normals": {name: _plane(points, triangles[mine]) for name, mine in _mine(geometry).items()},
    }


def _twice(points: Floats, triangles: Ints) -> tuple[float, float, float] | None:
    """The middle [m] of a triangle that is there twice, both turned alike; those of parts that touch are not."""
    points, corners = surface.welded(points, triangles)
    corners = corners[surface.proper(corners)]
    turned = np.take_along_axis(corners, (corners.argmin(axis=1)[:, None] + np.arange(3)) % 3, axis=1)
    once, count = np.unique(turned, axis=0, return_counts=True)
    if not (count > 1).any():
        return None
    x, y, z = (float(value) for value in points[once[count > 1][0]].mean(axis=0))
    return x, y, z


def _buried(geometry: Geometry, points: Floats, triangles: Ints) -> float:
    """The volume [m3] inside of other closed surfaces that no solid fills: the hollows, less what lies in these.

    GeometryError where one solid lies in another.
    """
    points, triangles = surface.welded(points, triangles)
    triangles = triangles[surface.proper(triangles)]
    labels = surface.parts(len(points), triangles)
    pieces = [triangles[labels == number] for number in range(int(labels.max()) + 1)]
    boxes = [(points[piece].min(axis=(0, 1)), points[piece].max(axis=(0, 1))) for piece in pieces]
    void = 0.0
    for number, piece in enumerate(pieces):
        place, volume = points[piece[0]].mean(axis=0), surface.volume(points, piece)
        around = (
            depth.winding(points, pieces[other], place) for other, (low, high) in enumerate(boxes)
            if other != number and (low <= place).all() and (place <= high).all()
        )  # fmt: skip
        turns = [round(one) for one in around if abs(one) > 0.5]
        if volume > 0 and sum(turns) > 0:
            x, y, z = place
            raise GeometryError(
                f"{geometry.label}: one of its parts lies inside of another, such as at ({x:.4g} {y:.4g} {z:.4g}), "
                "where no flow comes; leave it out where it was drawn"
            )
        void -= volume if turns else min(0.0, volume)
    return void


def _mine(geometry: Geometry) -> dict[str, Ints]:
    """The triangles of each patch, by their numbers."""
    names = np.array(geometry.names)
    return {name: np.flatnonzero((names == name)[geometry.faces]) for name in dict.fromkeys(geometry.names)}


def _plane(points: Floats, triangles: Ints) -> list[float] | None:
    """The unit normal of triangles that all lie in one plane and look to one side of it."""
    sizes, normals = surface.areas(points, triangles)
    total = (sizes[:, None] * normals).sum(axis=0)
    length, area = float(np.linalg.norm(total)), float(sizes.sum())
    if not area > 0 or length < (1 - FLAT) * area:
        return None
    normal = total / length
    heights = points[np.unique(triangles[sizes > 0])] @ normal
    if float(np.ptp(heights)) > FLAT * float(np.linalg.norm(np.ptp(points, axis=0))):
        return None
    normal[np.abs(normal) < 1e-9] = 0.0  # so that a side of a box has the normal (1, 0, 0)
    x, y, z = (float(value) for value in normal / np.linalg.norm(normal))
    return [x, y, z]


def _pairs(corners: tuple[tuple[float, float, float], tuple[float, float, float]]) -> Any:
    """(low, high) in x, y and z of a lowest and a highest corner."""
    return tuple(zip(*corners, strict=True))
