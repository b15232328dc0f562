"""`flowcfd stop`, `pause`, `resume`, `retry`, `cancel`: ask something of a run."""

from __future__ import annotations

from argparse import Namespace

from flowcfd.cli import output, runs
from flowcfd.cli.case import run as find
from flowcfd.errors import CaseError
from flowcfd.jobs.handle import Run


def stop(options: Namespace) -> int:
    """End a run with its fields written."""
    return _said(find(options.run).stop(), options)


def pause(options: Namespace) -> int:
    """End a run for now."""
    return _said(find(options.run).pause(), options)


def resume(options: Namespace) -> int:
    """Go on from the latest time."""
    return _said(_unfinished(options).resume(), options)


def retry(options: Namespace) -> int:
    """Do what failed again."""
    return _said(_unfinished(options).retry(), options)


def cancel(options: Namespace) -> int:
    """End a run at once."""
    return _said(find(options.run).cancel(), options)


def _unfinished(options: Namespace) -> Run:
    run = find(options.run)
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
