"""What checkMesh says, read whole. Its return code means nothing: it is 0 for a mesh with negative volumes as well."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flowcfd.errors import ResultError

_NUMBER = r"(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)"  # not greedier: a number may be followed by the full stop of its sentence
_VALUE = re.compile(_NUMBER)
_FACES = r"(\d+) highly skew faces"
EXPECTED = "system/meshExpected"
"""Where a mesher says what its mesh must be like (`foam.faults.meshgate`)."""
WIDESPREAD = 0.005
"""A check that fails on more than this share of all faces fails of the mesh, and not of a corner of it."""

_VECTOR = rf"\({_NUMBER} {_NUMBER} {_NUMBER}\)"


@dataclass(frozen=True)
class PatchCheck:
    """One row of the table of patches: its faces and points, and what is said of its surface."""

    faces: int
    points: int
    topology: str


@dataclass(frozen=True)
class CheckMesh:
    """A whole report. Lengths [m], areas [m2], volumes [m3], angles [degree]; nan where it says nothing of it.

    `failures` are the lines with three stars, which count; `notes` those with one, which do not.
    """

    points: int
    faces: int
    internal_faces: int
    cells: int
    types: Mapping[str, int]
    patches: Mapping[str, PatchCheck]
    bounds: tuple[tuple[float, float, float], tuple[float, float, float]]
    regions: int
    non_orthogonality: float
    mean_non_orthogonality: float
    severe: int
    """Faces that are more than 70 degrees non-orthogonal."""
    skewness: float
    aspect_ratio: float
    smallest_volume: float
    largest_volume: float
    volume: float
    smallest_area: float
    largest_area: float
    negative_volumes: int
    wrong_faces: int
    """Faces whose pyramids are turned inside out."""
    failures: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether it ended with `Mesh OK.`"""
        return not self.failures

    @property
    def hopeless(self) -> tuple[str, ...]:
        """Why no solver should be started on it: cells turned inside out, holes between cells, parts apart."""
        said = []
        if self.negative_volumes:
            said.append(f"{self.negative_volumes} cells have no or a negative volume")
        if self.wrong_faces:
            said.append(f"{self.wrong_faces} faces are turned inside out")
        if self.regions > 1:
            said.append(f"the mesh falls into {self.regions} parts that do not touch")
        known = r"skew|aspect|volume|pyramid|orthogonality|interpolation|determinant|[Cc]oncave|tets|flat|region"
        said += [line for line in self.failures if not re.search(known, line)]  # of its topology
        if any("Number of non-orthogonality errors" in line for line in self.failures):
            said.append("neighbouring cells look away from each other (non-orthogonality above 90 degrees)")
        return tuple(said)

    @property
    def widespread(self) -> tuple[str, ...]:
        """Failed checks that are no matter of a few faces: what fails nearly everywhere is not mended by a solver."""
        faces = [(line, int(found[1])) for line in self.failures if (found := re.search(_FACES, line))]
        return tuple(
            f"{line.split(' detected')[0].rstrip('.')} of {self.faces}"
            for line, count in faces
            if count > WIDESPREAD * self.faces
        )

    @property
    def refusals(self) -> tuple[str, ...]:
        """Why it should not be solved on: what is hopeless, and failed checks that are widespread."""
        return (*self.hopeless, *self.widespread)


def parse(text: str) -> CheckMesh:
    """The report in the output of checkMesh; ResultError when it did not come to its end, with what it says instead."""
    end = re.search(r"^(Mesh OK\.|Failed (\d+) mesh checks\.)", text, re.MULTILINE)
    if end is None:
        raise ResultError(f"checkMesh did not come to its end: {_last(text)}")
    stars = [(len(found[1]), found[2].strip()) for found in re.finditer(r"^ *(\*+)(?!\*)(.+)$", text, re.MULTILINE)]
    failures = tuple(said for count, said in stars if count == 3)
    if len(failures) != int(end[2] or 0):
        raise ResultError(f"checkMesh counts {end[2] or 0} failed checks, and tells of {len(failures)}")
    lowest, highest = _box(text)
    return CheckMesh(
        points=_count(text, "points"),
        faces=_count(text, "faces"),
        internal_faces=_count(text, "internal faces"),
        cells=_count(text, "cells"),
        types=_types(text),
        patches=dict(_patches(text)),
        bounds=(lowest, highest),
        regions=int(_after(text, "umber of regions: ", default=1)),
        non_orthogonality=_after(text, "non-orthogonality Max: "),
        mean_non_orthogonality=_after(text, "non-orthogonality Max: ", " average: "),
        severe=int(_after(text, "severely non-orthogonal (> ", " degrees) faces: ", default=0)),
        skewness=_after(text, "Max skewness = "),
        aspect_ratio=_earliest(text, "Max aspect ratio = ", "Max aspect ratio: "),
        smallest_volume=_earliest(text, "Min volume = ", "Minimum negative volume: "),
        largest_volume=_after(text, "Max volume = "),
        volume=_after(text, "Total volume = "),
        smallest_area=_earliest(text, *(f"Minimum {kind}face area = " for kind in ("", "negative ", "zero "))),
        largest_area=_after(text, "Maximum face area = "),
        negative_volumes=int(_after(text, "Number of negative volume cells: ", default=0)),
        wrong_faces=int(_after(text, "Error in face pyramids: ", default=0)),
        failures=failures,
        notes=tuple(said for count, said in stars if count == 1),
    )


def _count(text: str, what: str) -> int:
    found = re.search(rf"^ +{what}: +(\d+)$", text, re.MULTILINE)
    if found is None:
        raise ResultError(f"checkMesh does not tell the number of {what}")
    return int(found[1])


def _after(text: str, *words: str, default: float = float("nan")) -> float:
    """The number behind words that follow each other; patterns are not compiled for it, which takes longer than all."""
    at = 0
    while (at := text.find(words[0], at)) >= 0:
        end = at + len(words[0])
        for word in words[1:]:
            place = text.find(word, end)
            end = place + len(word) if place >= 0 else len(text)
        if found := _VALUE.match(text, end):
            return float(found[1])
        at += 1
    return default


def _earliest(text: str, *words: str) -> float:
    """The number behind whichever of the words comes first."""
    there = [(place, word) for word in words if (place := text.find(word)) >= 0]
    return _after(text, min(there)[1]) if there else float("nan")


def _types(text: str) -> dict[str, int]:
    start = text.find("Overall number of cells of each type:")
    table = text[start:].split("\n\n", 1)[0].split("Breakdown")[0]
    return {name: int(count) for name, count in re.findall(r"^ +([a-z ]+): +(\d+)$", table, re.MULTILINE)}


def _patches(text: str) -> Iterator[tuple[str, PatchCheck]]:
    """The rows of the table: names on the right or on the left, with a box behind or without.

    On ranks the table says nothing of the surface of a patch.
    """
    start = max(text.find("Checking patch topology"), text.find("Checking basic patch addressing"))
    block = text[start:].split("\n\n", 1)[0] if start >= 0 else ""
    for line in block.splitlines()[2:]:
        row = re.match(r" *(\S+) +(\d+) +(\d+)(?: +([^(\s].*?))?(?: +\([-\d.e+ ]+\) \([-\d.e+ ]+\))? *$", line)
        if row is not None:
            yield row[1], PatchCheck(int(row[2]), int(row[3]), (row[4] or "").strip())


def _box(text: str) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    found = re.search(rf"Overall domain bounding box {_VECTOR} {_VECTOR}", text)
    if found is None:
        raise ResultError("checkMesh does not tell the bounding box")
    x, y, z, a, b, c = map(float, found.groups())
    return (x, y, z), (a, b, c)


def _last(text: str) -> str:
    """What it died of, or its last line."""
    fatal = re.search(r"FOAM FATAL (?:IO )?ERROR[^\n]*\n(.+?)\n\s*(?:From|file:|$)", text, re.DOTALL)
    if fatal is not None:
        return " ".join(fatal[1].split())
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
