"""Runs on a real Slurm of three virtual nodes: nothing is lost, nothing is computed twice, and the truth is told."""

from __future__ import annotations

import itertools
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from flowcfd import jobs
from flowcfd.cli import main
from flowcfd.cluster import private, profile
from flowcfd.cluster.private import Private
from flowcfd.errors import CaseError, SiteError
from flowcfd.foam import install
from flowcfd.foam.adopt import adopt
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.jobs import process, record
from flowcfd.jobs.executors import Queueing, executors
from flowcfd.jobs.executors.slurm.executor import Slurm
from flowcfd.jobs.executors.slurm.queue import Waiting
from flowcfd.jobs.handle import Run
from flowcfd.settings import settings
from flowcfd.testing import ExecutorSuite

pytestmark = pytest.mark.cluster
call = Private.ask

Until = Callable[..., None]
LONG = 90.0
"""Enough time [s] for what Slurm does about lost nodes."""


def number(cluster: Private, run: Run) -> str:
    """The number of the run's job in the queue."""
    return call(cluster, "squeue", "-h", "-o", "%i", "--name", f"flow-{run.record.uid}")


@contextmanager
def without_controller(cluster: Private, how: signal.Signals = signal.SIGTERM) -> Iterator[None]:
    """The controller is away; each question to it would knock for 10 s, if the configuration did not say how long."""
    private.stop(cluster, "slurmctld", how=how)
    whole = cluster.conf.read_text()
    cluster.conf.write_text(f"{whole}MessageTimeout=2\n")
    try:
        yield
    finally:
        cluster.conf.write_text(whole)
        private.restart(cluster, "slurmctld")


def attempts(run: Run) -> int:
    return (run.path / "events.jsonl").read_text().count('"event": "attempt"')


def computed(log: Path) -> list[float]:
    """The times of the steps in a log; a signal may have their first line printed twice, but each has one end."""
    found, now = [], ""
    for line in log.read_text().splitlines():
        if line.startswith("Time = "):
            now = line.split()[-1]
        elif line.startswith("ExecutionTime = "):
            found.append(float(now))
    return found


def solver_logs(run: Run) -> list[Path]:
    return sorted(run.case.glob("log.icoFoam*"), key=lambda path: (len(path.name), path.name))


def steps(run: Run) -> list[float]:
    """The times that the solver has computed, over all its logs."""
    return [time for log in solver_logs(run) for time in computed(log)]


@pytest.fixture
def endless(slow_cavity: Callable[..., CaseFiles]) -> CaseFiles:
    """A computation that ends only when it is asked to."""
    return slow_cavity(steps=10**6, write=20)


def busy(run: Run) -> bool:
    return run.state == "Running" and (run.progress().time or 0.0) > 0.0


def alone(run: Run) -> bool:
    """Whether one solver, and only one, is at work on its newest log."""
    return busy(run) and len(process.marked(run.record.uid)) == 1 and bool(computed(solver_logs(run)[-1]))


class TestSuite(ExecutorSuite):
    name = "private"

    @pytest.fixture(autouse=True)
    def _profile(self, slurm: Private, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        folder = tmp_path / "profiles"
        folder.mkdir()
        (folder / "private.yaml").write_text(f"executor: slurm\nconf: {slurm.conf}\nshared_cores: true\n")
        monkeypatch.setenv("FLOWCFD_HOME", str(tmp_path))
        from flowcfd.settings import settings

        settings.cache_clear()

    def files(self) -> CaseFiles:
        examples = install.find().examples
        assert examples is not None
        cavity = adopt(examples / "incompressible/icoFoam/cavity/cavity")
        return cavity.edit("system/controlDict", endTime=100, writeInterval=1000)


@pytest.mark.usefixtures("site")
def test_a_run_on_two_ranks_is_computed_by_a_job_of_its_own_name(cavity: Callable[..., CaseFiles]) -> None:
    run = jobs.run(cavity(), on="private", cores=2, wait=True)
    assert run.state == "Done", run.why
    assert steps(run)[-1] == 0.5
    assert f"--job-name=flow-{run.record.uid}" in (run.path / "slurm/job.sh").read_text()
    assert jobs.run(cavity(), on="private", cores=2).path == run.path
    assert attempts(run) == 1


def test_why_a_run_waits_is_said_in_slurms_words(site: Private, endless: CaseFiles, until: Until) -> None:
    first = jobs.run(endless, on="private", resources={"nodes": 1, "exclusive": True, "extra": ["--nodelist=n1"]})
    second = jobs.run(
        endless.edit("system/controlDict", endTime=999), on="private", cores=2, resources={"extra": ["--nodelist=n1"]}
    )
    until(lambda: busy(first), LONG)
    until(lambda: "(Resources)" in second.why or "(Priority)" in second.why, LONG)
    assert second.state == "Queued"
    assert f"Slurm job {number(site, second)} is pending" in second.why
    assert second.cancel().state == "Cancelled"
    assert number(site, second) == ""
    assert first.cancel().state == "Cancelled"


@pytest.mark.usefixtures("site")
def test_a_stopped_run_has_its_fields_and_goes_on(endless: CaseFiles, until: Until) -> None:
    run = jobs.run(endless, on="private")
    until(lambda: busy(run), LONG)
    assert run.stop().state == "Stopped"
    last = max(float(path.name) for path in run.case.iterdir() if path.name[0].isdigit())
    assert last == steps(run)[-1]
    run.resume()
    until(lambda: steps(run)[-1] > last, LONG)
    assert sorted(set(steps(run))) == steps(run), "no step was computed twice"
    assert run.cancel().state == "Cancelled"


def test_a_run_whose_time_is_over_goes_on_in_the_next_turn_of_its_job(
    site: Private, endless: CaseFiles, until: Until
) -> None:
    run = jobs.run(endless, on="private", resources={"max_restarts": 1})
    until(lambda: busy(run), LONG)
    job = number(site, run)
    call(site, "scancel", "--batch", "--signal=USR1", job)  # what Slurm does `grace` before the end
    until(lambda: attempts(run) == 2, LONG)
    assert {run.state} <= {"Queued", "Running"}
    assert number(site, run) == job
    until(lambda: len(list(run.case.glob("log.icoFoam*"))) == 2 and busy(run), LONG)
    call(site, "scancel", "--batch", "--signal=USR1", job)
    until(lambda: run.state == "Stopped", LONG)
    assert run.why == "the walltime is over"
    assert sorted(set(steps(run))) == steps(run), "no step was computed twice"


def test_scancel_from_outside_is_told_as_such_and_the_run_can_go_on(
    site: Private, endless: CaseFiles, until: Until
) -> None:
    run = jobs.run(endless, on="private")
    until(lambda: busy(run), LONG)
    call(site, "scancel", number(site, run))
    until(lambda: run.state == "Stopped", LONG)
    assert "SIGTERM from outside" in run.why
    until(lambda: not number(site, run), LONG)
    assert run.resume().state in ("Queued", "Running")
    until(lambda: attempts(run) == 2 and busy(run), LONG)
    assert run.cancel().state == "Cancelled", run.why


def test_a_controller_that_dies_loses_no_run(site: Private, endless: CaseFiles, until: Until) -> None:
    first = jobs.run(endless, on="private")
    until(lambda: busy(first), LONG)
    second = jobs.run(endless.edit("system/controlDict", endTime=999), on="private")
    job = number(site, first), number(site, second)
    until(lambda: busy(second), LONG)
    now = time.time()
    call(site, "scontrol", "update", f"JobId={job[1]}", "Comment=kept")  # else there may be nothing new to keep
    until(lambda: (site.folder / "state/job_state").stat().st_mtime > now, LONG)  # it keeps what it knows
    private.stop(site, "slurmctld", how=signal.SIGKILL)
    assert first.state == "Running", "its worker gives signs of life"
    private.restart(site, "slurmctld")
    until(lambda: busy(second), LONG)
    assert (number(site, first), number(site, second)) == job
    assert attempts(first) == attempts(second) == 1
    for run in (first, second):
        assert run.cancel().state == "Cancelled"


def test_a_controller_that_dies_before_it_kept_anything_loses_nothing_and_no_step_is_computed_twice(
    site: Private, endless: CaseFiles, until: Until
) -> None:
    first = jobs.run(endless, on="private")
    until(lambda: busy(first), LONG)
    second = jobs.run(endless.edit("system/controlDict", endTime=999), on="private")
    private.stop(site, "slurmctld", how=signal.SIGKILL)
    for file in (site.folder / "state").glob("job_state*"):
        file.unlink()
    private.restart(site, "slurmctld")  # it knows no job, and begins to count anew
    for run in (first, second):
        until(lambda run=run: run.state in ("Lost", "Queued", "Stopped"), LONG)
        assert run.state != "Lost" or "run.resume()" in str(run.error)
        run.resume()
        until(lambda run=run: alone(run), LONG)
        assert attempts(run) <= 2
        _no_gap_and_nothing_lost(run)
        assert run.cancel().state == "Cancelled"


def _no_gap_and_nothing_lost(run: Run) -> None:
    """Each attempt went on right behind the newest fields that its forerunner had written: every 20 steps of 0.001.

    Its last step may be begun and written, and killed before its end was said.
    """
    logs = [log for log in solver_logs(run) if computed(log)]
    for before, after in itertools.pairwise(logs):
        last, first = begun(before), computed(after)[0]
        assert last - 0.04 < first <= last + 0.0011, (last, first)


def begun(log: Path) -> float:
    """The time of the last step in a log, at its end or not."""
    return float([line.split()[-1] for line in log.read_text().splitlines() if line.startswith("Time = ")][-1])


def test_the_orphan_of_a_lost_node_ends_before_the_run_goes_on_elsewhere(
    site: Private, endless: CaseFiles, until: Until
) -> None:
    run = jobs.run(endless, on="private", resources={"extra": ["--exclude=n3"]})
    until(lambda: busy(run), LONG)
    worker = json.loads((run.path / "worker.json").read_text())["identity"]["pid"]
    node = call(site, "squeue", "-h", "-o", "%N", "--name", f"flow-{run.record.uid}")
    private.stop(site, f"slurmd.{node}", how=signal.SIGKILL)
    for pid in _stepd(number(site, run), site):
        os.kill(pid, signal.SIGKILL)
    os.kill(worker, 0)  # it computes on, and nobody has it in his books
    call(site, "scontrol", "update", f"NodeName={node}", "State=DOWN", "Reason=test")
    until(lambda: attempts(run) == 2 and run.state == "Running", LONG)
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)
    assert '"event": "fenced"' in (run.path / "events.jsonl").read_text()
    until(lambda: len(list(run.case.glob("log.icoFoam*"))) == 2 and busy(run), LONG)
    assert run.cancel().state == "Cancelled"
    call(site, "scontrol", "update", f"NodeName={node}", "State=RESUME")


def _stepd(job: str, cluster: Private) -> list[int]:
    """The slurmstepd of a job: they show `slurmstepd: [12.batch]`."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes().decode(errors="replace")
                environment = (entry / "environ").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if command.startswith(f"slurmstepd: [{job}.") and str(cluster.folder) in environment + command:
                found.append(int(entry.name))
    assert found
    return found


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("options", "says"),
    [
        (
            {"resources": {"partition": "shrot"}},
            "unknown partition 'shrot'; did you mean 'short'? there are: cpu, short",
        ),
        ({"cores": 7}, "3 nodes of 2 cores"),
        ({"resources": {"partition": "short", "walltime": "2 h"}}, "walltime: must be at most that of partition short"),
        ({"resources": {"memory": "1 TB"}}, "4000 MB"),
        ({"resources": {"nodes": 2}}, "nodes: must not be more than the cores, 1 (got 2)"),
        ({"resources": {"extra": ["--job-name=x"]}}, "--job-name is set by FlowCFD"),
        ({"resources": {"wall": "2 h"}}, "did you mean 'walltime'?"),
        ({"on": "privat"}, "did you mean 'private'?"),
    ],
)
def test_what_the_cluster_would_never_run_is_refused_before_anything_is_written(
    cavity: Callable[..., CaseFiles], home: Path, options: dict[str, object], says: str
) -> None:
    with pytest.raises(CaseError) as caught:
        jobs.run(cavity(), **{"on": "private", **options})  # type: ignore[arg-type]
    assert says in str(caught.value)
    assert not (home / "runs").exists()


def test_without_a_controller_a_submission_is_refused_and_leaves_nothing(
    site: Private, cavity: Callable[..., CaseFiles], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flowcfd.jobs.executors.slurm.client.PATIENCE", (0.1,))
    with without_controller(site, signal.SIGKILL), pytest.raises(SiteError, match="Slurm does not answer"):
        jobs.run(cavity(), on="private")
    assert not (home / "runs").exists()


def test_without_a_controller_runs_are_listed_and_no_request_is_lost(
    site: Private, endless: CaseFiles, until: Until, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("flowcfd.jobs.executors.slurm.client.PATIENCE", (0.1,))
    running = jobs.run(endless, on="private", name="running", resources={"extra": ["--nodelist=n1"], "exclusive": True})
    waiting, stopped = (
        jobs.run(
            endless.edit("system/controlDict", endTime=end), on="private", name=name,
            resources={"extra": [f"--nodelist={node}"]},
        )
        for name, end, node in (("waiting", 999, "n1"), ("stopped", 998, "n2"))
    )  # fmt: skip
    until(lambda: busy(running) and busy(stopped), LONG)
    stopped.stop()
    until(lambda: not number(site, stopped), LONG)
    with without_controller(site):  # it keeps what it knows
        assert main(["runs", "--json"]) == 0
        states = {run["name"]: run["state"] for run in json.loads(capsys.readouterr().out)}
        assert states == {"running": "Running", "waiting": "Queued", "stopped": "Stopped"}
        until(lambda: waiting.why.startswith("Slurm does not answer"), LONG)
        with pytest.raises(SiteError, match="Slurm does not answer"):
            stopped.resume()
        assert stopped.state == "Stopped"
        with pytest.raises(SiteError, match="the request is kept, and heeded when the job begins"):
            waiting.cancel(timeout=1)
        assert running.stop().state == "Stopped", "its worker reads the directory"
    until(lambda: waiting.state == "Cancelled", LONG)
    assert attempts(waiting) == 1
    assert steps(waiting) == []


def test_a_run_that_is_requeued_from_outside_is_queued_and_goes_on(
    site: Private, endless: CaseFiles, until: Until
) -> None:
    run = jobs.run(endless, on="private", name="requeued")
    until(lambda: busy(run), LONG)
    call(site, "scontrol", "requeue", number(site, run))
    until(lambda: run.state == "Queued", LONG)
    assert "is pending" in run.why
    assert run.resume().state == "Queued", "it goes on by itself"
    until(lambda: attempts(run) == 2 and busy(run), LONG)
    assert run.cancel().state == "Cancelled"


def test_a_run_that_is_suspended_says_so_and_one_that_ended_is_told_without_its_profile(
    site: Private, home: Path, endless: CaseFiles, until: Until
) -> None:
    run = jobs.run(endless, on="private", name="suspended")
    until(lambda: busy(run), LONG)
    call(site, "scontrol", "suspend", number(site, run))
    until(lambda: "is suspended" in run.why, LONG)
    assert run.state == "Running"
    call(site, "scontrol", "resume", number(site, run))
    until(lambda: not run.why, LONG)
    (home / "profiles/private.yaml").rename(home / "gone")
    found = Run(run.path)
    assert found.state == "Running"
    assert "unknown executor 'private'" in found.why
    (home / "gone").rename(home / "profiles/private.yaml")
    assert run.cancel().state == "Cancelled"
    (home / "profiles/private.yaml").unlink()
    assert Run(run.path).state == "Cancelled"


def test_the_run_directory_and_variables_may_have_any_letters(
    site: Private, tmp_path: Path, cavity: Callable[..., CaseFiles], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "100%j#1ü"
    monkeypatch.setenv("FLOWCFD_HOME", str(folder))
    monkeypatch.setenv("SQUEUE_STATES", "COMPLETED")  # would hide all that is at work
    settings.cache_clear()
    known = profile.Profile(conf=site.conf, shared_cores=True, environment={"SAID": 'it\'s "so" $HOME'})
    profile.write("private", known)
    run = jobs.run(cavity(), on="private")
    assert jobs.preview(run) == (run.path / "slurm/job.sh").read_text()
    assert run.wait(60) == "Done", run.why


def test_the_command_line_starts_finds_and_ends_a_cluster(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        private.programs()
    except SiteError as error:
        pytest.skip(str(error))
    assert main(["cluster", "status"]) == 1
    assert main(["cluster", "up", "--nodes", "1", "--json"]) == 0
    capsys.readouterr()
    try:
        assert main(["cluster", "status", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["idle"] == ["n1"]
        assert "private" in profile.profiles()
    finally:
        assert main(["cluster", "down"]) == 0
    assert main(["cluster", "status"]) == 1
    assert main(["cluster", "up", "--nodes", "0"]) == 2


def test_a_job_that_waits_for_a_node_out_of_service_is_taken_and_an_impossible_one_refused(
    site: Private, endless: CaseFiles, cavity: Callable[..., CaseFiles], home: Path, until: Until
) -> None:
    private.stop(site, "slurmd.n3")  # it would soon have its node back
    call(site, "scontrol", "update", "NodeName=n3", "State=DOWN", "Reason=test")
    until(lambda: "DOWN" in site.states()["n3"], LONG)
    for resources, cores, says in (
        ({"memory": "1 TB"}, 1, "Memory specification can not be satisfied"),
        ({"extra": ["--nodelist=n9"]}, 1, "Invalid node name"),
        ({"constraint": "gold"}, 1, "Invalid feature"),
        ({}, 7, "there are: cpu"),
        ({"nodes": 4}, 4, "there are: cpu"),
    ):
        with pytest.raises(CaseError, match=says):
            jobs.run(cavity(), on="private", cores=cores, resources=resources)
    assert not (home / "runs").exists()
    assert call(site, "squeue", "-h") == ""
    run = jobs.run(endless, on="private", resources={"exclusive": True, "extra": ["--nodelist=n3"]})
    assert run.state == "Queued"
    until(lambda: "UnavailableNodes:n3" in run.why, LONG)
    private.restart(site, "slurmd.n3")
    until(lambda: private.whole(site), LONG)
    until(lambda: busy(run), LONG)
    assert run.cancel().state == "Cancelled"


def test_a_job_that_its_node_could_not_begin_says_so_and_how_to_go_on(
    site: Private, endless: CaseFiles, until: Until
) -> None:
    spool = site.folder / "spool.n1"
    spool.rename(site.folder / "aside")
    spool.write_text("")  # the node cannot keep the batch script
    run = jobs.run(endless, on="private", resources={"extra": ["--nodelist=n1"]})
    until(lambda: "launch failed requeued held" in run.why, LONG)
    assert f"`scontrol release {number(site, run)}` lets it begin" in run.why
    assert run.state == "Queued"
    spool.unlink()
    (site.folder / "aside").rename(spool)
    until(lambda: private.whole(site), LONG)
    executor = executors.get("private")
    assert isinstance(executor, Queueing)
    executor.release(run.record)
    until(lambda: busy(run), LONG)
    assert run.cancel().state == "Cancelled"


def test_jobs_that_wait_are_held_released_and_sent_ahead(site: Private, endless: CaseFiles, until: Until) -> None:
    executor = executors.get("private")
    assert isinstance(executor, Queueing)
    whole = {"resources": {"exclusive": True, "extra": ["--nodelist=n1"]}}
    first, second, third = (
        jobs.run(endless.edit("system/controlDict", endTime=end), on="private", **whole)  # type: ignore[arg-type]
        for end in (999, 998, 997)
    )
    until(lambda: busy(first), LONG)
    with pytest.raises(CaseError, match="is running; only a job that waits can be held"):
        executor.hold(first.record)
    executor.hold(second.record)
    executor.hold(second.record)
    until(lambda: "JobHeldUser" in second.why, LONG)
    assert second.state == "Queued"
    with pytest.raises(CaseError, match="release it first"):
        executor.prioritise(second.record, 1)
    executor.release(second.record)
    executor.prioritise(second.record, -1000)
    executor.prioritise(third.record, 1000)
    with pytest.raises(CaseError, match="must be a whole number"):
        executor.prioritise(third.record, True)
    assert first.cancel().state == "Cancelled"
    until(lambda: not number(site, first), LONG)
    with pytest.raises(CaseError, match="no job in the queue"):
        executor.release(first.record)
    until(lambda: busy(third), LONG)
    assert second.state == "Queued"
    assert third.cancel().state == "Cancelled"
    until(lambda: busy(second), LONG)
    assert second.cancel().state == "Cancelled"


def test_a_cancel_that_was_kept_is_carried_out_when_the_controller_is_back(
    site: Private, endless: CaseFiles, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flowcfd.jobs.executors.slurm.client.PATIENCE", (0.1,))
    monkeypatch.setattr("flowcfd.jobs.executors.slurm.client.SILENCE", 0.1)
    first, second = (
        jobs.run(endless.edit("system/controlDict", endTime=end), on="private",
                 resources={"exclusive": True, "extra": ["--nodelist=n1"]})
        for end in (999, 998)
    )  # fmt: skip
    until(lambda: busy(first), LONG)
    assert {second.state} == {"Queued"}
    with without_controller(site):
        until(lambda: second.why.startswith("Slurm does not answer"), LONG)
        with pytest.raises(SiteError, match="the request is kept"):
            second.cancel(timeout=1)
    until(lambda: second.state == "Cancelled", LONG)
    until(lambda: not number(site, second), LONG)
    assert busy(first), "its node was never free"
    assert not (second.path / "worker.json").exists()
    assert second.resume().state == "Queued"
    for run in (first, second):
        assert run.cancel().state == "Cancelled"


def test_who_is_cancelled_while_an_old_answer_says_that_it_waits_is_not_lost(
    site: Private, endless: CaseFiles, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = jobs.run(endless, on="private")
    until(lambda: busy(run), LONG)
    executor = executors.get("private")
    assert isinstance(executor, Slurm)
    executor.queue.find([run.record], fresh=True)
    worker = record.worker(run.path)
    assert worker is not None
    executor.queue._seen = {run.record.uid: Waiting(number(site, run), "PENDING", "Resources")}
    executor.queue.asked = worker.started - 0.1
    monkeypatch.setattr("flowcfd.jobs.executors.slurm.queue.FRESH", 3600.0)
    monkeypatch.setattr(executor, "_scancel", lambda job: pytest.fail("its worker is there and reads the request"))
    assert run.cancel().state == "Cancelled"


def test_a_run_whose_processes_were_all_killed_is_queued_again_and_says_so(
    site: Private, endless: CaseFiles, until: Until
) -> None:
    run = jobs.run(endless, on="private", resources={"extra": ["--nodelist=n1"]})
    until(lambda: busy(run) and len(steps(run)) > 20, LONG)
    private.stop(site, "slurmd.n1", how=signal.SIGKILL)
    for pid in [*_stepd(number(site, run), site), *process.marked(run.record.uid)]:
        os.kill(pid, signal.SIGKILL)
    os.kill(json.loads((run.path / "worker.json").read_text())["identity"]["pid"], signal.SIGKILL)
    call(site, "scontrol", "update", "NodeName=n1", "State=DOWN", "Reason=test")
    until(lambda: run.state == "Queued" and "is pending" in run.why, LONG)
    private.restart(site, "slurmd.n1")
    until(lambda: private.whole(site), LONG)
    until(lambda: attempts(run) == 2 and alone(run), LONG)
    _no_gap_and_nothing_lost(run)
    assert run.cancel().state == "Cancelled"


def test_the_example_of_a_plain_cluster_is_run_and_its_work_may_be_wrapped(
    site: Private, cavity: Callable[..., CaseFiles]
) -> None:
    known = profile.read(Path(__file__).parents[2] / "cluster/plain.yaml")
    assert isinstance(known, profile.Profile)
    profile.write("private", known.model_copy(update={"conf": site.conf, "shared_cores": True, "wrap": "nice -n 7"}))
    run = jobs.run(cavity(), on="private", cores=2)
    text = jobs.preview(run)
    assert all(each in text for each in ("--partition=cpu", "--time=720", "--mem=", "FLOWCFD_RESTARTS=4", "nice -n 7 "))
    assert run.wait(LONG) == "Done", run.why
    with pytest.raises(CaseError, match="at most 168 h here"):
        jobs.run(cavity(steps=20), on="private", resources={"walltime": "200 h"})
