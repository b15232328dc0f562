"""What a polyMesh on disk or among the files is: cells, bounds and smallest steps, where that is cheaply known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flowcfd.errors import FlowError
from flowcfd.foam.casefiles import Blob, CaseFiles

if TYPE_CHECKING:
    from flowcfd.foam.check.layout import MeshView

FOLDER = "constant/polyMesh"
LARGEST = 30_000_000
"""Bytes of points and faces together that are read; a larger mesh is known by its head only."""
_CELLS = re.compile(r"nCells:\s*(\d+)")


def measured(files: CaseFiles) -> MeshView | None:
    """Cells from the note in the head of `owner`, bounds and smallest edges from points and faces."""
    cells = _cells(files)
    if cells is None:
        return None
    try:
        return _geometry(files, cells)
    except (FlowError, OSError, ValueError, IndexError):
        return None


def _cells(files: CaseFiles) -> int | None:
    for name in ("owner", "owner.gz"):
        content = files.files.get(f"{FOLDER}/{name}")
        found = _CELLS.search(_head(content)) if content is not None else None
        if found:
            return int(found[1])
    return None


def _head(content: str | Blob) -> str:
    if isinstance(content, str):
        return content[:4096]
    import gzip

    try:
        with content.source.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        if packed:
            with gzip.open(content.source, "rb") as unpacked:
                return unpacked.read(4096).decode("latin-1")
        with content.source.open("rb") as file:
            return file.read(4096).decode("latin-1")
    except (OSError, EOFError):
        return ""


def _geometry(files: CaseFiles, cells: int) -> MeshView | None:
    import tempfile
    from pathlib import Path

    import numpy as np

    from flowcfd.foam.check.layout import MeshView
    from flowcfd.foam.fields import Faces, read_list

    members = {name: content for name in ("points", "faces") for suffix in ("", ".gz")
               if (content := files.files.get(f"{FOLDER}/{name}{suffix}")) is not None}  # fmt: skip
    sizes = [one.size if isinstance(one, Blob) else len(one) for one in members.values()]
    if len(members) < 2 or sum(sizes) > LARGEST:
        return None
    with tempfile.TemporaryDirectory(prefix="flowcfd-") as place:
        read = {}
        for name, content in members.items():
            path = content.source if isinstance(content, Blob) else Path(place, name)
            if isinstance(content, str):
                path.write_bytes(content.encode("latin-1"))
            read[name] = read_list(path)
    points, faces = read["points"], read["faces"]
    if isinstance(points, Faces) or not isinstance(faces, Faces) or not len(points):
        return None
    coordinates = np.asarray(points, float)
    labels, offsets = np.asarray(faces.labels, int), np.asarray(faces.offsets, int)
    following = np.arange(1, len(labels) + 1)
    following[offsets[1:] - 1] = offsets[:-1]
    edges = np.abs(coordinates[labels] - coordinates[labels[following]])
    axis = edges.argmax(axis=1)
    lengths = np.linalg.norm(edges, axis=1)
    least = [lengths[(axis == at) & (lengths > 0)] for at in range(3)]
    low, high = coordinates.min(axis=0), coordinates.max(axis=0)
    bounds = ((float(low[0]), float(low[1]), float(low[2])), (float(high[0]), float(high[1]), float(high[2])))
    smallest = None
    if all(len(one) for one in least):
        smallest = (float(least[0].min()), float(least[1].min()), float(least[2].min()))
    return MeshView(cells, bounds, smallest)
