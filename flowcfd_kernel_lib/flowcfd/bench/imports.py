"""What it costs to import FlowCFD, and what its worker's start costs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import flowcfd
from flowcfd.bench.measure import least, peer_python
from flowcfd.bench.row import Row

GOAL = 0.2
"""Highest cost of `import flowcfd` [s CPU], Python's own start included."""

EAGER = "foamlib, pyvista, dask.distributed, panel, holoviews, trame.app"
"""What a notebook on CFD imports without us."""


def run(*, quick: bool = False) -> list[Row]:
    """CPU time of fresh processes [s]."""
    repeats = 3 if quick else 9
    foamlib = peer_python("foamlib")
    works = {
        "import": _program("import flowcfd"),
        "case": _program("import flowcfd as fc; fc.Case; fc.run; fc.open"),
        "worker": _program("import flowcfd.jobs.worker", "-S"),
    }
    if foamlib is not None:
        works |= {"foamlib": _program("import foamlib", python=foamlib)}
    figures = _least(works, repeats)
    peer, absent = figures.get("foamlib"), "" if foamlib else "foamlib is not installed"
    rows = [
        Row(name="import flowcfd", ours=figures["import"], unit="s CPU", goal=GOAL, absolute=True),
        Row(
            name="import flowcfd, Case, run and open",
            ours=figures["case"],
            unit="s CPU",
            peer_name="import foamlib",
            peer=peer,
            goal=1.0,
            note=absent,
        ),
        Row(
            name="import flowcfd",
            ours=figures["import"],
            unit="s CPU",
            peer_name="import foamlib",
            peer=peer,
            goal=0.3,
            note=absent,
        ),
        Row(name="start of the worker", ours=figures["worker"], unit="s CPU", goal=GOAL / 3, absolute=True),
    ]
    return [*rows, _eager(figures["import"], quick)]


def _eager(ours: float, quick: bool) -> Row:
    row = Row(name="import flowcfd", ours=ours, unit="s CPU", peer_name=EAGER, goal=1 / 30)
    work = _program(f"import {EAGER}", python=peer_python("foamlib"))
    try:
        return replace(row, peer=_least({"eager": work}, 1 if quick else 2)["eager"])
    except subprocess.CalledProcessError:
        return replace(row, note="not all of them are installed")


def _least(works: dict[str, Callable[[], None]], repeats: int) -> dict[str, float]:
    for work in works.values():
        work()  # byte code
    return dict(zip(works, least(*works.values(), repeats=repeats), strict=True))


def _program(text: str, *switches: str, python: str | None = None) -> Callable[[], None]:
    command = [python or sys.executable, *switches, "-c", text]
    # Byte code is kept, as everywhere but in a shell that forbids it.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPATH": str(Path(flowcfd.__file__).parents[1])}

    def start() -> None:
        subprocess.run(command, env=environment, check=True, timeout=300, capture_output=True)

    return start
