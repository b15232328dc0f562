"""Boundaries are told apart by letters too, and letters can be read on their colours."""

from __future__ import annotations

import pytest

from flowcfd.case import BOUNDARIES
from flowcfd.viewer.patches.legend import NONE, SIGNS, sign


def light(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("kind", [*SIGNS, "", "Fan", "PorousJump"])
def test_letters_can_be_read_on_their_colour(kind: str) -> None:
    low, high = sorted((light(sign(kind).colour), light(sign(kind).ink)))
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_every_boundary_has_letters_and_a_colour_of_its_own() -> None:
    signs = [sign(kind) for kind in BOUNDARIES.names()]
    assert len({one.letters for one in signs}) == len({one.colour for one in signs}) == len(signs)
    assert sign("") == NONE
