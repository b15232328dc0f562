"""Files of triangles: healthy ones, and all that can be wrong with them. Lengths are millimetres."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import trimesh
from numpy.typing import NDArray

Corners = NDArray[np.float64]
"""Of each triangle (m, 3, 3) [mm], turned outwards."""


def ball(radius: float = 500.0, centre: tuple[float, float, float] = (0, 0, 0), fineness: int = 4) -> Corners:
    mesh = trimesh.creation.icosphere(subdivisions=fineness, radius=radius)
    return np.asarray(mesh.triangles) + np.array(centre)


def block(low: tuple[float, float, float], high: tuple[float, float, float]) -> Corners:
    mesh = trimesh.creation.box(bounds=np.array([low, high], float))
    return np.array(mesh.triangles)


def cube() -> Corners:
    return block((0, 0, 0), (1000, 1000, 1000))


def ball_mm() -> Corners:
    return ball()


def pinhole() -> Corners:
    """One triangle of a ball is missing."""
    return np.delete(ball(), 1000, axis=0)


def inverted() -> Corners:
    """A ball whose triangles all look inwards."""
    return ball()[:, ::-1]


def mixed() -> Corners:
    """A ball of which every third triangle looks inwards."""
    corners = ball()
    corners[::3] = corners[::3, ::-1]
    return corners


def slivers() -> Corners:
    """A ball with triangles of no area between its own: two corners are one, or all three on a line."""
    corners = ball()
    double = corners[:50, [0, 1, 1]]
    line = corners[50:100].copy()
    line[:, 2] = 0.5 * (line[:, 0] + line[:, 1])
    return np.concatenate([corners, double, line])


def cracked() -> Corners:
    """A ball whose corners are rounded differently in each triangle, by up to a micrometre."""
    corners = ball()
    return corners + np.random.default_rng(1).uniform(-1e-3, 1e-3, corners.shape)


def hollow() -> Corners:
    """A ball with a ball of nothing in it."""
    return np.concatenate([ball(), ball(250)[:, ::-1]])


def hole() -> Corners:
    """Forty triangles around one point of a ball are missing."""
    corners = ball()
    far = np.linalg.norm(corners.mean(axis=1) - np.array([500, 0, 0]), axis=1)
    return corners[np.argsort(far)[40:]]


def open_box() -> Corners:
    """A box without its lid: the hole has four edges only, and is as large as the body."""
    corners = cube()
    return corners[corners[:, :, 2].min(axis=1) < 999]


def crossing() -> Corners:
    """Two closed balls, one half inside the other."""
    return np.concatenate([ball(fineness=3), ball(centre=(500, 0, 0), fineness=3)])


def pierced() -> Corners:
    """A ball of which one point is pulled through the opposite side."""
    corners = ball(fineness=3)
    pole = corners.reshape(-1, 3)[np.argmax(corners.reshape(-1, 3)[:, 2])]
    corners[np.isclose(corners, pole).all(axis=2)] = (100.0, 50.0, -700.0)
    return corners


def touching_edge() -> Corners:
    """Two cubes that have one edge in common: four triangles meet there."""
    return np.concatenate([cube(), block((1000, 1000, 0), (2000, 2000, 1000))])


def web() -> Corners:
    """A cube with a fin of no thickness on it: an edge of three triangles."""
    a, b, c, d = (1000, 0, 0), (1000, 1000, 0), (1500, 1000, 0), (1500, 0, 0)
    return np.concatenate([cube(), np.array([[a, b, c], [a, c, d]], float)])


def flat() -> Corners:
    """Two sheets back to back: closed, and nothing in between."""
    a, b, c, d = (0, 0, 0), (1000, 0, 0), (1000, 1000, 0), (0, 1000, 0)
    return np.array([[a, b, c], [a, c, d], [a, d, b], [b, d, c]], float)


def sheet() -> Corners:
    """A square without any thickness."""
    grid = np.linspace(0, 1000, 11)
    found = []
    for x, right in pairwise(grid):
        for y, up in pairwise(grid):
            a, b, c, d = (x, y, 0), (right, y, 0), (right, up, 0), (x, up, 0)
            found += [[a, b, c], [a, c, d]]
    return np.array(found, float)


def moebius() -> Corners:
    """A ribbon with half a twist: it has one side."""
    turns = np.linspace(0, 2 * np.pi, 61)
    across = np.linspace(-150, 150, 4)

    def at(t: float, w: float) -> tuple[float, float, float]:
        r = 500 + w * np.cos(t / 2)
        return r * np.cos(t), r * np.sin(t), w * np.sin(t / 2)

    found = []
    for t, after in pairwise(turns):
        for w, up in pairwise(across):
            a, b, c, d = at(t, w), at(after, w), at(after, up), at(t, up)
            found += [[a, b, c], [a, c, d]]
    return np.array(found, float)


STLS: dict[str, Callable[[], Corners]] = {
    make.__name__: make
    for make in (ball_mm, pinhole, inverted, mixed, slivers, cracked, hollow, hole, open_box, crossing, pierced,
                 touching_edge, web, flat, sheet, moebius)
}  # fmt: skip


def stl(path: Path, corners: Corners) -> Path:
    """A binary one."""
    rows = np.zeros(len(corners), [("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("rest", "<u2")])
    rows["corners"] = corners
    path.write_bytes(b"made for a test".ljust(80) + np.array([len(corners)], "<u4").tobytes() + rows.tobytes())
    return path


def text(path: Path, corners: Corners, name: str = "body") -> Path:
    """One of text."""
    lines = [f"solid {name}"]
    for triangle in corners.tolist():
        rows = "\n".join("vertex {:.9g} {:.9g} {:.9g}".format(*corner) for corner in triangle)
        lines.append(f"facet normal 0 0 0\nouter loop\n{rows}\nendloop\nendfacet")
    path.write_text("\n".join([*lines, f"endsolid {name}\n"]))
    return path


def obj(path: Path, corners: Corners) -> Path:
    """A Wavefront OBJ."""
    points, numbers = np.unique(corners.reshape(-1, 3), axis=0, return_inverse=True)
    lines = ["v {:.9g} {:.9g} {:.9g}".format(*point) for point in points.tolist()]
    lines += ["f {} {} {}".format(*(row + 1).tolist()) for row in numbers.reshape(-1, 3)]
    path.write_text("\n".join(lines) + "\n")
    return path


def write(folder: Path, name: str) -> Path:
    """The file of a name."""
    if name == "cube_obj":
        return obj(folder / "cube_obj.obj", cube())
    if name == "empty":
        return text(folder / "empty.stl", np.zeros((0, 3, 3)))
    if name == "no_number":
        corners = cube()
        corners[3, 1, 2] = np.nan
        return text(folder / "no_number.stl", corners)
    if name == "torn":
        whole = text(folder / "torn.stl", cube())
        whole.write_text(whole.read_text()[:900])
        return whole
    return stl(folder / f"{name}.stl", STLS[name]())


NAMES = (*STLS, "cube_obj", "empty", "no_number", "torn")
