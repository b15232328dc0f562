"""`flowcfd validate`: benchmarks beside published answers, as one table."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from flowcfd import benchmarks
from flowcfd.benchmarks import report
from flowcfd.benchmarks.frame import Watch
from flowcfd.benchmarks.validation import Validation, everything
from flowcfd.cli import output
from flowcfd.errors import SiteError
from flowcfd.jobs.record import ACTIVE
from flowcfd.kernel import progress

Show = Callable[[Watch], None]
INTERRUPTED = 130


def validate(options: Namespace) -> int:
    """Run benchmarks and print how far they are from what was published; 1 unless all are in their bands."""
    if options.list:
        return _listed(as_json=options.json)
    try:
        with _bar(quiet=options.json or not sys.stderr.isatty()) as show:
            found = benchmarks.validate(
                options.names, quick=options.quick, on=options.on, cores=options.cores, show=show
            )
    except KeyboardInterrupt as interrupt:
        output.report_line(str(interrupt))
        return INTERRUPTED
    figures = _plotted(found, options.plots) if options.plots else []
    if options.json:
        output.document({**found.to_json(), "figures": figures})
    else:
        _print(found)
        for figure in figures:
            output.text(f"figure: {figure}")
    return 0 if found.ok else 1


def _listed(*, as_json: bool) -> int:
    known = [(one.name, one) for one in everything()]
    if as_json:
        rows = [
            {"name": name, "title": one.title, "source": one.source, "full": one.cost.full, "quick": one.cost.quick}
            for name, one in known
        ]
        output.document({"benchmarks": rows})
        return 0
    output.table(
        ("benchmark", "what", "source", "CPU s", "quick"),
        [
            (
                name,
                one.title,
                one.source,
                f"{one.cost.full:.0f}",
                "" if one.cost.quick is None else f"{one.cost.quick:.0f}",
            )
            for name, one in known
        ],
        numbers=("CPU s", "quick"),
    )
    return 0


def _print(found: Validation) -> None:
    """The table; on a terminal the benchmarks' names stand out, and what is off."""
    if not sys.stdout.isatty():
        output.text(str(found))
        return
    from rich.text import Text

    names = {report.headline(outcome) for outcome in found.outcomes}
    for line in report.text(found.outcomes, found.failures, width=output.console().width).splitlines():
        shown = Text(line, style="bold" if line in names else "")
        shown.highlight_regex(r"\bNO\b|\bfailed\b|verdict red", "bold red")
        shown.highlight_regex(r"verdict amber", "yellow")
        shown.highlight_regex(r"\byes\b|verdict green", "green")
        output.console().print(shown, soft_wrap=True)


def _plotted(found: Validation, folder: Path) -> list[str]:
    """Save the figures; their paths."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for name, figure in found.plot().items():
            path = folder / f"{name}.png"
            figure.savefig(path, dpi=200)
            paths.append(str(path))
    except OSError as error:
        raise SiteError(f"--plots {folder}: {error.strerror or error}") from error
    return paths


def _bar(*, quiet: bool) -> AbstractContextManager[Show | None]:
    """What shows the runs that are waited for: a line each on standard error, gone at the end."""
    return nullcontext(None) if quiet else _Lines()


class _Lines:
    """One line for each run that is active."""

    def __init__(self) -> None:
        from rich.live import Live

        self._live = Live(console=output.console(stderr=True), transient=True, auto_refresh=False)
        self._began = time.monotonic()

    def __enter__(self) -> Show:
        self._live.start()
        return self._show

    def __exit__(self, *about: object) -> None:
        self._live.stop()

    def _show(self, watch: Watch) -> None:
        if time.monotonic() - self._began < progress.PATIENCE:
            return
        active = [run for run in list(watch.runs) if run.state in ACTIVE]
        lines = [f"{len(watch.runs) - len(active)} of {len(watch.runs)} runs done"]
        for run in active:
            words = progress.text(run.progress()) or run.state
            lines.append(f"  {run.name}: {words}")
        width = self._live.console.width
        self._live.update("\n".join(line[:width] for line in lines), refresh=True)
