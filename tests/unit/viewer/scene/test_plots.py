"""Line plots as SVG: round ticks, gaps, words that say what is seen."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from flowcfd.viewer.scene.plots import plot, ticks


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]), (-3, 7, [-4, -2, 0, 2, 4, 6, 8]), (5, 5, [2, 3, 4, 5, 6, 7, 8])],
)
def test_ticks_are_round_and_hold_all_values(low, high, said) -> None:
    assert ticks(low, high) == pytest.approx(said)


def test_a_curve_has_gaps_where_there_is_no_flow() -> None:
    values = np.array([0.0, 1.0, np.nan, 2.0, 3.0])
    drawn = ElementTree.fromstring(plot(np.linspace(0, 1, 5), values, "p [Pa] & more"))
    path = next(one for one in drawn if one.get("class") == "curve").get("d") or ""
    assert len(re.findall("M", path)) == 2
    assert drawn.get("aria-label") == "p [Pa] & more along the line: 0 to 3"


def test_a_line_outside_of_the_flow_is_said() -> None:
    assert "no point of the line is in the flow" in plot(np.linspace(0, 1, 3), np.full(3, np.nan), "p")
