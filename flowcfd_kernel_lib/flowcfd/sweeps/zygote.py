"""A warm process that has imported what a kernel needs and forks one kernel for each notebook; run as a script.

    python zygote.py CONTROL MODULE...

It runs in the kernel's own interpreter, which may not have FlowCFD: so it imports the standard library and ipykernel
only, and of the MODULEs those that are there. No notebook's code ever runs in it: each kernel is a process of its own.
CONTROL is the number of a socket (SOCK_SEQPACKET) by which it is asked for kernels and tells how they ended. When the
other end is closed, by whatever becomes of the process there, all kernels are killed.
"""

from __future__ import annotations

import array
import ctypes
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LARGEST = 1 << 17
"""The most bytes of a message."""
_PR_SET_PDEATHSIG = 1
_ALWAYS = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "ipykernel.heartbeat",
    "ipykernel.parentpoller",
    "IPython.core.completerlib",
    "IPython.core.magics",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "comm",
)


def main() -> None:
    """Import, then fork as told; a kernel returns from `serve` and is run with a clean stack."""
    here = str(Path(__file__).resolve().parent)
    sys.path[:] = [place for place in sys.path if place and str(Path(place).resolve()) != here]
    zygote = Zygote(socket.socket(fileno=int(sys.argv[1])))
    zygote.warm(sys.argv[2:])
    argv = zygote.serve()
    if argv is not None:
        sys.argv[:] = argv
        from ipykernel import kernelapp

        kernelapp.launch_new_instance()


@dataclass
class Zygote:
    """The parent of kernels. It has one thread, so that what it forks is whole."""

    control: socket.socket
    kernels: set[int] = field(default_factory=set)
    held: dict[int, list[int]] = field(default_factory=dict)
    """Open files, that is locks, that are closed only when the kernel has ended."""
    retired: dict[int, float] = field(default_factory=dict)
    """Kernels that were told to end, and when they are killed [s of the monotonic clock]."""
    _pipe: tuple[int, int] = (-1, -1)

    def warm(self, modules: list[str]) -> None:
        """Import, and say that we are ready."""
        # As ipykernel and its launcher do; both are read once, when ipykernel and matplotlib are imported.
        os.environ["JPY_PARENT_PID"] = str(os.getpid())
        os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
        os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # else the debugger, which nobody uses, warns
        loaded = [name for name in (*_ALWAYS, *modules) if _loaded(name)]
        gc.collect()
        gc.freeze()  # pages that the collector does not touch stay shared
        self._pipe = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._pipe[1], warn_on_full_buffer=False)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the business of the process that asks
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # so is a scheduler's: our end comes with its end
        self._say({"ready": os.getpid(), "loaded": loaded})

    def serve(self) -> list[str] | None:
        """Answer until the other end is closed and all kernels are gone (None); in a new kernel its words."""
        listening = True
        while listening or self.kernels:
            ears: list[Any] = [self._pipe[0], *([self.control] if listening else [])]
            ready, _, _ = select.select(ears, [], [], self._patience())
            if self._pipe[0] in ready:
                os.read(self._pipe[0], 4096)
                self._reap()
            for pid in [pid for pid, end in self.retired.items() if end <= time.monotonic()]:
                _kill(pid)
                self.retired[pid] = time.monotonic() + 1.0
            if self.control in ready:
                request, files = self._heard()
                if request is None:
                    listening = False
                    for pid in self.kernels - set(self.retired):
                        _kill(pid)
                elif "argv" in request:
                    pid = self._fork()
                    if pid == 0:
                        return _child(request)
                    self.kernels.add(pid)
                    self._say({"started": pid, "id": request["id"]})
                elif request.get("hold") in self.kernels:
                    self.held.setdefault(request["hold"], []).extend(files)
                    files = []
                elif request.get("retire") in self.kernels:
                    self.retired[request["retire"]] = time.monotonic() + request["grace"]
                for number in files:
                    os.close(number)
        return None

    def _patience(self) -> float | None:
        return max(0.0, min(self.retired.values()) - time.monotonic()) if self.retired else None

    def _fork(self) -> int:
        with warnings.catch_warnings():  # of the threads of numerical libraries, which know about forks
            warnings.simplefilter("ignore")
            pid = os.fork()
        if pid == 0:
            self.control.close()
            for number in (*self._pipe, *(number for numbers in self.held.values() for number in numbers)):
                os.close(number)
        return pid

    def _heard(self) -> tuple[dict[str, Any] | None, list[int]]:
        """A request and the open files that came with it; None when the other end is closed."""
        try:
            text, extra, _, _ = self.control.recvmsg(LARGEST, socket.CMSG_SPACE(64))
        except ConnectionError:
            return None, []
        files = array.array("i")
        for level, kind, raw in extra:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                files.frombytes(raw[: len(raw) - len(raw) % files.itemsize])
        return (json.loads(text) if text else None), list(files)

    def _say(self, words: dict[str, Any]) -> None:
        try:
            self.control.send(json.dumps(words).encode())
        except OSError:  # it is gone: the next look at the socket says so
            return

    def _reap(self) -> None:
        for pid in list(self.kernels):
            found, status = os.waitpid(pid, os.WNOHANG)
            if found:
                _kill(pid)  # what it left behind in its group
                self.kernels.discard(pid)
                self.retired.pop(pid, None)
                for number in self.held.pop(pid, []):
                    os.close(number)
                self._say({"ended": pid, "code": os.waitstatus_to_exitcode(status)})


def _loaded(name: str) -> bool:
    try:
        importlib.import_module(name)
    except Exception:  # whatever a foreign module raises, the notebook shall see it and not we
        return False
    return True


def _kill(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _child(request: dict[str, Any]) -> list[str]:
    """In the new process: what a kernel of its own start would have, and nothing of the parent's."""
    os.setsid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.chdir(request["cwd"])
    backend, parent = os.environ["MPLBACKEND"], os.environ["JPY_PARENT_PID"]
    os.environ.clear()
    os.environ.update(request["env"])
    os.environ.setdefault("MPLBACKEND", backend)
    os.environ["JPY_PARENT_PID"] = parent
    numpy = sys.modules.get("numpy")
    if numpy is not None:  # Python's own generator does this by itself; equal numbers in all kernels would be a trap
        numpy.random.seed()
    gc.unfreeze()
    return list(request["argv"])


if __name__ == "__main__":
    main()
