"""Runs in a real S3 store: they come back equal, and whatever breaks is told and can be gone on with."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import socket
import socketserver
import subprocess
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import flowcfd as fc
from flowcfd import archive, jobs
from flowcfd.archive.lifecycle import current
from flowcfd.cli import main
from flowcfd.errors import CaseError, RunError, SiteError, UnknownName
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.jobs.handle import Run
from flowcfd.settings import settings
from flowcfd.studies import Study

pytestmark = pytest.mark.flow

BUCKET = "flowcfd"
Ceph = Callable[..., str]


def free() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def configuration(folder: Path, port: int, monitor: int, other: int) -> str:
    return f"""\
[global]
fsid = {uuid.uuid4()}
mon host = [v2:127.0.0.1:{monitor},v1:127.0.0.1:{other}]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd crush update on start = false
osd crush chooseleaf type = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
mon data avail warn = 1
mon data avail crit = 1
keyring = {folder}/keyring
run dir = {folder}/run
admin socket = {folder}/run/$cluster-$name.$pid.asok
log file = {folder}/log/$name.log
[mon]
mon data = {folder}/mon
[osd]
osd data = {folder}/osd
osd objectstore = memstore
memstore device bytes = 2147483648
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:{port}
# a day of a lifecycle rule lasts ten seconds
rgw lc debug interval = 10
"""


def until(true: Callable[[], object], seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"it did not come true in {seconds:g} s"
        time.sleep(0.2)


@pytest.fixture(scope="module")
def ceph() -> Iterator[tuple[str, Ceph]]:
    """A private Ceph with an S3 door: monitor, one store in memory, manager and gateway, ended by pid."""
    if shutil.which("radosgw") is None or shutil.which("ceph-osd") is None:
        pytest.skip("radosgw is not installed (tests/apt.txt)")
    folder = Path("/tmp") / f"ceph-{secrets.token_hex(4)}"  # its sockets want short names
    for name in ("mon", "osd", "run", "log"):
        (folder / name).mkdir(parents=True)
    port, osd, running = free(), str(uuid.uuid4()), []
    conf, keyring, monmap = folder / "ceph.conf", folder / "keyring", folder / "monmap"
    conf.write_text(configuration(folder, port, free(), free()))

    def call(*words: str, check: bool = True) -> str:
        done = subprocess.run([*words, "-c", str(conf)], capture_output=True, text=True, timeout=60, check=False)
        assert not check or done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout if done.returncode == 0 else ""

    def start(*words: str) -> None:
        with (folder / "log" / f"{words[0]}.out").open("wb") as log:
            running.append(subprocess.Popen([*words, "-c", str(conf), "-f"], stdout=log, stderr=log))

    def key(name: str, **rights: str) -> None:
        caps = [word for daemon, right in rights.items() for word in ("--cap", daemon, right)]
        new = [] if keyring.exists() else ["--create-keyring"]
        call("ceph-authtool", str(keyring), *new, "--gen-key", "-n", name, *caps)

    def up() -> bool:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}", timeout=5).close()
            return True
        return False

    try:
        key("mon.", mon="allow *")
        key("client.admin", mon="allow *", osd="allow *", mgr="allow *")
        key("client.rgw", mon="allow rw", osd="allow rwx", mgr="allow rw")
        key("osd.0", mon="allow *", osd="allow *")
        key("mgr.x", mon="allow *", osd="allow *")
        text = conf.read_text()
        addresses = text.split("mon host = ")[1].splitlines()[0]
        fsid = text.split("fsid = ")[1].splitlines()[0]
        call("monmaptool", "--create", "--fsid", fsid, "--addv", "a", addresses, str(monmap))
        call("ceph-mon", "--mkfs", "-i", "a", "--monmap", str(monmap), "--keyring", str(keyring))
        start("ceph-mon", "-i", "a")
        until(lambda: call("ceph", "--connect-timeout", "5", "mon", "stat", check=False))
        call("ceph", "osd", "new", osd)
        call("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd, "--monmap", str(monmap))
        start("ceph-osd", "-i", "0")
        call("ceph", "osd", "crush", "add", "osd.0", "1.0", "root=default", "host=localhost")
        start("ceph-mgr", "-i", "x")
        until(lambda: "1 up" in call("ceph", "osd", "stat", check=False))
        start("radosgw", "-n", "client.rgw")
        until(up, 180.0)
        for user in ("owner", "guest"):
            call("radosgw-admin", "user", "create", "--uid", user, "--display-name", user, "--access-key", user,
                 "--secret-key", f"{user}secret")  # fmt: skip
        yield f"http://127.0.0.1:{port}", call
    finally:
        for process in reversed(running):
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def environment(home: Path, ceph: tuple[str, Ceph], monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Set what is said of the archive; by default all that is right, with a prefix for this test alone."""

    def say(**changes: str) -> None:
        right = {"ENDPOINT": ceph[0], "BUCKET": BUCKET, "ACCESS_KEY": "owner", "SECRET_KEY": "ownersecret",
                 "PREFIX": home.parent.name}  # fmt: skip
        for name, value in {**right, **changes}.items():
            monkeypatch.setenv(f"S3_{name}", value)
        settings.cache_clear()

    say()
    client = archive.store().client
    if BUCKET not in [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]:
        client.create_bucket(Bucket=BUCKET)
    return say


@pytest.fixture
def done(environment: Callable[..., None], cavity: Callable[..., CaseFiles]) -> Run:
    """A finished run."""
    run = jobs.run(cavity(), wait=True)
    assert run.state == "Done", run.why
    return run


@pytest.fixture
def large(done: Run) -> Run:
    """The same with 40 MB that cannot be compressed: five parts of an upload."""
    (done.case / "0.5/large").write_bytes(os.urandom(40_000_000))
    return done


def contents(folder: Path) -> dict[str, bytes]:
    left_out = ("lock", "worker.lock", "reserve")
    files = (path for path in folder.rglob("*") if path.is_file() and path.name not in left_out)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_a_run_comes_back_equal_and_is_still_done(done: Run) -> None:
    before, last = contents(done.path), done.progress().time
    entry = archive.put(done, remove=True)
    assert not done.path.exists()
    assert [(one.name, one.state) for one in archive.list()] == [(done.path.name, "Done")]
    assert entry.packed < entry.size
    back = archive.restore(done.path.name)
    assert isinstance(back, Run)
    assert contents(back.path) == before
    assert (back.state, back.progress().time) == ("Done", last)


def test_what_is_there_is_not_sent_again_and_what_has_changed_is(done: Run) -> None:
    sent: list[object] = []
    first = archive.put(done)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flowcfd.archive.keep._Upload.send", lambda *words: sent.append(words))
        assert archive.put(done) == first
    assert sent == []
    (done.case / "notes").write_text("looked at")
    assert archive.put(done).sha256 != first.sha256
    assert len(archive.list()) == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"SECRET_KEY": "wrong"}, "refuses the secret key"),
        ({"ACCESS_KEY": "nobody"}, "does not know the access key"),
        ({"BUCKET": "elsewhere"}, "has no such bucket"),
        ({"ACCESS_KEY": "guest", "SECRET_KEY": "guestsecret"}, "gives no right to that"),
        ({"ENDPOINT": "http://127.0.0.1:1"}, "cannot be reached"),
    ],
)
def test_a_store_that_refuses_is_told_and_the_run_stays(
    done: Run, environment: Callable[..., None], monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], says: str
) -> None:
    monkeypatch.setattr("flowcfd.archive.s3.RETRIES", 1)
    environment(**changes)
    before = contents(done.path)
    for attempt in (lambda: archive.put(done, remove=True), archive.list):
        with pytest.raises(SiteError, match=says):
            attempt()
    assert contents(done.path) == before


def test_links_end_and_cannot_be_changed(done: Run) -> None:
    archive.put(done)

    def status(address: str) -> int:
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    good = archive.link(done.path.name)
    assert "X-Amz-Expires=3600" in good
    assert status(good) == 200
    assert status(good.replace("X-Amz-Signature=", "X-Amz-Signature=0")) == 403
    assert status(good.replace("X-Amz-Expires=3600", "X-Amz-Expires=7200")) == 403
    short = archive.link(done.path.name, valid="1 s")
    until(lambda: status(short) == 403)
    for valid in ("8 day", "0 s"):
        with pytest.raises(CaseError, match="valid: must be 1 s to 7 days"):
            archive.link(done.path.name, valid=valid)


class Cutting(socketserver.ThreadingTCPServer):
    """A door to the store that breaks a connection whenever so many bytes have gone through, so many times."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, target: str, after: int, times: int) -> None:
        self.target, self.after, self.times = int(target.rpartition(":")[2]), after, times
        self.passed = 0
        super().__init__(("127.0.0.1", 0), _Door)

    def handle_error(self, request: object, client_address: object) -> None:
        """Broken connections are what it is for."""


class _Door(socketserver.BaseRequestHandler):
    server: Cutting

    def handle(self) -> None:
        with socket.create_connection(("127.0.0.1", self.server.target)) as store:
            back = threading.Thread(target=self.pump, args=(store, self.request), daemon=True)
            back.start()
            self.pump(self.request, store)
            back.join()

    def pump(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                self.server.passed += len(piece)
                if self.server.passed > self.server.after and self.server.times > 0:
                    self.server.times, self.server.passed = self.server.times - 1, 0
                    break
                target.sendall(piece)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def cutting(ceph: tuple[str, Ceph], *, after: int, times: int) -> Iterator[str]:
    with Cutting(ceph[0], after, times) as door:
        thread = threading.Thread(target=door.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{door.server_address[1]}"
        finally:
            door.shutdown()
            thread.join()


def test_an_upload_that_broke_off_goes_on_where_it_was(
    large: Run, ceph: tuple[str, Ceph], environment: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flowcfd.archive.s3.RETRIES", 1)
    monkeypatch.setattr("flowcfd.archive.keep.ATTEMPTS", 1)
    with cutting(ceph, after=20_000_000, times=1000) as door:
        environment(ENDPOINT=door)
        with pytest.raises(SiteError, match="2 parts are there, put it again to go on"):
            archive.put(large, remove=True)
        assert archive.list() == [], "what is not whole is not there"
    assert large.path.exists()
    environment()
    sent: list[str] = []
    store = archive.store()
    store.client.meta.events.register(
        "before-call.s3.UploadPart", lambda params, **_: sent.append(params["query_string"]["partNumber"])
    )
    with monkeypatch.context() as only:  # not `undo`, which would bring the user's own home back
        only.setattr("flowcfd.archive.keep.store", lambda: store)
        archive.put(large)
    assert [int(part) for part in sent] == [3, 4, 5]
    environment()
    before = contents(large.path)
    shutil.rmtree(large.path)
    assert contents(archive.restore(large.path.name).path) == before


def test_a_connection_that_breaks_in_the_middle_is_made_again(
    large: Run, ceph: tuple[str, Ceph], environment: Callable[..., None]
) -> None:
    before = contents(large.path)
    with cutting(ceph, after=12_000_000, times=2) as door:
        environment(ENDPOINT=door)
        archive.put(large, remove=True)
    with cutting(ceph, after=15_000_000, times=2) as door:
        environment(ENDPOINT=door)
        assert contents(archive.restore(large.path.name).path) == before


def test_a_fetch_that_cannot_be_ended_leaves_nothing(
    large: Run, ceph: tuple[str, Ceph], environment: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.put(large, remove=True)
    monkeypatch.setattr("flowcfd.archive.restoring.ATTEMPTS", 1)
    monkeypatch.setattr("flowcfd.archive.s3.RETRIES", 1)
    with cutting(ceph, after=15_000_000, times=1000) as door:
        environment(ENDPOINT=door)
        with pytest.raises(SiteError, match=r"after \d+ of \d+ bytes"):
            archive.restore(large.path.name)
    assert list(settings().runs.iterdir()) == []


def test_a_bundle_that_was_changed_in_the_store_is_refused(done: Run) -> None:
    entry, store = archive.put(done, remove=True), archive.store()
    body = bytearray(store.client.get_object(Bucket=BUCKET, Key=store.folder + entry.bundle)["Body"].read())
    body[len(body) // 2] ^= 1
    store.client.put_object(Bucket=BUCKET, Key=store.folder + entry.bundle, Body=bytes(body))
    with pytest.raises(RunError, match="its bytes have changed"):
        archive.restore(done.path.name)
    assert list(settings().runs.iterdir()) == []


def test_only_what_has_ended_is_archived(
    environment: Callable[..., None], slow_cavity: Callable[..., CaseFiles]
) -> None:
    run = jobs.run(slow_cavity(steps=10**6))
    with pytest.raises(RunError, match="only a run that has ended is archived"):
        archive.put(run)
    run.cancel()
    assert archive.put(run).state == "Cancelled"


def test_what_is_here_is_not_written_over_and_unknown_names_are_told(done: Run) -> None:
    archive.put(done)
    with pytest.raises(CaseError, match="is there already"):
        archive.restore(done.path.name)
    with pytest.raises(UnknownName, match=f"unknown archived run 'cavty'.*{done.path.name}"):
        archive.restore("cavty")
    elsewhere = archive.restore(done.name, to=settings().home / "elsewhere")
    assert elsewhere.path == settings().home / "elsewhere" / done.path.name
    assert archive.delete(done.name).name == done.path.name
    assert archive.list() == []


def test_a_study_brings_its_runs_back(environment: Callable[..., None]) -> None:
    case = _cavity()
    study = Study(case, {"solve.iterations": [10, 20]}, design="list").run(wait=True)
    assert study.states == {"Done": 2}
    archive.put(study, remove=True)
    assert list(settings().runs.iterdir()) == []
    assert sorted(entry.kind for entry in archive.list()) == ["run", "run", "study"]
    back = archive.restore(study.path.name)
    assert isinstance(back, Study)
    assert back.states == {"Done": 2}


def _cavity() -> fc.Case:
    return fc.Case(
        domain=fc.Cavity(1), mesh=fc.Blocks(cells=8), physics=fc.Incompressible(fluid=fc.Fluid(nu=0.01)),
        boundaries={"lid": fc.Wall(velocity=(1, 0, 0)), "walls": fc.Wall()}, solve=fc.Steady(iterations=20),
    )  # fmt: skip


def test_the_store_forgets_by_a_rule_and_keeps_other_rules(done: Run) -> None:
    store = archive.store()
    other = {"ID": "mine", "Status": "Enabled", "Filter": {"Prefix": "mine/"}, "Expiration": {"Days": 3000}}
    store.client.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": [other]})
    archive.put(done)
    assert current() is None
    assert archive.rule(expire=1) == current()
    rules = store.client.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    assert sorted(rule["ID"] for rule in rules) == sorted(["mine", f"flowcfd {store.folder}"])
    until(lambda: archive.list() == [])  # a day lasts ten seconds here
    with pytest.raises(CaseError, match="expire: must be 1 to 36500"):
        archive.rule(expire=0)


def test_the_command_line_does_it_all(done: Run, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*words: str, code: int = 0) -> str:
        assert main(["archive", *words]) == code
        return capsys.readouterr().out

    name = done.path.name
    assert json.loads(said("put", done.name, "--remove", "--json"))[0]["name"] == name
    assert name in said("list")
    assert said("link", name, "--valid", "10 min").startswith("http")
    assert said("restore", name).strip() == str(done.path)
    assert said("delete", name, code=2) == ""
    assert "deleted" in said("delete", name, "--yes")
    assert "nothing in s3://" in said("list")
    assert said("put", "nothing-like-it", code=2) == ""
    assert "for ever" in said("rule", "--incomplete", "3")
    assert json.loads(said("rule", "--show", "--json"))["incomplete"] == 3
