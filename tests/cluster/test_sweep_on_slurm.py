"""A sweep whose points are executed by jobs of a real Slurm; one of the workers is killed, one job is cancelled."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

import flowcfd as fc
from flowcfd.cluster import profile
from flowcfd.cluster.private import Private
from flowcfd.errors import CaseError

pytestmark = pytest.mark.cluster

LONG = 180.0
POINTS = 6
CELLS = (
    "x = 0",
    "import os, pathlib, time\n"
    "pathlib.Path('notes').open('a').write(f'{x} {os.getpid()} {os.environ[\"SLURM_JOB_NAME\"]}\\n')",
    "while x < 3 and not pathlib.Path('go').exists(): time.sleep(0.02)",
    "import flowcfd as fc\nfc.keep('y', x * x, 'm2')\nfc.keep('node', os.environ['SLURMD_NODENAME'])",
)


@pytest.fixture
def site(slurm: Private, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Private:
    """The cluster under the name `private`; what a test leaves in its folder, the next one does not see."""
    monkeypatch.setenv("FLOWCFD_HOME", str(home))
    monkeypatch.chdir(tmp_path)
    profile.write("private", profile.Profile(conf=slurm.conf, shared_cores=True, setup=("export MARK=1",)))
    return slurm


def call(cluster: Private, *words: str) -> list[str]:
    done = subprocess.run(
        words, env={**os.environ, **cluster.environment}, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.split()


def notes() -> list[list[str]]:
    try:
        text = Path("notes").read_text()
    except FileNotFoundError:
        return []
    return [line.split() for line in text.split("\n")[:-1]]


def test_points_of_killed_and_cancelled_workers_are_taken_again_and_none_is_executed_twice_at_once(
    site: Private, notebook_of: Callable[..., Path], until: Callable[..., None]
) -> None:
    path = notebook_of(*CELLS)
    with pytest.raises(CaseError, match="nowhere"):
        fc.Sweep(path, {"x": [1]}).run(on="private", resources={"partition": "nowhere"})
    sweep = fc.Sweep(path, {"x": list(range(1, POINTS + 1))})
    assert not sweep.path.exists()
    sweep.run(on="private", at_once=3)
    until(lambda: {note[0] for note in notes()} >= {"1", "2"}, LONG)
    killed, cancelled = sweep.points[:2]
    first = {note[0]: int(note[1]) for note in notes()}
    assert killed.record["where"]["job"] != cancelled.record["where"]["job"]
    os.kill(killed.record["where"]["pid"], signal.SIGKILL)
    call(site, "scancel", cancelled.record["where"]["job"])
    until(lambda: Counter(note[0] for note in notes())["1"] == Counter(note[0] for note in notes())["2"] == 2, LONG)
    assert not any(Path(f"/proc/{pid}").exists() for pid in first.values()), "their kernels were gone before"
    Path("go").touch()
    sweep.wait(LONG)
    table = sweep.table()
    assert list(table["y"]) == [x * x for x in table["x"]]
    assert table.units == {"y": "m2"}
    assert Counter(note[0] for note in notes()) == {str(x): 1 + (x < 3) for x in range(1, POINTS + 1)}
    assert all(note[2].startswith("flowsweep-") for note in notes())
    assert [point.record["tries"] for point in sweep.points] == [2, 2, 1, 1, 1, 1]
    executed = json.loads(sweep.points[0].notebook.read_text())
    assert executed["metadata"]["papermill"]["parameters"] == {"x": 1}
    until(lambda: not call(site, "squeue", "-h"), LONG)


def test_a_cancelled_sweep_leaves_no_job(
    site: Private, notebook_of: Callable[..., Path], until: Callable[..., None]
) -> None:
    sweep = fc.Sweep(notebook_of(*CELLS), {"x": [1, 2]}).run(on="private", at_once=1)
    until(lambda: notes(), LONG)
    sweep.cancel()
    until(lambda: not call(site, "squeue", "-h"), LONG)  # the last one may be completing for a moment
    assert sweep.states == {"Waiting": 2}
    Path("go").touch()
    assert sweep.run(on="private", at_once=2).wait(LONG).states == {"Done": 2}
