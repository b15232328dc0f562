"""Waiting for several runs at once, told as one line."""

from __future__ import annotations

import time
from collections.abc import Sequence

from flowcfd import telling
from flowcfd.jobs import waiting
from flowcfd.jobs.handle import Run
from flowcfd.jobs.record import ACTIVE

POLL = 0.3
"""Time [s] between two looks."""


def wait(runs: Sequence[Run], title: str, again: str) -> None:
    """Return when none of the runs is active.

    `title` is what they are for; `again` says with what the wait goes on, to who interrupts it. The interrupt ends the
    wait and not the runs.
    """
    try:
        while any(run.state in ACTIVE for run in runs):
            tell(runs, runs, title)
            time.sleep(POLL)
    except KeyboardInterrupt:
        raise waiting.interrupted(f"the runs go on without this wait; {again}") from None
    finally:
        telling.tell(runs, "", over=True)


def tell(who: object, runs: Sequence[Run], title: str) -> None:
    """Tell how far they are, when anybody listens."""
    if telling.TELLERS:
        telling.tell(who, *how_far(runs, title))


def how_far(runs: Sequence[Run], title: str) -> tuple[str, float | None]:
    """In words: how many have ended, where the first of those is that compute; and the fraction of all."""
    shares = [1.0 if run.state not in ACTIVE else run.progress().fraction or 0.0 for run in runs]
    ended = [run for run in runs if run.state not in ACTIVE]
    words = [f"{title}: {len(ended)} of {len(runs)} runs ended"]
    words += [f"{run.name} {run.state.lower()}{_where(run)}" for run in runs if run.state == "Running"][:2]
    return "; ".join(words), sum(shares) / len(shares) if shares else None


def _where(run: Run) -> str:
    now = run.progress()
    if now.meshing is not None:
        return f", {now.meshing}".lower()
    return f", iteration {now.iteration}" if now.iteration else ""
