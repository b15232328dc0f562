"""`fc.dashboard`: the process that serves the page, and its place in the notebook."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from flowcfd.errors import CaseError, SiteError
from flowcfd.widgets.dashboard.subject import Subject, Target, subject

HERE = Path(__file__).parent


def dashboard(of: Target, *measures: str, port: int = 0, height: int = 900) -> Dashboard:
    """A page on a study, on runs or on a folder, for people who do not write code.

    `measures` are names such as "body.Cd"; without, those that the first finished point has. The page shows the table,
    plots in which a point can be chosen, its picture, its view to turn and its residuals, and fills while points are
    computed. Its server is a process of this machine that ends with this one; `port` 0 is a free one. Raises CaseError,
    and UnknownName for a name that is neither a study nor a run.
    """
    if isinstance(port, bool) or not isinstance(port, int) or not 0 <= port <= 65535:
        raise CaseError(f"port: must be 0 to 65535 (got {port!r})")
    return Dashboard(subject(of, measures), port=port, height=height)


class Dashboard(anywidget.AnyWidget):
    """A page that is served; shown in a notebook it is a frame with a link. `close` ends its server."""

    _esm = HERE / "dashboard.js"
    _css = HERE / "dashboard.css"

    where: Any = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    """Port and secret of the page."""
    label = traitlets.Unicode("").tag(sync=True)
    height = traitlets.Int(900).tag(sync=True)
    """[pixels]"""
    words = traitlets.Unicode("").tag(sync=True)
    """What is wrong, in a sentence; empty where all is well."""

    def __init__(self, subject: Subject, *, port: int = 0, height: int = 900) -> None:
        super().__init__(label=f"Dashboard of {subject.title}", height=height)
        self.subject, self._wanted = subject, port
        self._server: Server | None = None
        self.on_msg(self._asked)
        self.start()

    @property
    def address(self) -> str:
        """Where this machine's browser finds it; it holds the secret. Behind a hub the notebook's link leads there."""
        if self.where is None:
            raise SiteError("the dashboard is closed; start() serves it again")
        return address(self.where["port"], self.where["token"])

    @property
    def alive(self) -> bool:
        """Whether its server is at work."""
        return self._server is not None and self._server.process.poll() is None

    def start(self) -> None:
        """Serve it, again where its server was lost. Raises SiteError where that cannot be."""
        if not self.alive:
            self._server = Server(self.subject, self._wanted)
            self.where, self.words = {"port": self._server.port, "token": self._server.token}, ""

    def close(self) -> None:
        """End the server and the frame."""
        if self._server is not None:
            self._server.end()
        self.where = None
        super().close()

    def __repr__(self) -> str:
        return f"<{self.label}: {'served' if self.alive else 'closed'}>"

    def _asked(self, _: Any, message: dict[str, Any], __: Any) -> None:
        if message.get("do") == "again":
            try:
                self.start()
            except SiteError as error:
                self.where, self.words = None, str(error)


def address(port: int, token: str) -> str:
    """The page's address on this machine."""
    return f"http://127.0.0.1:{port}/?token={token}"


class Server:
    """The process of one page; it ends with this one, however that ends, for it waits at a pipe."""

    def __init__(self, subject: Subject, port: int = 0) -> None:
        self.token = secrets.token_urlsafe(32)
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - as long as the process
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "flowcfd.widgets.dashboard.server"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self._log, text=True, start_new_session=True,
        )  # fmt: skip
        assert self.process.stdin is not None and self.process.stdout is not None
        said = {"subject": asdict(subject), "token": self.token, "port": port}
        self.process.stdin.write(json.dumps(said) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            self.process.wait(10)
            why = self._last_words()
            self.end()
            raise SiteError(f"the dashboard's server did not start: {why}")
        self.port = int(json.loads(answer)["port"])

    @property
    def address(self) -> str:
        """Where a browser of this machine finds it; it holds the secret."""
        return address(self.port, self.token)

    def end(self) -> None:
        """End it and wait for that."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self._log.close()

    def _last_words(self) -> str:
        self._log.seek(0)
        lines = [line.strip() for line in self._log.read().splitlines() if line.strip()]
        return lines[-1] if lines else "it left no message"
