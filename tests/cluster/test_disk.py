"""The disk of the run directories is full while jobs of a real Slurm compute: nothing is lost, the truth is told."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flowcfd import jobs
from flowcfd.cluster import profile
from flowcfd.cluster.private import Private
from flowcfd.errors import NotEnoughSpace, StageFailed
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.jobs import checkpoint
from flowcfd.jobs.handle import Run
from flowcfd.settings import settings

pytestmark = pytest.mark.cluster

Until = Callable[..., None]
LONG = 90.0


@pytest.fixture
def small_disk(site: Private, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A FLOWCFD_HOME on a file system of 48 MB, with the profile of the cluster."""
    known = profile.read(profile.profiles()["private"])
    assert isinstance(known, profile.Profile)
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small tmpfs cannot be mounted here: {mounted.stderr.strip()}")
    monkeypatch.setenv("FLOWCFD_HOME", str(folder))
    settings.cache_clear()
    profile.write("private", known)
    yield folder
    settings.cache_clear()
    subprocess.run(["umount", "-l", folder], check=True)


def times(run: Run) -> list[str]:
    return checkpoint.times(checkpoint.roots(run.case, run.cores)[0])


def filled(folder: Path) -> Path:
    """All that is left of the disk is taken."""
    ballast = folder / "ballast"
    with pytest.raises(OSError, match="No space left"), ballast.open("wb") as file:
        while True:
            file.write(bytes(4096))
            file.flush()
    return ballast


@pytest.mark.parametrize("cores", [1, 2])
def test_a_full_disk_fails_the_run_and_it_goes_on_when_there_is_room(
    site: Private, small_disk: Path, slow_cavity: Callable[..., CaseFiles], until: Until, cores: int
) -> None:
    run = jobs.run(slow_cavity(steps=200, write=5), on="private", cores=cores, retries=0)
    until(lambda: len(times(run)) > 2, LONG)
    ballast = filled(small_disk)
    assert run.wait(LONG) == "Failed"
    with pytest.raises(StageFailed, match="no space left on device"):
        run.check()
    with pytest.raises(NotEnoughSpace, match="MB are free"):
        run.resume()
    with pytest.raises(NotEnoughSpace):
        jobs.run(slow_cavity(steps=100), on="private")
    until(lambda: not site.ask("squeue", "-h"), LONG)
    before = times(run)
    ballast.unlink()
    assert run.resume().wait(3 * LONG) == "Done", run.why  # ranks of a loaded machine wait for each other
    assert times(run)[-1] == "0.2"
    assert set(before[:-1]) <= set(times(run)), "what was written whole is still there"


def test_a_full_disk_is_waited_out_by_the_job(
    small_disk: Path, slow_cavity: Callable[..., CaseFiles], until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOWCFD_RETRY_AFTER", "1")
    run = jobs.run(slow_cavity(write=5), on="private", retries=50)
    until(lambda: len(times(run)) > 2, LONG)
    ballast = filled(small_disk)
    until(lambda: run.state == "Queued" and "no space left on device" in run.why, LONG)
    ballast.unlink()
    assert run.wait(LONG) == "Done", run.why
    assert (run.path / "events.jsonl").read_text().count('"event": "attempt"') == 1
