"""`flowcfd studies` and `study`: look at studies."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from typing import Any

from flowcfd import studies as found
from flowcfd.cli import analyses, output
from flowcfd.settings import settings
from flowcfd.studies import Study


def studies(options: Namespace) -> int:
    """List all studies, the newest first."""
    rows = [(study, study.states) for study in found.all()]
    if options.json:
        output.document([_brief(study, states) for study, states in rows])
    elif not rows:
        output.text(f"no studies under {settings().home / 'studies'}")
    else:
        output.table(
            ("study", "points", "states", "driver"),
            [(study.path.name, len(study), _told(states), _driver(study)) for study, states in rows],
            numbers=("points",),
        )
    return 0


def study(options: Namespace) -> int:
    """The points of one study: their parameters, states and causes."""
    study = found.open(options.study)
    if options.surface or options.sensitivity or options.method:
        return analyses.analysis(study, options)
    points = [(point, point.state) for point in study.points]
    states = Counter(state for _, state in points)
    if options.json:
        rows = [
            {
                "point": point.number,
                "values": point.values,
                "state": state,
                "why": point.why,
                "run": None if point.run is None else point.run.path.name,
            }
            for point, state in points
        ]
        output.document({**_brief(study, states), "table": rows})
        return 0
    output.text(f"{study.path.name}: {len(study)} points, {_told(states)}, driver {_driver(study)}")
    paths = tuple(study.values[0]) if len(study) else ()
    output.table(
        ("point", *paths, "state", "run"),
        [
            (
                point.number,
                *(_short(point.values.get(path)) for path in paths),
                state,
                "" if point.run is None else point.run.path.name,
            )
            for point, state in points
        ],
        numbers=("point", *paths),
    )
    for point, state in points:
        if state != "Done" and point.why:  # below the table: a cause is too long for a column
            output.text(f"point {point.number}: {point.why}")
    return 0


def _brief(study: Study, states: Counter[str]) -> dict[str, Any]:
    return {
        "study": study.path.name,
        "name": study.name,
        "path": study.path,
        "points": len(study),
        "states": dict(states),
        "driven": study.driven,
    }


def _told(states: Counter[str]) -> str:
    return ", ".join(f"{count} {state.lower()}" for state, count in sorted(states.items())) or "none"


def _driver(study: Study) -> str:
    return "at work" if study.driven else "not at work"


def _short(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)[:40]
