"""What snappyHexMesh says of its layers, cells and times."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flowcfd.errors import ResultError

_ROW = re.compile(r"^(\S+) +(\d+) +([\d.e+-]+) +([\d.e+-]+) +([\d.e+-]+) *$", re.MULTILINE)


@dataclass(frozen=True)
class Layers:
    """The layers of one patch: its faces, how many layers they have on average, how thick those are together [m].

    `thickness_fraction` is what part of the thickness was reached that was asked for.
    """

    faces: int
    layers: float
    thickness: float
    thickness_fraction: float


@dataclass(frozen=True)
class SnappyLog:
    """A whole log. `times` are CPU seconds of castellation, snapping, layers and all together."""

    cells: int
    faces: int
    points: int
    levels: Mapping[int, int]
    layers: Mapping[str, Layers]
    illegal_faces: int
    times: Mapping[str, float]

    @property
    def coverage(self) -> float | None:
        """The reached part of the thickness of the layers, over all faces with layers; None where none were asked."""
        faces = sum(patch.faces for patch in self.layers.values())
        return sum(patch.faces * patch.thickness_fraction for patch in self.layers.values()) / faces if faces else None


def parse(text: str) -> SnappyLog:
    """The log of a snappyHexMesh that came to its end; ResultError otherwise."""
    ended = re.search(r"^Finished meshing (?:without any errors|with (\d+) illegal faces)", text, re.MULTILINE)
    if ended is None:
        raise ResultError("snappyHexMesh did not come to its end")
    sizes = re.findall(r"cells:(\d+)  faces:(\d+)  points:(\d+)", text)
    cells, faces, points = map(int, sizes[-1]) if sizes else (0, 0, 0)
    return SnappyLog(
        cells=cells,
        faces=faces,
        points=points,
        levels=_levels(text),
        layers=_layers(text),
        illegal_faces=int(ended[1] or 0),
        times={name: float(seconds[-1]) for name, pattern in _TIMES.items() if (seconds := re.findall(pattern, text))},
    )


_TIMES = {
    "castellation": r"Mesh refined in = ([\d.]+) s",
    "snapping": r"Mesh snapped in = ([\d.]+) s",
    "layers": r"Layers added in = ([\d.]+) s",
    "all": r"Finished meshing in = ([\d.]+) s",
}


def _layers(text: str) -> dict[str, Layers]:
    """The last table of what was reached; one before it has the same columns but one and tells what was asked for."""
    heads = [found.end() for found in re.finditer(r"^patch +faces +layers +overall thickness *$", text, re.MULTILINE)]
    if not heads:
        return {}
    block = text[heads[-1] :].split("\n\n", 1)[0]
    rows = _ROW.findall(block)
    return {name: Layers(int(n), float(mean), float(thick), float(part) / 100) for name, n, mean, thick, part in rows}


def _levels(text: str) -> dict[int, int]:
    start = text.rfind("Cells per refinement level:")
    found = {}
    for line in text[start:].splitlines()[1:] if start >= 0 else ():
        row = re.match(r" +(\d+)\s+(\d+)$", line)
        if row is None:
            break
        found[int(row[1])] = int(row[2])
    return found
