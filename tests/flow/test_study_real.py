"""Studies by real runs: they go on when their caller and their driver die, and hide no failure."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from flowcfd.case import Blocks, Case, Channel, Fluid, Incompressible, Inlet, Outlet, Steady, Wall
from flowcfd.errors import SiteError, UnknownName
from flowcfd.post.open import Results
from flowcfd.studies import Study
from flowcfd.studies import open as open_study

pytestmark = pytest.mark.flow
SPEED, HEIGHT = "boundaries.inlet.speed", 0.1


@pytest.fixture
def duct(home: Path) -> Case:
    return Case(
        name="duct",
        domain=Channel(length=2, height=HEIGHT),
        mesh=Blocks(cells=(40, 20)),
        physics=Incompressible(fluid=Fluid(nu=1e-3)),
        boundaries={"inlet": Inlet(speed=1), "outlet": Outlet(), "bottom": Wall(), "top": Wall()},
        solve=Steady(iterations=300),
    )


def gradient(res: Results) -> float:
    """dp/dx [m/s2] in the second half of the duct, on its centre line."""
    line = res.sample_line((1.2, HEIGHT / 2, 0.005), (1.8, HEIGHT / 2, 0.005), 7, ["p"])
    return float(np.polyfit(line["x"], line["p"], 1)[0])


def drivers(study: Study) -> list[int]:
    found = subprocess.run(["pgrep", "-f", f"flowcfd.studies.driver {study.path}"], capture_output=True, text=True)
    return [int(pid) for pid in found.stdout.split()]


def test_every_point_has_the_exact_pressure_gradient(duct: Case) -> None:
    study = Study(duct, {SPEED: (0.2, 1.0), "physics.fluid.nu": (1e-3, 3e-3)}, design="lhs", points=4, seed=2)
    table = study.run(wait=True).table(slope=gradient)
    assert list(table["state"]) == ["Done"] * 4
    exact = -12 * table["physics.fluid.nu"] * table[SPEED] / HEIGHT**2
    np.testing.assert_allclose(table["slope"].to_numpy(), exact.to_numpy(), rtol=0.02)


def test_a_study_goes_on_where_its_driver_was_killed_and_computes_nothing_twice(
    duct: Case, until: Callable[..., None]
) -> None:
    study = Study(duct, {SPEED: [0.2, 0.4, 0.6, 0.8, 1.0]}, name="speeds").run(at_once=1)
    until(lambda: study.states["Done"] >= 1, 120)
    for pid in drivers(study):
        os.kill(pid, signal.SIGKILL)
    until(lambda: not study.driven)
    assert study.states["Waiting"] > 0
    found = open_study("speeds")  # as another process would
    assert found.path == study.path
    found.run(wait=True)
    assert found.states == {"Done": 5}
    attempts = [(p.run.path / "events.jsonl").read_text().count('"event": "attempt"') for p in found.points if p.run]
    assert attempts == [1] * 5
    more = Study(duct, {SPEED: [0.2, 0.4, 0.6, 0.8, 1.0, 1.2]}, name="more").run(wait=True)
    assert more.states == {"Done": 6}
    known = {point.run.path for point in found.points if point.run}
    assert len({point.run.path for point in more.points if point.run} - known) == 1, "only what is new is computed"


def test_a_point_that_fails_is_there_with_its_cause(duct: Case) -> None:
    broken = "FoamFile { version 2.0; format ascii; class dictionary; object fvSolution; } solvers {}"
    good = duct.replace({"files[constant/note]": "// nothing"})
    study = Study(good, {SPEED: [0.5, 0.7]}, name="half").run(wait=True)
    assert study.states == {"Done": 2}
    mixed = Study(duct, {"files": [{}, {"system/fvSolution": broken}]}, name="mixed").run(wait=True)
    table = mixed.table(slope=gradient, gone="body.Cd")
    assert list(table["state"]) == ["Done", "Failed"]
    assert "no measure 'body.Cd'" in table["cause"][0]
    assert "solver" in table["cause"][1]
    assert np.isfinite(table["slope"][0])
    assert np.isnan(table["slope"][1])


def test_an_unknown_study_lists_those_there_are(duct: Case) -> None:
    with pytest.raises(UnknownName, match="unknown study 'nothing'"):
        open_study("nothing")


def test_a_cancelled_study_leaves_nothing_at_work_and_goes_on_when_it_is_run_again(
    duct: Case, until: Callable[..., None]
) -> None:
    study = Study(duct, {SPEED: [0.2, 0.4, 0.4, 0.6]}, name="halted").run(at_once=2)
    until(lambda: any(point.run is not None for point in study.points), 60)
    with pytest.raises(SiteError, match="is being computed with other options"):
        study.run(at_once=1)
    study.cancel()
    assert not study.driven
    assert not {"Running", "Queued"} & set(study.states)
    assert study.run(wait=True).states == {"Done": 4}
    equal = [point.run.path for point in study.points if point.run and point.values[SPEED] == 0.4]
    assert equal == [equal[0]] * 2, "points that coincide are one run"


def test_a_measure_that_breaks_is_the_cause_of_its_point_only(duct: Case) -> None:
    def broken(res: Results) -> float:
        raise AttributeError("no such thing")

    table = Study(duct, {SPEED: [0.2]}, name="breaks").run(wait=True).table(slope=gradient, bad=broken)
    assert np.isfinite(table["slope"][0])
    assert table["cause"][0] == "AttributeError: no such thing"


def test_a_table_fills_in_a_headless_notebook_until_all_points_are_through(duct: Case, tmp_path: Path) -> None:
    """Of an IPython that nobody looks at: what it showed last is the whole table."""
    study = Study(duct, {SPEED: [0.5, 0.7]}, name="watched").run()
    program = tmp_path / "watch.py"
    program.write_text(
        "from flowcfd import studies\nstudies.open('watched').watch(last=lambda res: res.residuals.index[-1])\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "IPython", str(program)],
        env={**os.environ, "IPYTHONDIR": str(tmp_path / "ipython")},
        capture_output=True,
        text=True,
        timeout=300,
    )
    shown = done.stdout.split("Study watched: ")[-1].splitlines()
    assert shown[0] == "2 done", done.stderr
    assert [line.split()[-1] for line in shown[2:4]] == ["Done", "Done"]
    assert "NaN" not in "".join(shown)
    assert study.states == {"Done": 2}
