"""The airfoil's coarse form in its band, and its mesh before OpenFOAM's own check."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from flowcfd.benchmarks import naca0012
from flowcfd.benchmarks.frame import Effort
from flowcfd.foam.render import render


def test_checkmesh_finds_nothing_wrong_but_long_thin_cells(tmp_path: Path, application: Callable[..., str]) -> None:
    render(naca0012.case(0)).write(tmp_path)
    said = application(tmp_path, "checkMesh")
    complaints = re.findall(r"\*\*\*(.*)", said)
    assert [line.split(",")[0] for line in complaints] == ["High aspect ratio cells found"]
    angles = re.search(r"non-orthogonality Max: (\S+) average: (\S+)", said)
    assert angles
    assert float(angles[1]) < 10
    assert float(angles[2]) < 5


def test_the_coarse_form_is_in_its_band_and_its_pressure_near_to_the_published_one(home: Path) -> None:
    outcome = naca0012.naca0012(Effort("quick"))
    assert outcome.cells == (8960,)
    assert {line.measure for line in outcome.comparisons} == {"Cl, 10 deg", "Cd, 10 deg"}
    assert outcome.ok, [str(line) for line in outcome.comparisons]
    ours, theirs, _ = outcome.plots[0].curves
    assert min(ours.y) == pytest.approx(min(theirs.y), rel=0.1)
    assert max(ours.y) == pytest.approx(1.0, abs=0.03)
