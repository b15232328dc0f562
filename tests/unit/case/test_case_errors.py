"""What is said of a wrong description: every line, word for word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import flowcfd as fc
from flowcfd.errors import CaseError, UnknownName

BOX = "x 0 to 1 m, y 0 to 0.1 m, z 0 to 0.01 m"
NOT_IN = "does not go through the inside of the Channel:"
PATCHES = "there are: bottom, frontAndBack, inlet, outlet, top"


def problems(make: Callable[[], object]) -> list[str]:
    with pytest.raises(CaseError) as caught:
        make()
    return list(caught.value.problems)


SINGLE: dict[str, tuple[Callable[[], object], str]] = {
    "negative": (lambda: fc.Inlet(speed=-1), "Inlet.speed: must be positive (got -1)"),
    "long name": (
        lambda: fc.Probes(name="p" * 81, points=[(0, 0, 0)], fields=["p"]),
        f"Probes.name: must have at most 80 letters (got '{'p' * 56}...)",
    ),
    "zero size": (lambda: fc.Cavity("0 m"), "Cavity.length: must be positive (got '0 m')"),
    "wrong unit": (
        lambda: fc.Inlet("3 kg"),
        "Inlet.speed: must be in m/s or a unit that converts to it (got '3 kg')",
    ),
    "no unit": (lambda: fc.Inlet("3"), "Inlet.speed: must be in m/s or a unit that converts to it (got '3')"),
    "no quantity": (
        lambda: fc.Inlet("fast"),
        "Inlet.speed: must be a number with a unit such as '1 m/s' (got 'fast')",
    ),
    "not finite": (lambda: fc.Inlet(float("inf")), "Inlet.speed: must be finite (got inf)"),
    "no number": (lambda: fc.Inlet([1]), "Inlet.speed: must be a number or a text such as '1 m/s' (got [1])"),
    "truth value": (lambda: fc.Inlet(True), "Inlet.speed: must be a number or a text such as '1 m/s' (got True)"),
    "no vector": (
        lambda: fc.FarField((1, 2)),
        "FarField.velocity: must be three numbers such as [1, 0, 0] (got (1, 2))",
    ),
    "no direction": (lambda: fc.Slices((0, 0, 0)), "Slices.normal: must not be the zero vector"),
    "unknown field": (
        lambda: fc.Cavity(1, lenght=2),
        "Cavity.lenght: unknown field of Cavity 'lenght'; did you mean 'length'? "
        "there are: depth, height, kind, length",
    ),
    "missing field": (lambda: fc.Channel(1), "Channel.height: required"),
    "too large": (lambda: fc.InletTurbulence("120 %"), "InletTurbulence.intensity: must be at most 1 (got '120 %')"),
    "not above": (lambda: fc.Blocks(1, growth=1), "Blocks.growth: must be greater than 1 (got 1)"),
    "below": (lambda: fc.Transient(1, 1, correctors=0), "Transient.correctors: must be at least 1 (got 0)"),
    "negative time": (lambda: fc.Averages("-1 s"), "Averages.start: must not be negative (got '-1 s')"),
    "not a whole number": (
        lambda: fc.Steady(1.5),
        "Steady.iterations: must be a valid integer, got a number with a fractional part (got 1.5)",
    ),
    "no count": (lambda: fc.Steady(0), "Steady.iterations: must be positive (got 0)"),
    "not one of": (
        lambda: fc.Pipe(1, 1, form="ful"),
        "Pipe.form: unknown value 'ful'; did you mean 'full'? there are: full, wedge",
    ),
    "not even a text": (lambda: fc.Pipe(1, 1, form=3), "Pipe.form: must be one of: wedge, full (got 3)"),
    "unknown turbulence model": (
        lambda: fc.Incompressible("air", "kOmegaSTT"),
        "Incompressible.turbulence: unknown value 'kOmegaSTT'; did you mean 'kOmegaSST'? there are: RNGkEpsilon, "
        "SpalartAllmaras, kEpsilon, kOmega, kOmegaSST, laminar, realizableKE",
    ),
    "unknown fluid": (
        lambda: fc.Incompressible("watr"),
        "Incompressible.fluid: unknown fluid 'watr'; did you mean 'water'? there are: air, air at 25 C, water, "
        "water at 25 C",
    ),
    "fluid out of range": (
        lambda: fc.Incompressible("water at 90 C"),
        "Incompressible.fluid: water is known from 0 to 40 C (got 90 C)",
    ),
    "text that is none": (
        lambda: fc.Fluid(nu=1, name="\udc80"),
        "Fluid.name: must be text that can be written as UTF-8 (got '\\udc80')",
    ),
    "bad name": (
        lambda: fc.Forces("a", name="my forces"),
        "Forces.name: must be a word of letters, digits and underscores that starts with a letter (got 'my forces')",
    ),
    "coefficients without an area": (
        lambda: fc.Forces("a", speed=1),
        "Forces: coefficients need speed, area and length (got speed only)",
    ),
    "an area without a speed": (
        lambda: fc.Forces("a", area=1, length=1),
        "Forces: coefficients need speed, area and length (got area and length only)",
    ),
    "lift along drag": (lambda: fc.Forces("a", drag="y"), "Forces: lift must be perpendicular to drag"),
    "no point is right": (
        lambda: fc.Probes([(0, 0)]),
        "Probes.points.0: must be three numbers such as [1, 0, 0] (got (0, 0))",
    ),
    "no point at all": (lambda: fc.Probes([]), "Probes.points: must have at least 1 (got [])"),
    "too many values": (lambda: fc.Cavity(1, 2), "Cavity: takes 1 values without a name (got 2)"),
    "no way in": (
        lambda: fc.Inlet(),
        "Inlet: give exactly one of speed, velocity, flow_rate, profile, table (got none)",
    ),
    "two ways in": (
        lambda: fc.Inlet(1, flow_rate=2),
        "Inlet: give exactly one of speed, velocity, flow_rate, profile, table (got speed, flow_rate)",
    ),
    "falling table": (
        lambda: fc.Inlet(table=[(1, 1), (0, 2)]),
        "Inlet: table: needs at least two pairs with rising times",
    ),
    "falling profile": (
        lambda: fc.Table([(1, 1), (0, 2)]),
        "Table: points: needs at least two pairs with rising coordinates",
    ),
    "parabola inside out": (
        lambda: fc.Parabola(1, 2, 1),
        "Parabola: high must be greater than low (got 2 and 1)",
    ),
    "wall moves twice": (
        lambda: fc.Wall(velocity=(1, 0, 0), rotation=fc.Rotation(1)),
        "Wall: give either velocity or rotation, not both",
    ),
    "rough and resolved": (
        lambda: fc.Wall(roughness=fc.Roughness(1), treatment="resolved"),
        "Wall: roughness: needs treatment 'function'",
    ),
    "length and ratio": (
        lambda: fc.InletTurbulence(length=1, viscosity_ratio=1),
        "InletTurbulence: give either length or viscosity_ratio, not both",
    ),
    "no fineness": (lambda: fc.Blocks(), "Blocks: give either cells (counts) or cell (a size)"),
    "grading twice": (
        lambda: fc.Blocks(1, grading=2, first_cell=1),
        "Blocks: give either grading or first_cell, not both",
    ),
    "first cell too large": (
        lambda: fc.Blocks(cell=1, first_cell=2),
        "Blocks: first_cell (2 m) must not be larger than cell (1 m)",
    ),
    "step too long": (lambda: fc.Transient(1, 2), "Transient: step (2 s) must not be longer than end (1 s)"),
    "writes too often": (
        lambda: fc.Transient(1, 0.1, write_every=0.01),
        "Transient: write_every (0.01 s) must not be shorter than step (0.1 s)",
    ),
    "largest step alone": (lambda: fc.Transient(1, 0.1, max_step=0.2), "Transient: max_step: needs max_courant"),
    "icoFoam adaptive": (
        lambda: fc.Transient(1, 0.1, solver="icoFoam", max_courant=1),
        "Transient: max_courant: icoFoam has a fixed step; use solver 'pimpleFoam'",
    ),
    "icoFoam PIMPLE": (
        lambda: fc.Transient(1, 0.1, solver="icoFoam", algorithm="PIMPLE"),
        "Transient: algorithm: icoFoam knows PISO only; use solver 'pimpleFoam'",
    ),
    "line of no length": (lambda: fc.Lines((0, 0, 0), (0, 0, 0)), "Lines: end must differ from start"),
}


@pytest.mark.parametrize("name", SINGLE)
def test_a_wrong_part_says(name: str) -> None:
    make, line = SINGLE[name]
    assert problems(make) == [line]


CHANGED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nested field": (
        {"boundaries.inlet.speed": -1},
        ["boundaries.inlet.speed: must be positive (got -1)"],
    ),
    "missing boundary": (
        {"boundaries.top": None},
        ["boundaries.top: missing; every patch of the Channel needs one: inlet, outlet, bottom, top"],
    ),
    "no such patch": ({"boundaries.roof": fc.Wall()}, [f"boundaries.roof: unknown patch 'roof'; {PATCHES}"]),
    "unknown kind": (
        {"boundaries.top": "Slipp"},
        [
            "boundaries.top.kind: unknown boundary 'Slipp'; did you mean 'Slip'? there are: Cyclic, Empty, FarField, "
            "Inlet, Outlet, Slip, Symmetry, Wall, Wedge, Wind"
        ],
    ),
    "kind not said": (
        {"boundaries.top": {}},
        [
            "boundaries.top.kind: required, one of: Cyclic, Empty, FarField, Inlet, Outlet, Slip, Symmetry, Wall, "
            "Wedge, Wind"
        ],
    ),
    "no boundary at all": (
        {"boundaries.top": 3},
        [
            "boundaries.top: must be a boundary: Cyclic, Empty, FarField, Inlet, Outlet, Slip, Symmetry, Wall, Wedge, "
            "Wind (got 3)"
        ],
    ),
    "wall on an empty side": (
        {"boundaries.frontAndBack": fc.Wall()},
        ["boundaries.frontAndBack: must be Empty or left out, as the domain has it (got Wall)"],
    ),
    "empty on a wall": (
        {"boundaries.top": fc.Empty()},
        ["boundaries.top: Empty is for the automatic sides of two-dimensional and wedge domains only"],
    ),
    "cyclic without mate": (
        {"boundaries.top": fc.Cyclic("bottom")},
        ["boundaries.top.neighbour: bottom must be Cyclic with neighbour 'top' in turn"],
    ),
    "cyclic around the corner": (
        {"boundaries.top": fc.Cyclic("inlet")},
        ["boundaries.top.neighbour: top can be joined only with bottom (got 'inlet')"],
    ),
    "cyclic with nothing": (
        {"boundaries.top": fc.Cyclic("botom")},
        [
            "boundaries.top.neighbour: unknown patch 'botom'; did you mean 'bottom'? there are: bottom, frontAndBack, "
            "inlet, outlet, top"
        ],
    ),
    "no way out": (
        {"boundaries.outlet": fc.Wall()},
        ["boundaries: fluid enters at inlet and cannot leave: an Outlet or FarField is needed"],
    ),
    "outlet forgotten": (  # that fluid cannot leave would only say it twice
        {"boundaries.outlet": None},
        ["boundaries.outlet: missing; every patch of the Channel needs one: inlet, outlet, bottom, top"],
    ),
    "table in a steady case": (
        {"boundaries.inlet": fc.Inlet(table=[(0, 1), (1, 2)])},
        ["boundaries.inlet.table: a table in time needs a Transient solve"],
    ),
    "rough and laminar": (
        {"physics.turbulence": "laminar", "boundaries.top": fc.Wall(roughness=fc.Roughness(1e-3))},
        ["boundaries.top.roughness: needs a turbulence model (physics.turbulence is laminar)"],
    ),
    "icoFoam and RANS": (
        {"solve": fc.Transient("1 s", "1 ms", solver="icoFoam")},
        ["solve.solver: icoFoam is laminar only (physics.turbulence is kOmegaSST)"],
    ),
    "drive without cyclic": ({"physics.drive": fc.MeanVelocity((1, 0, 0))}, ["physics.drive: needs Cyclic boundaries"]),
    "counts for another domain": (
        {"mesh.cells": [1, 2, 3]},
        ["mesh.cells: must have one entry or 2 (x, y) for Channel (got 3)"],
    ),
    "cell larger than the domain": (
        {"mesh": fc.Blocks(cell="20 cm")},
        ["mesh.cell: must not exceed the domain's shortest extent, 0.1 m (got 0.2)"],
    ),
    "output of no patch": (
        {"outputs.forces.patches": "roof"},
        [f"outputs.0.patches: unknown patch 'roof'; {PATCHES}"],
    ),
    "output of no field": (
        {"outputs.probes.fields": ["U", "T"]},
        ["outputs.1.fields: unknown field 'T'; there are: U, k, nut, omega, p, phi"],
    ),
    "output of a field that nobody makes": (
        {"outputs.probes.fields": "yPlus", "outputs.2": fc.Averages(0, fields="U")},
        ["outputs.1.fields: unknown field 'yPlus'; there are: U, UMean, UPrime2Mean, k, nut, omega, p, phi"],
    ),
    "probe outside": (
        {"outputs.probes.points": [(0.5, 0.05, 0), (9, 9, 9)]},
        [f"outputs.1.points.1: (9 9 9) is outside of the Channel: {BOX}"],
    ),
    "line that goes out": (
        {"outputs.1": fc.Lines((0.5, 0, 0), (0.5, 0.2, 0))},
        [f"outputs.1.end: (0.5 0.2 0) is outside of the Channel: {BOX}"],
    ),
    "line in the solid": (
        {
            "domain": fc.BackwardFacingStep(step=0.05, inlet_height=0.05, upstream=1, downstream=1),
            "boundaries": {
                "inlet": fc.Inlet(10),
                "outlet": fc.Outlet(),
                **dict.fromkeys(("upstreamWall", "step", "lowerWall", "upperWall"), fc.Wall()),
            },
            "mesh.cells": 10,
            "outputs": (fc.Lines((-1, 0.01, 0), (-0.1, 0.01, 0)), fc.Lines((-1, 0.01, 0), (1, 0.01, 0), name="half")),
        },
        [
            "outputs.0: no point of the line is inside: (-1 0.01 0) is in the solid before the step: "
            "where x < 0, y is 0.05 m or more"
        ],
    ),
    "slices that cut nothing": (
        {
            "outputs.1": fc.Slices("x", (2, 0, 0), name="behind"),
            "outputs.2": fc.Slices("z", name="touching"),
            "outputs.3": fc.Slices("z", (9, 9, 0.005)),
            "outputs.4": fc.Slices((1, 1, 0), (-0.5, 0.55, 0), name="oblique"),
        },
        [
            f"outputs.1.origin: the plane through (2 0 0) with normal (1 0 0) {NOT_IN} {BOX}",
            f"outputs.2.origin: the plane through (0 0 0) with normal (0 0 1) {NOT_IN} {BOX}",
        ],
    ),
    "inlet that blows outwards": (
        {"boundaries.inlet": fc.Inlet(velocity=(-1, 0, 0))},
        ["boundaries.inlet.velocity: must point into the domain, against the patch's normal (-1 0 0)"],
    ),
    "wall that leaves its place": (
        {"boundaries.top": fc.Wall(velocity=(1, 0.1, 0))},
        ["boundaries.top.velocity: must lie in the plane of the wall, whose normal is (0 1 0)"],
    ),
    "file inside a file": (
        {"files[0/U]": "", "files[0/U/x]": ""},
        ["files.0/U/x: cannot be inside '0/U', which is a file"],
    ),
    "file name with a line end": (
        {"files[0/U\n]": ""},
        ["files.0/U\\n: must be a plain relative path inside the case"],
    ),
    "outputs of one name": ({"outputs.1.name": "forces"}, ["outputs.1.name: must be unique (got 'forces' twice)"]),
    "file outside": (
        {"files[../run.sh]": "rm"},
        ["files.../run.sh: must be a plain relative path inside the case"],
    ),
    "schema of tomorrow": ({"schema": 2}, ["schema: 2 is newer than this FlowCFD knows (1); upgrade FlowCFD"]),
    "all at once": (
        {
            "boundaries.inlet.speed": -1,
            "boundaries.top": None,
            "mesh.cells": [1, 2, 3],
            "solve.iterations": 0,
            "outputs.0.patches": "roof",
        },
        [
            "boundaries.inlet.speed: must be positive (got -1)",
            "solve.iterations: must be positive (got 0)",
            "boundaries.top: missing; every patch of the Channel needs one: inlet, outlet, bottom, top",
            "mesh.cells: must have one entry or 2 (x, y) for Channel (got 3)",
            f"outputs.0.patches: unknown patch 'roof'; {PATCHES}",
        ],
    ),
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_case_that_does_not_fit_says(name: str, channel: fc.Case) -> None:
    changes, lines = CHANGED[name]
    assert problems(lambda: channel.replace(changes)) == lines


def test_symmetry_needs_a_plane_patch() -> None:
    cavity = {
        "domain": fc.Cavity(1),
        "mesh": fc.Blocks(10),
        "physics": fc.Incompressible("air"),
        "solve": fc.Steady(),
    }
    assert problems(lambda: fc.Case(**cavity, boundaries={"lid": fc.Wall(), "walls": fc.Symmetry()})) == [
        "boundaries.walls: Symmetry needs a plane patch, which walls is not"
    ]


def test_an_empty_case_names_all_that_is_required() -> None:
    names = ("domain", "mesh", "physics", "boundaries", "solve")
    assert problems(fc.Case) == [f"{name}: required" for name in names]


def test_a_description_that_is_no_mapping_is_refused() -> None:
    assert problems(lambda: fc.Case.from_json("[1]")) == [
        "Case: must be a valid dictionary or instance of Case (got [1])"
    ]
    assert problems(lambda: fc.Case.from_json("{"))[0].startswith("no JSON: Expecting property name")


@pytest.mark.parametrize("boundaries", [3, None, ["inlet"], "inlet", {1: "Wall"}])
def test_boundaries_that_are_no_mapping_are_refused_in_words(channel: fc.Case, boundaries: object) -> None:
    for line in problems(lambda: channel.replace({"boundaries": boundaries})):
        assert line.startswith("boundaries")


@pytest.mark.parametrize("junk", [3, None, "x", [1], {"kind": 3}, {"kind": None}, {}])
@pytest.mark.parametrize("part", ["domain", "mesh", "physics", "boundaries", "solve", "outputs", "files"])
def test_nonsense_anywhere_is_a_case_error(channel: fc.Case, part: str, junk: object) -> None:
    data = {**channel.to_dict(), part: junk}
    if not (part in ("outputs", "files") and junk == {}):
        assert all(line.split(":")[0].split(".")[0] == part for line in problems(lambda: fc.Case.from_dict(data)))


def test_an_unknown_name_in_a_path_is_an_unknown_name(channel: fc.Case) -> None:
    with pytest.raises(UnknownName, match="did you mean 'inlet'"):
        channel.replace({"boundaries.inlt.speed": 3})
