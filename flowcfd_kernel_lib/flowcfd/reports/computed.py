"""What came out: the numbers with their uncertainty, residuals, forces, the flow in pictures, the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from flowcfd.errors import FlowError, ResultError
from flowcfd.reports.blocks import Block, Figure, Marks, Rows, Words
from flowcfd.reports.figures import COLOURS, Draw, curves
from flowcfd.reports.sections import Maker, Section, Subject
from flowcfd.scene import Scene, view

SHOWN = ("Cd", "Cl", "Cs")
"""The coefficients that are shown, where they are recorded."""
MOST = 12
"""So many measures of other outputs, such as averages over patches, are shown."""
FLOOR = 1e-6
"""A coefficient smaller than this share of the largest one is zero by symmetry."""


def result(subject: Subject) -> Section | None:
    """The measures with their uncertainty, and the verdict in a line."""
    results = subject.results
    if results is None:
        return None
    rows = []
    for name, what in _coefficients(subject) if subject.solved else ():
        try:
            rows.append((name, str(results.statistics(name)), what))
        except FlowError as error:
            rows.append((name, "-", str(error).split(" [")[0]))
    blocks: list[Block] = [] if subject.solved else [Words("This run makes a mesh and solves nothing.")]
    if rows:
        blocks.append(Rows(rows, head=("measure", "value", ""), numbers=(1,)))
    if subject.run is not None and subject.run.state != "Done":
        blocks.insert(0, Words(f"The run is {subject.run.state}: {subject.run.why}."))
    if subject.verdict is not None:
        blocks.append(Words(f"Verdict {subject.verdict.line}."))
    return Section("Result", blocks)


def _coefficients(subject: Subject) -> Iterator[tuple[str, str]]:
    """The names of the measures that are worth a row."""
    results = subject.results
    if results is None:
        return
    for name in _forces(subject):
        table = results.forces(name)
        known = [column for column in SHOWN if column in table]
        largest = max((abs(float(table[column].iloc[-1])) for column in known), default=0.0)
        for column in known:
            if abs(float(table[column].iloc[-1])) > FLOOR * largest:
                yield f"{name}.{column}", ""
    case = subject.case
    others = [one for one in (() if case is None else case.outputs) if one.kind != "Forces"]
    yield from [(f"{output.name}.{column}", "") for output in others for column in output.columns][:MOST]


def _forces(subject: Subject) -> list[str]:
    from flowcfd.post import forces

    return [] if subject.results is None else forces.names(subject.results.case)


def convergence(subject: Subject) -> Section | None:
    """The initial residuals over iterations or time."""
    if subject.results is None or not subject.solved:
        return None
    table = subject.results.residuals
    if not len(table):
        raise ResultError("the solver has written no residuals")
    lines: Draw = [(str(name), _index(table), table[name].to_numpy(np.float64)) for name in table.columns]
    lines = [(name, x, np.where(y > 0, y, np.nan)) for name, x, y in lines]
    last = ", ".join(f"{name} {y[np.isfinite(y)][-1]:.2g}" for name, _, y in lines if np.isfinite(y).any())
    caption = f"Initial residuals; last: {last}"
    drawn = curves(lines, over=_over(subject), what="initial residual", log=True)
    blocks: list[Block] = [Figure(drawn, caption)]
    if subject.run is not None and subject.run.settling:
        blocks.append(Words(subject.run.settling))
    return Section("Convergence", blocks)


def forces(subject: Subject) -> Section | None:
    """The coefficients over iterations or time, with the mean and the band of what has settled."""
    results = subject.results
    if results is None:
        return None
    blocks: list[Block] = []
    for name in _forces(subject):
        table = results.forces(name)
        shown = [full.split(".", 1)[1] for full, _ in _coefficients(subject) if full.split(".", 1)[0] == name]
        lines: Draw = [(column, _index(table), table[column].to_numpy(np.float64)) for column in shown]
        bands = []
        for column, colour in zip(shown, COLOURS, strict=False):
            try:
                mean = results.statistics(f"{name}.{column}")
            except FlowError:
                continue
            bands.append((float(mean), float(mean.uncertainty or 0.0), colour))
        if lines:
            caption = f"{name}: coefficients; the band is the mean after the transient with its uncertainty"
            blocks.append(Figure(curves(lines, over=_over(subject), what="coefficient", bands=bands), caption))
    return Section("Forces", blocks) if blocks else None


def _index(table: Any) -> Any:
    return table.index.to_numpy(np.float64)


def _over(subject: Subject) -> str:
    from flowcfd.post import setup as files

    steady = subject.results is not None and files.steady(subject.results.case)
    return "iteration" if steady else "time [s]"


def flow(subject: Subject) -> Section | None:
    """The scenes that were given, else speed and pressure on a plane through the middle, near a body."""
    if subject.scenes:
        shown = (one if one.pixels is not None else one.size(1500, 0) for one in subject.scenes)
        return Section("Flow", [Figure(one.png, one.words or _caption(one)) for one in shown])
    if subject.results is None or not subject.solved:
        return None
    if subject.run is not None and subject.run.state != "Done" and len(subject.results.times) == 1:
        raise ResultError("no fields were written after the start")
    scene = view(subject.results)
    blocks: list[Block] = []
    for field, words in {"U": "Speed", "p": "Pressure", "T": "Temperature"}.items():
        if field not in scene.fields:
            continue
        drawn = scene.middle().color(field)
        when = "iteration" if _over(subject) == "iteration" else "t ="
        caption = f"{words} in the plane {drawn.place}, {when} {subject.results.last:g}"
        blocks.append(Figure(drawn.size(1500, 0).png, caption))
    if not blocks:
        raise ResultError("no velocity, pressure or temperature is written that could be drawn")
    return Section("Flow", blocks)


def _caption(scene: Scene) -> str:
    """What a scene without words of its own shows: "slice, streamlines: U in y = 0.1 m"."""
    kinds = ", ".join(dict.fromkeys(layer.kind for layer in scene.layers)) or "first look"
    painted = f": {scene.paint.field}" if scene.paint is not None else ""
    return f"{kinds.capitalize()}{painted}{f' in {scene.place}' if scene.place else ''}"


def verdict(subject: Subject) -> Section | None:
    """What every judge says."""
    found = subject.verdict
    if found is None:
        return None
    marks = [(one.colour, one.name, one.sentence) for one in found.judgements if one.judged]
    missing = ", ".join(one.name for one in found.missing)
    blocks: list[Block] = [Words(f"{found.line}."), Marks(marks)]
    if missing:
        blocks.append(Words(f"Not judged for want of evidence: {missing}.", soft=True))
    return Section("Verdict", blocks)


SECTIONS: dict[str, Maker] = {
    "result": result, "convergence": convergence, "forces": forces, "flow": flow, "verdict": verdict
}  # fmt: skip
