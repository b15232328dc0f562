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
