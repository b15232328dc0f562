"""What all tests on the real Slurm share: one cluster for a module, and what it says when a test waits in vain."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flowcfd.cluster import private, profile
from flowcfd.cluster.private import Private
from flowcfd.errors import SiteError

LONG = 90.0
"""Enough time [s] for what Slurm does about lost nodes."""

_REPORT = ("squeue", "-a"), ("sinfo", "-N", "-l"), ("scontrol", "show", "node"), ("scontrol", "show", "job")
_LINES = 25


def report(cluster: Private) -> str:
    """The queue, the nodes, and the last lines of the daemons' logs."""
    parts = [f"$ {' '.join(words)}\n{cluster.ask(*words)}" for words in _REPORT]
    for log in sorted((cluster.folder / "log").glob("*.log")):
        lines = log.read_text(errors="replace").splitlines()[-_LINES:]
        parts.append("\n".join([f"--- {log.name}", *lines]))
    return "\n\n".join([f"daemons: {cluster.pids()}", *parts])


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Private]:
    """Three nodes of two cores."""
    try:
        private.programs()
    except SiteError as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("slurm")
    cluster = private.up(folder, nodes=3, cores=2)
    yield cluster
    assert private.down(folder)
    assert cluster.pids() == {}


@pytest.fixture
def until(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Wait for something to come true; what the cluster says when that takes more than `seconds`."""

    def wait(true: Callable[[], object], seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while not true():
            if time.monotonic() > deadline:
                known = next((name for name in ("slurm", "site") if name in request.fixturenames), "")
                said = report(request.getfixturevalue(known)) if known else ""
                pytest.fail(f"it did not come true in {seconds:g} s\n{said}")
            time.sleep(0.02)

    return wait


@pytest.fixture
def site(slurm: Private, home: Path, until: Callable[..., None]) -> Private:
    """The cluster, whole and without the jobs of other tests, and a profile `private` for it in this test's home."""
    for name in ("munged", "slurmctld", *(f"slurmd.{node}" for node in slurm.names)):
        private.restart(slurm, name)
    until(lambda: private.whole(slurm), LONG)
    slurm.ask("scancel", "--full", "-u", str(os.getuid()))
    until(lambda: not slurm.ask("squeue", "-h"), LONG)
    until(lambda: private.whole(slurm), LONG)
    known = profile.Profile(conf=slurm.conf, shared_cores=True, grace=20.0, environment={"OMPI_MCA_btl": "self,tcp"})
    profile.write("private", known)
    return slurm
