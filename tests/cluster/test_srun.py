"""MPI ranks started by srun and PMIx, as sites do that have no mpirun."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flowcfd import jobs
from flowcfd.cluster import profile
from flowcfd.cluster.private import Private
from flowcfd.foam.casefiles import CaseFiles

pytestmark = pytest.mark.cluster

Until = Callable[..., None]
LONG = 90.0


@pytest.fixture
def pmix(site: Private) -> Private:
    """The cluster with a profile that starts ranks by srun."""
    known = profile.read(profile.profiles()["private"])
    assert isinstance(known, profile.Profile)
    profile.write("private", known.model_copy(update={"launcher": "srun --mpi=pmix -n {cores}"}))
    log = (site.folder / "log/slurmd.n1.log").read_text()
    if "can not load PMIx library" in log:
        pytest.skip("Slurm finds no PMIx library (apt-get install libpmix-dev)")
    return site


@pytest.mark.parametrize("nodes", [1, 2])
def test_ranks_started_by_srun_are_stopped_with_fields_written_and_go_on(
    pmix: Private, slow_cavity: Callable[..., CaseFiles], until: Until, nodes: int
) -> None:
    run = jobs.run(slow_cavity(steps=10**6, write=20), on="private", cores=2, resources={"nodes": nodes})
    until(lambda: run.state == "Failed" or (run.progress().time or 0.0) > 0.0, LONG)
    assert run.state == "Running", run.why
    assert pmix.ask("squeue", "-h", "-s", "-o", "%j", "--name", "icoFoam") or pmix.ask("squeue", "-h", "-s")
    assert run.stop().state == "Stopped", run.why
    times = {path.parent.name: {each.name for each in path.parent.iterdir()} for path in run.case.glob("processor*/0")}
    assert sorted(times) == ["processor0", "processor1"]
    assert times["processor0"] == times["processor1"]
    last = max(float(name) for name in times["processor0"] if name[0].isdigit())
    assert last > 0
    run.resume()
    until(lambda: len(list(run.case.glob("log.icoFoam*"))) == 2, LONG)
    until(lambda: (run.progress().time or 0.0) > last, LONG)
    assert run.cancel().state == "Cancelled"
    until(lambda: not pmix.ask("squeue", "-h"), LONG)
