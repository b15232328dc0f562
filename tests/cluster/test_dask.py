"""Runs in a pool of Dask: nothing is lost or computed twice when a part of Dask dies, and stop means stop."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from flowcfd import jobs, telling
from flowcfd.cli import main
from flowcfd.cluster.pool import Pool
from flowcfd.cluster.profile import write
from flowcfd.errors import CaseError, SiteError
from flowcfd.foam import install
from flowcfd.foam.adopt import adopt
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.jobs import process
from flowcfd.jobs.executors import Many, Queueing, executors
from flowcfd.jobs.executors.dask.handle import DaskPool, pool
from flowcfd.jobs.handle import Run
from flowcfd.settings import settings
from flowcfd.testing import ExecutorSuite

pytestmark = pytest.mark.cluster

Until = Callable[..., None]
LONG = 90.0
ENDS = count(1000)
"""Each test's endless run is a case of its own: equal ones would be one run."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home whose pool `two` has two cores, whatever the machine has; it is down at the end."""
    folder = tmp_path_factory.mktemp("dask")
    with at(folder):
        write("two", Pool(cores=2, environment={"SAID": "so"}))
    yield folder
    with at(folder):
        DaskPool("two").down()
        assert not DaskPool("two").status.up


@contextlib.contextmanager
def at(folder: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLOWCFD_HOME", str(folder))
        patch.setenv("FLOWCFD_SHARED_CORES", "1")
        settings.cache_clear()
        yield
    settings.cache_clear()


@pytest.fixture
def two(place: Path) -> Iterator[DaskPool]:
    """The pool, without the runs of other tests."""
    with at(place):
        made = DaskPool("two")
        yield made
        for run in made.runs():
            run.cancel()


@pytest.fixture
def endless(slow_cavity: Callable[..., CaseFiles]) -> Callable[[], CaseFiles]:
    """Computations that end only when they are asked to."""

    def build() -> CaseFiles:
        return slow_cavity(steps=10**6, write=20).edit("system/controlDict", endTime=next(ENDS))

    return build


def busy(run: Run) -> bool:
    return run.state == "Running" and (run.progress().time or 0.0) > 0.0


def attempts(run: Run) -> int:
    return (run.path / "events.jsonl").read_text().count('"event": "attempt"')


def steps(run: Run) -> list[float]:
    """The times that the solver has computed, over all its logs."""
    logs = sorted(run.case.glob("log.icoFoam*"), key=lambda path: (len(path.name), path.name))
    lines = [line for log in logs for line in log.read_text().splitlines() if line.startswith("ExecutionTime")]
    times = [line for log in logs for line in log.read_text().splitlines() if line.startswith("Time = ")]
    return [float(line.split()[-1]) for line in times][: len(lines)]


def rank(pid: int) -> process.Identity | None:
    """The process, if it is the solver."""
    with contextlib.suppress(OSError):  # it may end meanwhile
        if Path(f"/proc/{pid}/comm").read_text().strip() == "icoFoam":
            return process.Identity.of(pid)
    return None


def worker_pid(made: DaskPool) -> int:
    """The process of Dask's worker."""
    with made.client() as client:
        return next(iter(client.run(os.getpid).values()))


class TestSuite(ExecutorSuite):
    name = "two"
    patience = LONG

    @pytest.fixture(autouse=True)
    def _pool(self, two: DaskPool) -> None:
        self.home = two.place.home

    def _run(self, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str | None = None) -> Run:
        return jobs.run(self.files(), on=self.name, name=name)

    def files(self) -> CaseFiles:
        examples = install.find().examples
        assert examples is not None
        cavity = adopt(examples / "incompressible/icoFoam/cavity/cavity")
        return cavity.edit("system/controlDict", endTime=next(ENDS), writeInterval=1000)

    def test_it_has_a_queue_of_its_own(self) -> None:
        assert isinstance(self.executor, Queueing)
        assert isinstance(self.executor, Many)


def test_cores_are_never_given_twice_and_a_run_waits_for_as_many_as_its_ranks(
    two: DaskPool, endless: Callable[[], CaseFiles], cavity: Callable[..., CaseFiles], until: Until
) -> None:
    first, short = jobs.run(endless(), on="two"), jobs.run(cavity(), on="two")
    assert short.wait(LONG) == "Done", short.why
    until(lambda: busy(first), LONG)
    broad, behind = jobs.run(endless(), on="two", cores=2), jobs.run(cavity(steps=96), on="two")
    until(lambda: "waits for 2 free cores of the pool 'two'" in broad.why, LONG)
    until(lambda: two.status.waiting == 2, LONG)
    assert (broad.state, behind.state) == ("Queued", "Queued"), "one core is not enough; nobody overtakes the first"
    assert two.status.computing == 1
    first.stop()
    until(lambda: busy(broad), LONG)
    ranks = [known for pid in process.marked(broad.record.uid) if (known := rank(pid)) is not None]
    assert len(ranks) == 2
    assert broad.cancel().state == "Cancelled"
    assert process.marked(broad.record.uid) == []
    assert not any(process.alive(known) for known in ranks), "cancel ends mpirun and all ranks"
    assert behind.wait(LONG) == "Done", behind.why


def test_a_dask_worker_that_is_killed_takes_no_run_with_it_and_another_comes(
    two: DaskPool, endless: Callable[[], CaseFiles], cavity: Callable[..., CaseFiles], until: Until
) -> None:
    run = jobs.run(endless(), on="two")
    until(lambda: busy(run), LONG)
    os.kill(worker_pid(two), signal.SIGKILL)
    reached = steps(run)[-1]
    until(lambda: steps(run)[-1] > reached + 0.02, LONG)
    assert run.state == "Running"
    after = jobs.run(cavity(steps=99), on="two")
    assert after.wait(LONG) == "Done", after.why
    assert run.stop().state == "Stopped"
    assert attempts(run) == attempts(after) == 1
    until(lambda: not two.place.tickets(), LONG)


def test_a_scheduler_that_is_killed_loses_nothing_and_computes_nothing_twice(
    two: DaskPool, endless: Callable[[], CaseFiles], until: Until
) -> None:
    running, waiting = jobs.run(endless(), on="two", cores=2), jobs.run(endless(), on="two")
    until(lambda: busy(running), LONG)
    until(lambda: "waits for 1 free core" in waiting.why, LONG)
    pid = two.status.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    until(lambda: waiting.state == "Lost", LONG)
    assert "the scheduler of the pool 'two' is gone" in waiting.why
    assert running.state == "Running", "it has a worker of its own"
    assert waiting.resume().state == "Queued"
    until(lambda: two.status.computing == 1 and two.status.waiting == 1, LONG)
    assert waiting.state == "Queued", "the cores are the other's still"
    assert running.stop().state == "Stopped"
    until(lambda: busy(waiting), LONG)
    assert attempts(running) == attempts(waiting) == 1
    assert sorted(set(steps(running))) == steps(running)
    assert running.resume().state in ("Queued", "Running")
    assert waiting.cancel().state == "Cancelled"
    until(lambda: attempts(running) == 2 and busy(running), LONG)
    assert running.cancel().state == "Cancelled"
    assert sorted(set(steps(running))) == steps(running), "no step was computed twice"


def test_when_worker_and_solver_are_killed_the_run_goes_on_from_its_last_fields(
    two: DaskPool, endless: Callable[[], CaseFiles], until: Until
) -> None:
    run = jobs.run(endless(), on="two", resources={"max_restarts": 1})
    until(lambda: busy(run) and (run.case / "0.04").is_dir(), LONG)
    dask_worker = worker_pid(two)
    ours = json.loads((run.path / "worker.json").read_text())["identity"]["pid"]
    for pid in (dask_worker, ours, *process.marked(run.record.uid)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    until(lambda: len(list(run.case.glob("log.icoFoam*"))) == 2 and busy(run), LONG)
    assert attempts(run) == 2
    assert steps(run).count(0.001) == 1, "not from the beginning"
    ours = json.loads((run.path / "worker.json").read_text())["identity"]["pid"]
    for pid in (worker_pid(two), ours, *process.marked(run.record.uid)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    until(lambda: run.state == "Lost", LONG)
    assert "its pilot is gone" in run.why, "and it is not tried for ever"
    assert attempts(run) == 2
    assert run.resume().state in ("Queued", "Running")
    until(lambda: attempts(run) == 3 and busy(run), LONG)
    assert run.cancel().state == "Cancelled"


def test_a_worker_that_is_killed_leaves_no_solver_on_cores_that_are_given_away(
    two: DaskPool, endless: Callable[[], CaseFiles], until: Until
) -> None:
    run = jobs.run(endless(), on="two", cores=2)
    until(lambda: busy(run), LONG)
    os.kill(json.loads((run.path / "worker.json").read_text())["identity"]["pid"], signal.SIGKILL)
    until(lambda: run.state == "Lost" and process.marked(run.record.uid) == [], LONG)
    until(lambda: not two.place.tickets(), LONG)
    assert run.cancel().state == "Cancelled"


def test_the_client_may_die_right_after_its_submission(
    two: DaskPool, cavity: Callable[..., CaseFiles], tmp_path: Path
) -> None:
    files = tmp_path / "cavity"
    cavity(steps=98).write(files)
    program = (
        "import os, signal, sys; from flowcfd import jobs\n"
        "print(jobs.run(sys.argv[1], on='two').path, flush=True)\n"
        "assert not {'dask', 'distributed'} & set(sys.modules)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(files)], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert Run(done.stdout.strip()).wait(LONG) == "Done"


def test_a_run_that_waits_can_be_held_sent_ahead_and_cancelled(
    two: DaskPool, endless: Callable[[], CaseFiles], until: Until
) -> None:
    executor = executors.get("two")
    assert isinstance(executor, Queueing)
    first = jobs.run(endless(), on="two", cores=2)
    until(lambda: busy(first), LONG)
    late, soon, never = (jobs.run(endless(), on="two", cores=2) for _ in range(3))
    until(lambda: two.status.waiting == 3, LONG)
    executor.prioritise(soon.record, 5)
    executor.hold(late.record)
    until(lambda: "is held in the pool 'two'" in late.why, LONG)
    assert never.cancel().state == "Cancelled"
    assert first.cancel().state == "Cancelled"
    until(lambda: busy(soon), LONG)
    assert soon.cancel().state == "Cancelled"
    until(lambda: two.status.computing == 0, LONG)
    assert late.state == "Queued"
    executor.release(late.record)
    until(lambda: busy(late), LONG)
    with pytest.raises(CaseError, match="does not wait in the pool 'two'"):
        executor.hold(late.record)
    assert late.cancel().state == "Cancelled"
    assert attempts(late) == 1


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"cores": 3}, "cores: a pilot of the pool 'two' has 2 (got 3)"),
        ({"resources": {"memory": "1 GB"}}, "resources.memory: what a pilot has stands in the profile"),
        ({"on": "tow"}, "did you mean 'two'?"),
    ],
)
def test_what_the_pool_would_never_run_is_refused_before_anything_is_written(
    two: DaskPool, cavity: Callable[..., CaseFiles], options: dict[str, object], says: str
) -> None:
    before = sorted(two.place.home.glob("runs/*"))
    with pytest.raises(CaseError) as caught:
        jobs.run(cavity(steps=97), **{"on": "two", **options})  # type: ignore[arg-type]
    assert says in str(caught.value)
    assert sorted(two.place.home.glob("runs/*")) == before


def test_a_missing_extra_is_named_and_nothing_is_written(
    home: Path, cavity: Callable[..., CaseFiles], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flowcfd.jobs.executors.dask.keeping.find_spec", lambda name: None)
    with pytest.raises(SiteError, match=r"pip install 'flowcfd\[cluster\]'"):
        jobs.run(cavity(), on="dask")
    with pytest.raises(SiteError, match=r"pip install 'flowcfd\[cluster\]'"):
        pool().up()
    assert not home.exists()


def test_who_has_not_the_key_is_refused(two: DaskPool) -> None:
    from distributed.comm import connect
    from distributed.security import Security

    two.up()
    folder = two.place.folder
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {(folder / name).stat().st_mode & 0o777 for name in ("cert.pem", "key.pem")} == {0o600}
    address = str(two.place.keeper["address"])
    assert address.startswith("tls://127.0.0.1:")

    async def knock(where: str, security: Security) -> None:
        comm = await connect(where, timeout=5, **security.get_connection_args("client"))
        await comm.write({"op": "identity", "reply": True})
        await comm.read()

    for where, security in (address.replace("tls", "tcp", 1), Security()), (address, Security.temporary()):
        with pytest.raises(OSError):
            asyncio.run(knock(where, security))
    host, port = address.removeprefix("tls://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as plain, contextlib.suppress(ConnectionError):
        plain.sendall(b"\0" * 64)
        assert plain.recv(4096) == b"", "not a word to who speaks no TLS"
    if os.getuid() == 0:
        words = ["cat", str(folder / "key.pem")]
        done = subprocess.run(
            words, user=65534, group=65534, extra_groups=[], capture_output=True, text=True, check=False
        )
        assert done.returncode and "Permission denied" in done.stderr
    with two.client() as client:
        assert client.submit(sum, [1, 2]).result(timeout=60) == 3


def test_the_dashboard_is_on_the_loopback_and_its_link_is_the_key(two: DaskPool) -> None:
    import psutil

    two.up()
    link = two.dashboard
    assert link.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(link, timeout=60) as page:
        assert b"Dask" in page.read()
    for guess in ("/status", "/info/main/workers.html", "/"):
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen("/".join(link.split("/")[:3]) + guess, timeout=60)
    keeper = psutil.Process(two.status.pid)
    for member in (keeper, *keeper.children(recursive=True)):
        heard = {each.laddr.ip for each in member.net_connections("inet") if each.status == psutil.CONN_LISTEN}
        assert heard <= {"127.0.0.1"}, "nothing of it can be reached from outside"
    assert link in repr(two)
    assert f"href='{link}'" in two._repr_html_()


def test_a_function_is_called_in_many_processes_in_order(
    two: DaskPool, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(telling, "TELLERS", [lambda who, words, fraction, over: told.append(words)])
    base = 10

    def wrong(number: int) -> int:
        if number:
            raise CaseError(f"point {number} is wrong")
        return number

    assert two.map(lambda number: base + number, range(6), title="Adding") == [10, 11, 12, 13, 14, 15]
    assert "Adding: 6 of 6" in told
    assert worker_pid(two) not in two.map(lambda _: os.getpid(), range(4))
    with pytest.raises(CaseError, match="point 1 is wrong"):
        two.map(wrong, [0, 1])
    with pytest.raises(SiteError, match="process that computed it was killed"):
        two.map(lambda _: os.kill(os.getpid(), signal.SIGKILL), [0])
    assert two.map(len, ["ab"]) == [2], "and it goes on"
    assert two.map(len, []) == []
    called = process.Identity.of(two.map(lambda _: os.getpid(), [0])[0])
    assert called is not None
    os.kill(worker_pid(two), signal.SIGKILL)
    until(lambda: not process.alive(called), LONG)
    assert two.map(len, ["abc"]) == [3], "by the next worker's"
    with pytest.raises(CaseError, match="cannot be sent to another process"):
        two.map(len, [sys._getframe()])


def test_a_pool_ends_when_it_has_nothing_to_do_and_comes_again(
    home: Path, cavity: Callable[..., CaseFiles], until: Until
) -> None:
    write("brief", Pool(cores=1, idle=0.5))
    run = jobs.run(cavity(steps=10), on="brief")
    assert run.wait(LONG) == "Done"
    brief = DaskPool("brief")
    until(lambda: not brief.place.kept, LONG)
    assert repr(brief) == "<Pool brief: not up>"
    again = jobs.run(cavity(steps=11), on="brief")
    assert again.wait(LONG) == "Done"
    until(lambda: not brief.place.kept, LONG)


def test_the_command_line_brings_a_pool_up_shows_and_ends_it(
    home: Path, endless: Callable[[], CaseFiles], until: Until, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cluster", "dask", "status"]) == 1
    assert "not up" in capsys.readouterr().out
    assert main(["cluster", "dask", "up", "--json"]) == 0
    try:
        said = json.loads(capsys.readouterr().out)
        assert said["up"] is True
        assert said["dashboard"].startswith("http://127.0.0.1:")
        run = jobs.run(endless(), on="dask")
        until(lambda: busy(run), LONG)
        assert main(["cluster", "dask", "status"]) == 0
        assert said["dashboard"] in capsys.readouterr().out
        assert main(["cluster", "dask", "status", "local"]) == 2
    finally:
        assert main(["cluster", "dask", "down"]) == 0
    assert run.state == "Stopped"
    assert max(steps(run)) in {float(path.name) for path in run.case.iterdir() if path.name[0].isdigit()}
    assert main(["cluster", "dask", "status"]) == 1


def test_a_studys_measures_are_read_in_the_pool_as_they_are_here(two: DaskPool) -> None:
    from flowcfd.case import Blocks, Case, Cavity, Fluid, Forces, Incompressible, Steady, Wall
    from flowcfd.studies import Study

    case = Case(
        domain=Cavity("1 m"),
        mesh=Blocks(8),
        physics=Incompressible(Fluid(nu=0.05)),
        boundaries={"lid": Wall(velocity=(1, 0, 0)), "walls": Wall()},
        solve=Steady(8),
        outputs=[Forces("lid", speed="1 m/s", area=0.1, length=1)],
    )
    study = Study(case, {"physics.fluid.nu": [0.05, 0.1, 0.2]})
    study.run(on="two", wait=True)
    assert study.states == {"Done": 3}
    measures = {"drag": "forces.Cd", "last": lambda res: float(res.residuals.index[-1]), "none": "forces.Cq"}
    there, here = study.table(on="two", **measures), study.table(**measures)
    assert there.equals(here)
    assert list(there["last"]) == [8.0, 8.0, 8.0]
    assert there["none"].isna().all()
    assert "Cq" in there["cause"][0]
    with pytest.raises(CaseError, match="is no pool of Dask"):
        study.table(on="local", drag="forces.Cd")
