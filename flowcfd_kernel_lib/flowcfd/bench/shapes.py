"""Ten different bodies for benchmarks of meshing, as triangles: no OpenCASCADE is needed."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flowcfd.cad.geometry import Geometry
from flowcfd.cad.load import load
from flowcfd.case.domain import Domain
from flowcfd.case.freeair import FreeAir
from flowcfd.case.internal import Internal
from flowcfd.case.tunnel import WindTunnel

Floats = NDArray[np.float64]


def shapes() -> Mapping[str, tuple[Callable[[], Geometry], Domain]]:
    """Each body, made when it is called, and the domain around it or in it."""
    return {
        "sphere": (lambda: _one("sphere", _trimesh().icosphere(4, 0.5)), FreeAir(far=3)),
        "cylinder": (lambda: _one("cylinder", _trimesh().cylinder(0.5, 2, sections=64)), FreeAir(far=3)),
        "cone": (lambda: _one("cone", _trimesh().cone(0.5, 1, sections=64)), FreeAir(far=3)),
        "box": (lambda: _one("box", _trimesh().box((1.03, 0.61, 0.42))), FreeAir(far=3)),
        "building": (lambda: _one("building", _box((1, 1, 2), (0, 0, 1))), WindTunnel()),
        "wing": (_wing, FreeAir(far=3)),
        "car": (_car, WindTunnel(clearance=0.05)),
        "ball and cube": (_pair, FreeAir(far=3)),
        "elbow": (_elbow, Internal()),
        "plate": (lambda: _one("plate", _trimesh().box((1.03, 0.97, 0.06))), FreeAir(far=3)),
    }


def _trimesh() -> Any:
    import trimesh

    return trimesh.creation


def _box(sizes: tuple[float, float, float], middle: tuple[float, float, float]) -> Any:
    return _trimesh().box(sizes).apply_translation(middle)


def _one(label: str, mesh: Any) -> Geometry:
    return _parts(label, {label: mesh})


def _parts(label: str, meshes: Mapping[str, Any]) -> Geometry:
    """A geometry of named closed or open parts, by way of an STL."""
    from flowcfd.cad.surface import write_stl

    points, triangles, faces, offset = [], [], [], 0
    for number, mesh in enumerate(meshes.values()):
        points.append(np.asarray(mesh.vertices, np.float64))
        triangles.append(np.asarray(mesh.faces, np.int64) + offset)
        faces.append(np.full(len(mesh.faces), number, np.int64))
        offset += len(mesh.vertices)
    with tempfile.TemporaryDirectory() as made:
        file = Path(made) / f"{label.replace(' ', '_')}.stl"
        write_stl(file, np.concatenate(points), np.concatenate(triangles), np.concatenate(faces), list(meshes))
        return load(file, unit="m")


def _wing() -> Geometry:
    """NACA 0012 of chord and span 1 with a blunt tail."""
    x = 0.5 * (1 - np.cos(np.linspace(0, np.pi, 60)))
    y = 0.6 * (0.2969 * np.sqrt(x) - 0.126 * x - 0.3516 * x**2 + 0.2843 * x**3 - 0.1015 * x**4)
    upper = np.stack([x, y], axis=1)
    outline = np.concatenate([upper[::-1], (upper * (1, -1))[1:]])
    return _one("wing", _prism(outline, 1.0))


def _car() -> Geometry:
    """A car's shape like Ahmed's: round nose, slanted tail."""
    angles = np.linspace(0, np.pi / 2, 9)
    low = [(0.1 - 0.1 * math.cos(a), 0.1 - 0.1 * math.sin(a)) for a in angles]
    high = [(0.1 - 0.1 * math.sin(a), 0.188 + 0.1 * math.cos(a)) for a in angles]
    outline = [*low, (1.044, 0.0), (1.044, 0.194), (0.843, 0.288), *high]
    return _one("car", _prism(np.array(outline), 0.389))


def _prism(outline: Floats, width: float) -> Any:
    """A prism along y over an outline in x and z, which runs anticlockwise and is seen whole from its middle."""
    import trimesh

    count = len(outline)
    middle = 0.5 * (outline.max(axis=0) + outline.min(axis=0))
    flat = np.concatenate([outline, middle[None]])
    points = np.concatenate([np.insert(flat, 1, side * width / 2, axis=1) for side in (-1, 1)])
    here, following = np.arange(count), np.roll(np.arange(count), -1)
    last = count + 1
    caps = [np.stack([here, following, np.full(count, count)], axis=1),
            np.stack([following + last, here + last, np.full(count, count + last)], axis=1)]  # fmt: skip
    walls = [
        np.stack([following, here, here + last], axis=1),
        np.stack([following, here + last, following + last], axis=1),
    ]
    mesh = trimesh.Trimesh(points, np.concatenate([*caps, *walls]), process=False)
    mesh.fix_normals()
    return mesh


def _pair() -> Geometry:
    ball = _trimesh().icosphere(3, 0.5)
    return _parts("ball_and_cube", {"ball": ball, "cube": _box((0.6, 0.6, 0.6), (0.95, 0, 0))})


def _elbow() -> Geometry:
    """A pipe of radius 0.1 m round a bend of radius 0.4 m, with named ends."""
    import trimesh

    straight = [(x, 0.0, 0.0) for x in np.linspace(-0.5, 0, 6)]
    bend = [(0.4 * math.sin(a), 0.0, 0.4 * (1 - math.cos(a))) for a in np.linspace(0, math.pi / 2, 25)[1:]]
    path = np.array([*straight, *bend, *[(0.4, 0.0, z) for z in np.linspace(0.4, 0.9, 6)[1:]]])
    along = np.gradient(path, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    count = 48
    angles = np.linspace(0, 2 * math.pi, count, endpoint=False)
    across = np.cross(np.array([0.0, 1.0, 0.0]), along)
    rings = path[:, None] + 0.1 * (
        np.cos(angles)[None, :, None] * across[:, None] + np.sin(angles)[:, None] * (0, 1, 0)
    )
    here, following = np.arange(count), np.roll(np.arange(count), -1)
    tube = np.concatenate(
        [np.concatenate([np.stack([here, following, following + count], axis=1),
                         np.stack([here, following + count, here + count], axis=1)]) + ring * count
         for ring in range(len(path) - 1)]
    )  # fmt: skip
    fan = np.stack([np.full(count, count), following, here], axis=1)
    ends = [np.concatenate([rings[0], path[:1]]), np.concatenate([rings[-1], path[-1:]])]
    whole = trimesh.Trimesh(
        np.concatenate([rings.reshape(-1, 3), path[:1], path[-1:]]),
        np.concatenate([tube, _moved(fan, 0, len(path) * count, count),
                        _moved(fan[:, [0, 2, 1]], (len(path) - 1) * count, len(path) * count + 1, count)]),
        process=False,
    )  # fmt: skip
    sign = 1 if whole.volume > 0 else -1
    faces = [tube, fan, fan[:, [0, 2, 1]]]
    turned = [part if sign > 0 else part[:, ::-1] for part in faces]
    names = ("wall", "inlet", "outlet")
    points = (rings.reshape(-1, 3), *ends)
    return _parts(
        "elbow",
        {name: trimesh.Trimesh(at, part, process=False) for name, at, part in zip(names, points, turned, strict=True)},
    )


def _moved(fan: NDArray[np.int64], ring: int, middle: int, count: int) -> NDArray[np.int64]:
    """A fan of triangles onto a ring of points and its middle."""
    return np.where(fan == count, middle, fan + ring)
