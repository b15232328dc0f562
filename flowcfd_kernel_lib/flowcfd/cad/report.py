"""What there is to know of a geometry before it is meshed."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from flowcfd.cad import surface

if TYPE_CHECKING:
    from flowcfd.cad.geometry import Geometry


@dataclass(frozen=True)
class Report:
    """Lengths [m], areas [m2], volume [m3]. `smallest_edge` and `smallest_patch` are what a mesh must resolve first.

    `gap` is the smallest distance between parts that do not touch (of their points; None for one part), `bend` the
    smallest radius of curvature that the triangles show (None where all is flat).
    """

    label: str
    unit: str
    size: tuple[float, float, float]
    volume: float | None
    area: float
    solids: int
    parts: int
    faces: int
    patches: Mapping[str, float]
    watertight: str
    closed: bool
    valid: bool
    smallest_edge: float
    smallest_patch: float
    gap: float | None
    bend: float | None
    said: tuple[str, ...]

    def lines(self) -> list[tuple[str, str]]:
        """Each fact with its name, for people."""
        x, y, z = self.size
        volume = "not closed" if self.volume is None else f"{self.volume:.6g} m3"
        return [
            ("file in", self.unit),
            ("box", f"{x:.4g} x {y:.4g} x {z:.4g} m"),
            ("volume", volume),
            ("area", f"{self.area:.6g} m2"),
            ("parts", f"{self.parts}" + (f", {self.solids} solids" if self.solids else "")),
            ("faces", str(self.faces)),
            ("patches", ", ".join(f"{name} ({area:.3g} m2)" for name, area in self.patches.items())),
            ("surface", self.watertight + ("" if self.valid else "; the shape is not valid: heal it")),
            ("smallest", f"edge {self.smallest_edge:.3g} m, face {self.smallest_patch:.3g} m2"),
            ("gap", "none" if self.gap is None else f"{self.gap:.3g} m"),
            ("bend", "flat" if self.bend is None else f"radius {self.bend:.3g} m"),
            *(("note", line) for line in self.said),
        ]

    def __repr__(self) -> str:
        return "\n".join([self.label, *(f"  {name:9} {said}" for name, said in self.lines())])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td style='text-align:left'>{name}</td><td style='text-align:left'>{html.escape(said)}</td></tr>"
            for name, said in self.lines()
        )
        return f"<b>{html.escape(self.label)}</b><table>{rows}</table>"


def report(geometry: Geometry) -> Report:
    """Look at a geometry."""
    low, high = (np.array(corner) for corner in geometry.bounds)
    x, y, z = (float(value) for value in high - low)
    mesh = surface.solid(geometry.points, geometry.triangles)
    closed = geometry.watertight
    sizes = geometry.face_areas or np.bincount(geometry.faces, surface.areas(geometry.points, geometry.triangles)[0])
    labels = _parts(mesh)
    return Report(
        label=geometry.label,
        unit=geometry.source.unit,
        size=(x, y, z),
        volume=geometry.volume,
        area=geometry.area,
        solids=geometry.solids,
        parts=int(labels.max()) + 1,
        faces=len(geometry.names),
        patches={name: patch.area for name, patch in geometry.patches.items()},
        watertight=str(closed),
        closed=bool(closed),
        valid=geometry.valid,
        smallest_edge=_smallest_edge(geometry),
        smallest_patch=float(min(sizes)),
        gap=_gap(mesh, labels),
        bend=_bend(mesh),
        said=geometry.said,
    )


def _parts(mesh: Any) -> np.ndarray:
    """The part that each triangle belongs to (m,): parts share no points."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    edges = mesh.edges_unique
    graph = coo_matrix((np.ones(len(edges)), edges.T), shape=(len(mesh.vertices), len(mesh.vertices)))
    points = connected_components(graph, directed=False)[1][mesh.faces[:, 0]]
    return np.asarray(np.unique(points, return_inverse=True)[1].reshape(-1))


def _smallest_edge(geometry: Geometry) -> float:
    """The shortest straight stretch of a border between faces; of triangles' edges where there is one face only."""
    points, triangles = surface.welded(geometry.points, geometry.triangles)
    ends = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    owners = np.tile(geometry.faces, 3)
    key = np.sort(ends, axis=1)
    order = np.lexsort((key[:, 1], key[:, 0]))
    same = (key[order][1:] == key[order][:-1]).all(axis=1)
    border = same & (owners[order][1:] != owners[order][:-1])
    chosen = ends[order][1:][border] if border.any() else ends
    lengths = np.linalg.norm(points[chosen[:, 0]] - points[chosen[:, 1]], axis=1)
    return float(lengths[lengths > 0].min())


def _gap(mesh: Any, labels: np.ndarray) -> float | None:
    """The smallest distance between the points of one part and of all others."""
    from scipy.spatial import cKDTree

    if labels.max() == 0:
        return None
    smallest = np.inf
    for part in range(int(labels.max())):
        mine = np.unique(mesh.faces[labels == part])
        rest = np.unique(mesh.faces[labels > part])
        distance, _ = cKDTree(mesh.vertices[rest]).query(mesh.vertices[mine])
        smallest = min(smallest, float(distance.min()))
    return smallest


def _bend(mesh: Any) -> float | None:
    """The smallest radius that neighbours turn round, by their circumcentres: exact on balls and cylinders.

    Edges above 30 degrees are sharp and do not count.
    """
    angles = mesh.face_adjacency_angles
    smooth = (angles > 1e-3) & (angles < np.radians(30))
    if not smooth.any():
        return None
    middles = _circumcentres(mesh.triangles)[mesh.face_adjacency[smooth]]
    steps = np.linalg.norm(middles[:, 0] - middles[:, 1], axis=1)
    return float(np.percentile(steps / (2 * np.sin(angles[smooth] / 2)), 1))


def _circumcentres(corners: np.ndarray) -> np.ndarray:
    """The centres (m, 3) of the circles through the corners (m, 3, 3) of triangles."""
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    normal = np.cross(a, b)
    square = (normal**2).sum(axis=1, keepdims=True)
    across = np.cross(normal, a) * (b**2).sum(axis=1, keepdims=True) + np.cross(b, normal) * (a**2).sum(
        axis=1, keepdims=True
    )
    return np.asarray(corners[:, 0] + across / np.maximum(2 * square, 1e-300))
