"""The road that a user goes with a body: file, healing, space, sizes, mesh, quality; and the row of the table."""

from __future__ import annotations

import math
import sys
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
    estimated: int | None
    layers: float | None
    angle: float
    skew: float
    score: int
    cpu: float
    verdict: str


def row(body: gallery.Healthy, files: Mapping[str, Path]) -> Row:
    """Go the whole road with one body."""
    geometry = body.prepare(gallery.loaded(body.name, body.unit, files))
    case, estimated = planned(body, geometry)
    run = fc.mesh(case)
    run.wait()
    found = fc.quality(run)
    return Row(
        body.name, kind(body.name, files), len(geometry.patches), found.report.cells, estimated, coverage(found),
        found.report.non_orthogonality, found.report.skewness, found.score.total,
        found.layers.times.get("all", math.nan) if found.layers else math.nan, verdict(found),
    )  # fmt: skip


def kind(name: str, files: Mapping[str, Path]) -> str:
    return files[name].suffix.lstrip(".").upper() if name in files else "own"


def planned(body: gallery.Healthy, geometry: fc.Geometry) -> tuple[fc.Case, int | None]:
    """The case with the mesh that is proposed for it, and the number of cells that is foreseen."""
    domain = body.domain.around(geometry)
    mesh, estimated = ruled(geometry, domain), None
    return case(body, geometry, mesh), estimated


def ruled(geometry: fc.Geometry, domain: fc.FreeAir) -> fc.Snappy:
    """Sizes by a rule of thumb: some 4500 faces on the body, of which the background is sixteen times as large."""
    area = geometry.area * (0.5 if getattr(domain, "half", False) else 1)
    size = math.sqrt(area / 4500)
    level = 2 if domain.solid_is_fluid else 4
    return fc.Snappy(cell=size * 2**level, surface=(level, level), edges=level, layers=fc.Layers(5))


def case(body: gallery.Healthy, geometry: fc.Geometry, mesh: fc.Snappy) -> fc.Case:
    domain = body.domain
    return fc.Case(
        name=body.name, geometry=geometry, domain=domain, mesh=mesh,
        physics=fc.Incompressible(fluid="air", turbulence="kOmegaSST"),
        boundaries=domain.around(geometry).boundaries(speed=body.speed), solve=fc.Steady(iterations=1),
    )  # fmt: skip


def coverage(found: MeshQuality) -> float | None:
    return None if found.layers is None or found.layers.coverage is None else 100 * found.layers.coverage


def verdict(found: MeshQuality) -> str:
    """`clean`, or what is wrong with the mesh."""
    said = [*found.report.failures]
    covered = coverage(found)
    if covered is not None and covered < COVERED:
        said.append(f"layers {covered:.0f} %")
    return "; ".join(said) or CLEAN


def refusal(body: gallery.Sick, files: Mapping[str, Path]) -> tuple[str, Exception | None]:
    """When a sick body was refused, and with what; ("", None) where it never was."""
    when = "load"
    try:
        geometry = gallery.loaded(body.name, body.unit, files)
        when = "heal"
        geometry = gallery.healed(geometry)
        when = "case"
        space = body.domain.around(geometry)
        domain_flow = {"speed": 10.0}
        mesh = fc.Snappy(cell=0.5, surface=2, layers=3)
        fc.render(
            fc.Case(
                name="sick", geometry=geometry, domain=body.domain, mesh=mesh,
                physics=fc.Incompressible(fluid="air", turbulence="kOmegaSST"),
                boundaries=space.boundaries(**domain_flow), solve=fc.Steady(iterations=1),
            )
        )  # fmt: skip
    except fc.FlowError as error:
        return when, error
    return "", None


def table(rows: list[Row]) -> str:
    """As Markdown."""
    lines = [
        "| body | file | patches | cells | estimated | layers [%] | non-orthogonality [°] | skewness | score | CPU [s] "
        "| verdict |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|---|",
    ]
    for one in rows:
        estimated = "" if one.estimated is None else f"{one.estimated} ({one.estimated / one.cells - 1:+.1%})"
        layers = "" if one.layers is None else f"{one.layers:.1f}"
        lines.append(
            f"| {one.name} | {one.kind} | {one.patches} | {one.cells} | {estimated} | {layers} | {one.angle:.1f} "
            f"| {one.skew:.2f} | {one.score} | {one.cpu:.1f} | {one.verdict} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(__doc__)
