"""What a pilot does for the keeper and for `map`: it computes a run by its ordinary worker, or calls a function."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from flowcfd.jobs import lock, process, record
from flowcfd.jobs.executors.dask.places import lives
from flowcfd.jobs.executors.local import BUSY, PROGRAM
from flowcfd.jobs.record import AGAIN

UNBEGUN = -1000
"""The return code of a run that was not begun, because the pilot is about to end."""
TURN_PATIENCE = 60.0
"""So long [s] may the worker of the turn before take to write its fields."""

_ATTACHED = """
import ctypes, os
ctypes.CDLL(None).prctl(1, 10)  # PR_SET_PDEATHSIG, SIGUSR1: the time is over when the pilot dies
if os.getppid() != {parent}:
    raise SystemExit(85)
"""


@dataclass(frozen=True)
class Order:
    """A run, and how it is to be computed."""

    run: str
    uid: str
    turn: str
    """Ticket and number: "1f2e3d4c5b6a.0"."""
    restarts: int
    attached: bool
    """Whether it ends with its pilot, whose cores it has; else it has those of the machine and outlives Dask."""
    alone: bool
    """Whether it has all cores of the pilot."""
    python: str
    environment: Mapping[str, str] = field(default_factory=dict)


class Pilot:
    """What this process computes now."""

    def __init__(self) -> None:
        self.closing = False
        self.busy = time.monotonic()
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.guard = threading.Lock()
        # A process that is to end with its parent ends with the thread that started it: so one thread starts all.
        self.starter = ThreadPoolExecutor(1)

    def start(self, order: Order) -> subprocess.Popen[bytes] | None:
        """The worker of a run; None when the pilot is about to end."""
        with self.guard:
            if self.closing:
                return None
            child = self.starter.submit(_started, order).result()
            self.children[order.uid] = child
            return child

    def close(self) -> None:
        """Begin no run any more, and tell those that compute that the time is over."""
        with self.guard:
            self.closing = True
            for child in self.children.values():
                child.send_signal(signal.SIGUSR1)


pilot = Pilot()


def solve(order: Order) -> int:
    """Compute a run to its end; the return code of its worker. Whatever it started has ended then."""
    run = Path(order.run)
    if not order.turn.endswith(".0"):
        _let_write(run)
    child = pilot.start(order)
    if child is None:
        return UNBEGUN
    try:
        code = child.wait()
    finally:
        pilot.children.pop(order.uid, None)
        pilot.busy = time.monotonic()
    if code not in (0, AGAIN, BUSY):  # it was killed: what it leaves has cores that are about to be given away
        process.end(order.uid)
    return code


def kill(run: str, uid: str) -> None:
    """End all processes of a run that are on this machine."""
    worker = record.worker(Path(run))
    if worker is not None and process.alive(worker.identity):
        process.send([worker.identity.pid], signal.SIGKILL)
    process.end(uid, patience=0.5)


def _let_write(run: Path) -> None:
    """The worker of the turn before may still write its fields; later it is fenced off."""
    deadline = time.monotonic() + TURN_PATIENCE
    while lock.taken(run / "worker.lock") and lives(run) and time.monotonic() < deadline:
        time.sleep(0.1)


def _started(order: Order) -> subprocess.Popen[bytes]:
    program = _ATTACHED.format(parent=os.getpid()) + PROGRAM if order.attached else PROGRAM
    mode = "--allocated" if order.attached else "--turn"
    with (Path(order.run) / "worker.log").open("ab") as log:
        return subprocess.Popen(
            [order.python or sys.executable, "-I", "-S", "-c", program, mode, order.run],
            cwd=order.run, env=_environment(order), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip


def _environment(order: Order) -> dict[str, str]:
    """What the run's worker has; ranks of several runs in one allocation would all be bound to its first cores."""
    ours = {"FLOWCFD_TURN": order.turn, "FLOWCFD_RESTARTS": str(order.restarts if order.attached else 0)}
    home = {"FLOWCFD_HOME": str(Path(order.run).parents[1])} if Path(order.run).parent.name == "runs" else {}
    binding = {} if order.alone else {"OMPI_MCA_hwloc_base_binding_policy": "none"}
    return {**os.environ, **home, **binding, **order.environment, **ours}
