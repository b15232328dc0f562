"""Study: a Case at many points of a space of parameters. It lives in a folder, as a run does, and outlives its caller.

A point is computed by an ordinary run, and equal cases are equal runs: so a study that is extended computes only what
is new, and one that was broken off goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowcfd import jobs, telling
from flowcfd.case import Case, Steady
from flowcfd.errors import CaseError, Lost, ResultError, SiteError, UnknownName
from flowcfd.jobs import detached, folders, lock, waiting
from flowcfd.jobs.record import ACTIVE
from flowcfd.settings import settings
from flowcfd.studies import added, record
from flowcfd.studies import design as designs
from flowcfd.studies.design import Values
from flowcfd.studies.point import WAITING, Measure, Point, Seen, told
from flowcfd.studies.saving import Saving, saving

if TYPE_CHECKING:
    from flowcfd.post.table import Table
    from flowcfd.studies.live import Watch
    from flowcfd.studies.optimum import Optimum
    from flowcfd.studies.picture import Picture
    from flowcfd.studies.sensitivity import Sensitivity
    from flowcfd.studies.surface import Surface

PATIENCE = 60.0
"""So long [s] one waits for another process that begins the same study."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\Z")


class Study:
    """A Case at the points of a design.

        study = fc.Study(case, {"boundaries.inlet.speed": ("5 m/s", "20 m/s")}, design="lhs", points=24)
        study.run(cores=2)                                # returns at once; goes on when this process dies
        study.wait().table(cd="body.Cd")

    `space` maps a path of the Case to a list of values or a pair (low, high). `design`: "grid" (all combinations;
    `points` along each range), "list" (lists side by side), "lhs" (Latin hypercube) or "sobol" of so many `points`,
    or the path of a CSV whose first row has the paths. `seed` makes a sampled design repeatable.

    All points are made and checked at once: CaseError names the first that cannot be.
    """

    def __init__(
        self,
        case: Case,
        space: Mapping[str, object] | None = None,
        *,
        design: str | Path = "grid",
        points: int | None = None,
        seed: int = 0,
        name: str = "study",
    ) -> None:
        if not isinstance(case, Case):
            raise CaseError(f"case: must be a Case (got {type(case).__name__})")
        if not _NAME.match(name):
            raise CaseError(
                f"name: must be 1 to 64 of A-Z a-z 0-9 _ . - and begin with a letter or digit (got {name!r})"
            )
        if isinstance(design, Path) or str(design).endswith(".csv"):
            if space:
                raise CaseError("space: a design from a file has its paths in the file")
            values = designs.read_csv(Path(design))
        else:
            values = designs.design(case, space or {}, design, points, seed)
        self._hold(case, dict(space or {}), str(design), seed, name, record.plain(values))
        self._checked()
        self.values += tuple(one.values for one in added.read(self.path))

    @classmethod
    def read(cls, path: Path) -> Study:
        """The study in a folder; ResultError where it cannot be understood."""
        raw, made = record.read(path), cls.__new__(cls)
        try:
            case, values = Case.from_dict(raw["case"]), [dict(one) for one in raw["points"]]
            ranges = raw.get("ranges", ())
            space = {path: tuple(given) if path in ranges else given for path, given in raw["space"].items()}
            made._hold(case, space, str(raw["design"]), int(raw["seed"]), str(raw["name"]), values)
        except (KeyError, TypeError, ValueError, CaseError) as error:
            raise ResultError(f"{path}: study.json cannot be understood: {' '.join(str(error).split())}") from None
        made._folder = path.absolute()
        made.values += tuple(one.values for one in added.read(path))
        return made

    def _hold(
        self, case: Case, space: Mapping[str, object], design: str, seed: int, name: str, values: Sequence[Values]
    ) -> None:
        self.case, self.space, self.design, self.seed, self.name = case, space, design, seed, name
        self.designed: tuple[Values, ...] = tuple(values)
        """The points of the design; `values` are those, and what was added later."""
        self.values = self.designed
        self._folder: Path | None = None
        self._seen = Seen()

    @property
    def path(self) -> Path:
        """The folder of the study: where it was read, else the one of its name and digest under FLOWCFD_HOME."""
        return self._folder or settings().home / "studies" / f"{self.name}-{self.digest[:12]}"

    @property
    def digest(self) -> str:
        """SHA-256 of the case and the design's points, in hexadecimal: an equal study is the same study."""
        content = json.dumps([self.case.to_dict(), list(self.designed)], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    @property
    def points(self) -> tuple[Point, ...]:
        """All points, with the runs that are submitted."""
        known = told(self.path)
        return tuple(self._seen.point(number, values, known.get(number)) for number, values in enumerate(self.values))

    @property
    def states(self) -> Counter[str]:
        """How many points are in each state."""
        return Counter(point.state for point in self.points)

    @property
    def driven(self) -> bool:
        """Whether its driver, which submits the points, is at work."""
        return lock.taken(self.path / detached.LOCK)

    def at(self, number: int) -> Case:
        """The Case of a point."""
        if not 0 <= number < len(self.values):
            raise CaseError(f"point: must be 0 to {len(self.values) - 1} (got {number})")
        return self.case.replace(self.values[number])

    def extend(self, points: int | Iterable[Mapping[str, Any]]) -> Study:
        """Add points: the values of each by path, or how many more of a sampled design; `run` computes them."""
        return added.extend(self, points)

    def run(
        self,
        *,
        on: str = "local",
        cores: int = 1,
        resources: Mapping[str, object] | None = None,
        at_once: int | None = None,
        again: bool = False,
        warm: bool = False,
        budget: float | str | None = None,
        wait: bool = False,
    ) -> Study:
        """Compute what is not computed yet; returns at once.

        `cores` is the number of ranks of each point; `at_once` limits the points that are computed or queued at a time
        (by default on this machine as many as there are cores for, and one more that waits). Points that were stopped
        or cancelled go on, those that were lost up to three times; `again`: those that failed are tried again.
        `warm`: a point starts from the fields of its nearest finished neighbour, in a space whose parameters are scaled
        to equal extents; steady solves only. The first one starts cold, and as many more as keep the cores busy, at
        most every fourth. `study.saving` tells what that saved. `budget`: what the points that have no run yet may be
        expected to cost together, as `fc.run` takes it; three of them are probed.

        Raises what `fc.run` raises for the first point, and SiteError while the study is being computed in another way
        than asked for now.
        """
        if at_once is not None and (isinstance(at_once, bool) or not isinstance(at_once, int) or at_once < 1):
            raise CaseError(f"at_once: must be a whole number of at least 1 (got {at_once!r})")
        jobs.preview(self.at(0), on=on, cores=cores, resources=resources)  # refuses what cannot be run
        if warm and not isinstance(self.case.solve, Steady):
            raise CaseError("warm: only a steady solve may start from other fields: they do not change where it ends")
        if budget is not None:
            from flowcfd.jobs.estimate.points import hold_points  # for who asks for it only

            new = [self.at(point.number) for point in self.points if point.state == WAITING]
            hold_points(new, budget, on=on, cores=cores, resources=resources)
        options: dict[str, Any] = {"on": on, "cores": cores, "resources": dict(resources or {})}
        options |= {"at_once": at_once, "again": again, "warm": warm}
        self._begin(options)
        return self.wait() if wait else self

    def wait(self, timeout: float | None = None, *, poll: float = 0.5) -> Study:
        """Wait until no point is left, at most `timeout` [s] (TimeoutError); an interrupt ends the wait only.

        Raises Lost when points are left that nobody is about to submit; those of a cancelled study are not waited for.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        try:
            for states in self.follow(poll=poll):
                if deadline is not None and time.monotonic() > deadline:
                    raise TimeoutError(f"{self.name} is not through after {timeout:g} s: {_told(states)}")
                left = sum(states[state] for state in (*ACTIVE, WAITING))
                telling.tell(self, f"Study {self.name}: {_told(states)}", 1 - left / max(1, len(self)))
        except KeyboardInterrupt:
            raise waiting.interrupted(f"{self.name} goes on without this wait; study.wait() waits again") from None
        finally:
            telling.tell(self, "", over=True)
        if states[WAITING] and not (self.path / "halt").exists():
            raise Lost(
                f"{_told(states)}, and nobody submits those that wait: "
                f"{detached.last_words(self.path / detached.LOG, 'its driver is gone')}; study.run() goes on",
                path=self.path,
            )
        return self

    def follow(self, *, poll: float = 0.5) -> Iterator[Counter[str]]:
        """The states of the points, again and again until none is left to compute."""
        while True:
            driven = self.driven
            states = self.states
            yield states
            if not any(states[state] for state in ACTIVE) and not driven:
                return
            time.sleep(poll)

    def watch(self, **measures: Measure) -> Watch:
        """Show the table in a notebook, filling while points end; of a kernel that runs headless it waits for the end.

        `measures` as for `table`. An interrupt, or `close()` of what it gives, ends the display only.
        """
        from flowcfd.studies.live import Watch

        return Watch(self, measures).start()

    @property
    def saving(self) -> Saving:
        """CPU time of the points that started warm against the same ones cold, as far as those were computed."""
        return saving(point.run for point in self.points if point.run is not None and point.state == "Done")

    def cancel(self) -> Study:
        """Submit no more and cancel the runs that are at work or queued."""
        if not self.path.is_dir():
            return self
        (self.path / "halt").touch()
        deadline = time.monotonic() + detached.START_TIMEOUT
        while self.driven and time.monotonic() < deadline:  # it may be about to submit one more
            time.sleep(0.05)
        for run in {one.run.path: one.run for one in self.points if one.run is not None}.values():
            if run.state in ACTIVE:
                run.cancel()
        return self

    def table(self, *, on: str | None = None, **measures: Measure) -> Table:
        """One row a point: the values of its parameters, the measures, its state, and the cause where it has none.

        A measure is a name ("body.Cd": the last value of a steady run, else the mean after the initial transient) or a
        function of the Results. Points that are not through, or failed, are there with nan and say why; nothing is
        hidden. Where points started warm, "warm from" is the point whose fields they began with. `table["Cd"].units` is
        the unit; values that were given with a unit are there in SI. `on`: the pool of Dask that reads the measures.
        """
        from flowcfd.studies.rows import table  # with pandas, which the driver does without

        return table(self, measures, self._seen, on=on)

    def surface(self, measure: Measure, *, seed: int = 0) -> Surface:
        """The response surface of a measure: a Gaussian process through the points that have it, with its error."""
        from flowcfd.studies.surface import surface

        return surface(self, measure, seed=seed)

    def sensitivity(self, measure: Measure, *, method: str = "sobol", seed: int = 0) -> Sensitivity:
        """What a measure depends on: "sobol" on its surface, or "morris" on the runs of a Morris design."""
        from flowcfd.studies.sensitivity import sensitivity

        return sensitivity(self, measure, method=method, seed=seed)

    def minimize(self, measure: Measure, **how: Any) -> Optimum:
        """The run with the least of a measure, found by points that are proposed and run; `how`: studies.optimum."""
        from flowcfd.studies.optimum import optimum

        return optimum(self, measure, **how)

    def maximize(self, measure: Measure, **how: Any) -> Optimum:
        """The run with the largest value of a measure, as `minimize`."""
        return self.minimize(measure, largest=True, **how)

    def plot(self, *measures: Measure, kind: str = "scatter") -> Picture:
        """Measures over each parameter ("scatter"), or a line for each point through all of them ("parallel")."""
        from flowcfd.studies.plots import study

        return study(self, measures, kind=kind)

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        saved = self.saving
        told = f"; {saved}" if saved.points else ""
        return f"<Study {self.name}: {len(self)} points, {_told(self.states)}{told}; {self.path}>"

    def _repr_html_(self) -> str:
        from flowcfd.studies import live

        return live.page(self, self.table(), driven=self.driven)

    def _ipython_display_(self) -> None:
        """The live table where somebody looks on while it is computed; else what stands still is shown."""
        from flowcfd.jobs import live

        if not (live.has_front_end() and self.driven):
            raise NotImplementedError  # by which IPython takes the representations
        self.watch()

    def _checked(self) -> None:
        """Every point is a Case; the first that is none is told."""
        for number, values in enumerate(self.values):
            try:
                self.case.replace(values)
            except UnknownName:
                raise
            except CaseError as error:
                at = ", ".join(f"{path} = {value}" for path, value in values.items())
                raise CaseError(f"point {number} ({at}): {'; '.join(error.problems)}") from None

    def _begin(self, options: Mapping[str, Any]) -> None:
        """Write the study and have it driven, unless another process does so in another way or archives it."""
        self.path.mkdir(parents=True, exist_ok=True)
        held = lock.acquire(self.path / "lock", patience=PATIENCE)
        if held is None:
            raise SiteError(f"{self.name} is being archived, or begun by another process; run it again later")
        try:
            if self.driven and record.read(self.path)["options"] != record.plain([options])[0]:
                raise SiteError(
                    f"{self.name} is being computed with other options; study.cancel() or study.wait() first"
                )
            self._write(options)
            detached.begin("flowcfd.studies.driver", self.path)
        finally:
            os.close(held)

    def _write(self, options: Mapping[str, Any]) -> None:
        space = {path: record.plain([given])[0] for path, given in self.space.items()}
        content = {
            "name": self.name,
            "case": self.case.to_dict(),
            "space": space,
            "ranges": [path for path, given in self.space.items() if isinstance(given, tuple)],
            "design": self.design,
            "seed": self.seed,
            "points": list(self.designed),
            "options": dict(options),
        }
        (self.path / "halt").unlink(missing_ok=True)
        record.write(self.path, content)


def open_study(path_or_name: str | Path) -> Study:
    """The study in a folder, or of a name under FLOWCFD_HOME: a folder's name, or its beginning if only one has it."""
    return Study.read(folders.named("study", path_or_name, settings().home / "studies", record.FILE))


def all_studies() -> list[Study]:
    """All studies under FLOWCFD_HOME, the newest first; what cannot be understood is left out."""
    return folders.readable(settings().home / "studies", record.FILE, Study.read)


def _told(states: Counter[str]) -> str:
    return ", ".join(f"{count} {state.lower()}" for state, count in sorted(states.items())) or "none"
