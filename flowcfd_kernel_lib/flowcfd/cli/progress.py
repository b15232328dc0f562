"""Wait for a run in a terminal, with a bar that shows stage, iteration, residuals and the time that is left."""

from __future__ import annotations

from flowcfd.cli import output
from flowcfd.jobs.handle import Run
from flowcfd.kernel import progress


def follow(run: Run, *, quiet: bool = False) -> None:
    """Return when the run is no longer active; the bar goes to standard error and vanishes at the end."""
    if quiet:
        run.wait()
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.fields[stage]}"),
        BarColumn(bar_width=24),
        TextColumn("{task.percentage:>3.0f}%"),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=output.console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, stage=run.state)
        for now in run.follow(poll=0.3):
            bar.update(
                task,
                total=None if now.fraction is None else 1.0,
                completed=now.fraction or 0.0,
                description=progress.text(now),
                stage=progress.stage(run) or run.state,
            )
