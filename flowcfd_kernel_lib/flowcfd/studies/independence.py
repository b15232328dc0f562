"""Mesh independence: one number on a family of meshes, and what it is worth."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, SupportsFloat

from flowcfd import jobs
from flowcfd.case import Case
from flowcfd.case.measure import find
from flowcfd.errors import CaseError, FlowError, ResultError
from flowcfd.foam import measures
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.meshers.block import blocks
from flowcfd.foam.render import render
from flowcfd.jobs import several
from flowcfd.jobs.handle import Run
from flowcfd.post import setup
from flowcfd.post.open import Results, results
from flowcfd.studies import family as families
from flowcfd.studies.family import Family, Given
from flowcfd.studies.gci import GCI, gci
from flowcfd.uncertain import Uncertain

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

Target = Case | CaseFiles | str | Path
Measure = str | Callable[[Results], SupportsFloat]
_PART = re.compile(r"(_pressure|_viscous|\([fr]\))$")
"""What the names of the parts of a force end in, which are there where the force is."""
FORMAL_ORDER = 2.0
"""Order of the schemes, but for the convection by upwind."""


@dataclass(frozen=True)
class Level:
    """One mesh of the family: its run, its number of cells, the value on it, or the cause why there is none.

    `wall` and `cpu` are times [s] of all commands of the run; `y_plus` is the largest mean y+ of a wall where the run
    has written it.
    """

    run: Run
    cells: int | None
    value: Uncertain | None
    cause: str = ""
    wall: float = 0.0
    cpu: float = 0.0
    y_plus: float | None = None


@dataclass(frozen=True)
class Independence:
    """A number on several meshes, finest first: `table`, `plot()`, `gci` or `why_no_gci`, and the `answer`."""

    name: str
    measure: str
    levels: tuple[Level, ...]
    dimension: int
    gci: GCI | None
    why_no_gci: str = ""
    notes: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[Level, ...]:
        """The levels that have a value, finest first."""
        return tuple(level for level in self.levels if level.value is not None)

    @property
    def answer(self) -> Uncertain:
        """The value on the finest mesh that has one, and its uncertainty.

        That is the GCI's, together with the value's own (of a mean over time) as the root of their squares. Where
        there is no GCI the uncertainty is unknown and `kind` says why. Raises ResultError where no level has a value.
        """
        if not self.known:
            raise ResultError(f"{self.name}: no mesh has a value: {self.levels[0].cause}")
        value = self.known[0].value
        assert value is not None
        if self.gci is None:
            return replace(value, uncertainty=None, kind=self.why_no_gci)
        found = replace(self.gci.answer, unit=value.unit)
        if value.uncertainty and found.uncertainty is not None:
            band = math.hypot(found.uncertainty, value.uncertainty)
            return replace(found, uncertainty=band, kind=f"{found.kind} and {value.kind or 'that of the value'}")
        return found

    @property
    def sizes(self) -> tuple[float, ...]:
        """Cell sizes of the levels relative to the finest; nan where the cells are not known."""
        first = next((level.cells for level in self.levels if level.cells), None)
        return tuple(
            (first / level.cells) ** (1 / self.dimension) if first and level.cells else math.nan
            for level in self.levels
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a mesh, finest first: cells, h (cell size over the finest), value, change, wall [s], run, cause.

        `change` is the difference to the next coarser mesh as a share of the value. y+ where it was written.
        """
        import pandas as pd

        values = [math.nan if level.value is None else float(level.value) for level in self.levels]
        changes = [(fine - coarse) / abs(fine) if fine else math.nan for fine, coarse in pairwise([*values, math.nan])]
        frame = pd.DataFrame(
            {
                "cells": pd.array([level.cells for level in self.levels], dtype="Int64"),
                "h": self.sizes,
                "value": values,
                "change": changes,
                "wall": [level.wall for level in self.levels],
                "run": [level.run.name for level in self.levels],
            }
        )
        if any(level.y_plus is not None for level in self.levels):
            frame.insert(4, "y+", [level.y_plus for level in self.levels])
        if any(level.cause for level in self.levels):
            frame["cause"] = [level.cause for level in self.levels]
        return frame

    def plot(self) -> Figure:
        """The value over the cell size, with the curve of the observed order, its limit and the band."""
        from flowcfd.studies.plot import figure

        return figure(self)

    def to_json(self) -> dict[str, Any]:
        """All of it but the cases as JSON types."""
        return {
            "name": self.name,
            "measure": self.measure,
            "answer": self.answer.to_json() if self.known else None,
            "gci": None if self.gci is None else self.gci.to_json(),
            "why_no_gci": self.why_no_gci,
            "notes": list(self.notes),
            "levels": [
                {
                    "cells": level.cells,
                    "value": None if level.value is None else level.value.to_json(),
                    "cause": level.cause,
                    "wall": level.wall,
                    "cpu": level.cpu,
                    "y_plus": level.y_plus,
                    "run": str(level.run.path),
                }
                for level in self.levels
            ],
        }

    def __str__(self) -> str:
        said = f"{self.measure} = {self.answer}" if self.known else f"{self.measure}: no mesh has a value"
        why = str(self.gci) if self.gci is not None else f"no GCI: {self.why_no_gci}"
        return "\n".join([said, why, *self.notes])

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        from flowcfd.studies.plot import html

        return html(self)


def independence(
    case: Case | Sequence[Target],
    *,
    measure: Measure,
    levels: int = 3,
    ratio: float = 1.5,
    given: Given = "coarsest",
    on: str = "local",
    cores: int = 1,
    dimension: int | None = None,
    formal_order: float | None = None,
) -> Independence:
    """Compute a number on a family of meshes, side by side as far as the executor has cores, and say what it is worth.

    `case` is refined as `fc.refine` does, or is a list of cases that differ in their meshes. `measure` is a function of
    the Results, or the name of a measure ("body.Cd"): its last value in steady runs, its mean after the initial
    transient in others. `dimension` (2, 3) is needed for a list without a Case; `formal_order` bounds the observed one
    and is 2, with upwind convection 1. Runs that were computed before are found again; a level that fails is kept with
    its cause, and the GCI is that of the others.
    """
    members, dimensions, order = _members(case, levels, ratio, given, dimension, formal_order)
    _require(measure, members.cases[0])
    runs = [jobs.run(target, on=on, cores=cores) for target in members.cases]
    for run in runs:
        if run.state in ("Stopped", "Paused", "Lost"):
            run.resume()
        elif run.state == "Cancelled":
            run.retry()
    several.wait(runs, "mesh independence", "the same call finds them again")
    done = [_level(run, target, measure) for run, target in zip(runs, members.cases, strict=True)]
    if not isinstance(case, Case):
        done.sort(key=lambda level: -(level.cells or 0))
    known = [level for level in done if level.value is not None]
    index, why = None, ""
    try:
        values = [level.value for level in known if level.value is not None]
        index = gci(values, [level.cells or 0 for level in known], dimensions, formal_order=order)
    except CaseError as refused:
        why = str(refused).removeprefix("gci: ")
    return Independence(
        name=next(run.record.name for run in runs),
        measure=_named(measure),
        levels=tuple(done),
        dimension=dimensions,
        gci=index,
        why_no_gci=why,
        notes=(*members.notes, *_causes(done)),
    )


def _require(measure: Measure, target: Target) -> None:
    """Raise what is surely wrong with a measure before anything is computed: UnknownName, or CaseError."""
    if not isinstance(measure, str):
        if not callable(measure):
            raise CaseError(
                f"measure: must be a name such as 'body.Cd', or a function of the results (got {measure!r})"
            )
        return
    if not isinstance(target, Case):
        return
    known = measures.measures(render(target))
    output, _, _ = measure.rpartition(".")
    if output in {
        name.partition(".")[0] for name in known
    }:  # of other outputs the columns are known when they are written
        find(_PART.sub("", measure), known, where="measure")


def _named(measure: Measure) -> str:
    """What the number is called; a function without a name of its own is the value."""
    name = measure if isinstance(measure, str) else getattr(measure, "__name__", "value")
    return "value" if name == "<lambda>" else name


def _causes(levels: Sequence[Level]) -> list[str]:
    """Why levels have no value; a cause that several share is told once."""
    causes: dict[str, list[str]] = {}
    for level in levels:
        if level.cause:
            cause = level.cause.removesuffix(f" [{level.run.case}]").removesuffix(f" [{level.run.path}]")
            causes.setdefault(cause, []).append(level.run.path.name)
    return [f"{', '.join(names)}: {cause}" for cause, names in causes.items()]


@dataclass(frozen=True)
class _Members:
    cases: tuple[Target, ...]
    notes: tuple[str, ...]


def _members(
    case: Case | Sequence[Target],
    levels: int,
    ratio: float,
    given: Given,
    dimension: int | None,
    formal_order: float | None,
) -> tuple[_Members, int, float]:
    """The cases to compute, their dimension and the order of their schemes."""
    if isinstance(case, Case):
        found: Family = families.family(case, levels, ratio, given=given)
        members = _Members(found.cases, found.notes)
    elif isinstance(case, Sequence) and not isinstance(case, str) and len(case) > 1:
        members = _Members(tuple(case), ())
    else:
        raise CaseError("independence: give a Case, or a list of two or more cases that differ in their meshes")
    first = next((one for one in members.cases if isinstance(one, Case)), None)
    if dimension is None:
        if first is None:
            raise CaseError("independence: dimension: say 2 or 3 for cases that are files")
        dimension = families.dimension(first)
    upwind = first is not None and getattr(first.solve, "convection", "") == "upwind"
    return members, dimension, formal_order or (1.0 if upwind else FORMAL_ORDER)


def _level(run: Run, target: Target, measure: Measure) -> Level:
    """What a run that has ended says."""
    found, cause, value, y_plus = results(run, wait=False), "", None, None
    try:
        run.check()
        value = value_of(found, measure)
        if not math.isfinite(float(value)):
            cause, value = f"the measure is {float(value)}", None
        y_plus = _y_plus(found)
    except FlowError as error:
        cause = str(error).splitlines()[0]
    stages = run.stages
    return Level(
        run=run,
        cells=_cells(found, target),
        value=value,
        cause=cause,
        wall=sum(stage.wall for stage in stages),
        cpu=sum(stage.cpu for stage in stages),
        y_plus=y_plus,
    )


def value_of(of: Results, measure: Measure) -> Uncertain:
    """What a run that has ended says: the last value of a steady run, else the mean after the initial transient."""
    if isinstance(measure, str):
        if not setup.steady(of.case):
            return of.statistics(measure)
        signal = of.measure(measure)
        return Uncertain(float(signal.iloc[-1]), unit=signal.units or "")
    value = measure(of)
    return value if isinstance(value, Uncertain) else Uncertain(float(value))


def _cells(of: Results, target: Target) -> int | None:
    """The cells that the mesh has, or that it was to have where it was not made."""
    try:
        count = setup.cells(of.case)
    except ResultError:
        count = None
    return blocks(target).cells if count is None and isinstance(target, Case) else count


def _y_plus(of: Results) -> float | None:
    if "yPlus" not in of.outputs:
        return None
    try:
        last = of.y_plus.iloc[-1]
    except FlowError:
        return None
    averages = last.xs("average", level=1)
    return float(averages.max()) if len(averages) else None
