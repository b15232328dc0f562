"""`flowcfd estimate`."""

from __future__ import annotations

import sys
from argparse import Namespace

from flowcfd.cli import case, output, waits
from flowcfd.errors import CaseError
from flowcfd.jobs.estimate.make import estimate as estimated


def estimate(options: Namespace) -> int:
    """Print what a case would take; 0 also where nothing can be told, which is said."""
    if not options.patience > 0:
        raise CaseError(f"--patience: must be above 0 s (got {options.patience:g})")
    target = case.with_edits(case.read(options.case), options.edits)
    with waits.shown(quiet=options.json or not sys.stderr.isatty()):
        found = estimated(
            target,
            on=options.on,
            cores=options.cores,
            probe=not options.no_probe,
            patience=options.patience,
            allow_code=options.allow_code,
        )
    if options.json:
        output.document(found.to_json())
        return 0
    if not found.known:
        output.text(str(found))
        return 0
    output.text(found.title)
    output.table(("", "expected", "80 % band", "from"), found.rows(), numbers=("expected",))
    for note in found.notes:
        output.text(f"note: {note}")
    return 0
