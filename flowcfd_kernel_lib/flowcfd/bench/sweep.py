"""A sweep of short cases through a Study against the bare commands and against a peer; what warm starts save."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from flowcfd.bench.home import home, reaped
from flowcfd.bench.measure import cpu_seconds, peer_python
from flowcfd.bench.row import Row
from flowcfd.case import (
    BackwardFacingStep,
    Blocks,
    Case,
    Fluid,
    Incompressible,
    Inlet,
    Outlet,
    Reattachment,
    Settled,
    Steady,
    Wall,
)
from flowcfd.foam import install
from flowcfd.foam.render import render
from flowcfd.studies import Study
from flowcfd.studies.saving import cpu

GOAL = 0.95
"""The least part of a sweep's CPU time that is the commands' own."""
WARM_GOAL = 0.9
"""CPU time of a study with warm starts over the same one without."""
SPEED = "boundaries.inlet.speed"
WALLS = ("upstreamWall", "step", "lowerWall", "upperWall")
AT_ONCE = 2

_FOAMLIB = f"""
import asyncio, sys
from foamlib import AsyncFoamCase
AsyncFoamCase.max_cpus = {AT_ONCE}
async def one(path, commands):
    case = AsyncFoamCase(path)
    for command in commands:
        await case.run(command.split(), cpus=1)
async def main():
    await asyncio.gather(*(one(path, sys.argv[1].split(";")) for path in sys.argv[2:]))
asyncio.run(main())
"""


def run(*, quick: bool = False) -> list[Row]:
    """CPU time of a sweep as a share of the bare commands' (the ideal), beside foamlib's; CPU time warm over cold."""
    points, repeats = (4, 1) if quick else (8, 3)
    with home() as folder:
        sweep = _Sweep(folder, points)
        works: dict[str, Callable[[], None]] = {"ours": sweep.ours, "xargs": sweep.xargs}
        python = peer_python("foamlib")
        if python is not None:
            works["foamlib"] = lambda: sweep.foamlib(python)
        costs = [{name: _cost(work) for name, work in works.items()} for _ in range(repeats)]
        return [*_rows(costs, points), _warmed(quick=quick)]


def step(cell: str, solve: Steady) -> Case:
    """A laminar backward-facing step of 1 cm."""
    return Case(
        name="step",
        domain=BackwardFacingStep(step="1 cm", inlet_height="1 cm", upstream="2 cm", downstream="16 cm"),
        mesh=Blocks(cell=cell),
        physics=Incompressible(fluid=Fluid(nu=1e-4, rho=1.0)),
        boundaries={"inlet": Inlet(speed="1 m/s"), "outlet": Outlet(), **{wall: Wall() for wall in WALLS}},
        solve=solve,
        outputs=(Reattachment(patch="lowerWall", every=5),),
    )


class _Sweep:
    """The same cases for everybody."""

    def __init__(self, folder: Path, points: int) -> None:
        self.folder = folder
        self.case = step("0.7 mm", Steady(iterations=250, residual=None))
        self.speeds = [0.5 + number / points for number in range(points)]
        self.environment = install.find().environment(case=folder, shared=True)
        self._number = itertools.count()

    def ours(self) -> None:
        """A study, as a notebook runs it."""
        study = Study(self.case, {SPEED: self.speeds}, name=f"sweep{next(self._number)}").run(wait=True)
        assert study.states == {"Done": len(self.speeds)}, study.states
        while reaped():
            pass
        for point in study.points:  # else the next one has it all
            if point.run is not None:
                shutil.rmtree(point.run.path)
        shutil.rmtree(study.path.parents[1] / "meshes", ignore_errors=True)

    def xargs(self) -> None:
        """The bare commands, as many cases at a time as there are cores."""
        cases, commands = self._written()
        line = " && ".join(f"{command} > log.{number} 2>&1" for number, command in enumerate(commands))
        script = f'cd "$1" && {line}'
        argv = ["xargs", "-P", str(AT_ONCE), "-I", "{}", "sh", "-c", script, "sh", "{}"]
        names = "".join(f"{case}\n" for case in cases)
        subprocess.run(argv, input=names, text=True, env=self.environment, check=True, timeout=900)
        self._gone(cases)

    def foamlib(self, python: str) -> None:
        """Foamlib's asynchronous cases."""
        cases, commands = self._written()
        argv = [python, "-c", _FOAMLIB, ";".join(commands), *map(str, cases)]
        subprocess.run(argv, env=self.environment, check=True, timeout=900, stdout=subprocess.DEVNULL)
        self._gone(cases)

    def _written(self) -> tuple[list[Path], Sequence[str]]:
        """The rendered cases in folders of their own, which are whose sweeps ours is compared with, and their steps."""
        cases: list[Path] = []
        steps: Sequence[str] = ()
        for speed in self.speeds:
            files = render(self.case.replace({SPEED: speed}))
            cases.append(self.folder / f"case{next(self._number)}")
            files.write(cases[-1])
            steps = files.steps
        return cases, steps

    def _gone(self, cases: Sequence[Path]) -> None:
        for case in cases:
            shutil.rmtree(case)


def _cost(work: Callable[[], None]) -> tuple[float, float]:
    """CPU and wall time [s] of one sweep, all its processes included."""
    begun, clock = cpu_seconds(), time.monotonic()
    work()
    return cpu_seconds() - begun, time.monotonic() - clock


def _rows(costs: Sequence[dict[str, tuple[float, float]]], points: int) -> list[Row]:
    """The least of several, run in turns."""
    least = {name: min(cost[name][0] for cost in costs) for name in costs[0]}
    wall = {name: min(cost[name][1] for cost in costs) for name in costs[0]}
    told = (
        f"{least['ours']:.2f} s against {least['xargs']:.2f} s CPU, {wall['ours']:.1f} s against {wall['xargs']:.1f} s"
    )
    peer = least.get("foamlib")
    name = f"a sweep of {points} cases of {least['xargs'] / points:.1f} s"
    return [
        Row(
            name=f"{name}, part that is the commands' own",
            ours=least["xargs"] / least["ours"],
            unit="",
            goal=GOAL,
            absolute=True,
            more_is_better=True,
            note=f"{told} of xargs -P {AT_ONCE}",
        ),
        Row(
            name=name,
            ours=least["ours"],
            unit="s CPU",
            peer_name="foamlib",
            peer=peer,
            goal=1.0,
            note="imports included" if peer else "foamlib is not installed",
        ),
    ]


def _warmed(*, quick: bool) -> Row:
    """The same study cold and warm; its answers must agree within the band that ended the runs."""
    within = 0.005
    speeds = [1.0 + 0.2 * number for number in range(4 if quick else 8)]
    until = Settled(measures="reattachment", within=within, over=50)
    case = step(
        "1 mm" if quick else "0.7 mm",
        Steady(iterations=3000, residual=None, until=until),
    )
    times, answers = [], []
    for warm in (False, True):
        with home():
            study = Study(case, {SPEED: speeds}, name="warm").run(warm=warm, at_once=1, wait=True)
            times.append(sum(cpu(point.run) for point in study.points if point.run is not None))
            answers.append(study.table(x="reattachment")["x"])
    apart = float((answers[1] / answers[0] - 1).abs().max())
    return Row(
        name=f"{len(speeds)} steady points started warm, over cold",
        ours=times[1],
        unit="s CPU",
        peer_name="cold",
        peer=times[0],
        goal=WARM_GOAL,
        note=f"reattachment differs by {apart:.2%} at most, the band is {within:.1%}",
    )
