"""What is doubtful in a case as a whole and cannot be seen in its files: how its body stands in its domain."""

from __future__ import annotations

from collections.abc import Iterator

from flowcfd.case.around import Section
from flowcfd.case.case import Case
from flowcfd.case.tunnel import WindTunnel
from flowcfd.foam.check.finding import Finding


def findings(case: Case) -> Iterator[Finding]:
    """What is found in the description itself."""
    yield from _blockage(case)
    yield from _hovering(case)


def _blockage(case: Case) -> Iterator[Finding]:
    """A body that takes much of the section speeds the flow up beside it, and forces and pressures with it.

    The usual limit in tunnels is 5 % (rule of thumb); for building sites the guidelines of COST 732 and AIJ say 3 %.
    """
    space = case.space
    if not isinstance(space, Section) or space.body is None or space.blockage <= space.most_blocked:
        return
    needed, most = space.frontal(space.body) / space.most_blocked, 100 * space.most_blocked
    text = (
        f"{space.body.label} blocks {100 * space.blockage:.3g} % of the section, more than {most:g} %, so forces come"
        f" out too large: the whole section needs {needed:.3g} m2; width and height that are left out are proposed"
    )
    yield Finding("warning", "blockage", text, field="domain")


def _hovering(case: Case) -> Iterator[Finding]:
    """A body drawn a little above zero may have its ground there, and not under its lowest point."""
    space = case.space
    if not isinstance(space, WindTunnel) or space.body is None or not space.ground or space.clearance:
        return
    low, high = space.body.bounds[space.vertical]
    if 1e-3 * (high - low) < low < 0.5 * (high - low):
        text = (
            f"{space.body.label} begins at {space.up} = {low:.4g} m and the ground is put under it; if the ground is at"
            f" {space.up} = 0, say clearance={low:.4g}"
        )
        yield Finding("warning", "ground-under-body", text, field="domain.clearance")
