"""Triangles: areas, volume, open edges, regions, and files. The connectivity is trimesh's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Watertight:
    """How a surface is closed: true when each edge has two triangles and they are turned alike.

    `open_edges` have one triangle, `crowded_edges` more than two, `turned` are pairs that are turned differently;
    `holes` are the loops of open edges: their number of edges, perimeter [m] and middle [m].
    """

    open_edges: int
    crowded_edges: int
    turned: int
    holes: tuple[tuple[int, float, tuple[float, float, float]], ...]

    def __bool__(self) -> bool:
        return not (self.open_edges or self.crowded_edges or self.turned)

    def __str__(self) -> str:
        if self:
            return "watertight"
        said = []
        if self.open_edges:
            edges, size, (x, y, z) = max(self.holes, key=lambda hole: hole[1], default=(0, 0.0, (0.0, 0.0, 0.0)))
            said.append(
                f"{self.open_edges} open edges in {len(self.holes)} holes, the largest of {size:.3g} m round "
                f"({edges} edges) at ({x:.4g} {y:.4g} {z:.4g})"
            )
        if self.crowded_edges:
            said.append(f"{self.crowded_edges} edges of more than two triangles")
        if self.turned:
            said.append(f"{self.turned} neighbours that are turned differently")
        return "; ".join(said)


def areas(points: Floats, triangles: Ints) -> tuple[Floats, Floats]:
    """The areas (m,) [m2] and unit normals (m, 3) of triangles."""
    a, b, c = (points[triangles[:, corner]] for corner in range(3))
    normal = np.cross(b - a, c - a)
    length = np.linalg.norm(normal, axis=1)
    return length / 2, normal / np.maximum(length, 1e-300)[:, None]


def volume(points: Floats, triangles: Ints) -> float:
    """What a closed surface encloses [m3]: positive when it is turned outwards."""
    middle = points.mean(axis=0)
    a, b, c = (points[triangles[:, corner]] - middle for corner in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)


def of_faces(points: Floats, triangles: Ints, faces: Ints, count: int) -> tuple[Floats, Floats, Floats]:
    """Centres (n, 3) [m], mean normals (n, 3) and boxes (n, 2, 3) [m] of faces made of triangles."""
    sizes, normals = areas(points, triangles)
    weights = np.maximum(np.bincount(faces, sizes, count), 1e-300)
    middles = points[triangles].mean(axis=1)
    centres = np.stack([np.bincount(faces, sizes * middles[:, axis], count) for axis in range(3)], axis=1)
    mean = np.stack([np.bincount(faces, sizes * normals[:, axis], count) for axis in range(3)], axis=1)
    length = np.linalg.norm(mean, axis=1, keepdims=True)
    boxes = np.empty((count, 2, 3))
    boxes[:, 0], boxes[:, 1] = np.inf, -np.inf
    corners = points[triangles]
    np.minimum.at(boxes[:, 0], faces, corners.min(axis=1))
    np.maximum.at(boxes[:, 1], faces, corners.max(axis=1))
    return centres / weights[:, None], mean / np.maximum(length, 1e-300), boxes


def welded(points: Floats, triangles: Ints, tolerance: float = 0.0) -> tuple[Floats, Ints]:
    """The same with points that coincide made one; `tolerance` [m]: within that, else exactly equal ones."""
    if tolerance > 0:
        from scipy.sparse import coo_matrix
        from scipy.sparse.csgraph import connected_components
        from scipy.spatial import cKDTree

        pairs = cKDTree(points).query_pairs(tolerance, output_type="ndarray")
        shape = (len(points), len(points))
        count, labels = connected_components(coo_matrix((np.ones(len(pairs)), pairs.T), shape=shape), directed=False)
        first = np.full(count, len(points))
        np.minimum.at(first, labels, np.arange(len(points)))
        return points[first], labels[triangles].astype(np.int64)
    unique, inverse = np.unique(points, axis=0, return_inverse=True)
    return unique, inverse.reshape(-1)[triangles].astype(np.int64)


def proper(triangles: Ints) -> NDArray[np.bool_]:
    """Which triangles have three different corners (m,): at the pole of a sphere some have not."""
    a, b, c = triangles.T
    return np.asarray((a != b) & (b != c) & (c != a))


def watertight(points: Floats, triangles: Ints) -> Watertight:
    """Whether a surface is closed, judged after points that coincide are one."""
    points, triangles = welded(points, triangles)
    triangles = triangles[proper(triangles)]
    ends = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    low, high = ends.min(axis=1), ends.max(axis=1)
    key = low * len(points) + high
    order = np.argsort(key, kind="stable")
    _, start, count = np.unique(key[order], return_index=True, return_counts=True)
    forward = np.where(ends[:, 0] < ends[:, 1], 1, -1)[order]
    balance = np.add.reduceat(forward, start) if len(start) else np.zeros(0)
    rim = order[start[count == 1]]
    return Watertight(
        open_edges=int((count == 1).sum()),
        crowded_edges=int((count > 2).sum()),
        turned=int(((count == 2) & (balance != 0)).sum()),
        holes=_loops(points, ends[rim]),
    )


def _loops(points: Floats, edges: Ints) -> tuple[tuple[int, float, tuple[float, float, float]], ...]:
    """Open edges that hang together: number, length, middle."""
    if not len(edges):
        return ()
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    used, local = np.unique(edges, return_inverse=True)
    pairs = local.reshape(-1, 2)
    graph = coo_matrix((np.ones(len(pairs)), pairs.T), shape=(len(used), len(used)))
    count, labels = connected_components(graph, directed=False)
    owner = labels[pairs[:, 0]]
    lengths = np.linalg.norm(points[edges[:, 0]] - points[edges[:, 1]], axis=1)
    found = []
    for number in range(count):
        mine = owner == number
        x, y, z = (float(value) for value in points[np.unique(edges[mine])].mean(axis=0))
        found.append((int(mine.sum()), float(lengths[mine].sum()), (x, y, z)))
    return tuple(found)


def neighbours(points: Floats, triangles: Ints) -> tuple[Ints, Floats]:
    """Triangles that share an edge with one other, in pairs (p, 2), and the angles [rad] between their normals (p,)."""
    ends = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    order = np.lexsort((ends[:, 1], ends[:, 0]))
    ends, owner = ends[order], np.tile(np.arange(len(triangles)), 3)[order]
    first = np.flatnonzero(np.concatenate([[True], (ends[1:] != ends[:-1]).any(axis=1)]))
    shared = first[np.diff(np.append(first, len(ends))) == 2]
    pairs = np.stack([owner[shared], owner[shared + 1]], axis=1)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    _, normals = areas(points, triangles)
    cosines = (normals[pairs[:, 0]] * normals[pairs[:, 1]]).sum(axis=1)
    return pairs, np.arccos(np.clip(cosines, -1.0, 1.0))


def regions(points: Floats, triangles: Ints, angle: float) -> Ints:
    """Which region each triangle belongs to (m,): neighbours turn by less than `angle` [degree]."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    mesh = solid(points, triangles)
    near = np.degrees(mesh.face_adjacency_angles) < angle
    pairs = mesh.face_adjacency[near]
    graph = coo_matrix((np.ones(len(pairs)), pairs.T), shape=(len(triangles), len(triangles)))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def feature_edges(points: Floats, triangles: Ints, patch: Ints, angle: float = 30.0) -> Floats:
    """Edges (e, 2, 3) where normals turn by more than an angle [degrees], patches meet or the surface ends."""
    ends = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    owner = np.tile(np.arange(len(triangles)), 3)
    order = np.lexsort((ends[:, 1], ends[:, 0]))
    ends, owner = ends[order], owner[order]
    first = np.flatnonzero(np.concatenate([[True], (ends[1:] != ends[:-1]).any(axis=1)]))
    shared = np.diff(np.append(first, len(ends)))
    _, normals = areas(points, triangles)
    pair = first[shared == 2]
    one, other = owner[pair], owner[pair + 1]
    sharp = (normals[one] * normals[other]).sum(axis=1) < np.cos(np.radians(angle))
    chosen = np.concatenate([pair[sharp | (patch[one] != patch[other])], first[shared != 2]])
    return np.asarray(points[ends[chosen]])


def parts(count: int, triangles: Ints) -> Ints:
    """The part that each triangle belongs to (m,): parts share none of the `count` points."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    ends = np.concatenate([triangles[:, :2], triangles[:, 1:]])
    graph = coo_matrix((np.ones(len(ends)), ends.T), shape=(count, count))
    labels = connected_components(graph, directed=False)[1][triangles[:, 0]]
    return np.asarray(np.unique(labels, return_inverse=True)[1].reshape(-1), np.int64)


def solid(points: Floats, triangles: Ints) -> Any:
    """The surface as trimesh has it, its points welded and its triangles as they are."""
    import trimesh

    unique, corners = welded(points, triangles)
    return trimesh.Trimesh(unique, corners, process=False)


def write_stl(path: Path, points: Floats, triangles: Ints, faces: Ints, names: Sequence[str]) -> Path:
    """ASCII STL in metres, a solid for each name; triangles without area are left out."""
    sizes, normals = areas(points, triangles)
    whole = sizes > 0
    owners = np.array([list(dict.fromkeys(names)).index(name) for name in names])[faces]
    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding="ascii") as file:
        for number, name in enumerate(dict.fromkeys(names)):
            mine = whole & (owners == number)
            file.write(f"solid {name}\n")
            rows = np.concatenate([normals[mine], points[triangles[mine]].reshape(-1, 9)], axis=1)
            for row in rows.tolist():
                file.write(
                    "facet normal {:.9g} {:.9g} {:.9g}\nouter loop\nvertex {:.9g} {:.9g} {:.9g}\n"
                    "vertex {:.9g} {:.9g} {:.9g}\nvertex {:.9g} {:.9g} {:.9g}\nendloop\nendfacet\n".format(*row)
                )
            file.write(f"endsolid {name}\n")
    part.replace(path)
    return path
