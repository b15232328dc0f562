"""Sweep: a notebook at many points of its parameters. It lives in a folder and outlives its caller, as a study does."""

from __future__ import annotations

import hashlib
import html
import json
import math
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowcfd import telling
from flowcfd.errors import CaseError, Lost, SiteError, UnknownName
from flowcfd.jobs import detached, folders, lock, waiting
from flowcfd.settings import settings
from flowcfd.sweeps import notebook as notebooks
from flowcfd.sweeps import pool, scraps, space
from flowcfd.sweeps import record as records
from flowcfd.sweeps.point import DONE, FAILED, OPEN, RUNNING, WAITING, Point
from flowcfd.sweeps.record import FILE, HALT, Record

if TYPE_CHECKING:
    from flowcfd.post.table import Table
    from flowcfd.sweeps.pictures import Pictures

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\Z")


class Sweep:
    """A notebook executed at the points of a design over its parameters.

        sweep = fc.Sweep("drag.ipynb", {"speed": (5, 20), "angle": [0, 4, 8]}, design="lhs", points=12)
        sweep.run()                                       # returns at once; goes on when this process dies
        sweep.wait().table()                              # what the notebooks kept by fc.keep("Cd", ...)

    `space` maps a parameter, a name that the cell tagged `parameters` sets, to a list of values or a pair (low, high).
    `design`, `points` and `seed` are those of `fc.Study`, or `design` is the path of a CSV whose first row has the
    parameters. `kernel` is another than the notebook's own. `out` is the folder of the sweep; by default one of its
    name under FLOWCFD_HOME.

    Each point is executed once: the points of a longer design and of one that was broken off are not executed again,
    unless the code of the notebook has changed. All is checked at once, before anything is written.
    """

    def __init__(
        self,
        notebook: str | Path,
        space_: Mapping[str, object] | None = None,
        /,
        *,
        design: str | Path = "grid",
        points: int | None = None,
        seed: int = 0,
        name: str | None = None,
        kernel: str | None = None,
        out: str | Path | None = None,
    ) -> None:
        read = notebooks.read(Path(notebook).expanduser(), kernel=kernel)
        notebooks.require_kernel(read.kernel)
        name = name or re.sub(r"[^A-Za-z0-9_.-]+", "_", read.path.stem).lstrip("_.-")[:64] or "sweep"
        if not _NAME.match(name):
            raise CaseError(
                f"name: must be 1 to 64 of A-Z a-z 0-9 _ . - and begin with a letter or digit (got {name!r})"
            )
        values = space.points(read, space_ or {}, design, points, seed)
        keys = tuple(read.key(one) for one in values)
        self.record = Record(name, str(read.path), read.kernel, read.digest, str(design), tuple(values), keys)
        self._text: str | None = read.text
        if out is not None:
            self.path = Path(out).expanduser().absolute()
        else:
            place = hashlib.sha256(str(read.path).encode()).hexdigest()[:8]
            self.path = settings().home / "sweeps" / f"{name}-{place}"
        self._fits()

    @classmethod
    def read(cls, path: Path) -> Sweep:
        """The sweep in a folder; ResultError where it cannot be understood."""
        made = cls.__new__(cls)
        made.path, made.record, made._text = path.absolute(), records.read(path), None
        return made

    @property
    def name(self) -> str:
        """Its name."""
        return self.record.name

    @property
    def points(self) -> tuple[Point, ...]:
        """All points, as they are now."""
        return self.record.points(self.path)

    @property
    def states(self) -> Counter[str]:
        """How many points are in each state."""
        return Counter(point.state for point in self.points)

    @property
    def driven(self) -> bool:
        """Whether its driver, which keeps workers at it, is at work."""
        return lock.taken(self.path / detached.LOCK)

    def run(
        self,
        *,
        on: str = "local",
        cores: int = 1,
        resources: Mapping[str, object] | None = None,
        at_once: int | None = None,
        timeout: float | None = None,
        again: bool = False,
        wait: bool = False,
    ) -> Sweep:
        """Execute what is not executed yet; returns at once.

        `on` is "local" or a profile of a cluster with Slurm; `cores` is what one notebook has for what it starts;
        `at_once` limits the notebooks that are executed at a time (by default as many as this machine has cores for, or
        16 jobs of a cluster). `timeout` [s] is the longest time of one cell. `again`: those that failed are executed
        again. CaseError and SiteError before anything is written; SiteError also while it is executed in another way.
        """
        for name, given in (("at_once", at_once), ("timeout", timeout)):
            whole = isinstance(given, int) or (name == "timeout" and isinstance(given, float))
            if given is not None and (isinstance(given, bool) or not whole or given <= 0):
                raise CaseError(f"{name}: must be a positive {'number' if whole else 'whole number'} (got {given!r})")
        pool.require(on, cores, resources)
        self._fits()
        options = {
            "on": on, "cores": cores, "resources": dict(resources or {}), "at_once": at_once, "timeout": timeout,
        }  # fmt: skip
        wanted = Record(**{**vars(self.record), "options": json.loads(json.dumps(options, default=str))})
        if self.driven:
            if records.read(self.path) != wanted:
                raise SiteError(
                    f"{self.name} is being executed with other points or options; sweep.cancel() or sweep.wait() first"
                )
        else:
            self._write(wanted, again=again)
        self.record = wanted
        detached.begin("flowcfd.sweeps.driver", self.path)
        return self.wait() if wait else self

    def wait(self, timeout: float | None = None, *, poll: float = 0.3) -> Sweep:
        """Wait until no point is left, at most `timeout` [s] (TimeoutError); an interrupt ends the wait only.

        Raises Lost when points are left and nobody is about to execute them; those of a cancelled sweep are not.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        try:
            for points in self.follow(poll=poll):
                if deadline is not None and time.monotonic() > deadline:
                    raise TimeoutError(f"{self.name} is not through after {timeout:g} s: {told(points)}")
                fraction = sum(point.fraction for point in points) / max(1, len(points))
                telling.tell(self, f"Sweep {self.name}: {told(points)}{at_work(points)}", fraction)
        except KeyboardInterrupt:
            raise waiting.interrupted(f"{self.name} goes on without this wait; sweep.wait() waits again") from None
        finally:
            telling.tell(self, "", over=True)
        points = self.points
        if any(point.state in OPEN for point in points) and not (self.path / HALT).exists():
            last = detached.last_words(self.path / detached.LOG, "its driver is gone")
            raise Lost(f"{told(points)}, and nobody is at it: {last}; sweep.run() goes on", path=self.path)
        return self

    def follow(self, *, poll: float = 0.3) -> Iterator[tuple[Point, ...]]:
        """The points, again and again until none is left or nobody is at them."""
        while True:
            driven = self.driven  # before the points: a driver that ends in between has left none
            points = self.points
            yield points
            open_ = [point for point in points if point.state in OPEN]
            if not driven and not any(point.state == RUNNING for point in open_):
                return
            time.sleep(poll)

    def cancel(self) -> Sweep:
        """Execute no more; what is being executed is interrupted, and executed anew by the next `run`."""
        if not self.path.is_dir():
            return self
        (self.path / HALT).touch()
        deadline = time.monotonic() + detached.START_TIMEOUT
        while (self.driven or self.states[RUNNING]) and time.monotonic() < deadline:
            time.sleep(0.05)
        on = str(self.record.options.get("on", "local"))
        if on != "local" and self.record.options:  # jobs whose driver is gone
            pool.pool(self.path, len(self), self.record.options).stop()
        return self

    def table(self) -> Table:
        """One row a point: the parameters, what its notebook kept, its state, and the cause where it failed.

        Points that are not through, or failed, are there with nan. `table["Cd"].units` is the unit; a value that was
        kept with its band has a second column `Cd ±`.
        """
        from flowcfd.post.table import Table

        points = self.points
        done = [point.kept if point.state == DONE else {} for point in points]
        names = list(dict.fromkeys(name for kept in done for name in kept))
        banded = {name for kept in done for name, value in kept.items() if "uncertainty" in value}
        taken = set(self.record.values[0]) | {"state", "cause"}
        rows, units = [], {}
        for point, kept in zip(points, done, strict=True):
            row: dict[str, Any] = dict(point.values)
            for name in names:
                column = f"{name} (kept)" if name in taken else name
                found = kept.get(name, {})
                row[column] = math.nan if found.get("value") is None else found["value"]
                if name in banded:
                    row[f"{column} ±"] = found.get("uncertainty", math.nan)
                if found.get("unit"):
                    units[column] = str(found["unit"])
            rows.append({**row, "state": point.state, "cause": "" if point.state == DONE else point.why})
        table = Table(rows)
        table.index.name = "point"
        table.attrs["units"] = units
        return table

    def pictures(self, name: str) -> Pictures:
        """The pictures that the notebooks kept under a name, beside one another; UnknownName where none did."""
        from flowcfd.sweeps.pictures import Pictures

        found, known = {}, set[str]()
        for point in self.points:
            if point.state == DONE:
                kept = scraps.pictures(json.loads(point.notebook.read_text(encoding="utf-8")))
                known.update(kept)
                if name in kept:
                    found[point.number] = (point.values, kept[name])
        if not found:
            raise UnknownName("picture", name, known, where=self.name)
        return Pictures(name, found)

    def __len__(self) -> int:
        return len(self.record.keys)

    def __repr__(self) -> str:
        return f"<Sweep {self.name}: {len(self)} points, {told(self.points)}; {self.path}>"

    def _repr_html_(self) -> str:
        so_far = html.escape(told(self.points)) + self._next()
        title = f"<b>Sweep {html.escape(self.name)}</b>: {len(self)} points, {so_far}"
        table = self.table().titled().rename_axis(columns="point", index=None)  # one row of titles, not two
        if not table["cause"].any():
            table = table.drop(columns="cause")
        return f"<div title='{html.escape(str(self.path))}'>{title}</div>{table.to_html(max_rows=24, border=0)}"

    def _next(self) -> str:
        """What is to be said of points that are left: this does not change by itself."""
        if not any(point.state in OPEN for point in self.points):
            return ""
        return "; sweep.wait() shows how far it is" if self.driven else "; sweep.run() executes those that are left"

    def _fits(self) -> None:
        """CaseError where the folder holds something else."""
        if not self.path.exists():
            return
        if not self.path.is_dir() or (not (self.path / FILE).exists() and any(self.path.iterdir())):
            raise CaseError(f"out: {self.path} is there and holds no sweep; choose another folder")
        if (self.path / FILE).exists():
            other = records.read(self.path)
            if (other.origin, other.name) != (self.record.origin, self.record.name):
                raise CaseError(
                    f"out: {self.path} holds the sweep {other.name!r} of {other.origin}; choose another folder"
                )

    def _write(self, wanted: Record, *, again: bool) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        (self.path / HALT).unlink(missing_ok=True)
        if self._text is not None:  # not one that was read: its notebook is there as it was
            records.put(self.path / "notebook.ipynb", self._text)
        wanted.write(self.path)
        for point in self.points:
            lost = point.state == WAITING and point.record
            if lost or (again and point.state == FAILED):
                point.forget()  # with its count of tries


def told(points: tuple[Point, ...]) -> str:
    """How many points are in each state, in words."""
    states = Counter(point.state for point in points)
    return ", ".join(f"{count} {state.lower()}" for state, count in sorted(states.items())) or "none"


def at_work(points: tuple[Point, ...]) -> str:
    """Which cell the points are at that are being executed, in words."""
    running = [f"point {point.number} at {point.why}" for point in points if point.state == RUNNING]
    more = f" and {len(running) - 3} more" if len(running) > 3 else ""
    return f"; {', '.join(running[:3])}{more}" if running else ""


def open_sweep(path_or_name: str | Path) -> Sweep:
    """The sweep in a folder, or of a name under FLOWCFD_HOME: a folder's name, or its beginning if only one has it."""
    return Sweep.read(folders.named("sweep", path_or_name, settings().home / "sweeps", FILE))


def all_sweeps() -> list[Sweep]:
    """All sweeps under FLOWCFD_HOME, the newest first; what cannot be understood is left out."""
    return folders.readable(settings().home / "sweeps", FILE, Sweep.read)
