"""Wait for a run in a terminal, with a bar that shows stage, iteration, residuals and the time that is left."""

from __future__ import annotations

from flowcfd.cli import output
from flowcfd.jobs.handle import Run
from flowcfd.kernel import progress

WIDE = 120
"""Columns of a terminal from which on the bar is long."""
REST = 38
"""Columns for stage, percentage and time left; the rest is for numbers, cut so that the line stays one."""


def shortened(text: str, room: int) -> str:
    """At most `room` columns of a text, whole words only: half of a number would be another number."""
    return text if len(text) <= room else text[: room + 1].rpartition(" ")[0].rstrip(",")


def follow(run: Run, *, quiet: bool = False) -> None:
    """Return when the run is no longer active; the bar goes to standard error and vanishes at the end."""
    if quiet:
        run.wait()
        return
    from rich.progress import BarColumn, Progress, TextColumn

    console = output.console(stderr=True)
    bar_width = 24 if console.width > WIDE else 8
    room = max(0, console.width - bar_width - REST)
    columns = (
        TextColumn("{task.fields[stage]}"),
        BarColumn(bar_width),
        TextColumn("{task.percentage:>3.0f}%"),
        TextColumn("{task.fields[left]:17}"),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None, stage=run.state, left="")
        for now in run.follow(poll=0.3):
            bar.update(
                task,
                total=None if now.shown is None else 1.0,
                completed=now.shown or 0.0,
                description=shortened(progress.place(now), room),
                left=progress.left(now),
                stage=progress.stage(run) or run.state,
            )
