"""What a study came to: its points in a table, and its measures over what was varied."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flowcfd.errors import FlowError
from flowcfd.post import measure
from flowcfd.post.table import Table
from flowcfd.reports.blocks import Block, Figure, Rows, Words
from flowcfd.reports.computed import FLOOR
from flowcfd.reports.sections import Maker, Section, Subject

if TYPE_CHECKING:
    from flowcfd.studies import Study

MOST_ROWS = 60
MOST = 3
"""So many measures have room on a page."""


def points(subject: Subject) -> Section | None:
    """The points with their state and measures; failed ones with their reason."""
    study = subject.study
    if study is None:
        return None
    counts = ", ".join(f"{number} {state}" for state, number in sorted(study.states.items()))
    blocks: list[Block] = [Words(f"{len(study)} points: {counts}.")]
    asked = _measures(study)
    whole = study.table(**{name: name for name in asked})
    names = [name for name in asked if _tells(whole, name, asked)]
    table = whole.drop(columns=[name for name in asked if name not in names]).titled().reset_index()
    rows = [[_cell(value) for value in row] for row in table.to_numpy(dtype=object)[:MOST_ROWS]]
    numbers = [n for n, kind in enumerate(table.dtypes) if kind.kind in "fiu"]
    blocks.append(Rows(rows, head=[str(name) for name in table.columns], numbers=numbers))
    if len(table) > MOST_ROWS:
        blocks.append(Words(f"And {len(table) - MOST_ROWS} more points.", soft=True))
    blocks += _pictures(study, names)
    return Section("Points", blocks)


def _pictures(study: Study, names: Iterable[str]) -> list[Block]:
    """Each of the measures over what was varied."""
    found = list[Block]()
    for name in names:
        try:
            found.append(Figure(study.plot(name)._repr_png_(), f"{name} over what was varied", 0.8))
        except (FlowError, AttributeError):
            continue
    return found


def _measures(study: Study) -> tuple[str, ...]:
    """Those of the first point that is done and has some."""
    done = (point.run for point in study.points if point.run is not None and point.state == "Done")
    return next(filter(None, (measure.foremost(run.case, MOST) for run in done)), ())


def _tells(table: Table, name: str, names: Iterable[str]) -> bool:
    """Whether a measure is more than the zero that it has by symmetry, beside those of the same output."""
    output = name.rpartition(".")[0]
    largest = max(table[each].abs().max() for each in names if each.rpartition(".")[0] == output)
    return not table[name].abs().max() <= FLOOR * largest


def _cell(value: object) -> str:
    return f"{value:.5g}" if isinstance(value, float) else str(value)


SECTIONS: dict[str, Maker] = {"points": points}
