"""The road that a user goes with a body: file, healing, space, sizes, mesh, quality; and the row of the table."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import gallery

import flowcfd as fc
from flowcfd.post.quality import MeshQuality

CLEAN, COVERED = "clean", 80.0
"""What checkMesh has to say, and the least part [%] of the layers' thickness, over all faces."""


@dataclass(frozen=True)
class Row:
    """What became of a healthy body; layers [%], angle [degree], CPU [s]."""

    name: str
    kind: str
    patches: int
    cells: int
    estimated: int
    layers: float | None
    angle: float
    skew: float
    score: int
    cpu: float
    verdict: str


def row(body: gallery.Healthy, files: Mapping[str, Path]) -> Row:
    """Go the whole road with one body."""
    geometry = body.prepare(gallery.loaded(body.name, body.unit, files))
    plan = planned(body, geometry)
    run = fc.mesh(plan.case(name=body.name), wait=True)
    run.check()
    found = fc.quality(run)
    return Row(
        body.name, kind(body.name, files), len(geometry.patches), found.report.cells, plan.cells, coverage(found),
        found.report.non_orthogonality, found.report.skewness, found.score.total,
        found.layers.times.get("all", math.nan) if found.layers else math.nan, verdict(found),
    )  # fmt: skip


def tried(body: gallery.Healthy, files: Mapping[str, Path]) -> Row:
    """The same; a body that does not get through has a row that says why."""
    try:
        return row(body, files)
    except Exception as error:  # one body must not end the table of all
        said = (str(error) or type(error).__name__).splitlines()[0].replace("|", "/")
        return Row(body.name, kind(body.name, files), 0, 0, 0, None, math.nan, math.nan, 0, math.nan, said)


def kind(name: str, files: Mapping[str, Path]) -> str:
    return files[name].suffix.lstrip(".").upper() if name in files else "own"


def planned(body: gallery.Healthy, geometry: fc.Geometry) -> fc.MeshPlan:
    """What is proposed for it, with nothing given but the flow, the space and the number of cells."""
    return fc.size(geometry, fc.Flow(speed=body.speed), cells=body.cells, domain=body.domain)


def coverage(found: MeshQuality) -> float | None:
    return None if found.layers is None or found.layers.coverage is None else 100 * found.layers.coverage


def verdict(found: MeshQuality) -> str:
    """`clean`, or what is wrong with the mesh."""
    said = [*found.report.failures]
    covered = coverage(found)
    if covered is not None and covered < COVERED:
        said.append(f"layers {covered:.0f} %")
    return "; ".join(said) or CLEAN


def refusal(body: gallery.Sick, files: Mapping[str, Path]) -> tuple[str, fc.FlowError | None]:
    """When a sick body was refused, and with what; ("", None) where it never was."""
    when = "load"
    try:
        geometry = gallery.loaded(body.name, body.unit, files)
        when = "heal"
        geometry = gallery.healed(geometry)
        when = "case"
        case = fc.Case(
            name="sick", geometry=geometry, domain=body.domain, mesh=fc.Snappy(cell=0.5, surface=2, layers=3),
            physics=fc.Incompressible(fluid="air", turbulence="kOmegaSST"),
            boundaries=body.domain.around(geometry).boundaries(speed=10.0), solve=fc.Steady(iterations=1),
        )  # fmt: skip
        fc.render(case)
    except fc.FlowError as error:
        return when, error
    return "", None


def named(body: gallery.Sick, when: str, error: fc.FlowError | None) -> bool:
    """Whether it was refused when, and for what, it had to be."""
    return when == body.when and type(error) is body.error and re.search(body.says, str(error)) is not None


def table(rows: list[Row]) -> str:
    """As Markdown."""
    lines = [
        "| body | file | patches | cells | estimated | layers [%] | non-orthogonality [°] | skewness | score | CPU [s] "
        "| verdict |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|---|",
    ]
    for one in rows:
        if not one.cells:
            lines.append(f"| {one.name} | {one.kind} | | | | | | | | | {one.verdict} |")
            continue
        estimated = f"{one.estimated} ({one.estimated / one.cells - 1:+.1%})"
        layers = "" if one.layers is None else f"{one.layers:.1f}"
        lines.append(
            f"| {one.name} | {one.kind} | {one.patches} | {one.cells} | {estimated} | {layers} | {one.angle:.1f} "
            f"| {one.skew:.2f} | {one.score} | {one.cpu:.1f} | {one.verdict} |"
        )
    return "\n".join(lines)


def told(rows: list[Row]) -> str:
    """The whole in one sentence."""
    meshed = [one for one in rows if one.cells]
    if not meshed:
        return "No mesh was made."
    layered = [one.layers for one in meshed if one.layers is not None]
    near = sum(abs(one.estimated / one.cells - 1) <= 0.1 for one in meshed)
    return (
        f"{sum(one.verdict == CLEAN for one in rows)} of {len(rows)} bodies are clean; layers reach "
        f"{sum(layered) / len(layered):.1f} % of their thickness on average over the bodies, {min(layered):.1f} % at "
        f"least; {near} of {len(meshed)} estimates are within 10 % of the cells; {sum(one.cpu for one in meshed):.0f} "
        "CPU seconds of snappyHexMesh."
    )


def refused(found: list[tuple[gallery.Sick, str, fc.FlowError | None]]) -> str:
    """The sick ones with their causes, as Markdown."""
    lines = ["| body | unit | refused at | error | cause | as expected |", "|---|---|---|---|---|---|"]
    for body, when, error in found:
        cause = str(error).splitlines()[0].replace("|", "/") if error else ""
        lines.append(
            f"| {body.name} | {body.unit or ''} | {when} | {type(error).__name__ if error else ''} | {cause} "
            f"| {'yes' if named(body, when, error) else 'NO'} |"
        )
    return "\n".join(lines)
