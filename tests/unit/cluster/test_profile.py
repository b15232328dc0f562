"""Profiles and resources: what a cluster is like, and what a job asks of it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from flowcfd.cluster import profile
from flowcfd.cluster.profile import Profile
from flowcfd.cluster.resources import Resources
from flowcfd.errors import CaseError, UnknownName
from flowcfd.jobs.executors import executors
from flowcfd.jobs.executors.slurm.partition import Partition
from flowcfd.jobs.executors.slurm.script import many, script
from flowcfd.jobs.record import Job

ROOT = Path(__file__).resolve().parents[3]


EXAMPLES = sorted(ROOT.glob("cluster/*.yaml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_valid_and_said_what_they_are_for(path: Path) -> None:
    assert profile.read(path).description
    assert path.read_text().startswith("# ")
    assert f"`{path.name}`" in (ROOT / "cluster/README.md").read_text()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_batch_scripts_of_the_examples_are_shell(tmp_path: Path, path: Path) -> None:
    known = profile.read(path)
    if not isinstance(known, Profile):
        pytest.skip("a pool has no batch script for a run")
    job = Job(
        path=tmp_path, uid="0" * 32, name="it's", digest="1" * 64, cores=8, method="", executor=path.stem,
        steps=("blockMesh",), application="icoFoam", created=0.0, start=0.0, end=1.0, openfoam="2312",
    )  # fmt: skip
    one = script(job, known, known.resources, known.resources.directives(8))
    many_ = many(tmp_path, "2" * 32, [job, job], 1, known, known.resources, known.resources.directives(8))
    for text in (one, many_):
        assert subprocess.run(["sh", "-n"], input=text, text=True, check=False).returncode == 0
        assert all(line in text for line in known.setup)
        assert known.wrap in text
    assert "#SBATCH --array=0-1%1" in many_


def test_every_key_stands_in_the_documentation() -> None:
    said = (ROOT / "cluster/README.md").read_text()
    assert [name for name in Profile.model_fields if f"`{name}`" not in said] == []
    assert [name for name in Resources.model_fields if name not in said] == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("executor: slurm\nlaucher: mpirun -np {cores}", "did you mean 'launcher'?"),
        ("launcher: mpirun", "must be a command with {cores} in it"),
        ("resources: {walltime: 2 kg}", "resources.walltime"),
        ("resources: {partition: 'a b'}", "resources.partition: must be one word"),
        ("resources: {extra: ['--signal=B:USR1']}", "--signal is set by FlowCFD"),
        ("resources: {extra: ['-J x']}", "-J is set by FlowCFD"),
        ("wrap: apptainer 'exec", "wrap: must be a command"),
        ("environment: {'A B': x}", "must be names and values"),
        ("- a list", "must hold keys and values"),
        ("a: [", "is no YAML"),
    ],
)
def test_a_mistake_in_a_profile_is_one_line_with_its_file(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(text)
    with pytest.raises(CaseError) as caught:
        profile.read(path)
    assert says in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_what_is_written_is_read_again(home: Path) -> None:
    known = Profile(resources=Resources(walltime="2 h", memory="4 GB"), grace="1 min", environment={"A": "b c"})
    path = profile.write("mine", known)
    assert profile.read(path) == known
    assert profile.profiles() == {"mine": path}


def test_a_profile_is_an_executor_by_its_name(home: Path) -> None:
    profile.write("mine", Profile(most_cores=4))
    with pytest.raises(CaseError, match=r"cores: the profile 'mine' allows at most 4 \(got 5\)"):
        executors.get("mine").require(5, None)
    with pytest.raises(UnknownName, match=r"did you mean 'mine'\? there are: dask, local, mine, slurm"):
        executors.get("mone")


def test_what_a_job_does_not_say_the_profile_says() -> None:
    wanted = Resources(walltime="1 h").over(Resources(walltime="9 h", partition="cpu", memory="1 GiB"))
    assert wanted.directives(8) == ["--ntasks=8", "--time=60", "--mem=1024M", "--partition=cpu"]
    assert Resources().seconds == 86400


@pytest.mark.parametrize(
    ("line", "limit"),
    [("cpu*|infinite|3|2|4000", None), ("short|10:00|3|2|4000", 600), ("x|1-02:03:04|1|64+|9+", 93784)],
)
def test_a_partition_is_read_from_a_line_of_sinfo(line: str, limit: float | None) -> None:
    found = Partition.read(line)
    assert found is not None
    assert (found.limit, found.default) == (limit, "*" in line)
    assert found.cores in (2, 64)


def test_an_option_with_a_blank_is_one_word() -> None:
    wanted = Resources(extra=["--exclude n1,n2", "-x n3", "--mail-user=a@b.c", "--mail-type=END"])
    assert wanted.directives(1)[-4:] == ["--exclude=n1,n2", "-xn3", "--mail-user=a@b.c", "--mail-type=END"]
