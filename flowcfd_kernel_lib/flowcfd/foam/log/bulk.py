"""A whole log as columns, at the speed of a CSV reader; what is held in memory is one chunk and the result.

The file is taken in chunks cut at a newline, and `page` turns the lines of each shape into columns. To which step and
region a line belongs follows from the last line before it that begins or ends one, in this chunk or an earlier one,
so the result does not depend on the chunks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import numpy.typing as npt

from flowcfd.foam.log import lines
from flowcfd.foam.log.page import Codes, Ints, Page, Rows

Columns = Mapping[str, npt.NDArray[Any]]
CHUNK: Final = 8 << 20
"""How much is read at once [bytes]."""


@dataclass(frozen=True, slots=True)
class Log:
    """What a log says, as tables of equally long columns.

    All tables but `steps` have `step` (the row of `steps`; -1 before the first) and `time` (of that step; nan before
    the first). Fields, solvers, regions and kinds are positions in `names`; a region is "" where there is only one.
    """

    steps: Columns
    """time [s or iterations], deltaT, execution (CPU time so far [s]), clock [s]; nan where the log has none."""
    solves: Columns
    """step, time, region, field, solver, initial, final, iterations: one row per linear solve, in the log's order."""
    continuity: Columns
    """step, time, region, local, global, cumulative."""
    courant: Columns
    """step, time, region, kind (flow, interface, diffusion ...), mean, max."""
    bounding: Columns
    """step, time, field, min, max, average."""
    names: tuple[str, ...]
    application: str = ""
    start_time: float | None = None
    converged: int | None = None
    """The iteration at which the solver said that it converged."""
    ended: bool = False
    """Whether the log's last word is `End`."""


def read(path: Path | str, *, chunk: int = CHUNK) -> Log:
    """The log at `path`, up to its last whole line. Raises OSError when it cannot be read."""
    scanner = Scanner()
    with Path(path).open("rb") as file:
        tables = _joined(chain([scanner.scan(b"")], scanner.parts(file, chunk)))
    steps = _steps(tables)
    times = np.append(steps["time"], np.nan)  # step -1 finds the nan
    timed = {
        name: {"step": tables[name]["step"], "time": times[tables[name]["step"]], **tables[name]}
        for name in ("solves", "continuity", "courant", "bounding")
    }
    return Log(
        steps=steps,
        solves=timed["solves"],
        continuity=timed["continuity"],
        courant=timed["courant"],
        bounding=timed["bounding"],
        names=scanner.codes.names,
        application=scanner.application,
        start_time=scanner.start_time,
        converged=scanner.converged,
        ended=scanner.ended,
    )


def _joined(parts: Iterable[Mapping[str, Columns]]) -> Mapping[str, Columns]:
    """The tables of all parts, one after the other; a column's parts are let go as soon as they are joined."""
    gathered: dict[str, dict[str, list[npt.NDArray[Any]]]] = {}
    for part in parts:
        for table, columns in part.items():
            for name, values in columns.items():
                gathered.setdefault(table, {}).setdefault(name, []).append(values)
    return {
        table: {name: np.concatenate(columns.pop(name)) for name in list(columns)}
        for table, columns in gathered.items()
    }


def _steps(tables: Mapping[str, Columns]) -> Columns:
    """One row per Time line; what came later in the log about a step is put into its row."""
    count = len(tables["time"]["time"])
    steps = {
        "time": tables["time"]["time"],
        **{name: np.full(count, np.nan) for name in ("deltaT", "execution", "clock")},
    }
    for table in (tables["deltaT"], tables["execution"]):
        inside = (table["step"] >= 0) & (table["step"] < count)  # a deltaT may be there before its Time line
        for name in table.keys() - {"step"}:
            steps[name][table["step"][inside]] = table[name][inside]
    return steps


class Scanner:
    """Reads a log part by part; holds what goes from one part to the next."""

    def __init__(self) -> None:
        self.codes = Codes()
        self.application = ""
        self.start_time: float | None = None
        self.converged: int | None = None
        self.ended = False
        self._count = 0
        self._last = _Last()

    def parts(self, file: IO[bytes], chunk: int = CHUNK) -> Iterator[Mapping[str, Columns]]:
        """The tables of each chunk in turn; nothing of an earlier chunk is kept but the state."""
        rest: list[bytes] = []
        while block := file.read(chunk):
            whole, newline, tail = block.rpartition(b"\n")
            if newline:
                yield self.scan(b"".join((*rest, whole, newline)))
                rest = []
            rest.append(tail)

    def scan(self, text: bytes) -> Mapping[str, Columns]:
        """The tables of the next whole lines: time, deltaT, execution, solves, continuity, courant, bounding."""
        page = Page(text, self.codes)
        time, execution, zone = (page.rows(shape) for shape in (lines.TIME, lines.EXECUTION, lines.REGION))
        marks = _Marks(self._last, self._count, time, execution, zone, self._words(page, time))
        solves, continuity = page.rows(lines.SOLVE), page.rows(lines.CONTINUITY)
        bounding, deltaT = page.rows(lines.BOUNDING), page.rows(lines.DELTA_T)
        self._count += len(time.numbers)
        tables: dict[str, Columns] = {
            "time": time.columns,
            "deltaT": {"step": marks.coming(deltaT.numbers), **deltaT.columns},
            "execution": {"step": marks.step(execution.numbers), **execution.columns},
            "solves": {"step": marks.step(solves.numbers), "region": marks.region(solves.numbers), **solves.columns},
            "continuity": {"step": marks.step(continuity.numbers), **self._regions(continuity.columns)},
            "courant": self._courant(page, marks),
            "bounding": {"step": marks.step(bounding.numbers), **bounding.columns},
        }
        self._last = marks.last(len(page))
        return tables

    def _words(self, page: Page, time: Rows) -> Ints:
        """Take in the lines that are said once a process; returns the numbers of those between two processes."""
        begins = []
        for number in page.begins(b"Exec   : ", b"Create ", b"SIMPLE solution", b"PIMPLE solution", lines.END).tolist():
            line = page.line(number)
            if line in (lines.CREATED, lines.END):
                begins.append(number)
                self.ended = line == lines.END
            elif found := lines.START.match(line):
                self.start_time = float(found[1])
            elif found := lines.CONVERGED.match(line):
                self.converged = int(found[1])
            elif found := lines.APPLICATION.match(line):
                self.application = found[1].decode("latin-1")
        if len(time.numbers) and time.numbers[-1] > max(begins, default=-1):
            self.ended = False
        return np.array(begins, np.int64)

    def _regions(self, columns: Columns) -> Columns:
        """The region of a continuity line from its fifth word."""
        words = self.codes.names
        known = {code: self.codes[lines.region_of(words[code])] for code in np.unique(columns["region"]).tolist()}
        return {**columns, "region": _replaced(columns["region"], known)}

    def _courant(self, page: Page, marks: _Marks) -> Columns:
        """Courant lines of all shapes in their order."""
        plain = [page.rows(shape) for shape in (lines.COURANT, lines.COURANT_PAIR)]
        named = page.rows(lines.COURANT_OF)
        words = self.codes.names
        kinds = [
            self.codes[lines.courant_kind(words[prefix].encode("latin-1"), words[sort].encode("latin-1"))]
            for prefix, sort in zip(named.columns["prefix"].tolist(), named.columns["sort"].tolist(), strict=True)
        ]
        numbers = np.concatenate([rows.numbers for rows in (*plain, named)])
        order = np.argsort(numbers, kind="stable")
        usual = sum(len(rows.numbers) for rows in plain)
        columns = {
            "region": np.concatenate([np.zeros(usual, np.int16), named.columns["region"]]),
            "kind": np.concatenate([np.full(usual, self.codes[b"flow"], np.int16), np.array(kinds, np.int16)]),
            **{name: np.concatenate([rows.columns[name] for rows in (*plain, named)]) for name in ("mean", "max")},
        }
        return {"step": marks.coming(numbers[order]), **{name: values[order] for name, values in columns.items()}}


def _replaced(codes: npt.NDArray[Any], known: Mapping[int, int]) -> npt.NDArray[np.int16]:
    table = np.zeros(max(known, default=0) + 1, np.int16)
    table[list(known)] = list(known.values())
    replaced: npt.NDArray[np.int16] = table[codes]
    return replaced


@dataclass(frozen=True, slots=True)
class _Last:
    """What holds at the end of a part."""

    step: int = -1
    coming: int = 0
    region: int = 0


class _Marks:
    """The lines of a page that begin or end a step or a region, and what holds at the lines between."""

    def __init__(self, last: _Last, count: int, time: Rows, execution: Rows, zone: Rows, breaks: Ints) -> None:
        new = count + np.arange(len(time.numbers))
        closed = np.concatenate([execution.numbers, breaks])
        self._last = last
        self._step = _sorted((time.numbers, new), (breaks, np.full(len(breaks), -1)))
        self._coming = _sorted((time.numbers, new), (closed, count + np.searchsorted(time.numbers, closed)))
        nowhere = np.concatenate([time.numbers, closed])
        self._region = _sorted((nowhere, np.zeros(len(nowhere), np.int64)), (zone.numbers, zone.columns["region"]))

    def step(self, numbers: Ints) -> npt.NDArray[np.int32]:
        """The step of each line: that of the last Time line, -1 when another process began since."""
        return _held(self._step, numbers, self._last.step).astype(np.int32)

    def coming(self, numbers: Ints) -> npt.NDArray[np.int32]:
        """The step that a Courant or deltaT line belongs to: after an ExecutionTime line it is the next."""
        return _held(self._coming, numbers, self._last.coming).astype(np.int32)

    def region(self, numbers: Ints) -> npt.NDArray[np.int16]:
        """The region whose equations are being solved at each line."""
        return _held(self._region, numbers, self._last.region).astype(np.int16)

    def last(self, count: int) -> _Last:
        """What holds after `count` lines."""
        end = np.array([count])
        return _Last(int(self.step(end)[0]), int(self.coming(end)[0]), int(self.region(end)[0]))


def _sorted(*groups: tuple[Ints, npt.NDArray[Any]]) -> tuple[Ints, npt.NDArray[Any]]:
    numbers = np.concatenate([numbers for numbers, _ in groups])
    order = np.argsort(numbers, kind="stable")
    return numbers[order], np.concatenate([values for _, values in groups])[order]


def _held(marks: tuple[Ints, npt.NDArray[Any]], numbers: Ints, before: int) -> npt.NDArray[Any]:
    """The value of the last mark before each number; `before` where there is none."""
    return np.append(marks[1], before)[np.searchsorted(marks[0], numbers) - 1]
