"""Whether a solver is on the way to infinity, by its log as it grows: few numbers a step, and only very large growth.

A healthy start may be rough: residuals of one, errors of continuity a thousand times those of later. So a number
counts as exploding only when it is not finite or absurd (ABSURD), or has grown by a factor that no start has (FACTORS)
over its median so far and has risen in each of the last five steps.
"""

from __future__ import annotations

import math
import re
from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

RISING = 5
"""In so many steps one after the other a number rises that explodes."""

EARLIEST = 10
"""Steps before which nothing counts but what is absurd."""

ABSURD = {"courant": 1e8, "continuity": 1e12, "bounding": 1e25, "deltaT": 1e30}
"""What no flow has in any unit: Courant numbers, errors of continuity, sizes of k, epsilon or omega, 1/deltaT."""

FALLEN = 100.0
"""When a solver has died of its numbers, what has risen so many times without a pause was a part of it."""

FACTORS = {"courant": 100.0, "continuity": 1e5, "bounding": 1e6, "deltaT": 1e6}
"""How many times its median an exploding number is at least."""

LEAST_COURANT = 1e3
"""A Courant number below is none that explodes, however small it was."""

_KEPT = 400
_LINE = re.compile(
    rb"^(?:Time = (?P<time>\S+)$"
    rb"|(?P<end>ExecutionTime = )"
    rb"|\S+:  Solving for (?P<field>\S+), Initial residual = (?P<initial>[^,]+), Final residual = (?P<final>[^,]+), "
    rb"|time step continuity errors .*?sum local = (?P<local>[^,]+),"
    rb"|(?:Region: \S+ )?Courant Number mean: \S+ max: (?P<courant>\S+)"
    rb"|Mean and max Courant Numbers = \S+ (?P<pair>\S+)"
    rb"|deltaT = (?P<step>\S+)$"
    rb"|bounding (?P<bounded>\S+), min: (?P<low>\S+) max: (?P<high>\S+) )",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Explosion:
    """What explodes: the field, the time [s or iterations] now, the last time before it began, and in words."""

    field: str
    time: str
    onset: float
    why: str


@dataclass
class _Track:
    """One number over the steps."""

    factor: float
    least: float = 0.0
    last: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=_KEPT))
    all: list[float] = field(default_factory=list)
    stride: int = 1
    count: int = 0

    def add(self, time: float, value: float) -> None:
        self.count += 1
        self.last.append((time, value))
        if self.count % self.stride == 0:
            self.all.append(value)
        if len(self.all) >= 2 * _KEPT:
            self.all, self.stride = self.all[::2], 2 * self.stride

    def usual(self) -> float:
        """The median so far, without the steps that are judged."""
        early = sorted(self.all[: max(1, len(self.all) - RISING)])
        return early[len(early) // 2]

    def explodes(self) -> bool:
        if self.count < EARLIEST or self.last[-1][1] < self.least:
            return False
        values = [value for _, value in list(self.last)[-RISING - 1 :]]
        if not all(before < after for before, after in pairwise(values)):
            return False
        return values[-1] > self.factor * self.usual() > 0

    def rise(self) -> tuple[float, float]:
        """How many times larger it is than before it rose without a pause, and the last time before that."""
        values = list(self.last)
        first = len(values) - 1
        while first and values[first - 1][1] < values[first][1]:
            first -= 1
        start = values[first][1]
        most = min(3 * start, 5 * self.usual())
        healthy = [time for time, value in values if value <= most]
        return values[-1][1] / start if start else 0.0, healthy[-1] if healthy else values[0][0]

    def onset(self) -> float:
        """The last time at which it was of its usual size, and before it rose without a pause."""
        usual = self.usual()
        healthy = [time for time, value in self.last if value <= 10 * usual]
        return min(healthy[-1] if healthy else self.last[0][0], self.rise()[1])


class Growth:
    """Reads one log on and says when something explodes."""

    def __init__(self, log: Path) -> None:
        self.log, self.offset = log, 0
        self.time, self._at = "", math.nan
        self._step: dict[str, float] = {}
        self._tracks: dict[str, _Track] = {}
        self._finite = math.nan
        self.found: Explosion | None = None

    @property
    def rising(self) -> bool:
        """Whether something has risen a hundred times without a pause: no moment to keep fields."""
        return any(track.rise()[0] >= FALLEN for track in self._tracks.values())

    def poll(self) -> Explosion | None:
        """Read what is new, to the last whole line; what explodes, once it does."""
        try:
            with self.log.open("rb") as file:
                file.seek(self.offset)
                chunk = file.read()
        except OSError:
            return self.found
        end = chunk.rfind(b"\n") + 1
        self.offset += end
        for match in _LINE.finditer(chunk, 0, end):
            if self.found is None:
                self._line(match)
        return self.found

    def onset(self) -> float | None:
        """The last time before it began, in the log of a solver that has died of its numbers; None: it cannot be seen.

        Times that were written later hold fields that are not to be believed.
        """
        if self.poll() is not None or self._step:
            self._keep()
        rises = [track.rise() for track in self._tracks.values() if track.last[-1][0] == self._at]
        found = [time for times, time in rises if times >= FALLEN]
        return min(found + ([self.found.onset] if self.found is not None else []), default=None)

    def _line(self, match: re.Match[bytes]) -> None:
        kind = match.lastgroup
        if kind == "time":
            self.time = match["time"].decode("latin-1").rstrip("s")
            self._at = _number(match["time"].rstrip(b"s"))
        elif kind == "end":
            self._end()
        elif kind == "final":
            name = match["field"].decode("latin-1")
            for residual in (match["initial"], match["final"]):
                self._finite_or_not(name, _number(residual), "residual")
        elif kind == "local":
            self._take("continuity", "p", _number(match["local"]), "errors of continuity")
        elif kind in ("courant", "pair"):
            self._take("courant", "U", _number(match[kind]), "Courant")
        elif kind == "step":
            step = _number(match["step"])
            self._take("deltaT", "U", 1.0 / step if step else math.inf, "1/deltaT")
        else:
            name = match["bounded"].decode("latin-1")
            self._take(f"bounding {name}", name, max(abs(_number(match["low"])), abs(_number(match["high"]))), "size")

    def _take(self, key: str, field: str, value: float, what: str) -> None:
        self._finite_or_not(field, value, what)
        if self.found is None and value > ABSURD[key.partition(" ")[0]]:
            self.found = Explosion(field, self.time, self._before(), f"{field} ({what} {value:.2g})")
        self._step[key] = value if key == "continuity" else max(self._step.get(key, 0.0), value)

    def _finite_or_not(self, field: str, value: float, what: str) -> None:
        if self.found is None and not math.isfinite(value):
            self.found = Explosion(field, self.time, self._before(), f"{field} ({what} {value:g})")

    def _before(self) -> float:
        """The last time before what has just come, which is beyond all doubt."""
        onsets = [time for times, time in (track.rise() for track in self._tracks.values()) if times >= FALLEN]
        return min([self._finite if math.isfinite(self._finite) else 0.0, *onsets])

    def _keep(self) -> None:
        """Put the numbers of a step to those before it."""
        for key, value in self._step.items():
            kind = key.partition(" ")[0]
            least = LEAST_COURANT if kind == "courant" else 0.0
            self._tracks.setdefault(key, _Track(FACTORS[kind], least)).add(self._at, value)
        self._step.clear()

    def _end(self) -> None:
        """A step is done."""
        self._keep()
        self._finite = self._at
        exploding = {key: track for key, track in self._tracks.items() if track.last[-1][0] == self._at}
        exploding = {key: track for key, track in exploding.items() if track.explodes()}
        if exploding:
            told = [_told(key, track.last[-1][1], track.usual()) for key, track in exploding.items()]
            onset = min(track.onset() for track in exploding.values())
            self.found = Explosion(told[0].split()[0], self.time, onset, ", ".join(told))


def _told(key: str, value: float, usual: float) -> str:
    kind, _, name = key.partition(" ")
    if kind == "courant":
        return f"U (Courant {value:.2g}, usually {usual:.2g})"
    if kind == "deltaT":
        return f"U (deltaT {1 / value:.2g}, usually {1 / usual:.2g})"
    if kind == "continuity":
        return f"p (errors of continuity {value:.2g}, usually {usual:.2g})"
    return f"{name} (up to {value:.2g}, usually {usual:.2g})"


def _number(word: bytes) -> float:
    try:
        return float(word)
    except ValueError:
        return 0.0
