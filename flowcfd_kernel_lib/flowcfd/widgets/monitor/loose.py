"""A case directory that is no run: somebody's own solver, of which only the log tells. It is watched, not asked."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowcfd.errors import CaseError
from flowcfd.foam import dictionary
from flowcfd.foam.log import Progress, Tail
from flowcfd.jobs.handle import Run, logs
from flowcfd.jobs.record import Job
from flowcfd.jobs.status import Status, statuses
from flowcfd.telling import span

if TYPE_CHECKING:
    from flowcfd.foam.faults import Fault
    from flowcfd.jobs.record import StageRecord

QUIET, STEPS = 60.0, 10.0
"""A log that has not grown for so long [s], and for so many of its steps, is said to grow no more."""
HEAD, FOOT = 4096, 1 << 16
"""So much of a log [bytes] says whose it is, and how it ended."""


@dataclass(frozen=True)
class Directory(Job):
    """What is known of a case directory as of a run; the case is the directory itself."""

    @property
    def case(self) -> Path:
        """The OpenFOAM case."""
        return self.path


class Loose(Run):
    """A case directory with a solver's log, in the place of a run: its state follows from the log alone."""

    def __init__(self, case: str | Path) -> None:
        self.path = Path(case).expanduser().absolute()
        control = dictionary.read(self.path / "system/controlDict")
        solver, end = str(control.get("application", "")), control.get("endTime")
        self.record = Directory(
            self.path, str(self.path), self.path.name, "", 1, "", "", (), solver, 0.0, None,
            float(end) if isinstance(end, (int, float)) else None, "",
        )  # fmt: skip
        self._quiet = True
        self._mesh = None
        if not self.solver_logs():
            raise CaseError(
                f"{self.path}: no log of {solver or 'its solver'} to watch; write one beside the case "
                f"({solver or 'solver'} > log.{solver or 'solver'})"
            )

    def solver_logs(self) -> list[Path]:
        """The logs of the solver: by their names, else the newest file that says that it is one."""
        solver = self.record.application
        if found := logs(self.path, solver):
            return found
        others = [path for name in ("log*", "*.log", "*.out") for path in self.path.glob(name) if path.is_file()]
        newest = sorted((path for path in others if _of(path, solver)), key=_changed)
        return newest[-1:]

    @property
    def stages(self) -> tuple[StageRecord, ...]:
        """None: nobody wrote down what was done."""
        return ()

    @property
    def fault(self) -> Fault | None:
        """What the log says that the solver died of."""
        from flowcfd.foam.faults import cause

        return cause(None, _foot(self.solver_logs()[-1]), case=self.path) if self.state == "Failed" else None

    def progress(self) -> Progress:
        """Before the log tells a step."""
        return Progress(end_time=self.record.end)

    def status(self, progress: Progress) -> Status:
        """What is true of it now, as far as the log tells; `progress`: what was read of it."""
        state, why = self._judged(progress)
        return Status(
            run=self.path.name,
            name=self.record.name,
            path=self.path,
            state=state,
            why=why,
            application=self.record.application,
            fraction=1.0 if state == "Done" else replace(progress, ended=False).fraction,
            remaining=progress.remaining if state == "Running" else None,
        )

    def _judged(self, progress: Progress) -> tuple[Any, str]:
        log = self.solver_logs()[-1]
        quiet = time.time() - _changed(log)
        foot = _foot(log)
        if progress.ended or foot.rstrip().removesuffix("Finalising parallel run").rstrip().endswith("\nEnd"):
            return "Done", ""
        if "FOAM FATAL" in foot or "sigFpe" in foot:
            return "Failed", f"{log.name} says so"
        if quiet > max(QUIET, STEPS * (progress.pace or 0.0)):
            return "Stopped", f"{log.name} has not grown for {span(quiet)}"
        return "Running", "no run of FlowCFD: the log is followed, its solver cannot be asked anything"

    def _now(self) -> tuple[Any, str]:
        tail = Tail(self.solver_logs()[-1], end_time=self.record.end)
        tail.poll()
        return self._judged(tail.progress)


def status_of(run: Run, progress: Progress) -> Status:
    """What is true of a run, or of a case that is none."""
    return run.status(progress) if isinstance(run, Loose) else statuses([run])[0]


def logs_of(run: Run) -> list[Path]:
    """The logs of the solver in their order."""
    return run.solver_logs() if isinstance(run, Loose) else logs(run.case, run.record.application)


def is_loose(folder: Path) -> bool:
    """Whether this is a case directory that is no run."""
    return (folder / "system/controlDict").is_file() and not (folder / "job.json").is_file()


def _of(log: Path, solver: str) -> bool:
    try:
        with log.open("rb") as file:
            head = file.read(HEAD).decode("latin-1")
    except OSError:
        return False
    return bool(solver) and any(line.startswith("Exec") and solver in line for line in head.splitlines())


def _foot(log: Path) -> str:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - FOOT))
        return file.read().decode("latin-1")


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
