"""Sizes: cells foretold beside those of real meshes of ten bodies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flowcfd import telling
from flowcfd.bench.home import home as home_of_its_own
from flowcfd.bench.measure import cpu_seconds
from flowcfd.bench.meshing import counted, made
from flowcfd.bench.row import Row
from flowcfd.bench.shapes import shapes
from flowcfd.meshing.flow import Flow
from flowcfd.meshing.size import size

CELLS, QUICK = 50_000, 20_000
"""Cells of each body, and in the quick form."""
NEAR = 0.10
"""An estimate is held to this share of the real count."""
SHARE = 0.8
"""On at least this share of the bodies."""


@dataclass(frozen=True)
class Trial:
    """One body: cells foretold and real, CPU seconds of the plan and of the mesh."""

    name: str
    foretold: int
    real: int
    plan: float
    mesh: float

    @property
    def error(self) -> float:
        """Foretold over real, less one."""
        return self.foretold / self.real - 1


def run(*, quick: bool = False) -> list[Row]:
    """Plan and mesh all ten bodies, one after the other: about 90 s of CPU, half as much in the quick form."""
    with home_of_its_own():
        trials = list(_tried(QUICK if quick else CELLS))
    return [*map(_row, trials), _summary(trials)]


def _tried(cells: int) -> Iterator[Trial]:
    who, names = object(), list(shapes())
    said = f"sizes: {names[0]}"
    try:
        for number, name in enumerate(names):
            telling.tell(who, said, number / len(names))
            done = trial(name, cells)
            said = f"sizes: {name}, {done.foretold} cells foretold, {done.real} made, {done.error:+.1%}"
            telling.tell(who, said, (number + 1) / len(names))
            yield done
    finally:
        telling.tell(who, "", over=True)


def trial(name: str, cells: int = CELLS) -> Trial:
    """A body planned by the rule for a number of cells, and meshed."""
    make, domain = shapes()[name]
    body = make()
    body.body()
    before = cpu_seconds()
    plan = size(body, Flow(speed=20.0), cells=cells, domain=domain)
    planned = cpu_seconds() - before
    before = cpu_seconds()
    done = made(plan.case(name="trial"))
    return Trial(name, plan.cells, counted(done), planned, cpu_seconds() - before)


def _row(one: Trial) -> Row:
    return Row(
        name=f"{one.name}: cells",
        ours=one.foretold,
        unit="foretold",
        peer_name="the mesh",
        peer=one.real,
        note=f"{one.error:+.1%}; {one.plan:.1f} s CPU for the plan, {one.mesh:.1f} s for the mesh",
    )


def _summary(trials: list[Trial]) -> Row:
    met = sum(abs(one.error) <= NEAR for one in trials) / len(trials)
    worst = max(trials, key=lambda one: abs(one.error))
    return Row(
        name="cells foretold within 10 %",
        ours=met,
        unit=f"of {len(trials)} bodies",
        goal=SHARE,
        more_is_better=True,
        absolute=True,
        note=f"worst: {worst.name}, {worst.error:+.1%}",
    )
