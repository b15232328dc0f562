"""What watches a solver besides the requests: whether it explodes, and whether what it is to find has settled."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from pathlib import Path

from flowcfd.jobs import record
from flowcfd.jobs.growth import Growth
from flowcfd.jobs.record import Job

TYPE_CHECKING = False  # typing is not needed for more, and slow to import
if TYPE_CHECKING:
    from typing import Literal

    from flowcfd.jobs.rolling import Rolling
    from flowcfd.jobs.settle import Outlook, Settle

PERIOD = 0.5
"""Seconds between two looks."""


@dataclass(frozen=True)
class Reason:
    """Why a solver was asked to end before its end."""

    kind: Literal["settled", "diverging"]
    why: str


class Guard:
    """Watches one solver by what it writes."""

    def __init__(self, job: Job, log: Path) -> None:
        self.job = job
        self.growth = Growth(log)
        self.reason: Reason | None = None
        self._settle: Settle | None = None
        self._rolling: Rolling | None = None
        self._next = 0.0
        if job.until is not None:
            from flowcfd.jobs.settle import Settle  # for a job that asks for it only

            self._settle = Settle(job.case, job.until, job.end)
        if job.rolling:
            from flowcfd.jobs.rolling import Rolling

            self._rolling = Rolling(job.case, log)

    def look(self, pid: int) -> Reason | None:
        """Why the solver `pid` should end now; None while it should not."""
        now = time.monotonic()
        if now < self._next or self.reason is not None:
            return self.reason
        self._next = now + PERIOD
        if explosion := self.growth.poll():
            self._decide(Reason("diverging", f"diverging: {explosion.why} at time {explosion.time}"))
        elif self._settle is not None and (outlook := self._settle.look()):
            self._tell(outlook)
            if outlook.ok:
                self._decide(Reason("settled", outlook.text))
        if self._rolling is not None and self.reason is None and not self.growth.rising:
            self._rolling.look(pid)
        return self.reason

    def said(self, rc: int) -> str:
        """What is to be said when the solver has ended: why it was ended early, or how its measures stood."""
        if self._rolling is not None and rc == 0 and (self.reason is None or self.reason.kind == "settled"):
            self._rolling.finish()
        if self.reason is not None:
            return self.reason.why
        if self._settle is None or rc != 0:
            return ""
        outlook = self._settle.finish()
        self._tell(outlook)
        return outlook.text

    def _decide(self, reason: Reason) -> None:
        self.reason = reason
        record.event(self.job.path, reason.kind, why=reason.why)

    def _tell(self, outlook: Outlook) -> None:
        """For those who look on: a full disk may lose it, but not stop a run."""
        content = {"ok": outlook.ok, "text": outlook.text, "measures": list(outlook.details)}
        with contextlib.suppress(OSError):
            record.write(self.job.path / "settling.json", content)
