"""Meshing: what a run costs over its tools, and memory."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowcfd.bench.home import home as home_of_its_own
from flowcfd.bench.home import reaped
from flowcfd.bench.measure import cpu_seconds
from flowcfd.bench.row import Row
from flowcfd.bench.shapes import shapes
from flowcfd.case.case import Case
from flowcfd.foam import snappylog
from flowcfd.foam.render import render
from flowcfd.jobs.handle import Run
from flowcfd.jobs.meshonly import mesh, only_mesh
from flowcfd.meshing.flow import Flow
from flowcfd.meshing.size import size

CELLS = 20_000
"""Cells of the small mesh."""
MANY = 100_000
"""Cells of the larger mesh whose overhead is measured: where users would care."""
LARGE, QUICK = 2_000_000, 300_000
"""Cells of the mesh whose memory is measured, and of that in the quick form."""
OVERHEAD = 1.03
"""Most CPU time of a mesh made by us over that of the tools that make it."""
GROWTH = 50.0
"""Most growth of the memory of the process that had a large mesh made and looked at it [MB]."""


def run(*, quick: bool = False) -> list[Row]:
    """What a mesh costs over its tools, and the memory of a large one: five minutes of CPU, one in the quick form."""
    with home_of_its_own():
        rows = overhead(repeats=2)
        rows += [] if quick else overhead(MANY, repeats=2)
    return [*rows, memory(QUICK if quick else LARGE)]


def counted(done: Run) -> int:
    """The cells of a finished mesh."""
    log = done.log("snappyHexMesh")
    assert log is not None
    return snappylog.parse(log.read_text()).cells


def made(case: Case) -> Run:
    """The mesh of a case, made and reaped, so that its CPU time counts as ours."""
    done = mesh(case, wait=True)
    while reaped():
        pass
    done.check()
    return done


@dataclass(frozen=True)
class Cost:
    """CPU and wall time [s] of a mesh that was made: of the asking process, of its worker, of the tools in it."""

    asking: float
    worker: float
    tools: float
    wall: float
    tools_wall: float

    @property
    def whole(self) -> float:
        """All CPU time [s]."""
        return self.asking + self.worker + self.tools


def overhead(cells: int = CELLS, *, repeats: int = 2) -> list[Row]:
    """A mesh by `flowcfd.mesh` beside the tools in it, by what the system charged each process with; the least counts.

    Both are of one run: the difference to the same commands in a shell is larger than what it is to show on a machine
    that does something else as well.
    """
    body, domain = shapes()["car"]
    plan = size(body(), Flow(speed=20.0), cells=cells, domain=domain)
    case = plan.case(name="overhead")
    least = min((_cost(case) for _ in range(repeats)), key=lambda cost: cost.whole / cost.tools)
    steps = ", ".join(step.split()[0] for step in only_mesh(render(case)).steps)
    note = (
        f"{least.whole / least.tools - 1:+.1%}: worker {least.worker:.2f} s, asking process {least.asking:.2f} s; "
        f"wall {least.wall:.1f} s, {least.tools_wall:.1f} s of it in {steps}"
    )
    return [
        Row(
            name=f"a mesh of {plan.cells / 1000:.0f} 000 cells, over its tools",
            ours=least.whole,
            unit="s CPU",
            peer_name="its tools",
            peer=least.tools,
            goal=OVERHEAD,
            note=note,
        )
    ]


def _cost(case: Case) -> Cost:
    own, began = cpu_seconds(children=False), time.monotonic()
    before = cpu_seconds() - own
    done = mesh(case, wait=True)
    wall, asking = time.monotonic() - began, cpu_seconds(children=False) - own
    while reaped():
        pass
    done.check()
    children = cpu_seconds() - cpu_seconds(children=False) - before
    steps = [step for stage in done.stages for step in stage.steps]
    tools = sum(step.cpu for step in steps)
    shutil.rmtree(done.path)
    shutil.rmtree(done.path.parent.parent / "meshes", ignore_errors=True)
    return Cost(asking, children - tools, tools, wall, sum(step.wall for step in steps))


_LARGE = """
import json, sys, threading, time
from pathlib import Path
import flowcfd as fc
from flowcfd.bench.meshing import large, resident

case = large(int(sys.argv[1]))
start, most, over = resident(), [0.0], threading.Event()

def watch():
    while not over.wait(0.05):
        most[0] = max(most[0], resident())

threading.Thread(target=watch, daemon=True).start()
run = fc.mesh(case, wait=True)
run.check()
made = most[0]
found = fc.quality(run)
over.set()
said = {"cells": found.report.cells, "start": start, "made": made, "most": max(most[0], resident()), "end": resident(),
        "score": str(found.score)}
print(json.dumps(said))
"""


def memory(cells: int = LARGE) -> Row:
    """How much the process grows that lets a large mesh be made and looks at its quality."""
    said = _grown(cells)
    growth = said["most"] - said["start"]
    return Row(
        name=f"memory of the kernel while {said['cells'] / 1e6:.2f} M cells are made and inspected",
        ours=growth,
        unit="MB more",
        goal=GROWTH,
        absolute=True,
        note=f"{said['start']:.0f} MB before, {said['made']:.0f} at most while made, {said['end']:.0f} at the end",
    )


def _grown(cells: int) -> Mapping[str, Any]:
    with home_of_its_own():
        done = subprocess.run(
            [sys.executable, "-c", _LARGE, str(cells)], capture_output=True, text=True, check=True, env=dict(os.environ)
        )
    said: Mapping[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def large(cells: int) -> Case:
    """A ball in a box of fine cells: most of the cells are away from the surface, where they are made fast."""
    from flowcfd.case.snappy import Snappy

    make, domain = shapes()["sphere"]
    plan = size(make(), Flow(speed=20.0), domain=domain)
    box = domain.around(plan.body).bounds
    assert box is not None
    (x, a), (y, b), (z, c) = box
    cell = (0.92 * (a - x) * (b - y) * (c - z) / cells) ** (1 / 3)
    return plan.case(name="large", mesh=Snappy(cell=cell, surface=1, layers=3))


def resident() -> float:
    """Memory of this process [MB]."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
