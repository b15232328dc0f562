"""Judges of what flows in and out: mass balance, backflow, directions."""

from __future__ import annotations

from typing import Final

import numpy as np

from flowcfd.post.verdict.evidence import FREE, Evidence, names_of
from flowcfd.post.verdict.judge import Judgement, amber, green, inapplicable, judge, percent, red, shade

CLOSED: Final = 1e-9
"""The share of |U| area that must pass the boundary before a domain counts as open."""
WHOLE: Final = 0.95
"""From this share of backflow on it is no recirculation."""
OPENINGS: Final = frozenset({"totalPressure", "prghTotalPressure", "prghPressure", "uniformTotalPressure"})
"""Conditions of p at openings through which fluid is meant to come and go."""


@judge("mass balance")
def balance(seen: Evidence) -> Judgement:
    """What flows in must flow out: |sum of phi over the open patches| / inflow; amber from 1e-3, red from 1e-2.

    Sources: ERCOFTAC Best Practice Guidelines (Casey and Wintergerste 2000), global balances within 0.1 to 1 %. Ten
    times as much is allowed where phi is not written and U has to stand for it. In an unsteady compressible flow the
    domain may store mass, so the balance at one time says nothing.
    """
    if not seen.open:
        return inapplicable("no patch is open to the flow: there is nothing to balance")
    if seen.compressible and not seen.steady:
        return inapplicable("an unsteady compressible flow may store mass: in and out need not agree at one time")
    each = {name: float(seen.flux(name).sum()) for name in seen.open}
    through = sum(float(np.abs(seen.flux(name)).sum()) for name in seen.open)
    scale = sum(patch.area for patch in seen.open.values()) * seen.speed
    if through <= CLOSED * scale or not seen.inflow:
        return _one_way(seen, each, through)
    error = abs(sum(each.values())) / seen.inflow
    source, most = ("phi", 1e-3) if seen.flux_written else ("U and the areas, for phi is not written", 1e-2)
    text = f"in and out differ by {error:.2g} of the inflow (from {source})"
    made = {"red": red, "amber": amber, "green": green}[shade(error, most, 10 * most)]
    return made(text, f"{error:.2g}", f"{most:g} (red {10 * most:g})", details={"outflow": each})


def _one_way(seen: Evidence, each: dict[str, float], through: float) -> Judgement:
    if through and not seen.inflow:
        return red("fluid leaves through the patches and none comes in: mass is not conserved", f"{through:.2g}", "0")
    return inapplicable("nothing passes the boundary: there is nothing to balance")


@judge("backflow at outlets")
def backflow(seen: Evidence) -> Judgement:
    """Flow that comes back in through an outlet: amber from 1 % of its outflow or 5 % of its area, red from 20 or 50 %.

    Counted are faces with inflow, and faces whose cell flows backwards where the condition forbids inflow. What comes
    in has values that nobody knows, and a recirculation that is cut by the boundary is not computed: move the outlet
    downstream (ERCOFTAC Best Practice Guidelines, 2000, section on outflow boundaries). Openings with a total pressure
    and far fields are meant to let fluid in.
    """
    worst, said, details = "green", [], {}
    outlets = _outlets(seen)
    if not outlets:
        return inapplicable("no outlet: no open patch lets the velocity go freely")
    for name in outlets:
        flux, area = seen.flux(name), seen.open[name].sizes
        normals, _ = seen.behind(name)
        inward = np.einsum("ij,ij->i", normals, seen.field("U").cells[seen.open[name].cells])
        back = (flux < -1e-9 * np.abs(flux).sum()) | (inward < -1e-3 * seen.speed)
        share = float(area[back].sum() / area.sum())
        out, into = float(np.maximum(flux, 0).sum()), float(-np.minimum(flux, 0).sum())
        returning = into / out if out else float(into > 0)
        details[name] = {"area": share, "flux": returning}
        colour = max(shade(share, 0.05, 0.5), shade(returning, 0.01, 0.2), key=("green", "amber", "red").index)
        worst = max(worst, colour, key=("green", "amber", "red").index)
        if colour != "green":
            if share >= WHOLE:
                said.append(f"the flow comes in through {name}, which is an outlet")
                continue
            guard = " (inflow is forbidden there)" if returning == 0 else ""
            said.append(f"{name}: {percent(share)} of the area flows back, {percent(returning, 1)} of the flux{guard}")
    if worst == "green":
        return green(f"the flow leaves through {names_of(outlets)}", "0", "5 % of area, 1 % of flux", details=details)
    made = red if worst == "red" else amber
    most = max(each["area"] for each in details.values())
    advice = "" if most >= WHOLE else ": move the outlet downstream of the recirculation"
    return made(f"{'; '.join(said)}{advice}", percent(most),
                "5 % of area, 1 % of flux (red 50 %, 20 %)", details=details)  # fmt: skip


def _outlets(seen: Evidence) -> list[str]:
    """Open patches at which the velocity is free and the pressure is held, but for openings and far fields."""
    found = []
    for name in seen.open:
        kind = seen.field("U").kind(name)
        pressure = next((field.kind(name) for each in ("p_rgh", "p") if (field := seen.find(each))), "")
        kind_of_inlet = "inlet" in name.lower() or kind == "pressureInletVelocity"
        if not (_held(seen, name) or kind_of_inlet or kind in FREE or pressure in OPENINGS | FREE):
            found.append(name)
    return found


def _held(seen: Evidence, name: str) -> bool:
    """Whether the velocity is given there."""
    kind = seen.field("U").kind(name)
    free = ("zeroGradient", "inletOutlet", "outletInlet", "advective", "waveTransmissive", "calculated")
    return not (kind in free or kind.startswith(("pressureInletOutlet", "fluxCorrected", "outlet", "fixedNormalSlip")))


@judge("direction of the flow")
def direction(seen: Evidence) -> Judgement:
    """Fluid must come in where it is given and leave where it is free: red where an inlet lets it out.

    An inlet is a patch with a given velocity whose name says so, or, where none does, any with a given velocity while
    the free patches take in more than they let out. Amber where an inlet blows along its own plane (less than a tenth
    of the speed goes through it) or in and out at once.
    """
    held = [name for name in seen.open if _held(seen, name) and seen.field("U").kind(name) not in FREE]
    outlets = _outlets(seen)
    if not held or not seen.inflow:
        return inapplicable("no patch with a given velocity lets fluid in")
    net = {name: float(seen.flux(name).sum()) for name in seen.open}
    wrong = [name for name in held if net[name] > 0 and ("inlet" in name.lower() or "inflow" in name.lower())]
    wrong = wrong or [name for name in held if net[name] > 0 and outlets and sum(net[each] for each in outlets) < 0]
    if wrong:
        return red(f"the flow leaves through {names_of(wrong)}, where it is given to come in: turn the velocity round",
                   "out", "in", details=net)  # fmt: skip
    odd = []
    for name in [each for each in held if "inlet" in each.lower() or "inflow" in each.lower()] or held:
        flux, speed = seen.flux(name), np.linalg.norm(seen.field("U").on(name), axis=1)
        if (
            np.abs(flux).sum() < 0.1 * float(speed @ seen.open[name].sizes)
            and speed.max() > 0
            and not seen.compressible
        ):
            odd.append(f"{name} blows along its own plane")
        elif min(np.maximum(flux, 0).sum(), -np.minimum(flux, 0).sum()) > 0.05 * np.abs(flux).sum():
            odd.append(f"{name} blows in and out at once")
    if odd:
        return amber("; ".join(odd), str(len(odd)), details=net)
    ends = [name for name in held if net[name] < 0]
    return green(f"the flow comes in through {names_of(ends) or 'free patches'}", "in", "in", details=net)
