"""`flowcfd studies` and `study`: look at studies."""

from __future__ import annotations

import math
from argparse import Namespace
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from flowcfd import studies as found
from flowcfd.cli import analyses, output
from flowcfd.settings import settings
from flowcfd.studies import Point, Study

if TYPE_CHECKING:
    from flowcfd.post.table import Table


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
    points = study.points
    states = Counter(point.state for point in points)
    values = study.table(**{name: name for name in options.measure})
    saving = study.saving
    if options.json:
        rows = [
            {
                "point": point.number,
                "values": point.values,
                "state": point.state,
                "why": cause,
                "run": None if point.run is None else point.run.path.name,
                "warm_from": point.warm or None,
                "lost": point.lost,
                "measures": {name: float(values[name].iloc[point.number]) for name in options.measure},
            }
            for point, cause in zip(points, values["cause"], strict=True)
        ]
        saved = {**asdict(saving), "share": saving.share}
        output.document({**_brief(study, states), "saving": saved, "table": rows})
        return 0
    output.text(f"{study.path.name}: {len(study)} points, {_told(states)}, driver {_driver(study)}")
    if saving.points:
        output.text(str(saving))
    _points(study, points, values, options.measure)
    return 0


def _points(study: Study, points: Sequence[Point], values: Table, measures: Sequence[str]) -> None:
    """The table as far as it is filled; causes below, for they are too long for a column."""
    paths = tuple(study.values[0]) if len(study) else ()
    warm = ("warm from",) if "warm from" in values else ()
    rows = []
    for point in points:
        row = values.iloc[point.number]
        given = (_short(point.values.get(path)) for path in paths)
        found = ("" if math.isnan(row[name]) else f"{row[name]:.6g}" for name in measures)
        started = ("" if point.warm == "" else row[name] for name in warm)
        rows.append(
            (point.number, *given, *found, point.state, *started, "" if point.run is None else point.run.path.name)
        )
    output.table(("point", *paths, *measures, "state", *warm, "run"), rows, numbers=("point", *paths, *measures, *warm))
    for point, cause in zip(points, values["cause"], strict=True):
        if cause:
            output.text(f"point {point.number}: {cause}")


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
