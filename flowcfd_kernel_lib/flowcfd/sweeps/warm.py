"""Warm kernels: forked from a process that has imported what they need, and started ahead of their use.

Each notebook gets a process of its own, so nothing that one does is seen by the next: variables, changed modules, the
working directory, the environment, threads, figures. A zygote serves only requests of equal interpreter, environment,
working directory and modules to import, for these are what importing may depend on.
"""

from __future__ import annotations

import array
import atexit
import contextlib
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from traitlets import DottedObjectName, Type, Unicode

import flowcfd
from flowcfd.sweeps import zygote as zygotes

GRACE = 5.0
"""Time [s] that a kernel has to end by itself once its notebook is through."""
START = 60.0
"""Time [s] that a zygote or a kernel may take to be ready."""
SAFE = {"matplotlib": "matplotlib.pyplot", "numpy": "numpy", "pandas": "pandas", "scipy": "scipy"}
"""What is imported before the fork for notebooks that import it: libraries that start no thread of Python's and open no
file or window when they are imported. Of FlowCFD: the homes of the names that are used."""

_IMPORT = re.compile(r"^\s*(?:import|from)\s+(\w+)", re.MULTILINE)
_UNSTABLE = ("_", "SHLVL", "OLDPWD", "JPY_PARENT_PID", "JPY_SESSION_NAME")
"""Variables that do not matter for what a zygote imports."""


def modules(sources: Sequence[str]) -> tuple[str, ...]:
    """What is imported ahead for cells of these sources."""
    named = {name for source in sources for name in _IMPORT.findall(source)}
    found = {SAFE[name] for name in named if name in SAFE}
    if "flowcfd" in named:
        words = {word for source in sources for word in re.findall(r"\w+", source)}
        found |= {home for name, home in vars(flowcfd)["_HOME"].items() if name in words and home != "flowcfd"}
    return tuple(sorted(found))


class Forked:
    """A kernel's process as `subprocess.Popen` shows one; the zygote is its parent and tells how it ended."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, parent: Zygote) -> None:
        self.pid, self._parent = pid, parent

    @property
    def returncode(self) -> int | None:
        """Its exit code, negative for a signal; None while it lives."""
        return self.poll()

    def poll(self) -> int | None:
        """The same."""
        self._parent.listen()
        return self._parent.ended.get(self.pid)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end."""
        deadline = time.monotonic() + (1e9 if timeout is None else timeout)
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(["kernel"], timeout or 0.0)
            self._parent.listen(0.1)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal; its group gets a KILL, so that nothing it had started stays."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, number) if number == signal.SIGKILL else os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


class Zygote:
    """A zygote process, seen from outside."""

    def __init__(self, head: Sequence[str], names: Sequence[str], env: Mapping[str, str], cwd: str) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [*head, zygotes.__file__, str(theirs.fileno()), *names]
        with theirs:
            self.process = subprocess.Popen(
                command, env=dict(env), cwd=cwd, stdin=subprocess.DEVNULL, pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )  # fmt: skip
        self._socket, self.env = ours, dict(env)
        self._started: dict[int, int] = {}
        self.ended: dict[int, int] = {}
        self.ready, self._number = False, 0

    @property
    def alive(self) -> bool:
        """Whether it can be asked for kernels."""
        return self.process.poll() is None

    def fork(self, argv: Sequence[str], env: Mapping[str, str], cwd: str) -> Forked:
        """A new kernel; RuntimeError where the zygote cannot give one."""
        self._number += 1
        self._say({"id": self._number, "argv": list(argv), "env": dict(env), "cwd": cwd})
        deadline = time.monotonic() + START
        while self._number not in self._started:
            if not self.alive or time.monotonic() > deadline:
                raise RuntimeError("the process that warm kernels are forked from does not answer")
            self.listen(0.1)
        return Forked(self._started[self._number], self)

    def hold(self, pid: int, descriptor: int) -> None:
        """Keep a file, that is a lock, open until the kernel has ended, whatever becomes of this process."""
        self._say({"hold": pid}, [descriptor])

    def retire(self, pid: int) -> None:
        """The kernel was told to end; it is killed if it does not."""
        self._say({"retire": pid, "grace": GRACE})

    def listen(self, patience: float = 0.0) -> None:
        """Take in what it says."""
        while select.select([self._socket], [], [], patience)[0]:
            try:
                text = self._socket.recv(zygotes.LARGEST)
            except ConnectionError:
                text = b""
            if not text:  # it is gone, and its kernels with it
                self.process.wait()
                for pid in self._started.values():
                    self.ended.setdefault(pid, -int(signal.SIGKILL))
                return
            said = json.loads(text)
            self.ready = self.ready or "ready" in said
            if "started" in said:
                self._started[said["id"]] = said["started"]
            if "ended" in said:
                self.ended[said["ended"]] = said["code"]
            patience = 0.0

    def close(self) -> None:
        """End it and its kernels; those that were retired have their time."""
        self._socket.close()
        try:
            self.process.wait(2 * GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _say(self, words: Mapping[str, Any], files: Sequence[int] = ()) -> None:
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", files))] if files else []
        with contextlib.suppress(ConnectionError):  # who waits for an answer sees that there is none
            self._socket.sendmsg([json.dumps(words).encode()], rights)


class WarmClient(AsyncKernelClient):
    """A client that knows that a kernel is ready by its own words, not by a silence of 0.2 s."""

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        deadline = time.monotonic() + (START if timeout is None else timeout)
        while time.monotonic() < deadline:
            asked = self.kernel_info()
            with contextlib.suppress(Empty):
                reply = await self.get_shell_msg(timeout=2.0)
                if reply["parent_header"].get("msg_id") != asked:
                    continue
                self._handle_kernel_info_reply(reply)
                while True:  # all that was said before has been heard once it says that it is idle
                    message = await self.get_iopub_msg(timeout=1.0)
                    idle = message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"
                    if idle and message["parent_header"].get("msg_id") == asked:
                        return
            if not await self._async_is_alive():
                raise RuntimeError("the kernel died before it was ready")
        raise RuntimeError(f"the kernel was not ready in {timeout or START:g} s")

    wait_for_ready = _async_wait_for_ready


class WarmManager(AsyncKernelManager):
    """A manager whose kernel is forked where it is Python's; any other is started as always."""

    client_class = DottedObjectName("flowcfd.sweeps.warm.WarmClient")
    client_factory = Type(WarmClient, klass=AsyncKernelClient)  # it is this that counts
    preload = Unicode("")
    """Modules that a zygote imports, with blanks between."""
    zygote: Zygote | None = None

    async def _async_launch_kernel(self, kernel_cmd: list[str], **options: Any) -> None:
        env, cwd = dict(options.get("env") or os.environ), str(options.get("cwd") or Path.cwd())
        head, argv = cut(kernel_cmd)
        provisioner: Any = self.provisioner
        if not argv or not hasattr(provisioner, "process"):
            await super()._async_launch_kernel(kernel_cmd, **options)
            return
        self.zygote = _zygote(head, tuple(self.preload.split()), env, cwd)
        provisioner.process = self.zygote.fork(argv, env, cwd)
        provisioner.pid = provisioner.pgid = provisioner.process.pid
        provisioner.cwd = cwd

    _launch_kernel = _async_launch_kernel


def cut(command: Sequence[str]) -> tuple[list[str], list[str]]:
    """A kernel's command as the interpreter with its options, and the words for ipykernel; none where it is another."""
    words = list(command)
    for place in range(len(words) - 1):
        if words[place : place + 2] == ["-m", "ipykernel_launcher"]:
            return words[:place], words[place + 1 :]
    return words, []


_zygotes: dict[tuple[Any, ...], Zygote] = {}


def _zygote(head: Sequence[str], names: Sequence[str], env: Mapping[str, str], cwd: str) -> Zygote:
    """The zygote for such kernels, started where there is none that lives."""
    stable = tuple(sorted((name, value) for name, value in env.items() if name not in _UNSTABLE))
    key = (os.getpid(), tuple(head), tuple(names), stable, cwd)
    found = _zygotes.get(key)
    if found is None or not found.alive:
        found = _zygotes[key] = Zygote(head, names, env, cwd)
        deadline = time.monotonic() + START
        while not found.ready:
            if not found.alive or time.monotonic() > deadline:
                del _zygotes[key]
                found.close()
                raise RuntimeError(f"{head[-1]} cannot start kernels: is ipykernel installed for it?")
            found.listen(0.1)
    return found


@dataclass
class Kernel:
    """A kernel that is started, with a folder of its own for its sockets."""

    key: tuple[Any, ...]
    manager: WarmManager
    folder: Path
    client: AsyncKernelClient | None = None

    def ready(self, timeout: float) -> Kernel:
        """Wait until it answers."""
        if self.client is None:
            self.client = client = self.manager.client()
            client.start_channels()
            run_sync(client.wait_for_ready)(timeout)
        return self

    @property
    def alive(self) -> bool:
        """Whether its process lives."""
        return bool(run_sync(self.manager.is_alive)())

    def hold(self, descriptor: int) -> None:
        """Keep a lock until this kernel has ended, whatever becomes of this process."""
        if self.manager.zygote is not None:
            self.manager.zygote.hold(self._pid, descriptor)

    def interrupt(self) -> None:
        """As Ctrl-C: for the kernel and all that its cell has started."""
        with contextlib.suppress(RuntimeError, ProcessLookupError):  # it is gone already
            run_sync(self.manager.interrupt_kernel)()

    def ended(self) -> str:
        """How a dead kernel ended, in words; empty where nobody knows."""
        parent = self.manager.zygote
        if parent is None:
            return ""
        parent.listen(1.0)
        code = parent.ended.get(self._pid, 0)
        return f", killed by {signal.Signals(-code).name}" if code < 0 else f" with exit code {code}" if code else ""

    def retire(self) -> None:
        """Tell it to end and do not wait for that; a kernel that was not forked is waited for."""
        client, parent = self.client, self.manager.zygote
        if parent is None:
            run_sync(self.manager.shutdown_kernel)(now=client is None)
        elif self._pid not in parent.ended:
            if client is not None and self.alive:
                client.control_channel.send(client.session.msg("shutdown_request", {"restart": False}))
                parent.retire(self._pid)
            else:
                Forked(self._pid, parent).kill()
        if client is not None:
            client.stop_channels()
        run_sync(self.manager.cleanup_resources)()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _pid(self) -> int:
        provisioner: Any = self.manager.provisioner
        return int(provisioner.pid)


_ahead: dict[tuple[Any, ...], Kernel] = {}


def take(name: str, *, preload: Sequence[str] = (), more: Sequence[str] = (), timeout: float = START) -> Kernel:
    """A kernel of this name that is ready and was never used, in the working directory and environment of now.

    `more` are words for ipykernel.
    """
    key = _key(name, preload, more)
    for other in [found for found in _ahead if found != key]:
        _ahead.pop(other).retire()
    kernel = _ahead.pop(key, None)
    if kernel is not None and not kernel.alive:
        kernel.retire()
        kernel = None
    kernel = kernel or _start(key)
    try:
        return kernel.ready(timeout)
    except BaseException:
        kernel.client = None
        kernel.retire()
        raise


def prepare(kernel: Kernel) -> None:
    """Start another kernel of the same kind ahead of its use, unless there is one."""
    if kernel.manager.zygote is not None and kernel.key not in _ahead and kernel.key == _key(*kernel.key[:3]):
        _ahead[kernel.key] = _start(kernel.key)


def close() -> None:
    """End all kernels and zygotes of this process."""
    while _ahead:
        _ahead.popitem()[1].retire()
    while _zygotes:
        key, zygote = _zygotes.popitem()
        if key[0] == os.getpid():  # not those of a process that we were forked from
            zygote.close()


atexit.register(close)


def _key(name: str, preload: Sequence[str], more: Sequence[str]) -> tuple[Any, ...]:
    return name, tuple(preload), tuple(more), str(Path.cwd()), tuple(sorted(os.environ.items()))


def _start(key: tuple[Any, ...]) -> Kernel:
    # Sockets in a folder of our own: no ports, readable by this user only, and a short path, for its length is limited.
    folder = Path(tempfile.mkdtemp(prefix="flowcfd-"))
    manager = WarmManager(
        kernel_name=key[0], preload=" ".join(key[1]), transport="ipc", ip=str(folder / "k"),
        connection_file=str(folder / "k.json"),
    )  # fmt: skip
    try:
        # As nbclient does: a notebook's history is no user's.
        more = ["--HistoryManager.hist_file=:memory:"] if manager.ipykernel else []
        run_sync(manager.start_kernel)(cwd=key[3], extra_arguments=[*more, *key[2]])
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Kernel(key, manager, folder)
