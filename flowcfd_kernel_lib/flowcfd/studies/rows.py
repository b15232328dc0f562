"""The table of a study: a row a point, with its parameters, its measures, and the cause where it has none."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flowcfd.post.table import Table
from flowcfd.studies import design as designs
from flowcfd.studies.point import Measure, Seen

if TYPE_CHECKING:
    from flowcfd.studies.study import Study
    from flowcfd.uncertain import Uncertain


def table(study: Study, measures: Mapping[str, Measure], seen: Seen, *, on: str | None) -> Table:
    """As `Study.table` says; `seen` keeps what was measured, `on` is the pool of Dask that reads the measures."""
    rows, units = [], designs.units(study.case, study.values)
    known: dict[tuple[str, str], Any] = {}
    points = study.points
    by_run = {one.run.path.name: one.number for one in points if one.run is not None}
    ready: Mapping[tuple[int, str], tuple[Uncertain | None, str]] = {}
    if on is not None:
        from flowcfd.studies.pooled import measured_on

        ready = measured_on(on, points, measures)
    for one in points:
        row = {path: designs.si(study.case, path, value, known) for path, value in one.values.items()}
        state, cause = one.state, ""
        if state != "Done":
            cause = one.why
        for name, measure in measures.items():
            value, problem = ready.get((one.number, name), (None, ""))
            if state == "Done" and (one.number, name) not in ready:
                value, problem = seen.measured(one, measure)
            row[name] = math.nan if value is None else float(value)
            if value is not None and value.unit:
                units[name] = value.unit
            cause = cause or problem
        rows.append({**row, "state": state, "cause": cause, "warm from": by_run.get(one.warm)})
    return _made(rows, units)


def _made(rows: list[dict[str, Any]], units: Mapping[str, str]) -> Table:
    table = Table(rows)
    if any(row["warm from"] is not None for row in rows):
        table["warm from"] = table["warm from"].astype("Int64")
    else:
        table = table.drop(columns="warm from", errors="ignore")
    table.index.name = "point"
    table.attrs["units"] = units
    return table
