"""`flowcfd report`: a run or a study as a PDF or a page."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from flowcfd.cli import output, waits
from flowcfd.cli.case import run as find
from flowcfd.reports import report as write
from flowcfd.reports.sections import ordered


def report(options: Namespace) -> int:
    """Write the report; what it is on is a folder, or the name of a run."""
    if options.list:
        _list(json=options.json)
        return 0
    target = Path(options.target)
    with waits.shown(quiet=options.json):
        made = write(
            target if target.is_dir() else find(options.target),
            options.path,
            title=options.title,
            author=options.author,
            note=options.note,
            sections=options.sections or None,
            template=options.template,
        )
    if options.json:
        output.document({"path": str(made), "bytes": made.stat().st_size})
    else:
        output.text(str(made))
    return 0


def _list(*, json: bool) -> None:
    rows = [(name, " ".join((make.__doc__ or "").split("\n")[0].split())) for name, make in ordered()]
    if json:
        output.document([{"name": name, "says": words} for name, words in rows])
    else:
        output.table(("section", "says"), rows)
