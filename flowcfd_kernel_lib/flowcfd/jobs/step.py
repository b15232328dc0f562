"""Run one command of a stage: start it, watch what it uses, stop it when asked, and say how it ended."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from flowcfd.jobs import asking, process
from flowcfd.jobs.asking import Asking
from flowcfd.jobs.process import Identity
from flowcfd.jobs.record import StepRecord
from flowcfd.jobs.stages import Command
from flowcfd.jobs.watch import Watch

TYPE_CHECKING = False  # typing is not needed for more, and slow to import
if TYPE_CHECKING:
    import resource
    from typing import Literal

    from flowcfd.jobs.guard import Guard

POLL = 0.2
"""Longest time between two looks at the child and the requests [s]."""

SILENCE = 60.0
"""A solver that was asked to stop, and neither says nor writes anything for so long [s] (and ten times longer than ever
before), is ended."""

UNANSWERED = "it did not answer and was ended; what it computed since the last written time is lost"

GUARD = "guard"
"""What a step was ended by when it was no request."""


def run(
    command: Command,
    *,
    case: Path,
    uid: str,
    environment: Mapping[str, str],
    watch: Watch,
    began: Callable[[StepRecord], None],
    guarded: Callable[[Path], Guard] | None = None,
) -> StepRecord:
    """Run `command` in `case` to its end or until it is asked to stop; `began` is told as soon as it lives.

    `guarded` gives, for the log of a solver, who watches what it computes and may end it, too.

    Raises OSError when it cannot be started.
    """
    log = next_log(case, command.log)
    step = StepRecord(command.text, log.name, time.time())
    clock = time.monotonic()
    child = _start(command, case, log, {**environment, process.MARK: uid})
    guard = guarded(log) if guarded is not None and command.solver else None
    halt = _Halt(command, log, uid, Asking(case, log, command.parallel), guard)
    try:
        step = replace(step, identity=Identity.of(child.pid))
        began(step)
        status, usage, memory = _watched(child.pid, watch, halt)
    except BaseException:  # nobody would watch it any more
        process.end(uid, first=child.pid)
        child.wait()
        raise
    finally:
        asking.restore(case)
    child.returncode = os.waitstatus_to_exitcode(status)
    return replace(
        step,
        rc=child.returncode,
        interrupted=halt.interrupted(child.returncode),
        wall=round(time.monotonic() - clock, 3),
        cpu=round(usage.ru_utime + usage.ru_stime, 3),
        memory=max(memory, usage.ru_maxrss * 1024),
        rank_memory=usage.ru_maxrss * 1024,
        ended_by=halt.ended_by(child.returncode),
        why=UNANSWERED if halt.ended else guard.said(child.returncode) if guard is not None else "",
    )


def _start(command: Command, case: Path, log: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    with log.open("xb") as output:
        return subprocess.Popen(
            command.argv(),
            cwd=case,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            process_group=0,
        )


def _watched(child: int, watch: Watch, halt: _Halt) -> tuple[int, resource.struct_rusage, int]:
    """Wait for the child; its wait status, what it used, and the peak of the memory of its whole tree [bytes]."""
    begin, sampled, memory = time.monotonic(), 0.0, 0
    while True:
        pid, status, usage = os.wait4(child, os.WNOHANG)
        if pid:
            return status, usage, memory
        now = time.monotonic()
        if now - sampled > min(1.0, 0.1 * (now - begin)):  # often at first, then every second
            memory, sampled = max(memory, process.memory(process.tree(child))), now
        halt.obey(watch, child)
        watch.wait(POLL)


@dataclass
class _Halt:
    """What was done to the child because of a request."""

    command: Command
    log: Path
    uid: str
    asking: Asking
    guard: Guard | None = None
    done: str = ""
    ended: bool = False
    """Whether it did not answer and was ended."""
    sign: tuple[float, float] = (0.0, 0.0)
    """What was last seen of it: the size of its log, and when a field was written last."""
    seen: float = field(default_factory=time.monotonic)
    gap: float = 0.0
    """The longest time [s] between two signs before it was asked."""

    def obey(self, watch: Watch, pid: int) -> None:
        """A solver is asked to write its fields and end; everything else, and a cancelled solver, is ended."""
        request = watch.asked()
        if self.command.solver and self._silent():
            self.ended = True
            process.end(self.uid, first=pid)
            return
        self.asking.insist(pid)
        kind = request.kind if request is not None else ""
        decided = self.guard.look(pid) if self.guard is not None and not kind and not self.done else None
        if decided is not None and self.asking.ask(pid):
            self.done = GUARD
        if not kind or self.done in (kind, "cancel"):
            return
        if kind == "cancel" or not self.command.solver:
            self.done = kind
            process.end(self.uid, first=pid)
        elif self.done or self.asking.ask(pid):  # told already: pause after stop, stop as it settled
            self.done = kind

    def _silent(self) -> bool:
        """Whether it was asked to stop and gives no sign of life any more."""
        now, told = time.monotonic(), bool(self.done)
        sign = (_size(self.log), written(self.log.parent) if told else self.sign[1])
        if sign != self.sign:
            self.gap = self.gap if told else max(self.gap, now - self.seen)
            self.sign, self.seen = sign, now
        return told and not self.ended and now - self.seen > max(SILENCE, 10 * self.gap)

    def interrupted(self, rc: int) -> bool:
        """Whether it ended because it was asked to; a solver that was just ready has ended by itself."""
        if self.done in ("", GUARD):
            return False
        if self.ended or self.done == "cancel" or not self.command.solver:
            return True
        killed = rc in (-signal.SIGUSR2, 128 + signal.SIGUSR2)
        return killed or (rc == 0 and self.asking.obeyed())

    def ended_by(self, rc: int) -> Literal["", "settled", "diverging"]:
        """What made the guard end it; a solver that was just ready has ended by itself."""
        reason = self.guard.reason if self.guard is not None and self.done == GUARD else None
        if reason is None or (rc == 0 and reason.kind == "settled" and not self.asking.obeyed()):
            return ""
        return reason.kind


def written(case: Path) -> float:
    """When the newest file of a time was written, of a case on one rank or of the first of several; 0 before any."""
    parts = [case / "processor0"] if (case / "processor0").is_dir() else [case, *case.glob("processors*")]
    newest = 0.0
    for part in parts:
        with contextlib.suppress(OSError):
            times = [entry for entry in os.scandir(part) if entry.name[:1].isdigit() and entry.is_dir()]
            for entry in sorted(times, key=lambda entry: entry.stat().st_mtime)[-2:]:
                newest = max(newest, entry.stat().st_mtime, *(file.stat().st_mtime for file in os.scandir(entry)), 0.0)
    return newest


def next_log(case: Path, name: str) -> Path:
    """The path of a log that does not exist yet: log.simpleFoam, log.simpleFoam.2, log.simpleFoam.3."""
    log, number = case / name, 1
    while log.exists():
        number += 1
        log = case / f"{name}.{number}"
    return log


def _size(log: Path) -> float:
    try:
        return log.stat().st_size
    except OSError:
        return 0.0
