"""A finished run as a report, from the command line, beside a notebook that is executed and converted for it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from flowcfd import jobs
from flowcfd.bench.home import home as home_of_its_own
from flowcfd.bench.measure import least
from flowcfd.bench.row import Row
from flowcfd.case import Blocks, Case, Cavity, Fluid, Forces, Incompressible, Steady, Wall
from flowcfd.jobs.handle import Run

GOAL = 20.0
"""Longest wall time of a report on a finished run [s], imports included."""
NOTEBOOK = """
import re
from pathlib import Path
import matplotlib.pyplot as plt
import pyvista
case = Path({case!r})
(case / "a.foam").touch()
reader = pyvista.POpenFOAMReader(str(case / "a.foam"))
reader.set_active_time_value(reader.time_values[-1])
mesh = reader.read()["internalMesh"]
plane = mesh.slice("z")
for name in ("U", "p"):
    plotter = pyvista.Plotter(off_screen=True, window_size=(1500, 1100))
    plotter.add_mesh(plane, scalars=name)
    plotter.camera_position = "xy"
    plotter.screenshot(name + ".png")
text = (case / "log.simpleFoam").read_text()
for field in ("Ux", "Uy", "p"):
    plt.semilogy([float(x) for x in re.findall("Solving for " + field + ", Initial residual = ([^,]+)", text)])
plt.show()
"""
"""The least that a notebook says of a run: two pictures and the residuals."""


def run(*, quick: bool = False) -> list[Row]:
    """One run, reported as PDF and as a page; half a minute on a quiet machine."""
    with home_of_its_own(), tempfile.TemporaryDirectory(prefix="flowcfd-bench-") as made:
        of, folder = _computed(), Path(made)
        started = time.monotonic()
        _report(of, folder / "a.pdf")
        wall = time.monotonic() - started
        peer = _notebook(of, folder) if find_spec("nbconvert") else None
        works = [partial(_report, of, folder / "a.pdf"), partial(_report, of, folder / "a.html")]
        costs = least(*works, *([] if peer is None else [partial(_call, peer)]), repeats=1 if quick else 3)
    size = {"name": "report on a run, PDF, wall", "ours": wall, "unit": "s", "goal": GOAL, "absolute": True}
    found = [Row(**size)]  # type: ignore[arg-type]
    for name, ours in zip(("PDF", "page"), costs, strict=False):
        found.append(
            Row(name=f"report on a run, {name}", ours=ours, unit="s CPU", peer_name="notebook, executed and converted",
                peer=costs[2] if peer is not None else None, note="" if peer is not None else "nbconvert is not here")
        )  # fmt: skip
    return found


def _computed() -> Run:
    done = jobs.run(
        Case(
            name="lid",
            domain=Cavity(length=0.1),
            mesh=Blocks(cells=(40,)),
            physics=Incompressible(fluid=Fluid(name="oil", nu=1e-3, rho=900.0)),
            boundaries={"lid": Wall(velocity=(1, 0, 0)), "walls": Wall()},
            solve=Steady(iterations=200),
            outputs=(Forces(patches=("lid",), speed=1.0, area=0.001, length=0.1),),
        )
    )
    done.wait()
    done.check()
    return done


def _report(of: Run, path: Path) -> None:
    _call([sys.executable, "-m", "flowcfd.cli", "report", str(of.path), str(path)])


def _notebook(of: Run, folder: Path) -> Sequence[str]:
    import nbformat

    cell = nbformat.v4.new_code_cell(NOTEBOOK.format(case=str(of.case)))  # type: ignore[no-untyped-call]
    book = nbformat.v4.new_notebook(cells=[cell])  # type: ignore[no-untyped-call]
    nbformat.write(book, folder / "peer.ipynb")  # type: ignore[no-untyped-call]
    return [sys.executable, "-m", "nbconvert", "--execute", "--to", "html", str(folder / "peer.ipynb")]


def _call(command: Sequence[str]) -> None:
    environment = {**os.environ, "PYVISTA_OFF_SCREEN": "true"}
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=600)
