from __future__ import annotations

import math

import pytest

import flowcfd as fc


def test_a_cavity_is_square_and_plane_unless_it_is_said() -> None:
    cavity = fc.Cavity("10 cm")
    assert {name: extent.length for name, extent in cavity.directions.items()} == {"x": 0.1, "y": 0.1}
    assert (cavity.plane, cavity.automatic) == (True, {"frontAndBack"})
    box = fc.Cavity(1, height=2, depth=3)
    assert {name: extent.length for name, extent in box.directions.items()} == {"x": 1, "y": 2, "z": 3}
    assert (box.plane, box.automatic, list(box.patches)) == (False, set(), ["lid", "walls"])
    assert box.patches["lid"].area == 3


def test_a_channel_with_a_width_has_sides_that_can_be_joined() -> None:
    channel = fc.Channel(4, 2, 3)
    assert list(channel.patches) == ["inlet", "outlet", "bottom", "top", "back", "front"]
    assert channel.patches["front"].opposite == "back"
    areas = {name: patch.area for name, patch in channel.patches.items()}
    assert areas == {"inlet": 6, "outlet": 6, "bottom": 12, "top": 12, "back": 8, "front": 8}


@pytest.mark.parametrize(
    "domain", [fc.Channel(4, 2, 3), fc.BackwardFacingStep(step=1, inlet_height=8, upstream=4, downstream=30)]
)
def test_the_patches_of_a_box_close_it(domain: fc.Channel) -> None:
    plane = [patch for patch in domain.patches.values() if patch.normal is not None]
    for axis in range(3):
        assert sum(patch.normal[axis] * patch.area for patch in plane) == pytest.approx(0, abs=1e-12)


def test_a_step_names_its_walls() -> None:
    step = fc.BackwardFacingStep(step="1 cm", inlet_height="8 cm", upstream="4 cm", downstream="30 cm")
    assert set(step.patches) - step.automatic == {
        "inlet", "outlet", "upstreamWall", "step", "lowerWall", "upperWall"
    }  # fmt: skip
    assert step.patches["outlet"].area == pytest.approx(0.09 * step.thickness)
    assert list(step.directions) == ["upstream", "downstream", "step", "above"]


def test_a_wedge_is_the_share_of_its_pipe() -> None:
    wedge, full = fc.Pipe("2 m", 5, angle="1 deg"), fc.Pipe("2 m", 5, form="full")
    assert full.section == pytest.approx(math.pi)
    assert wedge.section == pytest.approx(full.section / 360, rel=1e-4)
    assert wedge.automatic == {"front", "back"}
    assert full.automatic == set()


def test_five_degrees_as_text_are_the_default_angle() -> None:
    assert fc.Pipe(1, 1, angle="5 deg") == fc.Pipe(1, 1)


STEP = fc.BackwardFacingStep(step=1, inlet_height=2, upstream=4, downstream=10)
SLOPE = math.tan(math.radians(2.5))


@pytest.mark.parametrize(
    ("domain", "bounds"),
    [
        (fc.Cavity(2), ((0, 2), (0, 2), (0, 0.2))),
        (fc.Cavity(2, height=1, depth=3), ((0, 2), (0, 1), (0, 3))),
        (fc.Channel(4, 2), ((0, 4), (0, 2), (0, 0.2))),
        (fc.Channel(4, 2, 3), ((0, 4), (0, 2), (0, 3))),
        (STEP, ((-4, 10), (0, 3), (0, 0.1))),
        (fc.Pipe(1, 4), ((0, 4), (0, 0.5), (-0.5 * SLOPE, 0.5 * SLOPE))),
        (fc.Pipe(1, 4, form="full"), ((0, 4), (-0.5, 0.5), (-0.5, 0.5))),
        (fc.Cylinder(2, far=10), ((-20, 20), (-20, 20), (0, 0.2))),
    ],
)
def test_the_bounds_are_the_box_around_the_domain(domain: fc.case.Domain, bounds: object) -> None:
    assert domain.bounds == tuple(pytest.approx(extent) for extent in bounds)


@pytest.mark.parametrize(
    ("domain", "point", "reason"),
    [
        (fc.Channel(4, 2), (4, 2, 0.2), ""),
        (fc.Channel(0.3, 2), (0.1 * 3, 1, 0.1), ""),
        (
            fc.Channel(4, 2),
            (4.001, 2, 0.2),
            "(4.001 2 0.2) is outside of the Channel: x 0 to 4 m, y 0 to 2 m, z 0 to 0.2 m",
        ),
        (STEP, (-1, 1, 0), ""),
        (STEP, (0, 0.5, 0), ""),
        (STEP, (-1, 0.5, 0), "(-1 0.5 0) is in the solid before the step: where x < 0, y is 1 m or more"),
        (STEP, (1, -1, 0), "(1 -1 0) is outside of the BackwardFacingStep: x -4 to 10 m, y 0 to 3 m, z 0 to 0.1 m"),
        (fc.Pipe(1, 4), (4, 0.5, 0.5 * SLOPE), ""),
        (fc.Pipe(1, 4), (1, 0.1, 0.02), "(1 0.1 0.02) is outside of the wedge: z is at most 0.0436609 y to both sides"),
        (
            fc.Pipe(1, 4),
            (1, -0.1, 0),
            "(1 -0.1 0) is outside of the Pipe: x 0 to 4 m, y 0 to 0.5 m, z -0.0218305 to 0.0218305 m",
        ),
        (fc.Pipe(1, 4, form="full"), (1, -0.3, 0.4), ""),
        (fc.Cylinder(1, far=10), (0.3, 0.4, 0.05), ""),
        (fc.Cylinder(1, far=10), (0.3, 0.3, 0.05), "(0.3 0.3 0.05) is in the cylinder, whose radius is 0.5 m"),
        (fc.Cylinder(1, far=10), (8, 8, 0), "(8 8 0) is outside of the far field, whose radius is 10 m"),
        (
            fc.Cylinder(1, far=1e1),
            (11, 0, 0),
            "(11 0 0) is outside of the Cylinder: x -10 to 10 m, y -10 to 10 m, z 0 to 0.1 m",
        ),
        (fc.Pipe(1, 4, form="full"), (1, 0.4, 0.4), "(1 0.4 0.4) is outside of the Pipe, whose radius is 0.5 m"),
    ],
)
def test_a_point_is_missed_only_outside(domain: fc.case.Domain, point: tuple[float, ...], reason: str) -> None:
    assert domain.misses(point) == reason


def test_a_domain_without_known_bounds_misses_no_point() -> None:
    class Cloud(fc.case.Domain):
        kind: str = "Cloud"

    assert Cloud().bounds is None
    assert Cloud().misses((1e9, 0, 0)) == ""
    assert fc.Probes([(1e9, 0, 0)]).problems(Cloud()) == fc.Slices("x").problems(Cloud()) == []
    assert fc.Lines((0, 0, 0), (1, 0, 0)).problems(Cloud()) == []
