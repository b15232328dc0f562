"""Following a log that grows: by offset, whole lines only, standard library only."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from flowcfd.foam.log import lines
from flowcfd.foam.log.meshing import Meshing

BLOCK: Final = 1 << 20
HEAD: Final = 1 << 16
"""How much is read at once [bytes]."""


@dataclass(frozen=True, slots=True)
class Step:
    """One time step (iteration of a steady solver) as its log tells it; what it does not tell is None or empty."""

    number: int
    """Counts from 0 in this log."""
    time: float
    """[s], or the iteration of a steady solver."""
    residuals: Mapping[str, float]
    """First initial residual of each field; `heater/h` is field h of region heater."""
    courant: float | None = None
    """Largest Courant number of the flow, over all regions."""
    deltaT: float | None = None
    execution_time: float | None = None
    """CPU time of the process so far [s]."""
    continuity: float | None = None
    """Last sum of local continuity errors."""
    bounded: tuple[str, ...] = ()
    """Fields that had to be bounded."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a solver is."""

    time: float | None = None
    iteration: int = 0
    """Time steps begun in this log."""
    residuals: Mapping[str, float] = field(default_factory=dict)
    """Newest first initial residual of each field."""
    courant: float | None = None
    execution_time: float | None = None
    end_time: float | None = None
    start_time: float | None = None
    began: float | None = None
    """The time at which an earlier log of the same run began, where this one goes on; None: this one is the first."""
    converged: int | None = None
    """The iteration at which the solver said that it converged."""
    ended: bool = False
    """Whether the log's last word is `End`."""
    meshing: Meshing | None = None
    """How far the mesh is, while it is made by snappyHexMesh."""
    mesh_only: bool = False
    """Whether nothing comes behind the mesh."""
    clock_time: float | None = None
    """Time of the clock so far, in whole seconds [s]."""

    @property
    def pace(self) -> float | None:
        """Time of the clock for a step [s]; the CPU time where that says more: the clock counts whole seconds."""
        return self._taken / self.iteration if self._taken and self.iteration else None

    @property
    def _taken(self) -> float | None:
        """A solver that waits for a core takes longer than its CPU time [s]."""
        return None if self.execution_time is None else max(self.execution_time, self.clock_time or 0.0)

    @property
    def shown(self) -> float | None:
        """The part of what it does now that is done, 0 to 1: of the mesh while that is made, then `fraction`."""
        return self.fraction if self.meshing is None else self.meshing.fraction

    @property
    def fraction(self) -> float | None:
        """The part of the time range that is done, 0 to 1, or of a mesh alone; None where the end is not known."""
        if self.mesh_only:
            return None if self.meshing is None else self.meshing.fraction
        if self.ended:
            return 1.0
        if self.time is None or self.end_time is None:
            return None
        start = (self.start_time or 0.0) if self.began is None else self.began
        return min(1.0, max(0.0, (self.time - start) / (self.end_time - start))) if self.end_time > start else None

    @property
    def remaining(self) -> float | None:
        """Seconds until the end at the pace so far; None where that cannot be told."""
        here = replace(self, began=None).fraction  # the pace is that of this log
        if not here or self._taken is None:
            return None
        return self._taken * (1.0 - here) / here


@dataclass(slots=True)
class _Open:
    """A step that is being read; number -1 while its `Time =` line is still to come."""

    number: int = -1
    time: float = float("nan")
    residuals: dict[str, float] = field(default_factory=dict)
    courants: dict[str, float] = field(default_factory=dict)
    deltaT: float | None = None
    execution_time: float | None = None
    continuity: float | None = None
    bounded: list[str] = field(default_factory=list)

    def frozen(self) -> Step:
        return Step(
            number=self.number,
            time=self.time,
            residuals=dict(self.residuals),
            courant=max(self.courants.values(), default=None),
            deltaT=self.deltaT,
            execution_time=self.execution_time,
            continuity=self.continuity,
            bounded=tuple(self.bounded),
        )


def began(log: Path, first: Path) -> float | None:
    """The time at which the `first` log of a run begins; None where that is this `log` itself, or says nothing."""
    return None if first == log else start_of(first)


def start_of(log: Path) -> float | None:
    """The time at which a log begins; None where it is gone, or does not say."""
    head = Tail(log)
    try:
        with log.open("rb") as file:
            head.feed(file.read(HEAD))
    except OSError:
        return None
    return head.progress.start_time


class Tail:
    """A reader that remembers how far it came.

    `poll()` reads what was added since, up to the last whole line, and returns the steps that became complete;
    `progress` and `step` tell of the newest one, complete or not. What is read does not depend on when it is read.
    A step is complete when the next one begins or the log ends; Courant and deltaT lines belong to the step that is
    open, or, after its ExecutionTime line, to the next.
    """

    def __init__(self, path: Path | str, *, end_time: float | None = None) -> None:
        self.path = Path(path)
        self._name = str(self.path)
        self.end_time = end_time
        self._restart()

    def _restart(self) -> None:
        self.offset = 0
        self._rest = b""
        self._step, self._next = _Open(), _Open()
        self._timing = False  # between a Time line and its ExecutionTime
        self._region = ""
        self._count = 0
        self._complete: list[Step] = []
        self._last: Step | None = None
        self._latest: dict[str, float] = {}
        self._start: float | None = None
        self._execution_time: float | None = None
        self._clock_time: float | None = None
        self._converged: int | None = None
        self._ended = False

    def poll(self, most: int | None = None) -> list[Step]:
        """The steps completed since the last call; none while the file is not there. A replaced file is read anew.

        `most`: about how much is read at once [bytes]; None: all there is.
        """
        begun = 0
        try:
            if self.offset and os.stat(self._name).st_size == self.offset:  # noqa: PTH116 - asked fifty times a second
                return []
            with self.path.open("rb") as file:
                if file.seek(0, 2) < self.offset:
                    self._restart()
                file.seek(self.offset)
                while (most is None or begun < most) and (block := file.read(BLOCK)):
                    self.offset += len(block)
                    begun += len(block)
                    self.feed(block)
        except FileNotFoundError:
            self._restart()
        complete, self._complete = self._complete, []
        return complete

    def feed(self, block: bytes) -> None:
        """Take in the next bytes of the log, cut anywhere."""
        block = self._rest + block
        whole, newline, self._rest = block.rpartition(b"\n")
        if not newline:
            return
        mark, solve, handlers = lines.SOLVE.sure, self._solve, _HANDLERS
        for line in whole.split(b"\n"):
            if mark in line:
                solve(line)
            elif handler := handlers.get(line[:5]):
                handler(self, line)

    @property
    def step(self) -> Step | None:
        """The newest step, complete or not."""
        return self._last if self._step.number < 0 else self._step.frozen()

    @property
    def progress(self) -> Progress:
        """How far the solver is, by what was read so far."""
        step = self.step
        return Progress(
            time=step.time if step else self._start,
            iteration=self._count,
            residuals=dict(self._latest),
            courant=step.courant if step else None,
            execution_time=self._execution_time,
            clock_time=self._clock_time,
            end_time=self.end_time,
            start_time=self._start,
            converged=self._converged,
            ended=self._ended,
        )

    def _solve(self, line: bytes) -> None:
        found = lines.SOLVE.pattern.match(line)
        if found is None or self._step.number < 0:
            return
        name = found[2].decode("latin-1")
        if self._region:
            name = f"{self._region}/{name}"
        if name not in self._step.residuals:
            self._latest[name] = self._step.residuals[name] = float(found[3])

    def _time(self, line: bytes) -> None:
        if found := lines.TIME.pattern.match(line):
            self._close()
            self._step, self._next = self._next, _Open()
            self._step.number, self._step.time = self._count, float(found[1])
            self._count += 1
            self._timing, self._ended, self._region = True, False, ""

    def _close(self) -> None:
        if self._step.number >= 0:
            self._last = self._step.frozen()
            self._complete.append(self._last)
        self._step = _Open()
        self._timing, self._region = False, ""

    def _execution(self, line: bytes) -> None:
        if found := lines.EXECUTION.pattern.match(line):
            self._execution_time = self._step.execution_time = float(found[1])
            self._clock_time = float(found[2])
            self._timing, self._region = False, ""

    def _create(self, line: bytes) -> None:
        if line == lines.CREATED:
            self._close()
            self._ended = False
        elif found := lines.START.match(line):
            self._start = float(found[1])

    def _continuity(self, line: bytes) -> None:
        if found := lines.CONTINUITY.pattern.match(line):
            self._step.continuity = float(found[2])

    def _courant(self, line: bytes) -> None:
        if found := lines.COURANT.pattern.match(line) or lines.COURANT_PAIR.pattern.match(line):
            self._current.courants[""] = float(found[2])
            return
        found = lines.COURANT_OF.pattern.match(line)
        if found and lines.courant_kind(found[2], found[3]) == b"flow":
            self._current.courants[(found[1] or b"").decode("latin-1")] = float(found[5])

    @property
    def _current(self) -> _Open:
        return self._step if self._timing else self._next

    def _deltaT(self, line: bytes) -> None:
        if found := lines.DELTA_T.pattern.match(line):
            self._current.deltaT = float(found[1])

    def _bounding(self, line: bytes) -> None:
        if found := lines.BOUNDING.pattern.match(line):
            self._step.bounded.append(found[1].decode("latin-1"))

    def _zone(self, line: bytes) -> None:
        if found := lines.REGION.pattern.match(line):
            self._region = found[1].decode("latin-1")

    def _converge(self, line: bytes) -> None:
        if found := lines.CONVERGED.match(line):
            self._converged = int(found[1])

    def _end(self, line: bytes) -> None:
        if line == lines.END:
            self._close()
            self._ended = True


_COURANT = lines.COURANT.heads + lines.COURANT_OF.heads + lines.COURANT_PAIR.heads
_HANDLERS: Final[Mapping[bytes, Callable[[Tail, bytes], None]]] = {
    head[:5]: handler
    for heads, handler in (
        (lines.TIME.heads, Tail._time),
        (lines.EXECUTION.heads, Tail._execution),
        (lines.CONTINUITY.heads, Tail._continuity),
        (_COURANT, Tail._courant),
        (lines.DELTA_T.heads, Tail._deltaT),
        (lines.BOUNDING.heads, Tail._bounding),
        (lines.REGION.heads, Tail._zone),
        ((b"Create ",), Tail._create),
        ((b"SIMPLE", b"PIMPLE"), Tail._converge),
        ((lines.END,), Tail._end),
    )
    for head in heads
}
