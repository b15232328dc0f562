"""A study sent to a real Slurm by a notebook whose kernel is killed: a second one finds it and finishes the table."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import papermill
import pytest

import flowcfd as fc
from flowcfd import studies
from flowcfd.cluster import private, profile
from flowcfd.errors import SiteError
from flowcfd.jobs.executors.slurm import array

pytestmark = pytest.mark.cluster

NOTEBOOK = Path(__file__).parents[2] / "notebooks/08_study.ipynb"
POINTS = 12


@pytest.fixture
def site(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[private.Private]:
    try:
        private.programs()
    except SiteError as error:
        pytest.skip(str(error))
    monkeypatch.setenv("FLOWCFD_HOME", str(home))
    cluster = private.up(tmp_path / "slurm", nodes=3, cores=2)
    profile.write("private", profile.Profile(conf=cluster.conf, shared_cores=True))
    yield cluster
    private.down(cluster.folder)


def test_a_study_outlives_the_kernel_that_sent_it(
    site: private.Private, home: Path, tmp_path: Path, until: Callable[..., None]
) -> None:
    words = [
        "-p",
        "points",
        str(POINTS),
        "-p",
        "on",
        "private",
        "-k",
        "openfoam",
        "--cwd",
        str(tmp_path),
        "--no-progress-bar",
    ]
    with subprocess.Popen(
        [sys.executable, "-m", "papermill", str(NOTEBOOK), str(tmp_path / "first.ipynb"), *words],
        stderr=subprocess.PIPE,
    ) as first:
        until(lambda: list((home / "studies").glob("friction-*/points.jsonl")), 120)
        study = studies.open("friction")
        until(lambda: study.states["Done"] >= 1, 120)
        (kernel,) = _children(first.pid)
        os.kill(kernel, signal.SIGKILL)
        assert study.states["Done"] < POINTS, "it was killed in the middle"
        first.communicate(timeout=60)  # meanwhile the driver may see to all the rest
    assert first.returncode, "its kernel died"
    second = papermill.execute_notebook(
        str(NOTEBOOK),
        str(tmp_path / "second.ipynb"),
        parameters={"points": POINTS, "on": "private"},
        kernel_name="openfoam",
        cwd=str(tmp_path),
        progress_bar=False,
    )
    said = "".join(
        output["text"] for cell in second.cells if "answer" in cell.metadata.get("tags", ()) for output in cell.outputs
    )
    assert f"{POINTS} points: {{'Done': {POINTS}}}" in said
    found = re.search(r"f Re from ([\d.]+) to ([\d.]+)", said)
    assert found
    assert [float(number) for number in found.groups()] == pytest.approx([96, 96], rel=0.02)
    runs = [point.run for point in study.points if point.run is not None]
    assert len(runs) == POINTS
    assert all((run.path / "events.jsonl").read_text().count('"event": "attempt"') == 1 for run in runs)
    assert all(run.record.executor == "private" for run in runs)


def test_the_points_of_a_study_are_one_job_array(site: private.Private, home: Path, until: Callable[..., None]) -> None:
    duct = fc.Case(
        name="duct",
        domain=fc.Channel(length=2, height=0.1),
        mesh=fc.Blocks(cells=(20, 10)),
        physics=fc.Incompressible(fluid=fc.Fluid(nu=1e-3)),
        boundaries={"inlet": fc.Inlet(1), "outlet": fc.Outlet(), "bottom": fc.Wall(), "top": fc.Wall()},
        solve=fc.Steady(50),
    )
    speeds = [0.2, 0.4, 0.6, 0.8, 1.0, 1.0]
    study = fc.Study(duct, {"boundaries.inlet.speed": speeds}, name="array").run(on="private", at_once=3, wait=True)
    assert study.states == {"Done": 6}
    runs = {point.run.path: point.run for point in study.points if point.run is not None}
    assert len(runs) == 5, "points that coincide are one run"
    arrays = {found.array if (found := array.of(run.record)) else "" for run in runs.values()}
    assert len(arrays) == 1
    assert arrays != {""}
    meshes = sorted(run.stages[0].shared for run in runs.values())
    assert (meshes[0], len(set(meshes))) == ("", 2), "one made it, on whatever node, the others took it"


def _children(pid: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    return [int(word) for word in found.stdout.split()]
