"""`flowcfd study NAME --surface MEASURE` and `--sensitivity MEASURE`: what the points of a study say together."""

from __future__ import annotations

from argparse import Namespace

from flowcfd.cli import output
from flowcfd.errors import CaseError
from flowcfd.studies import Study


def analysis(study: Study, options: Namespace) -> int:
    """The surface or the sensitivity that is asked for."""
    if options.surface:
        if options.method:
            raise CaseError("--method: goes with --sensitivity")
        return _surface(study, options)
    if not options.sensitivity:
        raise CaseError("--method: goes with --sensitivity")
    return _sensitivity(study, options)


def _surface(study: Study, options: Namespace) -> int:
    found = study.surface(options.surface)
    if options.json:
        output.document(found.to_json())
        return 0
    output.table(
        ("parameter", "from", "to", "unit", "length"),
        [
            (one.path, f"{one.low:.6g}", f"{one.high:.6g}", one.unit, f"{length * (one.high - one.low):.3g}")
            for one, length in zip(found.parameters, found.model.lengths, strict=True)
        ],
        numbers=("from", "to", "length"),
    )
    output.text(str(found))
    return 0


def _sensitivity(study: Study, options: Namespace) -> int:
    found = study.sensitivity(options.sensitivity, method=options.method or "sobol")
    if options.json:
        output.document(found.to_json())
        return 0
    table = found.table
    columns = tuple(map(str, table.columns))
    output.text(f"{found.measure}{f' [{found.unit}]' if found.unit and found.method == 'morris' else ''}, {found.by}")
    output.table(
        ("parameter", *columns),
        [
            (one.parameter.path, *(f"{value:.3g}" for value in row))
            for one, row in zip(found.effects, table.to_numpy(), strict=True)
        ],
        numbers=columns,
    )
    for note in found.notes:
        output.text(note)
    return 0
