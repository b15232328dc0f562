"""Run a shell script in a case's directory, stream what it says, stop all of it on an interrupt."""

from __future__ import annotations

import codecs
import contextlib
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from io import RawIOBase
from pathlib import Path
from select import select

from flowcfd.errors import FlowError

_GRACE = ((signal.SIGINT, 2.0), (signal.SIGTERM, 3.0), (signal.SIGKILL, 5.0))
"""Signals to the process group with the time in seconds that each gets to work."""


_KEPT = 200_000
"""So much of a cell's output [characters] is searched for the cause of a failure."""

_BANNER = r"| \\      /  F ield "
"""How each application of OpenFOAM begins."""


class CommandFailed(FlowError):
    """A command of a `%%foam` cell ended with an error, or the cell was interrupted."""

    def __init__(self, message: str, *, code: int) -> None:
        self.code = code
        super().__init__(message)


def run(script: str, *, cwd: Path, env: Mapping[str, str], say: Callable[[str], object]) -> None:
    """Run `script` with bash in `cwd`; whole pieces of its output go to `say` as they come, both streams in order.

    The script ends at its first failing command. Raises CommandFailed with that command and its exit code. An
    interrupt ends the whole process group, MPI ranks included, before it is reported; so does the end of this process.
    """
    watched, alive = os.pipe()
    with (
        tempfile.TemporaryFile() as failed,
        os.fdopen(watched, "rb") as watched_end,
        os.fdopen(alive, "wb", 0) as tie,
        _late_interrupt() as interruptible,
    ):
        process = subprocess.Popen(
            ["bash", "--noprofile", "--norc", "-c", _head(watched, failed.fileno()) + script],
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(watched, failed.fileno()),
            start_new_session=True,
        )
        watched_end.close()
        said = _Said(say)
        try:
            interruptible()
            _stream(process, said)
        except KeyboardInterrupt:
            _release(tie)  # the watcher ignores the signals and would keep the group alive
            _end(process)
            raise CommandFailed(f"interrupted in {cwd}; everything it had started was ended", code=130) from None
        finally:
            if process.stdout is not None:
                process.stdout.close()
            _release(tie)
        if process.returncode:
            failed.seek(0)
            lines = failed.read().decode(errors="replace").splitlines()
            command = lines[0] if lines else "the cell"
            why = _cause(process.returncode, said.text, cwd)
            raise CommandFailed(f"{command}: {meaning(process.returncode)} in {cwd}{why}", code=process.returncode)


@contextlib.contextmanager
def _late_interrupt() -> Iterator[Callable[[], None]]:
    """Interrupts wait until what is given is called: one between the start of a process and our `try` would lose it."""
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None
        return
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: came.append(number))

    def now() -> None:
        signal.signal(signal.SIGINT, before)
        if came:
            came.clear()
            raise KeyboardInterrupt

    try:
        yield now
    finally:
        signal.signal(signal.SIGINT, before)


def _head(watched: int, failed: int) -> str:
    """What runs before the cell, on its first line so that bash counts the cell's lines as the user does.

    A watcher ends the group when the pipe `watched` breaks, that is when the kernel dies (a line in it says that all
    is well). The trap notes the failing command in the file `failed`.
    """
    end = "kill -TERM -- -$$; sleep 3; kill -KILL -- -$$"
    watcher = f"(trap '' TERM INT; read -r -u {watched} _ || {{ {end}; }}) >/dev/null 2>&1 & disown"
    return f'{watcher}; set -eE -o pipefail; trap \'printf "%s\\n" "$BASH_COMMAND" >&{failed}\' ERR; '


class _Said:
    """Passes on what is said and keeps the end of it, where the cause of a failure stands."""

    def __init__(self, say: Callable[[str], object]) -> None:
        self._say, self.text = say, ""

    def __call__(self, text: str) -> None:
        self.text = (self.text + text)[-_KEPT:]
        self._say(text)


def _cause(code: int, text: str, case: Path) -> str:
    """The cause of a failure by what the last application of OpenFOAM said; empty where there is none that is known."""
    from flowcfd.foam import faults  # for a failure only

    fault = faults.cause(code, text[max(text.rfind(_BANNER), 0) :], case=case)
    return "" if fault.kind == "unknown" else f": {fault}"


def meaning(code: int) -> str:
    """An exit code in words: `exit code 136 (killed by SIGFPE: a floating point exception)`."""
    number = -code if code < 0 else code - 128
    try:
        name = signal.Signals(number).name if number > 0 else ""
    except ValueError:
        name = ""
    if not name:
        return f"exit code {code}"
    why = {"SIGFPE": ": a floating point exception", "SIGKILL": ": by the system when memory ran out, or by hand"}
    return f"exit code {code} (killed by {name}{why.get(name, '')})"


def _stream(process: subprocess.Popen[bytes], say: Callable[[str], object]) -> None:
    """Pass output on until the shell has ended and its pipe is empty; children left behind do not hold it."""
    assert process.stdout is not None
    pipe = process.stdout.fileno()
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    while True:
        ended = process.poll() is not None
        ready = select([pipe], [], [], 0.0 if ended else 0.2)[0]
        chunk = os.read(pipe, 1 << 16) if ready else b""
        if chunk:
            say(decode(chunk))
        elif ended:
            return
        elif ready:  # the pipe is closed, only the shell's end is left to wait for
            process.wait()


def _release(tie: RawIOBase) -> None:
    """Tell the watcher that all is well; it may be gone already."""
    with contextlib.suppress(BrokenPipeError):
        tie.write(b"\n")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process group: politely, then firmly. mpirun passes the signals on to its ranks."""
    for number, patience in _GRACE:
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        end = time.monotonic() + patience
        while time.monotonic() < end and _group_alive(process):
            time.sleep(0.02)
        if not _group_alive(process):
            break
    process.wait()


def _group_alive(process: subprocess.Popen[bytes]) -> bool:
    process.poll()  # reaps the shell, whose zombie would count as a member
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return False
    return True
