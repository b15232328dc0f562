"""The rule about millimetres: silent about far fields and tunnels of usual size, loud about parts a thousandfold."""

from __future__ import annotations

import struct
from itertools import product

import pytest

import flowcfd as fc
from flowcfd.case import Body
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.check import RULES, CaseView, Finding
from flowcfd.foam.check.examples import base
from flowcfd.meshing import usual
from flowcfd.testing.meshers import brick

pytestmark = pytest.mark.usefixtures("home")


def found(files: CaseFiles) -> list[Finding]:
    return RULES.get("geometry-in-millimetres").findings(CaseView(files))


def around(body: Body, domain: fc.WindTunnel | fc.FreeAir, speed: str) -> CaseFiles:
    return fc.render(
        fc.Case(
            geometry=body,
            domain=domain,
            mesh=fc.Snappy("2 m", surface=3),
            physics=fc.Incompressible("air", "kOmegaSST"),
            boundaries=domain.around(body).boundaries(speed=speed),
            solve=fc.Steady(10),
        )
    )


def cube(size: float) -> Body:
    return brick((-size / 2,) * 3, (size / 2,) * 3)


@pytest.mark.parametrize("speed", ["1 m/s", "20 m/s", "80 m/s"])
@pytest.mark.parametrize("domain", [fc.FreeAir(), fc.WindTunnel(ground=False)], ids=["free air", "tunnel"])
def test_a_body_of_a_metre_far_from_everything_is_not_in_millimetres(
    domain: fc.WindTunnel | fc.FreeAir, speed: str
) -> None:
    assert found(around(cube(1.0), domain, speed)) == []


@pytest.mark.parametrize("kind", ["Airfoil", "Cylinder"])
@pytest.mark.parametrize("speed", ["2 m/s", "20 m/s", "60 m/s"])
def test_a_far_field_of_a_hundred_chords_is_not_in_millimetres(kind: str, speed: str) -> None:
    domain, _, _ = usual.example(kind)
    flow = fc.Flow(speed, "air")
    case = fc.Case(
        domain=domain,
        mesh=usual.mesh(domain, flow).value,
        physics=usual.physics(domain, flow).value,
        boundaries={name: one.value for name, one in usual.boundaries(domain, flow).items()},
        solve=usual.solve(domain, flow).value,
    )
    assert found(fc.render(case)) == []


def stl(size: float, *, packed: bool) -> bytes:
    corners = list(product((0.0, size), repeat=3))
    sides = [(corners[a], corners[b], corners[c]) for a, b, c in ((0, 1, 2), (3, 5, 7), (4, 6, 2), (1, 5, 7))]
    if packed:
        data = [struct.pack("<12f2x", 0, 0, 1, *side[0], *side[1], *side[2]) for side in sides]
        return b"made by hand".ljust(80, b"\0") + struct.pack("<I", len(data)) + b"".join(data)
    loops = ["outer loop\n" + "".join(f"vertex {x} {y} {z}\n" for x, y, z in side) + "endloop" for side in sides]
    facets = "\n".join(f"facet normal 0 0 1\n{loop}\nendfacet" for loop in loops)
    return f"solid a\n{facets}\nendsolid a\n".encode()


@pytest.mark.parametrize("packed", [False, True], ids=["text", "binary"])
@pytest.mark.parametrize(("size", "loud"), [(1.0, False), (4200.0, True)])
def test_a_surface_in_millimetres_is_larger_than_the_space_around_it(size: float, loud: bool, packed: bool) -> None:
    files = around(cube(1.0), fc.WindTunnel("24 m", "6 m", "6 m", upstream="8 m"), "20 m/s")
    whole = {path: None for path in files if path.startswith("constant/triSurface/")}
    content = stl(size, packed=packed).decode("latin-1")
    changed = files.with_files({**whole, "constant/triSurface/part.stl": content})
    assert [one.place.partition(":")[0] for one in found(changed)] == ["constant/triSurface/part.stl"] * loud


@pytest.mark.parametrize("name", ["step", "pulse"])
def test_a_flow_in_blocks_that_is_a_thousand_times_too_large_is_found(name: str) -> None:
    files = base(name)
    assert found(files) == []
    assert found(files.edited("system/blockMeshDict", {"scale": 1000})) != []
