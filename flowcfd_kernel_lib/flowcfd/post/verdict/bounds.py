"""Judges of values: finite and in the range that their meaning allows, speeds and pressures of a likely size."""

from __future__ import annotations

from typing import Final

import numpy as np

from flowcfd.post.verdict.evidence import Evidence, Missing, names_of
from flowcfd.post.verdict.judge import Judgement, amber, green, inapplicable, judge, percent, red
from flowcfd.post.verdict.surroundings import body

POSITIVE: Final = ("k", "epsilon", "omega", "nuTilda", "nut", "T", "rho", "e")
"""Fields that are never negative (T, rho, e, epsilon, omega: nor zero)."""
STRICTLY: Final = ("epsilon", "omega", "T", "rho")
RATIO: Final = 1e5
CP_LEAST: Final = -15
BOUNDED_LATE: Final = 0.1
UNDRIVEN: Final = ("zeroGradient", "inletOutlet", "pressureInletOutletVelocity", "pressureInletVelocity")
"""Conditions of U that follow the pressure."""


@judge("bounded fields")
def bounded(seen: Evidence) -> Judgement:
    """All fields finite; k, epsilon, omega, nuTilda, T, rho positive; volume fractions in [0, 1]; nut / nu below 1e5.

    Red for nan, inf, and negative T or rho; red for volume fractions beyond 0.05, amber beyond 0.01; amber for other
    negative values, for nut / nu above 1e5 (the limit that commercial solvers set, Ansys Fluent User's Guide), and when
    the solver still had to bound a field in more than a tenth of the last fifth of its steps. In the wind over rough
    ground nut is kappa u* z, millions of times nu, and has no limit.
    """
    infinite = [name for name in seen.names if not np.isfinite(seen.field(name).cells).all()]
    if infinite:
        return red(f"{names_of(infinite)} hold nan or inf: the computation has diverged", "nan")
    grave, light = _signs(seen)
    ratio = None if seen.atmospheric else _viscosity_ratio(seen)
    if ratio is not None and ratio > RATIO:
        light.append(f"nut / nu reaches {ratio:.1e} (usual limit {RATIO:.0e})")
    light += _bounded_late(seen)
    details = {name: _range(seen, name) for name in seen.names}
    if grave:
        return red("; ".join([*grave, *light]), str(len(grave)), details=details)
    if light:
        return amber("; ".join(light), str(len(light)), details=details)
    return green(f"all {len(seen.names)} fields are finite and in range", "0", details=details)


def _range(seen: Evidence, name: str) -> list[float]:
    cells = seen.field(name).cells
    values = np.linalg.norm(cells, axis=1) if cells.ndim == 2 else cells
    return [float(values.min()), float(values.max())]


def _signs(seen: Evidence) -> tuple[list[str], list[str]]:
    """What lies outside of its range: grave and light."""
    grave: list[str] = []
    light: list[str] = []
    for name in seen.names:
        cells = seen.field(name).cells
        if cells.ndim != 1:
            continue
        low, high = float(cells.min()), float(cells.max())
        if name in seen.phases:
            beyond = max(-low, high - 1)
            if beyond > 0.01:
                (grave if beyond > 0.05 else light).append(f"{name} lies in {low:.3g} to {high:.3g} (0 to 1 allowed)")
        elif name in POSITIVE and (low < 0 or (low == 0 and name in STRICTLY)):
            (grave if name in ("T", "rho") else light).append(f"{name} falls to {low:.2g}")
    return grave, light


def _viscosity_ratio(seen: Evidence) -> float | None:
    nut = seen.find("nut")
    if nut is None:
        return None
    try:
        return float(nut.cells.max()) / seen.nu if seen.nu else None
    except Missing:
        return None


def _bounded_late(seen: Evidence) -> list[str]:
    try:
        log = seen.log
    except Missing:
        return []
    steps, rows = len(log.steps["time"]), log.bounding
    late = np.asarray(rows["step"]) >= 0.8 * steps
    found = []
    for code in np.unique(np.asarray(rows["field"])[late]):
        of = late & (np.asarray(rows["field"]) == code)
        times = len(np.unique(np.asarray(rows["step"])[of]))
        share = times / max(steps - int(0.8 * steps), 1)
        if share > BOUNDED_LATE:
            low = float(np.asarray(rows["min"])[of].min())
            if low >= 0:
                continue
            found.append(
                f"{log.names[int(code)]} had to be bounded in {percent(share)} of the last steps (min {low:.1e})"
            )
    return found


@judge("largest speed")
def speed(seen: Evidence) -> Judgement:
    """The largest speed against the one that drives the flow: amber from 5 times, red from 50 times.

    Bernoulli and potential flow keep accelerations round bodies within 2 to 4 times; more is a jet through a narrow gap
    or a computation that goes wrong. The drive is the fastest of the mean speeds through open patches and of moving
    walls; flows driven by pressure, gravity or heat have none to compare with.
    """
    cells = np.linalg.norm(seen.field("U").cells, axis=1)
    if seen.phases:
        return inapplicable("a flow of two phases, driven by gravity: no speed to compare with")
    drive = _drive(seen)
    if not drive:
        return inapplicable("no given speed drives the flow")
    ratio = float(cells.max()) / drive
    made = red if ratio >= 50 else amber if ratio >= 5 else green
    place = seen.mesh.centres[int(cells.argmax())]
    text = f"|U| reaches {cells.max():.3g} m/s, {ratio:.2g} times the speed that drives the flow"
    if ratio >= 5:
        text += f", at ({', '.join(f'{x:.3g}' for x in place)}): look there"
    return made(text, f"{ratio:.2g}", "5 (red 50)", details={"place": place.tolist()})


@judge("pressure level")
def pressure(seen: Evidence) -> Judgement:
    """The pressure coefficient on a body in an incompressible stream: at most 1 where the flow stagnates.

    Amber above 1.2 (1 + 8 / Re), as friction adds to it in slow flows (Homann, ZAMM 16 (1936) 153), or below -15, which
    only slotted wings near their largest lift reach (A. M. O. Smith, J. Aircraft 12 (1975) 501); red at five times.
    Cp = (p - p of the stream that flows in) / (speed^2 / 2).
    """
    found = body(seen)
    if found is None or seen.compressible or seen.phases or seen.find("p") is None:
        return inapplicable("no body stands in a free incompressible stream")
    head = 0.5 * seen.speed**2
    field = seen.field("p")
    shares = [(-np.minimum(seen.flux(name), 0), field.on(name)) for name in seen.open]
    level = sum(float(share @ values) for share, values in shares) / seen.inflow
    surface = np.concatenate([field.on(name) for name in found.patches])
    low, high = float((surface.min() - level) / head), float((surface.max() - level) / head)
    most = 1.2 * (1 + 8 / (seen.speed * found.length / seen.nu))
    text = f"Cp on {names_of(found.patches)} lies between {low:.2g} and {high:.2g}"
    value, limit = f"{low:.2g} to {high:.2g}", f"-15 to {most:.2g}"
    if low < CP_LEAST or high > most:
        made = red if low < 5 * CP_LEAST or high > 5 * most else amber
        return made(f"{text}: look at the pressure's reference and at the mesh there", value, limit)
    return green(text, value, limit)


def _drive(seen: Evidence) -> float:
    """The fastest of mean speeds through open patches with a given velocity or outflow, and of moving walls [m/s]."""
    fastest = 0.0
    given = False
    for name, patch in seen.open.items():
        kind = seen.field("U").kind(name)
        value = seen.field("U").on(name)
        given = given or kind not in UNDRIVEN
        sizes = patch.sizes
        fastest = max(fastest, float(np.linalg.norm(value, axis=1) @ sizes / (sizes.sum() or 1)))
    moving = max((float(np.linalg.norm(seen.field("U").on(name), axis=1).max()) for name in seen.walls), default=0.0)
    return max(fastest, moving) if given or moving else 0.0
