"""The gallery: bodies, healthy and sick, the space that each is put into, and what is to become of it."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import surfaces

import flowcfd as fc
from flowcfd.case.domain import Domain

HERE = Path(__file__).parent
Prepare = Callable[[fc.Geometry], fc.Geometry]
AIR, TUNNEL, SITE, INSIDE = fc.FreeAir(4), fc.WindTunnel(), fc.BuildingSite(), fc.Internal()


def healed(geometry: fc.Geometry) -> fc.Geometry:
    return geometry.heal("0.01 mm")


@dataclass(frozen=True)
class Healthy:
    """A body that has to become a good mesh.

    `volume` [m3] is known exactly but for `within`, the relative error of its triangles or of its splines.
    """

    name: str
    domain: Domain
    volume: float
    within: float = 1e-9
    unit: str | None = None
    speed: float = 20.0
    cells: int = 30_000
    prepare: Prepare = healed


@dataclass(frozen=True)
class Sick:
    """A body that has to be refused with a cause: when, by which error, and the words that name it."""

    name: str
    when: str
    says: str
    unit: str | None = None
    error: type[fc.FlowError] = fc.GeometryError
    domain: Domain = AIR


def naca_area(last: float) -> float:
    """The area of the section of a NACA 0012 of chord 1, by its definition."""
    return 1.2 * (0.2969 / 1.5 - 0.126 / 2 - 0.3516 / 3 + 0.2843 / 4 - last / 5)


def cone_volume(r: float, s: float, length: float) -> float:
    return math.pi * length * (r * r + r * s + s * s) / 3


def defeatured(geometry: fc.Geometry) -> fc.Geometry:
    return geometry.heal("0.01 mm").defeature("5 mm")


PI = math.pi
BALL = 0.522467369035159
"""Of the icosphere of 5120 triangles and radius 0.5 m."""
AHMED = 0.389 * 0.288 * 1.044
HEALTHY: tuple[Healthy, ...] = (
    Healthy("sphere", AIR, PI / 6),
    Healthy("cylinder", AIR, PI / 2),
    Healthy("cone", AIR, PI * 0.25 * 1.5 / 3, cells=40_000),
    Healthy("cube", AIR, 1.0, cells=40_000),
    Healthy("plate", AIR, 0.02),
    Healthy("wing_blunt", AIR, naca_area(0.1015), 1e-4, cells=40_000),
    Healthy("wing_sharp", fc.FreeAir(4, half=True, mirror=0.0), naca_area(0.1036), 1e-4),
    Healthy("prism", AIR, 0.5 * 0.8 * 0.6, cells=50_000),
    Healthy("torus", AIR, 2 * PI**2 * 0.5 * 0.15**2),
    Healthy("coil", AIR, PI * 0.06**2 * 2 * math.hypot(2 * PI * 0.4, 0.5), 1e-4, cells=90_000),
    Healthy("finned", AIR, 0.6 * 0.4 * 0.1 + 7 * 0.6 * 0.04 * 0.2, cells=250_000),
    Healthy("tandem", AIR, 2 * 0.5**3),
    Healthy("hollow", AIR, BALL * (1 - 1 / 8), 1e-6, "mm"),
    Healthy("ahmed_25", fc.WindTunnel(clearance="50 mm", half=True), AHMED, 0.1, cells=60_000),
    Healthy("ahmed_35", fc.WindTunnel(clearance="50 mm", half=True), AHMED, 0.1, cells=60_000),
    Healthy("ahmed_legs", fc.WindTunnel(), AHMED, 0.1, cells=60_000),
    Healthy("wheel", TUNNEL, PI * 0.09 * 0.2, cells=60_000),
    Healthy("building", SITE, 2.0, speed=10.0),
    Healthy("village", SITE, 0.16 * 0.8 + 0.16 * 0.5 + 0.18 * 1.1, speed=10.0),
    Healthy("dome", SITE, PI / 12, speed=10.0),
    Healthy("boss", SITE, 1 + PI * 0.25**2 * 0.5, unit="mm", speed=10.0, cells=70_000),
    Healthy("detailed", AIR, 0.4 * 0.2 * 0.15, prepare=defeatured),
    Healthy("inches", AIR, (10 * 5 * 4 - PI * 4) * 0.0254**3),
    Healthy("loose", AIR, 0.8 * 0.16 + PI * 2 / 3 * 0.2**3, 1e-6),
    Healthy("edge_contact", AIR, 0.25),
    Healthy("inside_out", AIR, 1.0),
    Healthy("pipe", INSIDE, PI * 0.05**2 * 0.6, speed=5.0),
    Healthy("elbow", INSIDE, PI * 0.05**2 * (0.4 + 0.15 * PI / 2), speed=5.0),
    Healthy("tee", INSIDE, PI * 0.05**2 * 0.9 - 8 * 0.05**3 / 3, 1e-6, speed=5.0),
    Healthy("orifice", INSIDE, PI * (0.05**2 * 0.58 + 0.025**2 * 0.02), speed=5.0),
    Healthy("manifold", INSIDE, 0.9 * 0.2 * 0.15 + PI * (0.06**2 + 4 * 0.04**2) * 0.2, speed=5.0, cells=60_000),
    Healthy(
        "venturi",
        INSIDE,
        PI * (0.05**2 * 0.3 + 0.025**2 * 0.05) + cone_volume(0.05, 0.025, 0.1) + cone_volume(0.025, 0.05, 0.25),
        speed=5.0,
    ),
    Healthy("annulus", INSIDE, PI * (0.1**2 - 0.05**2) * 0.5, speed=5.0),
    Healthy("snake", INSIDE, 0.00196332827, 5e-5, speed=5.0),
    Healthy("ball_mm", AIR, BALL, 1e-6, "mm"),
    Healthy("cube_obj", AIR, 1.0, unit="mm"),
    Healthy("pinhole", AIR, BALL, 1e-6, "mm"),
    Healthy("inverted", AIR, BALL, 1e-6, "mm"),
    Healthy("mixed", AIR, BALL, 1e-6, "mm"),
    Healthy("slivers", AIR, BALL, 1e-6, "mm"),
    Healthy("cracked", AIR, BALL, 1e-5, "mm"),
)
SICK: tuple[Sick, ...] = (
    Sick("nothing", "load", "holds no faces"),
    Sick("empty", "load", "holds no triangles", "mm"),
    Sick("no_number", "load", "points that are no numbers", "mm"),
    Sick("ball_mm", "load", "does not say its unit.*its diagonal is 1732, so it may be in mm", error=fc.UnitError),
    Sick("sphere", "load", "knows its own; leave it out", "mm", fc.UnitError),
    Sick("hole", "heal", r"1 holes are too large to be closed: 20 edges, 0\.76 m round, at \(0\.49\d* ", "mm"),
    Sick("open_box", "heal", r"too large to be closed: 4 edges, 4 m round, at \(0\.5 0\.5 1\)", "mm"),
    Sick("torn", "heal", "too large to be closed: 5 edges", "mm"),
    Sick("sheet", "heal", r"too large to be closed: 40 edges, 4 m round, at \(0\.5 0\.5 0\)", "mm"),
    Sick("moebius", "heal", "too large to be closed", "mm"),
    Sick("touching_edge", "heal", "1 edges have more than two triangles .*cannot be said what is inside", "mm"),
    Sick("web", "heal", "1 edges have more than two triangles .*walls without thickness", "mm"),
    Sick("crossing", "case", r"goes through itself at \d+ places, such as \(.*unite what overlaps", "mm"),
    Sick("pierced", "case", r"goes through itself at \d+ places, such as \(", "mm"),
    Sick("overlapping", "case", r"goes through itself at \d+ places, such as \(.*unite what overlaps"),
    Sick("flat", "case", "encloses nothing", "mm"),
    Sick("open_shell", "case", "is not closed, so it has no inside and no outside", error=fc.CaseError),
    Sick("sheet_step", "case", "is not closed, so it has no inside and no outside", error=fc.CaseError),
    Sick("ball_mm", "case", "ball_mm is 1000 m in x and needs more", "m", fc.CaseError, fc.WindTunnel("12 m")),
    Sick("cube", "case", r"no patch of cube is called inlet.*gives names", error=fc.CaseError, domain=INSIDE),
)


def made(folder: Path, names: Iterable[str]) -> Mapping[str, Path]:
    """The files of bodies by name; those that OpenCASCADE makes in a process of its own."""
    names = list(dict.fromkeys(names))
    drawn = [name for name in names if name not in surfaces.NAMES and not name.startswith("ahmed")]
    if drawn:
        program = [sys.executable, str(HERE / "shapes.py"), str(folder), *drawn]
        subprocess.run(program, check=True, capture_output=True, timeout=300)
    files = {name: surfaces.write(folder, name) for name in names if name in surfaces.NAMES}
    return files | {file.stem: file for file in folder.iterdir() if file.stem in drawn}


def loaded(name: str, unit: str | None, files: Mapping[str, Path]) -> fc.Geometry:
    """The body; the Ahmed bodies are the project's own."""
    if name.startswith("ahmed"):
        from flowcfd.cad import bodies

        if name == "ahmed_legs":
            return bodies.ahmed(25, legs=True)
        return bodies.ahmed(float(name.removeprefix("ahmed_")))
    return fc.load(files[name], unit)
