"""`flowcfd check`: what is wrong with a case, before it is run."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from typing import TYPE_CHECKING

from flowcfd.cli import case, output
from flowcfd.cli.cases import write_new
from flowcfd.errors import CaseError
from flowcfd.foam.check import RULES, Finding, Findings, mend
from flowcfd.foam.check import check as check_case

if TYPE_CHECKING:
    from rich.text import Text

STYLES = {"error": "bold red", "warning": "yellow", "note": "blue"}


def check(options: Namespace) -> int:
    """Print the findings, and with --mend the diff of what would put them right; 1 when there is an error."""
    if options.list:
        return _list(as_json=options.json)
    if not options.case:
        raise CaseError("check: names no case; give an OpenFOAM directory (this one: .) or a case.json")
    target = case.with_edits(case.read(options.case), options.edits)
    found = check_case(target, dry_run=_wanted(options), rules=options.rules or None, allow_code=options.allow_code)
    mended = mend(case.rendered(target), found) if options.mend or options.write else None
    if options.write:
        assert mended is not None
        write_new(replace(mended.files, name=options.write.name), options.write)
    if options.json:
        output.document({**found.to_json(), **({"diff": mended.diff} if mended else {})})
    else:
        _print(found)
        if mended:
            output.coloured_diff(mended.diff)
    return 0 if found.ok else 1


def _wanted(options: Namespace) -> bool | None:
    """Whether the solver shall read the case too; None: when it is cheap."""
    return True if options.dry_run else False if options.no_dry_run else None


def _print(found: Findings) -> None:
    if output.narrow():
        output.hanging([_entry(one) for one in found])
        _ended(found)
        return
    rows = [(one.severity, one.place, one.message, one.mend.text if one.mend else "", one.rule) for one in found]
    if rows:
        output.table(("severity", "place", "cause", "mend", "rule"), rows, styles=STYLES)
    _ended(found)


def _entry(one: Finding) -> tuple[Text, Text]:
    """A finding for a narrow screen: its place, its cause and its mend below one another."""
    from rich.text import Text

    lines = [Text(f"{one.place}  ", style="bold").append(f"[{one.rule}]", style="not bold dim"), Text(one.message)]
    lines += [Text(f"mend: {one.mend.text}", style="green")] if one.mend else []
    return Text(one.severity, style=STYLES[one.severity]), Text("\n").join(lines)


def _ended(found: Findings) -> None:
    output.text(found.summary)
    for gate in found.gates:
        output.text(f"  {gate}")


def _list(*, as_json: bool) -> int:
    rules = {name: rule.why for name, rule in RULES.items()}
    if as_json:
        output.document({"rules": rules})
    else:
        output.table(("rule", "why"), [(name, " ".join(why.split())) for name, why in rules.items()])
    return 0
