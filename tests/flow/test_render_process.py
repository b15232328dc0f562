"""The render process: who may talk to it, how long it lives, what it answers."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from flowcfd.bench.box import Box, write_field, write_mesh
from flowcfd.errors import NoSuchField, ResultError, RunError, SiteError, UnknownName
from flowcfd.scene import view
from flowcfd.settings import settings
from flowcfd.viewer.process import RenderProcess

pytestmark = pytest.mark.flow
CONTROL = """FoamFile { version 2.0; format ascii; class dictionary; object controlDict; }
application simpleFoam; startFrom startTime; startTime 0; stopAt endTime; endTime 1; deltaT 1; writeControl timeStep;
"""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A box of 512 cells with U and p at time 1."""
    place = tmp_path_factory.mktemp("case")
    box = Box((8, 8, 8))
    write_mesh(place, box)
    write_field(place, "1", "U", np.sin(3 * box.centres()))
    write_field(place, "1", "p", box.centres()[:, 0])
    (place / "system").mkdir(exist_ok=True)
    (place / "system/controlDict").write_text(CONTROL)
    return place


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RenderProcess]:
    before = os.environ.get("FLOWCFD_HOME")
    os.environ["FLOWCFD_HOME"] = str(tmp_path_factory.mktemp("home"))
    settings.cache_clear()
    made = RenderProcess()
    yield made
    made.end()
    os.environ.pop("FLOWCFD_HOME")
    if before is not None:
        os.environ["FLOWCFD_HOME"] = before
    settings.cache_clear()


def status(port: int, path: str, **headers: str) -> tuple[int, bytes, str]:
    """Status, body and cookie of a request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    found = answer.status, answer.read(), answer.headers.get("Set-Cookie", "")
    connection.close()
    return found


UPGRADE = {
    "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}  # fmt: skip


def gone(pid: int) -> bool:
    """Whether a process has ended; it may still wait to be asked for by its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def wait(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 90
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_nobody_gets_more_than_403_without_the_secret(process: RenderProcess, case: Path) -> None:
    opened = process.ask("open", kind="bare", spec=view(case).to_json())
    port, token = opened["port"], opened["token"]
    for path in ("/", "/index.html", "/__flowcfd/told.js", "/vue.global.js", "/ws", "/nothing", "/index.html?token=x"):
        assert status(port, path)[:2] == (403, b"403: Forbidden"), path
    assert status(port, "/ws", **UPGRADE)[0] == 403
    found, body, cookie = status(
        port, f"/index.html?token={token}", **{"X-ProxyContextPath": f"/user/eve/proxy/{port}"}
    )
    assert (found, b"html" in body) == (200, True)
    assert f"Path=/user/eve/proxy/{port}/" in cookie and "HttpOnly" in cookie and "SameSite=Strict" in cookie
    pair = cookie.split(";")[0]
    assert status(port, "/vue.global.js", Cookie=pair)[0] == 200
    assert status(port, "/ws", Cookie=pair, **UPGRADE)[0] == 101
    assert status(port, "/ws", Cookie=pair[:-1] + "!", **UPGRADE)[0] == 403
    # A page that another user of this machine serves: the browser sends our cookie with what it asks.
    assert status(port, "/ws", Cookie=pair, Origin=f"http://127.0.0.1:{port + 1}", **UPGRADE)[0] == 403
    assert status(port, "/ws", Cookie=pair, Origin=f"http://127.0.0.1:{port}", **UPGRADE)[0] == 101


def test_a_page_s_secret_asks_no_questions(process: RenderProcess, case: Path) -> None:
    opened = process.ask("open", kind="bare", spec=view(case).to_json())
    for token in ("", opened["token"]):
        connection = http.client.HTTPConnection("127.0.0.1", process._port)
        connection.request(
            "POST", "/ask", json.dumps({"name": "status", "data": {}}), {"Authorization": f"Bearer {token}"}
        )
        assert connection.getresponse().status == 403
        connection.close()


def test_it_listens_on_the_loopback_only_and_its_secret_is_in_no_argument(process: RenderProcess, case: Path) -> None:
    opened = process.ask("open", kind="bare", spec=view(case).to_json())
    sockets = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    sockets += [line.split() for line in Path("/proc/net/tcp6").read_text().splitlines()[1:]]
    for port in (opened["port"], process._port):
        places = {one[1].split(":")[0] for one in sockets if one[3] == "0A" and int(one[1].split(":")[1], 16) == port}
        assert places == {"0100007F"}
    own = socket.gethostbyname(socket.gethostname())
    if not own.startswith("127."):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((own, process._port), timeout=10)
    for name in ("cmdline", "environ"):
        said = Path(f"/proc/{process.pid}/{name}").read_text()
        assert process._token not in said and opened["token"] not in said


def test_it_knows_what_is_shown_and_shows_something_else(process: RenderProcess, case: Path) -> None:
    scene = view(case).slice("x").color("p")
    name = process.ask("open", kind="bare", spec=scene.to_json())["view"]
    assert process.ask("spec", view=name)["spec"] == json.loads(json.dumps(scene.to_json()))
    other = scene.color("U").to_json()
    assert process.ask("replace", view=name, spec=other, picture=True)["picture"]
    assert process.ask("spec", view=name)["spec"]["paint"]["field"] == "U"
    assert "<html" in process.ask("page", view=name)["html"][:500].lower()


def test_what_cannot_be_shown_is_said_and_what_was_shown_stays(process: RenderProcess, case: Path) -> None:
    scene = view(case)
    name = process.ask("open", kind="bare", spec=scene.to_json())["view"]
    with pytest.raises(NoSuchField, match="no field 'T'; there are: U, p"):
        process.ask("replace", view=name, spec=scene.color("T").to_json())
    with pytest.raises(UnknownName, match="patch 'wing'"):
        process.ask("replace", view=name, spec=scene.surface("wing").to_json())
    assert process.ask("spec", view=name)["spec"]["paint"] is None
    with pytest.raises(UnknownName, match="kind of view 'bar'; did you mean 'bare'"):
        process.ask("open", kind="bar", spec={})
    with pytest.raises(ResultError, match="closed"):
        process.ask("spec", view="another")


def test_a_run_that_was_deleted_is_named(process: RenderProcess, case: Path) -> None:
    spec = {**view(case).to_json(), "of": str(case / "gone")}
    with pytest.raises(RunError, match=r"no run here.*gone"):
        process.ask("open", kind="bare", spec=spec)


def test_views_of_a_run_share_what_was_read_and_old_ones_are_closed(process: RenderProcess, case: Path) -> None:
    from flowcfd.viewer.views import MOST

    spec = view(case).to_json()
    names = [process.ask("open", kind="bare", spec=spec)["view"] for _ in range(MOST + 2)]
    kept = process.ask("status")["views"]
    assert len(kept) == MOST and names[-1] in kept and names[0] not in kept
    again = process.ask("open", kind="bare", spec=spec, view=names[0])
    assert again["view"] == names[0]
    process.ask("close", view=names[0])
    assert names[0] not in process.ask("status")["views"]


def test_a_lost_process_is_told_and_the_next_question_starts_another(process: RenderProcess) -> None:
    pid = process.ask("status")["pid"]
    told: list[tuple[int, str]] = []
    process.on_loss.append(lambda *said: told.append(said))
    os.kill(pid, signal.SIGKILL)
    wait(lambda: told)
    assert told == [(pid, "killed by signal 9")] and not process.alive
    assert process.ask("status")["pid"] != pid


def test_it_ends_with_its_kernel_however_that_ends(tmp_path: Path) -> None:
    script = "from flowcfd.viewer.process import render_process as r\nprint(r().ask('status')['pid'], flush=1); input()"
    environment = {**os.environ, "FLOWCFD_HOME": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as kernel:
        assert kernel.stdout is not None
        pid = int(kernel.stdout.readline())
        kernel.kill()
    wait(lambda: gone(pid))


def test_one_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(SiteError, match="did not start"):
        RenderProcess().ask("status")


def test_it_is_started_in_the_background(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWCFD_HOME", str(tmp_path))
    process = RenderProcess()
    process.start()
    try:
        wait(lambda: process.alive)
        assert process.ask("status")["pid"] == process.pid
    finally:
        process.end()
    assert not process.alive
