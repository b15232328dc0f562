"""Points that were added to a study after its design: `added.jsonl` in its folder, one line each.

The folder of a study is that of its design, so that the same design finds it again with all that was added to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowcfd.errors import CaseError, UnknownName
from flowcfd.jobs import lock
from flowcfd.studies import design as designs
from flowcfd.studies.design import MOST_POINTS, Values
from flowcfd.studies.record import plain

if TYPE_CHECKING:
    from flowcfd.studies.study import Study

FILE = "added.jsonl"
SAMPLED = ("lhs", "sobol")
"""Designs that go on by a number of points."""


@dataclass(frozen=True)
class Added:
    """One point, and what asked for it: "extend", or a search with the number of its round."""

    values: Values
    by: str = "extend"
    round: int = 0
    expected: float | None = None


def read(path: Path) -> tuple[Added, ...]:
    """The points that were added to the study in `path`, in their order; a line that a killed writer left is none."""
    try:
        lines = (path / FILE).read_text().splitlines()
    except OSError:
        return ()
    found = []
    for line in lines:
        try:
            raw = json.loads(line)
            found.append(Added(dict(raw["values"]), str(raw["by"]), int(raw["round"]), raw.get("expected")))
        except (ValueError, KeyError, TypeError):
            continue
    return tuple(found)


def extend(study: Study, points: int | Iterable[Mapping[str, Any]]) -> Study:
    """Add points to a study: the values of each, or how many more of a sampled design; `study.run()` computes them.

    A point that the study has is not added again. Raises CaseError, and UnknownName for a path that the design has not,
    before anything is written.
    """
    return put(study, [Added(values) for values in _values(study, points)])


def put(study: Study, points: Sequence[Added]) -> Study:
    """Write points that are checked to the study's folder, and make them the study's."""
    wanted = [Added(plain([one.values])[0], one.by, one.round, one.expected) for one in points]
    for one in wanted:
        _check(study, one.values)
    study.path.mkdir(parents=True, exist_ok=True)
    with lock.held(study.path / "added.lock"):
        have = [*study.designed, *(one.values for one in read(study.path))]
        if len(have) + len(wanted) > MOST_POINTS:
            raise CaseError(f"points: a study has at most {MOST_POINTS} points")
        with (study.path / FILE).open("ab+") as file:
            if file.tell():
                file.seek(-1, 2)
                file.write(b"\n" * (file.read(1) != b"\n"))  # what a killed writer left spoils no other line
            for one in wanted:
                if one.values not in have:
                    line = {"values": one.values, "by": one.by, "round": one.round, "expected": one.expected}
                    file.write(json.dumps(line).encode() + b"\n")
                    have.append(one.values)
    study.values = (*study.designed, *(one.values for one in read(study.path)))
    return study


def _values(study: Study, points: int | Iterable[Mapping[str, Any]]) -> list[Values]:
    if isinstance(points, bool):
        raise CaseError(f"points: must be their number, or a list of values by path (got {points!r})")
    if not isinstance(points, int):
        given = [dict(one) if isinstance(one, Mapping) else one for one in points]
        wrong = next((one for one in given if not isinstance(one, dict)), None)
        if wrong is not None or not given:
            raise CaseError(f"points: must be their number, or a list of values by path (got {points!r:.80})")
        return given
    if study.design not in SAMPLED:
        raise CaseError(
            f"points: a design {study.design!r} does not go on by a number; give the values of each point, such as "
            f"{study.designed[0]!r:.120}"
        )
    if points < 1:
        raise CaseError(f"points: must be at least 1 (got {points})")
    have = len(study.values)
    if study.design == "sobol":  # the sequence goes on
        return designs.design(study.case, study.space, "sobol", have + points, study.seed)[have:]
    return designs.design(study.case, study.space, study.design, points, study.seed + have)


def _check(study: Study, values: Values) -> None:
    known = set(study.designed[0])
    for path in values:
        if path not in known:
            raise UnknownName("path", path, known, where="points")
    if missing := ", ".join(sorted(known - set(values))):
        raise CaseError(f"points: a point must have a value for {missing}")
    try:
        study.case.replace(values)
    except CaseError as error:
        at = ", ".join(f"{path} = {value}" for path, value in values.items())
        raise CaseError(f"points: {at}: {'; '.join(error.problems)}") from None
