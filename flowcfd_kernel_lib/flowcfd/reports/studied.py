"""What a study came to: its points in a table, and its measures over what was varied."""

from __future__ import annotations

from typing import Any

from flowcfd.errors import FlowError
from flowcfd.reports.blocks import Block, Figure, Rows, Words
from flowcfd.reports.sections import Maker, Section, Subject

MOST_ROWS = 60


def points(subject: Subject) -> Section | None:
    """The points with their state and measures; failed ones with their reason."""
    study = subject.study
    if study is None:
        return None
    counts = ", ".join(f"{number} {state}" for state, number in sorted(study.states.items()))
    blocks: list[Block] = [Words(f"{len(study)} points: {counts}.")]
    table = study.table().titled().reset_index()
    rows = [[_cell(value) for value in row] for row in table.to_numpy(dtype=object)[:MOST_ROWS]]
    numbers = [n for n, kind in enumerate(table.dtypes) if kind.kind in "fiu"]
    blocks.append(Rows(rows, head=[str(name) for name in table.columns], numbers=numbers))
    if len(table) > MOST_ROWS:
        blocks.append(Words(f"And {len(table) - MOST_ROWS} more points.", soft=True))
    blocks += _pictures(subject)
    return Section("Points", blocks)


def _pictures(subject: Subject) -> list[Block]:
    """Each of the coefficients over what was varied."""
    study, found = subject.study, list[Block]()
    if study is None:
        return found
    for name in _measures(study):
        try:
            found.append(Figure(study.plot(name)._repr_png_(), f"{name} over what was varied", 0.8))
        except (FlowError, AttributeError):
            continue
    return found


def _measures(study: Any) -> list[str]:
    """The drag and lift of each output with forces, and where the flow comes back."""
    outputs = study.at(0).outputs
    names = [f"{one.name}.{column}" for one in outputs if one.kind == "Forces" for column in ("Cd", "Cl")]
    return [
        *names,
        *(f"{one.name}.{column}" for one in outputs if one.kind == "Reattachment" for column in one.columns),
    ]


def _cell(value: object) -> str:
    return f"{value:.5g}" if isinstance(value, float) else str(value)


SECTIONS: dict[str, Maker] = {"points": points}
