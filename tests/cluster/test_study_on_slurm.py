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

from flowcfd import studies
from flowcfd.cluster import private, profile
from flowcfd.errors import SiteError

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
        first.communicate(timeout=60)
    assert first.returncode, "its kernel died"
    assert study.states["Done"] < POINTS, "it was killed in the middle"
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


def _children(pid: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    return [int(word) for word in found.stdout.split()]
