"""Profiles of pools: what they hold, what they refuse, and that nothing of Dask is loaded for them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from flowcfd.cluster import profile
from flowcfd.cluster.pool import Pool
from flowcfd.cluster.resources import Resources
from flowcfd.errors import CaseError, UnknownName
from flowcfd.jobs.executors import executors
from flowcfd.jobs.executors.dask.pilots import directives, prologue

ROOT = Path(__file__).resolve().parents[3]


def test_the_example_is_a_pool_and_comes_back_as_it_was_written(home: Path) -> None:
    known = profile.read(ROOT / "cluster/dask.yaml")
    assert isinstance(known, Pool)
    assert profile.read(profile.write("mine", known)) == known


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"cluster": "slurm"}, "cores: must be given for pilots in Slurm"),
        ({"pilots": 2}, "pilots: a local pool has one"),
        ({"cluster": "slurm", "cores": 2, "resources": {"nodes": 2}}, "a pilot is on one node"),
        ({"cluster": "pbs"}, "there are: local, slurm"),
        ({"coers": 2}, "did you mean 'cores'?"),
        ({"interface": "eth0; rm"}, "must be the name of a network interface"),
    ],
)
def test_what_no_pool_can_be_is_refused(fields: dict[str, object], says: str) -> None:
    with pytest.raises(CaseError) as caught:
        Pool.model_validate(fields)
    assert says in str(caught.value)


def test_an_unknown_kind_of_profile_lists_those_there_are(tmp_path: Path) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text("executor: pbs\n")
    with pytest.raises(UnknownName, match="there are: dask, slurm"):
        profile.read(path)


def test_a_pilot_asks_for_tasks_and_not_for_cpus_for_mpirun_counts_tasks() -> None:
    asked = Resources(partition="cpu", walltime="2 h", account="group")
    pool = Pool(
        cluster="slurm", cores=8, resources=asked, grace=60.0, setup=("module load x",), environment={"A": "b c"}
    )
    assert directives(pool) == [
        "--ntasks=8", "--time=120", "--nodes=1", "--partition=cpu", "--account=group", "--no-requeue",
        "--signal=B:USR1@60",
    ]  # fmt: skip
    assert prologue(pool) == ["module load x", "export FLOWCFD_SHARED_CORES=0", "export 'A=b c'"]


def test_dask_is_loaded_by_nobody_but_the_keeper_and_who_connects(home: Path) -> None:
    program = (
        "import sys, flowcfd as fc\n"
        "fc.pool, fc.run, fc.pool('dask').status\n"
        "from flowcfd.jobs.executors import executors\n"
        "executors.get('dask').alive([])\n"
        "assert not {'dask', 'distributed', 'dask_jobqueue'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert executors.get("dask").launcher == ""
