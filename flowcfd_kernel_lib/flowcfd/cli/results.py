"""`flowcfd results`: the numbers of a run."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from flowcfd.cli import output
from flowcfd.cli.case import run as find
from flowcfd.errors import CaseError, ResultError, UnknownName
from flowcfd.jobs import Run
from flowcfd.post import Results, Table
from flowcfd.post import results as open_results

if TYPE_CHECKING:
    from collections.abc import Hashable

TABLES: Final[Mapping[str, Callable[[Results, str | None], Table]]] = {
    "residuals": lambda res, _: res.residuals,
    "iterations": lambda res, _: res.iterations,
    "continuity": lambda res, _: res.continuity,
    "courant": lambda res, _: res.courant,
    "steps": lambda res, _: res.steps,
    "forces": lambda res, name: res.forces(name),
    "probes": lambda res, name: res.probes(name),
    "y_plus": lambda res, _: res.y_plus,
    "wall_shear": lambda res, _: res.wall_shear,
    "min_max": lambda res, _: res.min_max,
}
"""The tables that --csv gives; forces and probes take the name of one behind a colon."""

NAMED = ("forces", "probes")


def results(options: Namespace) -> int:
    """Print a summary, or one table; a run that still computes shows what it has so far."""
    found = open_results(target(options.run), wait=False)
    if options.csv is not None:
        return _print_table(wanted(found, options.csv), options)
    if options.json:
        output.document(as_dict(found))
        return 0
    for name, words in found.summary().items():
        output.text(f"{name:10} {words}")
    for what, row in last_rows(found).items():
        if what != "residuals":  # they are in the summary
            output.text(f"{what:10} " + ", ".join(f"{name} {value:.6g}" for name, value in row.items()))
    output.text(f"{'verdict':10} {found.verdict.line}")
    return 0


def target(word: str) -> Run | Path:
    """The run of this name; where none has it, the directory of a case that was computed in another way."""
    try:
        return find(word)
    except CaseError:
        path = Path(word).expanduser()
        if word and (path / "system/controlDict").is_file():
            return path
        raise


def wanted(found: Results, what: str) -> Table:
    """The table that `what` names, such as "residuals" or "forces:body"; raises UnknownName."""
    kind, colon, name = what.partition(":")
    if kind not in TABLES:
        raise UnknownName("table", kind, TABLES, where="--csv")
    if colon and (kind not in NAMED or not name):
        raise CaseError(f"--csv {what!r}: only {' and '.join(f'{known}:NAME' for known in NAMED)} have names")
    return TABLES[kind](found, name or None)


def as_dict(found: Results) -> dict[str, Any]:
    """What there is for machines: the summary, and the last row of each table."""
    return {
        "case": found.case,
        "run": found.run.path.name if found.run is not None else None,
        "summary": found.summary(),
        "times": found.times,
        "outputs": found.outputs,
        "last": last_rows(found),
    }


def last_rows(found: Results) -> dict[str, dict[str, float]]:
    """The newest row of each table that was written, by the name that --csv takes."""
    rows = {}
    for kind in ("residuals", "forces", "y_plus"):
        try:
            table = TABLES[kind](found, None)
        except (ResultError, CaseError):  # not written, or several of that kind
            continue
        if len(table):
            newest = table.iloc[-1].dropna()
            rows[kind] = {_title(column): float(value) for column, value in newest.items()}
    return rows


def _print_table(table: Table, options: Namespace) -> int:
    flat = table.copy()
    flat.columns = [_title(column) for column in table.columns]
    if options.json:
        units = {_title(column): unit for column, unit in table.units.items()}
        columns = [str(table.index.name), *flat.columns]
        output.document(
            {"table": options.csv, "columns": columns, "units": units, "rows": flat.reset_index().to_numpy().tolist()}
        )
    else:
        flat.to_csv(sys.stdout)
    return 0


def _title(column: Hashable) -> str:
    """A column's name; the parts of one with two levels are joined by a dot."""
    return ".".join(str(part) for part in column) if isinstance(column, tuple) else str(column)
