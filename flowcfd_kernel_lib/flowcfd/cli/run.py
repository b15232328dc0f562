"""`flowcfd run`."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from flowcfd import jobs
from flowcfd.cli import case, output, progress, runs
from flowcfd.jobs.handle import Run
from flowcfd.jobs.record import ACTIVE

if TYPE_CHECKING:
    from flowcfd.case import Settled

INTERRUPTED = 130
_RESOURCES = ("walltime", "memory", "nodes", "partition", "account", "qos", "constraint")


def run(options: Namespace) -> int:
    """Start a case, or find the run that it has already; wait for its end unless detached."""
    target = case.with_edits(case.read(options.case), options.edits)
    resources = {name: value for name in _RESOURCES if (value := getattr(options, name)) is not None}
    if options.preview:
        output.text(jobs.preview(target, on=options.on, cores=options.cores, resources=resources).rstrip("\n"))
        return 0
    handle = jobs.run(
        target,
        on=options.on,
        cores=options.cores,
        method=options.method,
        name=options.name,
        until=_until(options),
        allow_code=options.allow_code,
        resources=resources,
        retries=options.retries,
        budget=options.budget,
    )
    if options.detach:
        return _started(handle, as_json=options.json)
    try:
        progress.follow(handle, quiet=not sys.stderr.isatty())
    except KeyboardInterrupt:
        output.report_line(f"detached; the run goes on. {ways_back(handle)}")
        return INTERRUPTED
    return _ended(handle, as_json=options.json)


def _until(options: Namespace) -> Settled | None:
    """What --until, --within and --over ask for."""
    if not options.until:
        return None
    from flowcfd.case import Settled

    until: Settled = Settled(measures=options.until, within=options.within, over=options.over)
    return until


def ways_back(handle: Run) -> str:
    """The commands with which one comes back to a run."""
    name = handle.path.name
    return f"Come back: flowcfd log -f {name}   End it: flowcfd stop {name}"


def _started(handle: Run, *, as_json: bool) -> int:
    if as_json:
        output.document(runs.as_dict(handle))
    else:
        output.text(f"{handle.path.name}: {handle.state}. {ways_back(handle)}")
    return 0


def _ended(handle: Run, *, as_json: bool) -> int:
    """Print how it ended; the exit code of what went wrong, else 0."""
    if as_json:
        output.document(runs.as_dict(handle))
    else:
        runs.describe(handle)
    error = handle.error
    return 0 if error is None or handle.state in ACTIVE else error.exit_code
