"""The kernel's handle on its render process."""

from __future__ import annotations

import atexit
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

from flowcfd import errors
from flowcfd.errors import FlowError, SiteError
from flowcfd.viewer import guard

START, ANSWER = 120.0, 600.0
"""The longest that it may take to start, and to answer [s]."""


@cache
def render_process() -> RenderProcess:
    """The one of this kernel; it is started when it is first asked."""
    return RenderProcess()


class RenderProcess:
    """A process that draws, for all views of a kernel; started when it is asked, and again when it is lost.

    It ends with this process, however that ends: it waits at a pipe that this one holds open.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._port, self._token = 0, ""
        self._errors: Any = None
        self.on_loss: list[Callable[[int, str], None]] = []
        """Called from a thread with the pid and why, when it ended by itself."""
        atexit.register(self.end)

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Its process id; 0 while there is none."""
        return self._process.pid if self._process is not None and self.alive else 0

    def ask(self, name: str, **data: Any) -> dict[str, Any]:
        """Its answer to a question of `viewer.views.Views`. Raises what it raised, and SiteError when it is lost."""
        with self._lock:
            if not self.alive:
                self._start()
            port, token = self._port, self._token
        said = self._post(port, token, {"name": name, "data": data})
        if "error" in said:
            raise _raised(said["error"])
        answer: dict[str, Any] = said["answer"]
        return answer

    def start(self) -> None:
        """Start it in the background, so that the first question need not wait for all of it."""
        threading.Thread(target=self._started, daemon=True, name="render process").start()

    def _started(self) -> None:
        with suppress(FlowError), self._lock:  # whoever asks is told
            if not self.alive:
                self._start()

    def end(self) -> None:
        """End it; the next question starts another."""
        with self._lock:
            process, self._process = self._process, None
        if process is None:
            return
        _close(process)  # which it waits for
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _start(self) -> None:
        self._token = guard.secret()
        if self._errors is not None:
            self._errors.close()
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - as long as the process
        process = subprocess.Popen(
            [sys.executable, "-m", "flowcfd.viewer.server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self._errors, text=True, env=_environment(), start_new_session=True,
        )  # fmt: skip
        assert process.stdin is not None and process.stdout is not None
        late = threading.Timer(START, process.kill)
        late.daemon = True
        late.start()
        with suppress(BrokenPipeError):  # then it says nothing either
            process.stdin.write(f"{self._token}\n")
            process.stdin.flush()
        said = process.stdout.readline()
        late.cancel()
        if not said:
            process.wait(10)
            _close(process)
            raise SiteError(f"the render process did not start: {self._last_words() or f'nothing in {START:g} s'}")
        self._port = int(json.loads(said)["port"])
        self._process = process
        threading.Thread(target=self._watch, args=(process,), daemon=True, name="render process").start()

    def _watch(self, process: subprocess.Popen[str]) -> None:
        code = process.wait()
        if process is not self._process:
            return  # it was ended
        _close(process)
        why = f"killed by signal {-code}" if code < 0 else self._last_words() or f"it ended with {code}"
        for heard in list(self.on_loss):
            heard(process.pid, why)

    def _post(self, port: int, token: str, question: dict[str, Any]) -> dict[str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER)
        try:
            connection.request("POST", "/ask", json.dumps(question), {"Authorization": f"Bearer {token}"})
            answer = connection.getresponse()
            words = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise SiteError(f"the render process is lost ({self._last_words() or error}); ask again") from None
        finally:
            connection.close()
        if answer.status != 200:
            raise SiteError(f"the render process failed: {self._last_words() or words.decode(errors='replace')}")
        found: dict[str, Any] = json.loads(words)
        return found

    def _last_words(self) -> str:
        """The last line that it wrote on stderr."""
        with suppress(ValueError):  # closed by another thread, which has started it again
            self._errors.seek(0)
            return _last_line(self._errors.read())
        return ""


def _last_line(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip() and "bad X server" not in line]
    return lines[-1].strip() if lines else ""


def _close(process: subprocess.Popen[str]) -> None:
    for end in (process.stdin, process.stdout):
        if end is not None:
            with suppress(OSError):
                end.close()


def _environment() -> dict[str, str]:
    return {**os.environ, "PYVISTA_OFF_SCREEN": "true", "TRAME_ARGS": "--server"}


def _raised(error: dict[str, str]) -> FlowError:
    kind = getattr(errors, error["kind"], FlowError)
    made: FlowError = kind.__new__(kind)
    Exception.__init__(made, error["words"])
    return made
