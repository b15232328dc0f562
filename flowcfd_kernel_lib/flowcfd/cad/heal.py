"""Healing: a CAD shape by OpenCASCADE, a surface of triangles by welding, turning and closing small holes."""

from __future__ import annotations

import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flowcfd.cad import loops, surface
from flowcfd.cad.depth import winding
from flowcfd.cad.geometry import Floats, Geometry, Ints
from flowcfd.cad.keeping import kept
from flowcfd.cad.load import of_shape
from flowcfd.cad.occ import process
from flowcfd.errors import CaseError, GeometryError

MOST_EDGES = 12
"""A hole of more edges than this is not closed: nobody knows what was there."""
MOST_ROUND = 0.25
"""Nor is one that is longer round than this part of the body's diagonal, such as a box without its lid."""


def heal(geometry: Geometry, tolerance: float) -> Geometry:
    """The healed geometry; `tolerance` [m]. `said` tells what was done and what could not be."""
    low, high = (np.array(corner) for corner in geometry.bounds)
    most = 0.05 * float(np.linalg.norm(high - low))
    if not 0 < tolerance <= most:
        raise CaseError(
            f"tolerance: must be above 0 and at most {most:.3g} m, a twentieth of the body (got {tolerance:g} m)"
        )
    return _shape(geometry, tolerance) if geometry.cad else _triangles(geometry, tolerance)


def _shape(geometry: Geometry, tolerance: float) -> Geometry:
    with tempfile.TemporaryDirectory(prefix="flowcfd-cad-") as made:
        request = {"path": str(geometry.path), "folder": made, "tolerance": tolerance}
        answer, _ = process.ask("heal", request, label=geometry.label)
        said = [*answer["said"]]
        if geometry.volume is not None and answer["volume"] is not None:
            change = answer["volume"] / geometry.volume - 1
            if abs(change) > 1e-9:
                said.append(f"the volume has changed by {change:.2%}")
        return of_shape(
            Path(made), answer, label=geometry.label, source=geometry.source.after(f"healed at {tolerance:g} m"),
            said=tuple(said),
        )  # fmt: skip


def _triangles(geometry: Geometry, tolerance: float) -> Geometry:
    said = []
    points, triangles = surface.welded(geometry.points, geometry.triangles, tolerance)
    sizes, _ = surface.areas(points, triangles)
    whole = (sizes > 0) & surface.proper(triangles)
    if not whole.any():
        raise GeometryError(f"{geometry.label}: nothing is left at a tolerance of {tolerance:g} m")
    if not whole.all():
        said.append(f"{int((~whole).sum())} triangles without area are gone")
    triangles, faces = triangles[whole], geometry.faces[whole]
    thin = _needless(points, triangles, tolerance)
    if thin.any():
        said.append(f"{int(thin.sum())} triangles thinner than {tolerance:g} m, which lay on others, are gone")
        triangles, faces = triangles[~thin], faces[~thin]
    triangles, faces, closed = _closed(points, triangles, faces, geometry.label)
    if closed:
        said.append(f"{closed} small hole{'' if closed == 1 else 's'} closed")
    triangles, turned = _outwards(points, triangles)
    if turned:
        said.append(f"{turned} triangles turned round")
    return kept(
        points, triangles, faces, geometry.names, label=geometry.label,
        source=geometry.source.after(f"healed at {tolerance:g} m"), said=said,
    )  # fmt: skip


def _needless(points: Floats, triangles: Ints, tolerance: float) -> NDArray[np.bool_]:
    """Which triangles (m,) are thinner than the tolerance [m] and in the way: without them the surface is closed."""
    none = np.zeros(len(triangles), np.bool_)
    corners = points[triangles]
    longest = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
    thin = 2 * surface.areas(points, triangles)[0] < tolerance * longest
    if not thin.any() or surface.watertight(points, triangles):
        return none
    return none if surface.watertight(points, triangles[~thin]).open_edges else thin


def _closed(points: Floats, triangles: Ints, faces: Ints, label: str) -> tuple[Ints, Ints, int]:
    """The surface with fans of triangles in its small holes; GeometryError for larger ones, with their places."""
    found = surface.watertight(points, triangles)
    if found.crowded_edges:
        raise GeometryError(
            f"{label}: {found.crowded_edges} edges have more than two triangles (walls without thickness, or bodies "
            "that touch along an edge): it cannot be said what is inside"
        )
    most = MOST_ROUND * float(np.linalg.norm(np.ptp(points[np.unique(triangles)], axis=0)))
    large = [hole for hole in found.holes if hole[0] > MOST_EDGES or hole[1] > most]
    if large:
        places = "; ".join(f"{edges} edges, {size:.3g} m round, at ({x:.4g} {y:.4g} {z:.4g})"
                           for edges, size, (x, y, z) in sorted(large, key=lambda hole: -hole[1])[:5])  # fmt: skip
        raise GeometryError(f"{label}: {len(large)} holes are too large to be closed: {places}")
    if not found.open_edges:
        return triangles, faces, 0
    added, owners = [], []
    for loop in loops.rims(triangles, of="a hole", mend=""):
        owner = faces[next(n for n, corners in enumerate(triangles) if loop[0] in corners and loop[1] in corners)]
        for second, third in pairwise(loop[1:]):
            added.append([loop[0], second, third])
            owners.append(owner)
    return (
        np.concatenate([triangles, np.array(added, np.int64)]),
        np.concatenate([faces, np.array(owners, np.int64)]),
        len(found.holes),
    )


def _outwards(points: Floats, triangles: Ints) -> tuple[Ints, int]:
    """All triangles turned out of the solid, and how many had to be; a surface inside of another bounds a void."""
    after = triangles.copy()
    if surface.watertight(points, triangles).turned:
        import trimesh

        mesh: Any = trimesh.Trimesh(points, after, process=False)
        repair: Any = trimesh.repair
        repair.fix_winding(mesh)
        after = np.array(mesh.faces, np.int64)
    labels = surface.parts(len(points), after)
    pieces = [after[labels == number] for number in range(int(labels.max()) + 1)]
    boxes = [(points[piece].min(axis=(0, 1)), points[piece].max(axis=(0, 1))) for piece in pieces]
    for number, piece in enumerate(pieces):
        place = points[piece[0, 0]]
        around = [
            other for other, (low, high) in enumerate(boxes)
            if other != number and (low < place).all() and (place < high).all()
        ]  # fmt: skip
        depth = sum(abs(winding(points, pieces[other], place)) > 0.5 for other in around)
        if surface.volume(points, piece) * (-1) ** depth < 0:
            after[labels == number] = piece[:, ::-1]
    before_normals, after_normals = surface.areas(points, triangles)[1], surface.areas(points, after)[1]
    turned = int((np.einsum("ij,ij->i", before_normals, after_normals) < 0).sum())
    return after, turned
