"""What speaks for the numbers: mesh independence, and benchmarks with published answers."""

from __future__ import annotations

import io
from typing import Any

from flowcfd.benchmarks.outcome import Comparison, Outcome
from flowcfd.reports.blocks import Block, Figure, Marks, Rows, Words
from flowcfd.reports.sections import Maker, Section, Subject
from flowcfd.studies.independence import Independence

DOTS = 200
"""Dots per inch of a figure on paper."""


def grids(subject: Subject) -> Section | None:
    """The numbers on several meshes, with their order and the grid convergence index."""
    blocks: list[Block] = []
    for one in subject.evidence:
        if isinstance(one, Independence):
            blocks += _independence(one)
    return Section("Mesh independence", blocks) if blocks else None


def _independence(of: Independence) -> list[Block]:
    rows = [
        (
            "-" if level.cells is None else f"{level.cells:,}",
            f"{size:.3g}",
            "-" if level.value is None else f"{float(level.value):.5g}",
            level.cause or level.run.name,
        )
        for level, size in zip(of.levels, of.sizes, strict=True)
    ]
    head = ("cells", "cell size over the finest", of.measure, "run")
    blocks: list[Block] = [Rows(rows, head=head, numbers=(0, 1, 2))]
    said = f"{of.measure} = {of.answer}." if of.known else f"{of.measure}: no mesh has a value."
    if of.gci is None:
        blocks.append(Words(f"{said} There is no grid convergence index: {of.why_no_gci}."))
    else:
        blocks.append(Words(f"{of.measure} = {of.gci}."))
    blocks += [Words(note, soft=True) for note in of.notes]
    if len(of.known) > 1:
        blocks.append(Figure(_png(of.plot()), f"{of.measure} over the cell size", 0.7))
    return blocks


def benchmark(subject: Subject) -> Section | None:
    """What the same methods gave where the answer is published."""
    blocks: list[Block] = []
    for one in subject.evidence:
        if isinstance(one, Outcome):
            blocks += _outcome(one)
    return Section("Benchmark", blocks) if blocks else None


def _outcome(of: Outcome) -> list[Block]:
    head = ("measure", "computed", "published", "difference")
    rows = [
        (one.measure, _with(one.value, one.unit), _with(one.reference, one.unit), _off(one)) for one in of.comparisons
    ]
    marks = [
        (
            "green" if one.ok else "red",
            one.measure,
            f"{'in' if one.ok else 'outside of'} the band {one.band[0]:.4g} to {one.band[1]:.4g} {one.unit}".rstrip()
            + f"; {one.source}",
        )
        for one in of.comparisons
    ]
    cells = f", {', '.join(f'{count:,}' for count in of.cells)} cells" if of.cells else ""
    quick = ", its quick form" if of.quick else ""
    blocks: list[Block] = [Words(f"{of.benchmark}{quick}{cells}."), Rows(rows, head=head, numbers=(1, 2, 3))]
    blocks.append(Marks(marks))  # type: ignore[arg-type]
    if of.plots:
        blocks.append(Figure(_png(of.plot()), f"{of.benchmark}: lines computed, symbols published"))
    return blocks


def _off(one: Comparison) -> str:
    share = one.relative_error
    return f"{one.error:+.3g}" if share is None else f"{100 * share:+.1f} %"


def _with(value: Any, unit: str) -> str:
    said = f"{value:.5g}" if isinstance(value, float) else str(value)
    return said if not unit or said.endswith(unit) else f"{said} {unit}"


def _png(figure: Any) -> bytes:
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=DOTS)
    return drawn.getvalue()


SECTIONS: dict[str, Maker] = {"grids": grids, "benchmark": benchmark}
