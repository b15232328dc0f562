"""`flowcfd size`: how fine to mesh a body for a flow, and why."""

from __future__ import annotations

from argparse import Namespace

from flowcfd.cad.load import load
from flowcfd.cli import output
from flowcfd.cli.around import domain_of, plain
from flowcfd.meshing.flow import Flow
from flowcfd.meshing.size import possible
from flowcfd.meshing.size import size as plan_of


def size(options: Namespace) -> int:
    """Load the body, plan its mesh by rule and show each number with its reason."""
    length = None if options.length is None else plain(options.length)
    flow, domain = Flow(speed=plain(options.speed), fluid=options.fluid, length=length), domain_of(options)
    possible(options.cells, options.y_plus)
    plan = plan_of(
        load(options.file, unit=options.unit),
        flow,
        cells=options.cells,
        y_plus=options.y_plus,
        domain=domain,
        half=options.half,
        exact=options.exact,
    )
    if options.json:
        output.document(plan.to_json())
        return 0
    output.text(repr(plan)[1:-1])
    output.table(("number", "value", "reason"), plan.lines())
    return 0
