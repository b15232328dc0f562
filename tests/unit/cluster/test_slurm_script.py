"""The batch script of a run, and how Slurm's programs are called."""

from __future__ import annotations

import os
import shlex
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from flowcfd.cluster.profile import Profile
from flowcfd.cluster.resources import Resources
from flowcfd.errors import SiteError, UnknownName
from flowcfd.jobs.executors.slurm import Slurm
from flowcfd.jobs.executors.slurm.client import Client
from flowcfd.jobs.executors.slurm.partition import Partitions
from flowcfd.jobs.executors.slurm.queue import Queue
from flowcfd.jobs.executors.slurm.script import grace, quoted, script
from flowcfd.jobs.record import AGAIN, Job


def job(path: Path) -> Job:
    return Job(path, "u1", "duct", "d", 1, "", "here", (), "icoFoam", 0.0, None, None, "1912")


@pytest.mark.parametrize(
    ("option", "line"),
    [
        ("--time=60", "--time=60"),
        ("--chdir=/a b", '--chdir="/a b"'),
        ("--chdir=/it's", '--chdir="/it\'s"'),
        ('--chdir=/a"b', '--chdir="/a\\"b"'),
        ("--chdir=/a#1", '--chdir="/a#1"'),
        ("--exclusive", "--exclusive"),
    ],
)
def test_an_option_keeps_blanks_quotes_and_hashes_of_its_value(option: str, line: str) -> None:
    assert quoted(option) == line


def test_a_path_is_no_pattern_and_a_backslash_is_refused() -> None:
    text = script(job(Path("/runs/100%j")), Profile(), Resources(), [])
    assert "--chdir=/runs/100%j\n" in text
    assert "--output=/runs/100%%j/slurm/job.log\n" in text
    with pytest.raises(SiteError, match="takes no path with a backslash"):
        script(job(Path("/runs/a\\b")), Profile(), Resources(), [])


@pytest.mark.parametrize(
    ("wanted", "walltime", "seconds"), [(120, 86400, 120), (120, 60, 15), (120, 8, 10), (90000, 700000, 65535)]
)
def test_the_grace_is_at_most_a_quarter_of_the_time(wanted: float, walltime: float, seconds: int) -> None:
    assert grace(wanted, walltime) == seconds


def test_the_shell_of_the_node_reads_variables_and_the_wrapping_command(tmp_path: Path) -> None:
    profile = Profile(
        environment={"SAID": 'it\'s "so" $HOME'}, setup=["WHERE='a b'"], wrap='env INSIDE="$WHERE"', python="sh"
    )
    folder = tmp_path / "it's a\"run ü"
    folder.mkdir()
    text = script(job(folder), profile, Resources(), [])
    start = text.index("-I -S -c")
    stop = text.index("--allocated")
    told = shlex.quote('printf "%s|%s|%s" "$SAID" "$INSIDE" "$1"; exit 3')
    done = subprocess.run(
        ["sh", "-c", text[:start] + f"-c {told} " + text[stop + len("--allocated") :].replace('"$@"', "sh", 1)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == f'it\'s "so" $HOME|a b|{folder}'
    assert done.returncode == 3


@pytest.mark.parametrize(("ending", "turns"), [("kill -TERM 0", 1), ("exit 1", 2)])
def test_a_turn_that_slurm_ends_for_the_next_does_not_say_that_none_comes(
    tmp_path: Path, ending: str, turns: int
) -> None:
    """Slurm's TERM reaches sleep and scontrol too: the lines behind them would tell that the queue refused the job."""
    worker = tmp_path / "worker"
    worker.write_text(f'#!/bin/sh\necho "$*" >> {tmp_path}/turns\nexit {AGAIN}\n')
    (tmp_path / "scontrol").write_text(f"#!/bin/sh\n{ending}\n")
    for program in (worker, tmp_path / "scontrol"):
        program.chmod(0o755)
    text = script(job(tmp_path), Profile(python=str(worker)), Resources(), [])
    variables = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "SLURM_JOB_ID": "1"}
    done = subprocess.run(["sh", "-c", text], env=variables, check=False, start_new_session=True)
    assert done.returncode == AGAIN
    assert (tmp_path / "turns").read_text().count("--allocated") == turns


def site(folder: Path, monkeypatch: pytest.MonkeyPatch, **programs: str) -> Client:
    """A machine that has these programs only, each a line of shell."""
    for name, text in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return Client("here")


def test_a_site_whose_sinfo_says_nothing_lets_slurm_decide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for text in ("exit 0", "echo 'sinfo: error: Access denied' >&2; exit 1"):
        found = Partitions(site(tmp_path, monkeypatch, sinfo=text))
        assert found.chosen("anything") == []
        assert found.nodes("anything", 64) is None
        assert found.offers() == ""
        found.require("anything", 1e9)


def test_several_partitions_may_be_asked_for_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "printf 'a|1:00:00|2|16|100\\nb|UNLIMITED|2|64|100\\nb|UNLIMITED|1|128|100\\n'"
    found = Partitions(site(tmp_path, monkeypatch, sinfo=text))
    assert found.nodes("a,b", 64) == 4, "wherever it goes"
    assert found.nodes("b", 200) == 2
    found.require("a,b", 7200)
    with pytest.raises(UnknownName, match="there are: a, b"):
        found.chosen("a,c")


def test_variables_of_the_job_around_it_do_not_reach_slurms_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SLURM_JOB_ID", "SBATCH_PARTITION", "SQUEUE_STATES", "SINFO_FORMAT", "SCANCEL_STATE"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("SLURM_CONF", "/here/slurm.conf")
    client = site(tmp_path, monkeypatch, squeue="env")
    names = [line.partition("=")[0] for line in client.answer(["squeue"]).stdout.splitlines()]
    assert [name for name in names if name.startswith(("SLURM", "SBATCH", "SQUEUE", "SINFO", "SCANCEL"))] == [
        "SLURM_CONF"
    ]


def test_the_script_of_a_submitted_run_is_the_one_it_was_submitted_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site(tmp_path, monkeypatch, sinfo="exit 0")
    known = job(tmp_path / "run")
    (known.path / "slurm").mkdir(parents=True)
    assert "# new" in Slurm("here", Profile(setup=["# new"])).script(known)
    (known.path / "slurm/job.sh").write_text("#!/bin/sh\n# old\n")
    assert Slurm("here", Profile(setup=["# new"])).script(known) == "#!/bin/sh\n# old\n"


def test_runs_of_others_and_of_many_are_asked_for_in_one_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USER", "somebody-else")
    monkeypatch.setenv("LOGNAME", "somebody-else")
    listing = r"flow-a0|7|PENDING|None\nflow-a1|8|RUNNING|None\nother|9|RUNNING|x\n"
    text = f"echo \"$@\" >> {tmp_path}/calls; printf '{listing}'"
    queue = Queue(site(tmp_path, monkeypatch, squeue=text))
    jobs = [replace(job(tmp_path / f"r{number}"), uid=f"a{number}") for number in range(500)]
    for one in jobs:
        (one.path / "slurm").mkdir(parents=True)
        (one.path / "slurm/job.sh").touch()
        os.utime(one.path / "slurm/job.sh", (0, 0))
    assert set(queue.find(jobs)) == {"a0", "a1"}
    assert [len(queue.find([one])) for one in jobs[:4]] == [1, 1, 0, 0]
    (call,) = (tmp_path / "calls").read_text().splitlines()
    assert f"-u {os.getuid()} " in call
    (jobs[3].path / "slurm/job.sh").touch()  # submitted anew
    queue.find([jobs[3]])
    assert len((tmp_path / "calls").read_text().splitlines()) == 2
