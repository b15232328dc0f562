"""The Ahmed body in its coarse form: body, half a mesh with layers, drag."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from flowcfd.benchmarks import Effort, ahmed
from flowcfd.post.open import results

pytestmark = [
    pytest.mark.flow,
    pytest.mark.skipif(importlib.util.find_spec("OCP") is None, reason="OpenCASCADE is not installed (flowcfd[cad])"),
]


def test_from_cad_to_drag(home: Path) -> None:
    outcome = ahmed.run(Effort("quick"))
    assert outcome.ok, [(one.measure, float(one.value), one.band) for one in outcome.comparisons]
    assert 20_000 < outcome.cells[0] < 60_000
    assert outcome.cpu_seconds < 90
    of = results(Path(outcome.runs[0]))
    found = ahmed.drag(of)
    assert (
        sum(found.parts[name] for name in ahmed.PARTS)
        < float(found.drag)
        < 2 * sum(found.parts[name] for name in ahmed.PARTS)
    )
    assert 0.015 < found.parts["friction"] < 0.06
    assert found.parts["front"] < 0.06, "the flow stays on the nose"
    lowest, mean, _ = found.y_plus
    assert lowest < 30 < mean < 60, "the boundary layer of the nose is cut into cells"
    assert not (of.run.case / "log.potentialFoam").exists()
    drag = of.measure("forces.Cd")
    assert drag.abs().max() < 3, "it starts from rest without a blow"
