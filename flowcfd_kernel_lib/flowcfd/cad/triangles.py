"""Files of triangles: STL in both forms, with the names of its solids, and OBJ with its groups."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flowcfd.errors import GeometryError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Surface = tuple[Floats, Ints, Ints, list[str]]
"""Points (n, 3), triangles (m, 3), face of each triangle (m,), name of each face."""

_BINARY = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("rest", "<u2")])
_SOLID = re.compile(rb"^[ \t]*solid\b[ \t]*([^\r\n]*)", re.MULTILINE | re.IGNORECASE)
_NAMING = ("g", "o", "usemtl")
_ENDS = re.compile(rb"^[ \t]*end[ \t]*solid\b", re.MULTILINE | re.IGNORECASE)
_VERTEX = re.compile(rb"vertex\s+(\S+)\s+(\S+)\s+(\S+)", re.IGNORECASE)


def stl(path: Path) -> Surface:
    """An STL, of text or binary; what it is, its size says, for binary ones may begin with `solid` too."""
    content = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    count = int(np.frombuffer(content, "<u4", 1, 80)[0]) if len(content) >= 84 else 0
    if len(content) >= 84 and 84 + 50 * count == len(content):
        corners = np.frombuffer(content, _BINARY, count, 84)["corners"].astype(np.float64).reshape(-1, 3)
        return _joined(corners, np.zeros(count, np.int64), [""])
    heads = [] if b"\0" in content else list(_SOLID.finditer(content))
    if not heads:
        size = f" of {count} triangles, {84 + 50 * count} bytes (got {len(content)})" if count else ""
        raise GeometryError(
            f"{path.name}: is no STL: neither text that begins with `solid` nor of the size of a binary one{size}"
        )
    parts, faces = [], []
    for number, head in enumerate(heads):
        end = heads[number + 1].start() if number + 1 < len(heads) else len(content)
        try:
            corners = np.array(_VERTEX.findall(content, head.end(), end), np.float64).reshape(-1, 3)
        except ValueError as error:
            raise GeometryError(f"{path.name}: a corner of solid {number + 1} is no number ({error})") from None
        if len(corners) % 3:
            raise GeometryError(f"{path.name}: breaks off in the middle of a triangle of solid {number + 1}")
        parts.append(corners)
        faces.append(np.full(len(corners) // 3, number, np.int64))
    names = [head[1].decode("utf-8", "replace").strip() for head in heads]
    return _joined(np.concatenate(parts), np.concatenate(faces), names)


def unfinished(path: Path) -> bool:
    """Whether the last solid of an STL of text has no end: the rest of the file may be lost."""
    content = path.read_bytes()
    heads = [] if b"\0" in content else list(_SOLID.finditer(content))
    return bool(heads) and not _ENDS.search(content, heads[-1].end())


def obj(path: Path) -> Surface:
    """A Wavefront OBJ: faces of any number of corners.

    They are named by their groups, else by their objects, else by their materials: by the first of which there are two.
    """
    points: list[list[float]] = []
    triangles: list[list[int]] = []
    owners: list[tuple[str, ...]] = []
    current = dict.fromkeys(_NAMING, "")
    begun = ""
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
        if line.endswith("\\"):  # the line goes on in the next one
            begun += line[:-1] + " "
            continue
        words, begun = (begun + line).split(), ""
        if not words or words[0].startswith("#"):
            continue
        try:
            if words[0] == "v":
                points.append([float(word) for word in words[1:4]])
                if len(points[-1]) < 3:
                    raise ValueError("a point needs 3 numbers")
            elif words[0] in _NAMING:
                current[words[0]] = " ".join(words[1:])
            elif words[0] == "f":
                corners = [int(word.split("/")[0]) for word in words[1:]]
                corners = [corner - 1 if corner > 0 else len(points) + corner for corner in corners]
                if len(corners) < 3 or min(corners) < 0 or max(corners) >= len(points):
                    raise ValueError("a face of corners that are not there")
                for second, third in pairwise(corners[1:]):
                    triangles.append([corners[0], second, third])
                    owners.append(tuple(current.values()))
        except ValueError as error:
            raise GeometryError(f"{path.name}:{number}: {error}") from None
    shaped = np.array(points, np.float64).reshape(-1, 3), np.array(triangles, np.int64).reshape(-1, 3)
    kinds = [list(kind) for kind in zip(*owners, strict=True)] or [[]]
    names = next((kind for kind in kinds if len(set(kind)) > 1), next((kind for kind in kinds if any(kind)), kinds[0]))
    known = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return *shaped, np.array([known[name] for name in names], np.int64), list(known) or [""]


def _joined(corners: Floats, faces: Ints, names: list[str]) -> Surface:
    """Points that are exactly equal as one; without the faces that have no triangles."""
    points, inverse = np.unique(corners, axis=0, return_inverse=True)
    used, local = np.unique(faces, return_inverse=True)
    triangles = inverse.reshape(-1, 3).astype(np.int64)
    return points, triangles, local.reshape(-1).astype(np.int64), [names[number] for number in used]
