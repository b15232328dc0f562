"""What a check says of regions that refine nothing, and of half models of bodies that are no mirror images."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import trimesh

import flowcfd as fc
from flowcfd.cad import Geometry
from flowcfd.foam.check import placement

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def block(tmp_path: Path) -> Geometry:
    file = tmp_path / "block.stl"
    trimesh.creation.box((2, 0.5, 1)).export(file)
    return fc.load(file, "m")


def said(body: Geometry, refine: tuple[fc.Refine, ...] = (), **domain: Any) -> list[tuple[str, str | None]]:
    space = fc.WindTunnel(**domain)
    case = fc.Case(
        geometry=body, domain=space, mesh=fc.Snappy("0.5 m", refine=refine), solve=fc.Steady(10),
        physics=fc.Incompressible("air", "kOmegaSST"), boundaries=space.around(body).boundaries("10 m/s"),
    )  # fmt: skip
    return [(one.rule, one.field) for one in placement.findings(case)]


def test_half_of_a_body_that_is_no_mirror_image_is_told(block: Geometry) -> None:
    told = [("half-of-no-mirror-image", "domain.half")]
    assert said(block, half=True) == []
    assert said(block.turned("y", "10 degree"), half=True) == []
    assert said(block.turned("z", "10 degree")) == []
    assert said(block.turned("z", "10 degree"), half=True) == told
    assert said(block, half=True, mirror="0.1 m") == told
    assert said(block.moved((0, 7, 1e4)), half=True) == []
    assert said(block, half=True, mirror="-0.25 m") == [], "a body that was drawn as a half"


def test_a_part_of_the_space_that_is_outside_of_the_domain_is_told(block: Geometry) -> None:
    far = fc.Refine(box=((100, 120), (0, 1), (0, 1)), level=1)
    near = fc.Refine(centre=(0, 0, 0), radius=1, level=1)
    assert said(block, refine=(near, far)) == [("region-outside", "mesh.refine.1")]
    assert said(block, refine=(near, fc.Refine(patch="block", within=0.1, level=1))) == []
    assert said(block, refine=fc.WindTunnel(half=True).around(block).boxes(), half=True) == []


def test_forces_on_the_rest_of_a_body_that_is_called_body_are_told(block: Geometry) -> None:
    """Faces that nobody named are the patch body, and `body` is the word for all of them, where no patch has it."""
    space = fc.WindTunnel()

    def rules(body: Geometry, patches: Any) -> list[tuple[str, str | None]]:
        case = fc.Case(
            geometry=body, domain=space, mesh=fc.Snappy("0.5 m"), solve=fc.Steady(10),
            physics=fc.Incompressible("air", "kOmegaSST"), boundaries=space.around(body).boundaries("10 m/s"),
            outputs=[fc.Forces(patches, speed="10 m/s", area=1.0, length=1.0)],
        )  # fmt: skip
        return [(one.rule, one.field) for one in placement.findings(case)]

    some = block.split().labelled("car").name({"body": fc.Facing("x", within="100 degree"), "rear": fc.Facing("-x")})
    assert rules(block, "body") == []
    assert rules(some, "body") == [("forces-of-a-part", "outputs.0.patches")]
    assert rules(some, "car") == rules(some, tuple(some.patches)) == []
