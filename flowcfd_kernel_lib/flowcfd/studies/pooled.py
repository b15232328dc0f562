"""The measures of a study's points, read side by side on the cores of a pool of Dask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from flowcfd import jobs
from flowcfd.jobs.executors.dask.handle import pool
from flowcfd.studies.point import Measure, Point, measured
from flowcfd.uncertain import Uncertain

Answer = tuple[Uncertain | None, str]
"""A value, or why there is none."""


def measured_on(on: str, points: Sequence[Point], measures: Mapping[str, Measure]) -> dict[tuple[int, str], Answer]:
    """What the measures are of the points that are done, by number and name; one call of the pool `on` for each point.

    Raises CaseError for what is no pool and for a measure that cannot be sent to another process, SiteError.
    """
    done = {one.number: one.run.path for one in points if one.run is not None and one.state == "Done"}
    if not done or not measures:
        return {}
    answers = pool(on).map(partial(_read, measures=dict(measures)), done.values(), title="Measures")
    return {
        (number, name): answer
        for number, found in zip(done, answers, strict=True)
        for name, answer in zip(measures, found, strict=True)
    }


def _read(path: Path, measures: Mapping[str, Measure]) -> list[Answer]:
    run = jobs.open(path)
    return [measured(run, measure) for measure in measures.values()]
