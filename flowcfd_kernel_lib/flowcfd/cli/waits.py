"""What the commands wait for, as a bar on standard error while it is told (`flowcfd.telling`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flowcfd import telling
from flowcfd.cli import output

if TYPE_CHECKING:
    from rich.progress import TaskID


@contextmanager
def shown(*, quiet: bool) -> Iterator[None]:
    """Inside, every wait that is told has its line; the lines vanish at the end."""
    if quiet:
        yield
        return
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (BarColumn(24), TextColumn("{task.percentage:>3.0f}%"), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=output.console(stderr=True), transient=True) as bar:
        tasks: dict[int, TaskID] = {}

        def show(who: object, words: str, fraction: float | None, over: bool) -> None:
            if over:
                if id(who) in tasks:
                    bar.remove_task(tasks.pop(id(who)))
                return
            if id(who) not in tasks:
                tasks[id(who)] = bar.add_task("", total=1.0)
            bar.update(tasks[id(who)], completed=fraction or 0.0, description=words)

        telling.TELLERS.append(show)
        try:
            yield
        finally:
            telling.TELLERS.remove(show)
