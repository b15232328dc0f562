"""Sides of blocks: straight ones, arcs, and dictionaries that cannot be drawn."""

from __future__ import annotations

import numpy as np
import pytest

from flowcfd.widgets.patches.blocks import STEPS, block_patches

QUARTER = """
convertToMeters 2;
vertices ((1 0 0) (2 0 0) (0 2 0) (0 1 0) (1 0 1) (2 0 1) (0 2 1) (0 1 1));
blocks (hex (0 1 2 3 4 5 6 7) (2 2 2) simpleGrading (1 1 1));
edges (arc 1 2 (1.414213562373095 1.414213562373095 0) arc 5 6 (1.414213562373095 1.414213562373095 1)
       polyLine 7 4 ((0.5 0.7 1)));
boundary
(
    outer { type wall; faces ((1 2 6 5)); }
    ends { type patch; faces ((0 4 5 1) (2 6 7 3)); }
);
"""


def test_arcs_are_round_and_lengths_are_metres() -> None:
    found = block_patches(QUARTER)
    assert {name: kind for name, (kind, _) in found.items()} == {"outer": "wall", "ends": "patch"}
    points, quads = found["outer"][1][0]
    assert np.linalg.norm(points[:, :2], axis=1) == pytest.approx(4)
    assert len(quads) == STEPS**2
    assert len(found["ends"][1]) == 2
    assert found["ends"][1][0][1].tolist() == [[0, 1, 2, 3]]


@pytest.mark.parametrize("text", ["", "vertices ();", "vertices (a b); boundary ();", 'boundary #calc "1";'])
def test_what_cannot_be_drawn_is_nothing(text: str) -> None:
    assert block_patches(text) == {}
