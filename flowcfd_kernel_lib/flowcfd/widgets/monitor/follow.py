"""Follows what one run writes: the solver's log and the tables of its function objects, by offset, each byte once."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from flowcfd.case.measure import COEFFICIENTS, FORCES, unit
from flowcfd.foam import measures
from flowcfd.foam.growing import GrowingTable
from flowcfd.foam.log import Progress, Step, Tail
from flowcfd.foam.samples import Samples, samples
from flowcfd.jobs.handle import Run
from flowcfd.widgets.monitor.history import History, Rows
from flowcfd.widgets.monitor.loose import logs_of

LOOK = 1.0
"""Time [s] between two looks for logs and tables that are new."""
BLOCK = 1 << 21
"""So much of a log is read at once [bytes]: the page sees a long one grow, and the kernel is not held."""
WIDEST = 48
"""So many columns of one table are drawn at most."""
RESIDUALS, FORCES_TAB, PROBES, COURANT, OTHER = "Residuals", "Forces", "Probes", "Courant", "Other"
"""What a group is about; the page has a tab for each."""


@dataclass
class Group:
    """Curves over the same times: where they are shown, what they are called, and what came of them so far."""

    key: str
    tab: str
    title: str
    columns: list[str]
    unit: str = ""
    log: bool = False
    history: History = field(init=False)

    def __post_init__(self) -> None:
        self.history = History(1 + len(self.columns))

    def column(self, name: str) -> int:
        """Where a column stands in the rows."""
        return 1 + self.columns.index(name)


@dataclass(frozen=True)
class News:
    """Rows that are new in a group, `first` the number of the first of them; `widened`: it has more columns now."""

    group: Group
    first: int
    rows: Rows
    widened: bool = False


class Follower:
    """Reads one run on: `poll` gives what is new, `groups` hold what was read, `progress` how far the solver is."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.groups: dict[str, Group] = {}
        self.steady: bool | None = None
        """Whether Time counts iterations; None: not looked up yet."""
        self.behind = 0.0
        """The part of the newest log that is still to be read, 0 to 1."""
        self._tails: list[Tail] = []
        self._read = 0
        self._given = -1  # the newest step of the log that is read
        self._tables: list[tuple[Group, GrowingTable | Samples]] = []
        self._known: set[str] = set()
        self._controls: object = None
        self._looked = -float("inf")

    def poll(self) -> list[News]:
        """What was written since the last call; of a long log a part at a time (`behind`)."""
        self._look()
        news = self._steps(steps) if (steps := self._logged()) else []
        for group, table in self._tables:
            if rows := _rows(table):
                news.append(_taken(group, np.array(rows)))
        return news

    @property
    def progress(self) -> Progress:
        """How far the solver is, or the mesh before it."""
        if not self._tails:
            return self.run.progress()
        first, last = self._tails[0], self._tails[-1]
        return replace(last.progress, began=None if first is last else first.progress.start_time)

    @property
    def steps(self) -> int:
        """The steps that were done, in all logs together: a run that goes on begins a new one."""
        return sum(tail.progress.iteration for tail in self._tails)

    @property
    def caught_up(self) -> bool:
        """Whether all that was written is read."""
        return not self.behind and self._read >= len(self._tails) - 1

    # ---- the log

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._looked < LOOK:
            return
        self._looked = now
        if not self.run.record.mesh_only:
            known = {tail.path for tail in self._tails}
            for path in logs_of(self.run):
                if path not in known:
                    self._tails.append(Tail(path, end_time=self.run.record.end))
        self._find_tables()

    def _logged(self) -> list[Step]:
        """The steps that are new: of one log after the other, and of each all."""
        if self._read >= len(self._tails):
            return []
        tail = self._tails[self._read]
        steps = tail.poll(most=BLOCK)
        if steps:
            self._given = steps[-1].number
        try:
            size = tail.path.stat().st_size
        except OSError:
            size = 0
        self.behind = 1.0 - tail.offset / size if size > tail.offset else 0.0
        if not self.behind and self._read < len(self._tails) - 1:
            steps = [*steps, *self._open(tail)]
            self._read, self._given = self._read + 1, -1
        return steps

    def last_step(self) -> list[News]:
        """The step that was open when the newest log came to its end without a word, once."""
        found = self._open(self._tails[-1]) if self._tails and self.caught_up else []
        self._given = found[-1].number if found else self._given
        return self._steps(found) if found else []

    def _open(self, tail: Tail) -> list[Step]:
        step = tail.step
        return [step] if step is not None and step.residuals and step.number > self._given else []

    def _steps(self, steps: Sequence[Step]) -> list[News]:
        news = []
        times = np.array([step.time for step in steps])
        names = list(dict.fromkeys(name for step in steps for name in step.residuals))
        if names:
            news.append(self._residuals(steps, times, names))
        flow = [(step.time, step.courant) for step in steps if step.courant is not None]
        if flow:
            group = self._group("courant", COURANT, "Courant number", ["largest"])
            news.append(_taken(group, np.array(flow)))
        return news

    def _residuals(self, steps: Sequence[Step], times: Rows, names: Sequence[str]) -> News:
        group = self._group("residuals", RESIDUALS, "Initial residuals", list(names), log=True)
        new = [name for name in names if name not in group.columns]
        if new:
            group.columns += new
            group.history.widen(1 + len(group.columns))
        rows = np.full((len(steps), group.history.width), np.nan)
        rows[:, 0] = times
        for place, name in enumerate(group.columns, 1):
            rows[:, place] = [step.residuals.get(name, np.nan) for step in steps]
        return _taken(group, rows, widened=bool(new))

    # ---- the tables

    def _find_tables(self) -> None:
        """The measures that the control dictionary asks for, once their folder is there; anew when it changes."""
        home = self.run.case / "postProcessing"
        try:
            written = (home.stat().st_mtime_ns, (self.run.case / "system/controlDict").stat().st_mtime_ns)
        except OSError:
            return
        if written == self._controls:
            return
        self._controls = written
        for key, tab, title, sources in _grouped(self.run.case):
            function = next(iter(sources.values())).source.function
            if key in self._known or not (home / function).is_dir():
                continue
            self._known.add(key)
            group = self._group(key, tab, title, list(sources), unit=unit(next(iter(sources))) or "")
            self._tables.append((group, _reader(self.run.case, sources)))

    def _group(self, key: str, tab: str, title: str, columns: list[str], *, unit: str = "", log: bool = False) -> Group:
        if key not in self.groups:
            self.groups[key] = Group(key, tab, title, columns, unit, log)
        return self.groups[key]


Sources = dict[str, measures.Written]


def _grouped(case: Path) -> Iterator[tuple[str, str, str, Sources]]:
    """The measures of a case by the table that holds them: key, tab, title, and its columns by their names."""
    found: dict[str, Sources] = {}
    for whole, written in measures.measures(case).items():
        output, _, column = whole.rpartition(".")
        kind = "" if column in (*COEFFICIENTS, *FORCES) else column.partition("[")[0]
        kind = kind[:-1] if len(kind) > 1 and kind[-1] in "xyz" and "[" in column else kind
        key = f"{output}/{written.source.file}/{kind}"
        found.setdefault(key, {})[column] = written
    for key, sources in found.items():
        output, _, kind = key.partition("/")[0], "", key.rpartition("/")[2]
        tab, words = _tab(sources)
        title = f"{output}: {words or kind}"
        yield key, tab, title, dict(list(sources.items())[:WIDEST])


def _tab(sources: Sources) -> tuple[str, str]:
    first = next(iter(sources))
    if first in COEFFICIENTS:
        return FORCES_TAB, "coefficients"
    if first in FORCES:
        return FORCES_TAB, "moments" if first.startswith("M") else "forces"
    return (PROBES, "") if "[" in first else (OTHER, "")


def _reader(case: Path, sources: Sources) -> GrowingTable | Samples:
    source = next(iter(sources.values())).source
    if source.direction is not None:
        return samples(case, source)
    columns = {name: written.source.column for name, written in sources.items()}
    return GrowingTable(case, source.function, source.file, columns)


def _rows(table: GrowingTable | Samples) -> list[list[float]]:
    if isinstance(table, GrowingTable):
        return table.poll()
    if not table.poll():
        return []
    return [[time, value] for time, value in zip(table.times, table.values, strict=True)]  # few, and written again


def _taken(group: Group, rows: Rows, *, widened: bool = False) -> News:
    first = group.history.count
    group.history.extend(rows)
    return News(group, first, rows, widened)
