"""`flowcfd stop`, `pause`, `resume`, `retry`, `cancel`, `priority`, `tend`: ask something of one run, or of many."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import asdict

from flowcfd.cli import output, runs
from flowcfd.cli.case import run as find
from flowcfd.errors import CaseError
from flowcfd.index.listing import listed
from flowcfd.index.selection import Selection
from flowcfd.jobs.collection import Runs
from flowcfd.jobs.handle import Run
from flowcfd.jobs.outcome import Outcomes

PATTERN = "*?["

FIT = {
    "stop": ("Queued", "Running"),
    "pause": ("Queued", "Running"),
    "resume": ("Paused", "Stopped", "Lost"),
    "retry": ("Failed", "Lost"),
    "cancel": ("Queued", "Running", "Paused", "Stopped", "Lost"),
    "priority": ("Queued",),
}
"""The states of all those that --all means."""


def stop(options: Namespace) -> int:
    """End runs with their fields written."""
    return _done(options, lambda run: run.stop(), lambda many: many.stop(), destroys=True)


def pause(options: Namespace) -> int:
    """End runs for now."""
    return _done(options, lambda run: run.pause(), lambda many: many.pause())


def resume(options: Namespace) -> int:
    """Go on from the latest time."""
    return _done(options, lambda run: _unfinished(run).resume(), lambda many: many.resume())


def retry(options: Namespace) -> int:
    """Do what failed again."""
    return _done(options, lambda run: _unfinished(run).retry(), lambda many: many.retry(), destroys=True)


def cancel(options: Namespace) -> int:
    """End runs at once."""
    return _done(options, lambda run: run.cancel(), lambda many: many.cancel(), destroys=True)


def priority(options: Namespace) -> int:
    """Let runs begin sooner or later than others."""
    number = options.priority
    return _done(options, lambda run: run.priority(number), lambda many: many.priority(number))


def tend(options: Namespace) -> int:
    """Resume what was lost with its worker."""
    return _told(listed(Selection.of(state="Lost", name=options.name)).runs.tend(), options)


def _done(
    options: Namespace, one: Callable[[Run], Run], many: Callable[[Runs], Outcomes], *, destroys: bool = False
) -> int:
    """Say it to the one run that was named, or to all that are meant."""
    words: list[str] = options.run
    if len(words) == 1 and not options.all and not _is_pattern(words[0]):
        return _said(one(find(words[0])), options)
    chosen = _chosen(options)
    by_pattern = options.all or any(map(_is_pattern, words))
    if destroys and by_pattern and len(chosen) > 1 and not options.yes:
        _confirm(options, chosen)
    return _told(many(chosen), options)


def _chosen(options: Namespace) -> Runs:
    """The runs that are meant; CaseError for a word that means none, and for none at all."""
    words: list[str] = options.run
    if bool(words) == bool(options.all):
        raise CaseError("name runs or patterns such as 'ahmed*', or all of them with --all (not both)")
    verb = options.do.partition(":")[2]
    states = (options.state,) if options.state else FIT[verb] if options.all else None
    wanted, everything = Selection.of(state=states), Selection.of()
    if options.all:
        chosen = listed(wanted).runs
    else:
        there = listed(everything).runs if any(map(_is_pattern, words)) else Runs()
        found = [run for word in words for run in (_matching(there, word) if _is_pattern(word) else [find(word)])]
        chosen = Runs({run.path: run for run in found}.values())
        chosen = chosen.select(state=states) if states else chosen
    if not len(chosen):
        raise CaseError(f"{verb}: no runs in state {' or '.join(states or ())}")
    return chosen


def _matching(there: Runs, pattern: str) -> list[Run]:
    found = list(there.select(name=pattern))
    if not found:
        raise CaseError(f"{pattern!r}: no run has such a name")
    return found


def _is_pattern(word: str) -> bool:
    return any(sign in word for sign in PATTERN)


def _confirm(options: Namespace, chosen: Runs) -> None:
    """Ask whoever sits there; CaseError where nobody does, or says no."""
    verb = options.do.partition(":")[2]
    names = [run.path.name for run in chosen]
    if options.json or not sys.stdin.isatty():
        raise CaseError(f"{verb}: means {len(names)} runs; say --yes to {verb} them all")
    output.report_line(f"{verb} {len(names)} runs: {', '.join(names[:10])}{' ...' if len(names) > 10 else ''}")
    sys.stderr.write("Go on? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise CaseError(f"{verb}: nothing was done")


def _unfinished(run: Run) -> Run:
    if run.state == "Done":
        raise CaseError(f"{run.path.name}: is done, there is nothing to go on with")
    return run


def _said(run: Run, options: Namespace) -> int:
    if options.json:
        output.document(runs.as_dict(run))
    else:
        why = run.why
        output.text(f"{run.path.name}: {run.state}" + (f", {why}" if why else ""))
    return 0


def _told(outcomes: Outcomes, options: Namespace) -> int:
    """What became of each; 1 when one refused."""
    if options.json:
        output.document([asdict(row) for row in outcomes])
    else:
        for row in outcomes:
            output.text(str(row))
        if not len(outcomes):
            output.text("no runs")
    return 0 if outcomes.ok else 1
