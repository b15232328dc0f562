"""What is doubtful in a case as a whole and cannot be seen in its files: how its body stands in its domain."""

from __future__ import annotations

import math
from collections.abc import Iterator

from flowcfd.case.around import Section
from flowcfd.case.bounds import Bounds
from flowcfd.case.case import Case
from flowcfd.case.site import AIJ, COST, BuildingSite
from flowcfd.case.snappy import Snappy, expanded
from flowcfd.case.tunnel import WindTunnel
from flowcfd.foam.check import placement
from flowcfd.foam.check.finding import Finding, Mend

STEEP = math.radians(35)
"""Beyond it hardly any body is meant to be flown past, and a bare number of degrees lies beyond it from 1 on."""


def findings(case: Case) -> Iterator[Finding]:
    """What is found in the description itself."""
    yield from _blockage(case)
    yield from _hovering(case)
    yield from _near(case)
    yield from _torn(case)
    yield from _steep(case)
    yield from placement.findings(case)


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


def _near(case: Case) -> Iterator[Finding]:
    """A site whose box is nearer to the buildings than the guidelines have it changes the flow around them."""
    space = case.space
    if not isinstance(space, BuildingSite) or space.body is None:
        return
    height = space.body.extent[space.vertical]
    for name, (had, least, field) in _reach(space, space.body.bounds).items():
        if had < 0.99 * least * height:
            text = (
                f"the box ends {had / height:.3g} heights {name} the buildings, {least} are the rule ({COST}; {AIJ});"
                " what is left out is proposed"
            )
            yield Finding("note", "site-too-small", text, field=f"domain.{field}")


def _torn(case: Case) -> Iterator[Finding]:
    """Layers where cells of two sizes meet on a surface: with one size cylinder and cone kept all, with two half."""
    mesh, space = case.mesh, case.space
    if not isinstance(mesh, Snappy) or not mesh.layers or not space.holds_body:
        return
    found = mesh.surface_levels(space)
    named = {name for one in mesh.layers for name in expanded(one.patches or tuple(found), space)}
    edges = mesh.edge_level(space)
    mixed = {name: (low, high) for name, (low, high) in found.items() if name in named and low < high}
    if mixed:
        name, (low, high) = next(iter(mixed.items()))
        others = f" (and {len(mixed) - 1} more)" if len(mixed) > 1 else ""
        text = (
            f"{name}{others} has layers and cells of levels {low} to {high}: layers collapse where cells of two sizes"
            " meet, a cylinder and a cone kept 50 to 65 % of them so, and all with one level"
        )
        mend = Mend(f"give it one level, surface={low} or surface={high}; fc.quality(run) says what was kept", ())
        yield Finding("note", "levels-under-layers", text, mend=mend, field="mesh.surface")
    elif any(edges > found[name][1] for name in named if name in found):
        levels = [found[name][1] for name in named if name in found]
        coarse = max(set(levels), key=levels.count)
        text = (
            f"along edges cells are of level {edges}, finer than those of the surfaces that have layers: these collapse"
            " where cells of two sizes meet"
        )
        yield Finding(
            "note",
            "levels-under-layers",
            text,
            mend=Mend(f"give edges={coarse}, the level of most of them", ()),
            field="mesh.edges",
        )


def _steep(case: Case) -> Iterator[Finding]:
    """Angles are in radians where they have no unit: 5 is 286 degrees."""
    for name, boundary in case.boundaries.items():
        angle = getattr(boundary, "angle", 0.0)
        if isinstance(angle, float) and abs(angle) > STEEP:
            text = f"an angle of attack of {math.degrees(angle):.4g} degrees ({angle:.4g} rad)"
            if abs(angle) >= 1:
                text += f"; was '{angle:g} deg' meant? Without a unit it is in radians"
            yield Finding("warning", "steep-angle", text, field=f"boundaries.{name}.angle")


def _reach(space: BuildingSite, body: Bounds) -> dict[str, tuple[float, int, str]]:
    """How far the box reaches beyond the buildings [m], the rule in heights, and the field that says so."""
    (x0, x1), (y0, y1), (_, z1) = space.box[0], space.box[space.lateral], space.box[space.vertical]
    (a0, a1), (b0, b1), (_, c1) = body[0], body[space.lateral], body[space.vertical]
    beside = [b0 - y0] if "-" + "xyz"[space.lateral] in space.rims["sides"] else []
    beside += [y1 - b1] if "+" + "xyz"[space.lateral] in space.rims["sides"] else []
    return {
        "before": (a0 - x0, 5, "upstream"),
        "behind": (x1 - a1, 15, "length"),
        "beside": (min(beside), 5, "width"),
        "above": (z1 - c1, 5, "height"),
    }
