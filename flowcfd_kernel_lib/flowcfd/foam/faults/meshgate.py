"""Whether a mesh is what it was meant to be: its patches, its volume, its cells. Nothing is solved on one that is not.

checkMesh ends with 0 whatever it finds, and finds nothing wrong with a mesh that fills the inside of a body whose
surface leaks, or only that. So the mesher leaves `system/meshExpected`: JSON with `patches` that must have faces, the
`volume` (low, high) [m3] or none, `why`, and `narrow` patches that may have lost their faces; a case without it is not
judged. Standard library only, for the worker.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from flowcfd.errors import ResultError
from flowcfd.foam import checkmesh
from flowcfd.foam.checkmesh import EXPECTED, CheckMesh
from flowcfd.foam.faults.entries import Entry
from flowcfd.foam.faults.fault import Fault
from flowcfd.foam.faults.words import plain

_CLOSE: Final = (
    "close the surface (geometry.report() shows the open edges, geometry.heal() sews them); where it is closed, a gap "
    "or a sharp dent is wider than the cells there: one level more"
)
_VOLUME: Final = "({volume} m3; expected are {low} to {high}: {why})"
_SURFACE: Final = "take the surface a level finer, or coarser cells with fewer layers; fc.quality(run) shows the cells"
_ENTRIES: Final = (
    Entry(
        "mesh-leaks",
        f"the surface leaks: the mesh fills the inside of the body as well {_VOLUME}",
        _CLOSE,
    ),
    Entry(
        "mesh-fills-the-box",
        f"the surface leaks: the mesh fills the whole box around the body and not only its inside {_VOLUME}",
        _CLOSE,
    ),
    Entry(
        "point-inside-body",
        "locationInMesh lies inside the body: what was meshed is its inside ({volume} m3{wanted}), and {missing} are "
        "not there",
        "give a point in the fluid: Snappy(inside=...); for a flow through the body take fc.Internal",
    ),
    Entry(
        "point-outside-body",
        f"locationInMesh lies outside of the body: what was meshed is the space around it {_VOLUME}",
        "give a point in the fluid: Snappy(inside=...); for a flow around the body take fc.WindTunnel or fc.FreeAir",
    ),
    Entry(
        "mesh-too-small",
        f"a part of the space was not meshed {_VOLUME}: cut off from locationInMesh, or lost to coarse cells",
        "one level more where the flow passes narrow gaps, or a finer surface",
    ),
    Entry(
        "mesh-too-large",
        f"the mesh has more space than it should {_VOLUME}: a part of the surface leaks, or was lost between the cells",
        f"{_CLOSE}; thin parts want a level more and explicit edges",
    ),
    Entry(
        "patch-without-faces",
        "the mesh has no faces on {missing}, which it should have",
        "where it is small or thin: a level more there; where the fluid does not touch it: leave it out of the case",
    ),
    Entry("mesh-in-parts", "the mesh falls into {regions} parts that do not touch",
          "close the gaps between them, or keep one: locationInMesh, and a level more where the flow passes"),
    Entry("mesh-inside-out", "the mesh cannot be computed on: {said}", _SURFACE),
    Entry("mesh-distorted", "the mesh is distorted: {said}", _SURFACE),
    Entry("mesh-unreadable", "{said}", "see its log"),
)  # fmt: skip
GATE: Final[Mapping[str, Entry]] = {entry.name: entry for entry in _ENTRIES}
"""What a mesh is refused for, by name."""


def refused(case: Path, log: Path) -> Fault | None:
    """Why the mesh of a case is refused, by the log of its checkMesh; None for one to solve on, or nothing expected."""
    expected = _expected(case)
    if expected is None:
        return None
    try:
        report = checkmesh.parse(plain(log.read_text("latin-1"), case=case))
    except (ResultError, OSError) as error:
        return _fault("mesh-unreadable", {"said": " ".join(str(error).split())})
    return next(judged(report, expected), None)


def unexpected(report: CheckMesh, case: Path) -> Iterator[Fault]:
    """Why a mesh is not the one that its case expects, which no check of its cells tells."""
    expected = _expected(case)
    if expected is not None:
        yield from _volume_and_patches(report, expected)


def judged(report: CheckMesh, expected: Mapping[str, Any]) -> Iterator[Fault]:
    """All that a mesh is refused for, what matters most first."""
    yield from _volume_and_patches(report, expected)
    if report.regions > int(expected.get("regions", 1)):
        yield _fault("mesh-in-parts", {"regions": report.regions})
    hopeless = [line for line in report.hopeless if "parts that do not touch" not in line]
    if hopeless:
        yield _fault("mesh-inside-out", {"said": "; ".join(hopeless)})
    if report.widespread:
        yield _fault("mesh-distorted", {"said": "; ".join(report.widespread)})


def _volume_and_patches(report: CheckMesh, expected: Mapping[str, Any]) -> Iterator[Fault]:
    wanted = tuple(map(str, expected.get("patches", ())))
    missing = [name for name in wanted if name not in report.patches or not report.patches[name].faces]
    allowed = {*wanted, *expected.get("narrow", ())}
    strange = [name for name, patch in report.patches.items() if patch.faces and name not in allowed]
    limits, volume = expected.get("volume"), report.volume
    values: dict[str, object] = {"volume": f"{volume:.6g}", "missing": _listed(missing), "wanted": ""}
    if limits is not None and volume == volume:  # a mesh with negative volumes is told none
        low, high = map(float, limits)
        values |= {"low": f"{low:.6g}", "high": f"{high:.6g}", "why": str(expected.get("why", ""))}
        values["wanted"] = f"; expected are {values['low']} to {values['high']}"
        if not low <= volume <= high:
            solid = (low + high) / 2 if strange else _box(report) - high  # of an internal flow, or around a body
            filled = volume > _box(report) - solid / 2
            yield _fault(_cause(volume > high, missing, strange, filled=filled), values)
            return
    if missing:
        yield _fault("patch-without-faces", values)


def _cause(large: bool, missing: list[str], strange: list[str], *, filled: bool) -> str:
    """Which of the silent mistakes it is: sides that should not be there tell, and sides that are not.

    `filled`: the mesh is nearer to all of its box than to what is left of it without the body.
    """
    if large and strange:
        return "mesh-fills-the-box" if filled else "point-outside-body"
    if large:
        return "mesh-leaks" if filled else "mesh-too-large"
    return "point-inside-body" if missing else "mesh-too-small"


def _box(report: CheckMesh) -> float:
    volume = 1.0
    for low, high in zip(*report.bounds, strict=True):
        volume *= high - low
    return volume or 1.0


def _expected(case: Path) -> Mapping[str, Any] | None:
    try:
        told = json.loads((case / EXPECTED).read_text())
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) else None


def _listed(names: Iterable[str]) -> str:
    *first, last = list(names) or ["?"]
    return f"{', '.join(first)} and {last}" if first else last


def _fault(name: str, values: Mapping[str, object]) -> Fault:
    return GATE[name].fault(values, kind="mesh")
