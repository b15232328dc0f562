"""What a dashboard gathers of real runs, and what it draws of them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

import flowcfd as fc
from flowcfd import jobs
from flowcfd.jobs import record
from flowcfd.widgets.dashboard.drawing import drawn
from flowcfd.widgets.dashboard.gathered import TIME, Gathered, Gatherer
from flowcfd.widgets.dashboard.served import Server
from flowcfd.widgets.dashboard.subject import subject

pytestmark = pytest.mark.flow

CASE = fc.Case(
    name="lid", domain=fc.Cavity("1 m"), mesh=fc.Blocks(cells=12), physics=fc.Incompressible(fluid=fc.Fluid(nu=0.01)),
    boundaries={"lid": fc.Wall(velocity=("1 m/s", 0, 0)), "walls": fc.Wall()},
    solve=fc.Steady(iterations=200, residual=1e-4),
)  # fmt: skip


def test_points_of_a_study_have_values_measures_and_a_verdict(home: Path) -> None:
    study = fc.Study(CASE, {"mesh.cells": [8, 12]}, name="lids").run(wait=True)
    found = Gatherer(subject(study))()
    assert found.told == "2 done"
    assert not found.active
    assert found.parameters == ("mesh.cells",)
    assert [row.values["mesh.cells"] for row in found.rows] == [8, 12]
    assert all(row.measures[TIME] > 0 for row in found.rows)
    assert {row.colour for row in found.rows} <= {"green", "amber", "red", "grey"}
    told: list[Gathered] = []
    gather = Gatherer(subject(study))
    assert gather(told.append) == found
    # All rows are told before the first is read, and again after each: what they found comes last.
    assert [(now.unread, [bool(row.colour) for row in now.rows]) for now in told] == [
        (2, [False, False]), (1, [True, False]),
    ]  # fmt: skip
    assert [row.values for row in told[0].rows] == [row.values for row in found.rows] and found.unread == 0
    told.clear()
    gather(told.append)
    assert not told  # what has ended is read once
    picture, why = drawn(found.rows[0].run, ".png")
    assert not why
    assert Path(picture).read_bytes().startswith(b"\x89PNG")
    assert home in Path(picture).parents
    turning, _ = drawn(found.rows[0].run, ".html")
    assert "<html" in Path(turning).read_text()[:2000].lower()
    # The same as runs: what differs among their cases is a column.
    runs = Gatherer(subject([point.run for point in study.points]))()  # type: ignore[misc]
    assert runs.parameters == ("mesh.cells",)
    assert (found.each, runs.each) == ("point", "run")
    assert len({row.name for row in runs.rows}) == 2  # of one name: then by their folders
    assert Gatherer(subject(home / "runs"))().told == "2 done"
    # One that makes a mesh only is a row with its sentence, and no reason to show nothing of the others.
    mesh = jobs.mesh(CASE)
    mesh.wait(120)
    found = Gatherer(subject([mesh, *(point.run for point in study.points)]))()  # type: ignore[misc]
    assert found.told == "3 done" and not found.problem
    assert "makes a mesh and solves nothing" in found.rows[0].words[0]


def test_a_lost_run_has_its_sentence_and_no_picture(home: Path, slow_cavity, until) -> None:
    run = fc.run(slow_cavity(steps=20000, write=20000))
    until(lambda: run.state == "Running")
    gather = Gatherer(subject(run))
    assert gather().active
    worker = record.worker(run.path)
    assert worker is not None
    os.kill(worker.identity.pid, signal.SIGKILL)
    until(lambda: run.state == "Lost")
    found = gather()
    assert found.rows[0].state == "Lost"
    assert found.rows[0].words
    path, why = drawn(str(run.path), ".png")
    assert path or why


def test_nothing_of_it_outlives_its_server(home: Path, until) -> None:
    run = fc.run(CASE)
    run.wait()
    server = Server(subject(run))

    browser = build_opener(HTTPCookieProcessor())
    assert "<h1>lid</h1>" in browser.open(server.address, timeout=120).read().decode()
    page = server.address.split("?")[0]
    until(lambda: b"PNG" in browser.open(f"{page}look/0.png", timeout=120).read()[:8], 120)
    assert "it has no run" in browser.open(f"{page}look/7.png", timeout=120).read().decode()
    assert len(of(home)) == 2
    server.end()
    until(lambda: not of(home))


def test_the_command_serves_it_until_it_is_interrupted(home: Path, until) -> None:
    run = fc.run(CASE)
    run.wait()
    command = [sys.executable, "-m", "flowcfd.cli", "dashboard", run.path.name, "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = "".join(iter(process.stdout.readline, "}\n")) + "}"
        address = json.loads(said)["address"]
        assert build_opener(HTTPCookieProcessor()).open(address, timeout=120).status == 200
        process.send_signal(signal.SIGINT)
        process.wait(60)
    assert process.returncode == 130
    until(lambda: not of(home))


def of(home: Path) -> list[int]:
    """The processes of dashboards in this home."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                ours = b"flowcfd.widgets.dashboard" in (entry / "cmdline").read_bytes()
                if ours and str(home).encode() in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
    return found
