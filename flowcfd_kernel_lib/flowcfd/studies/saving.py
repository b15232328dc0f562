"""What warm starts saved: CPU time of the runs of a study against the same points computed cold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flowcfd import jobs
from flowcfd.errors import FlowError
from flowcfd.jobs.handle import Run
from flowcfd.settings import settings


@dataclass(frozen=True)
class Saving:
    """CPU time [s] of the warm-started points, and of the same ones started cold.

    Where a point was computed cold as well, that is `measured`; for the others the mean of the cold points stands.
    """

    points: int
    """How many of them started warm."""
    warm: float
    cold: float | None
    """None where no point was ever computed cold."""
    measured: int = 0
    """For how many of them the cold time was measured."""

    @property
    def share(self) -> float | None:
        """The part of the cold time that was saved; negative where warm starts took longer."""
        return 1 - self.warm / self.cold if self.cold else None

    def __str__(self) -> str:
        if not self.points:
            return "no point started warm"
        told = f"{self.points} points started warm took {self.warm:.1f} s of CPU time"
        if self.cold is None or self.share is None:
            return told
        known = "measured" if self.measured == self.points else f"measured for {self.measured}, else as the cold points"
        return (
            f"{told}, cold {self.cold:.1f} s ({known}): {abs(self.share):.0%} {'less' if self.share >= 0 else 'more'}"
        )


def saving(runs: Iterable[Run]) -> Saving:
    """What the warm starts among these runs saved; those that are not done do not count."""
    done = [run for run in runs if run.state == "Done"]
    warm = [run for run in done if run.record.warm]
    others = [cpu(run) for run in done if not run.record.warm]
    usual = sum(others) / len(others) if others else None
    known = [_cold(run) for run in warm]
    times = [usual if each is None else each for each in known]
    return Saving(
        len(warm),
        sum(map(cpu, warm)),
        sum(time for time in times if time is not None) if None not in times else None,
        sum(each is not None for each in known),
    )


def cpu(run: Run) -> float:
    """CPU time of all commands of a run [s]."""
    return sum(stage.cpu for stage in run.stages)


def _cold(run: Run) -> float | None:
    """CPU time of the same computation that started cold; None where there is none, or it is not done."""
    digest = str(run.record.warm.get("cold", ""))[:12]
    for path in sorted(settings().runs.glob(f"[!.]*-{digest}")) if digest else ():
        try:
            other = jobs.open(path)
            if other.state == "Done":
                return cpu(other)
        except FlowError:
            continue
    return None
