"""Every golden case is meshed and solved by real OpenFOAM, and leaves what it was asked for."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from flowcfd.case import Case, Forces, Steady

pytestmark = pytest.mark.flow
CASES = Path(__file__).parent.parent / "cases"
NAMES = sorted(folder.parent.name for folder in CASES.glob("*/case.json") if folder.parent.name != "cfmesh_tunnel")
"""All but that whose mesher, cfMesh, Debian's package does not bring."""
FIELDS_ONLY = {"Averages": ("UMean", "pMean", "UPrime2Mean")}
ALSO_FIELDS = {"WallShear": ("wallShearStress",), "YPlus": ("yPlus",)}


@pytest.fixture(params=NAMES)
def case(request: pytest.FixtureRequest, home: Path) -> Case:
    """The case; the surface of its body, where it has one, is where cad keeps it."""
    folder = CASES / str(request.param)
    case = Case.from_json((folder / "case.json").read_bytes())
    if case.geometry is not None:
        place = home / "geometry" / case.geometry.digest[:24]
        place.mkdir(parents=True)
        shutil.copy(folder / "surface.stl", place)
    return case


def test_a_golden_case_is_meshed_and_solved_and_leaves_its_outputs(case: Case, compute: Callable) -> None:
    done = compute(case)
    log = done.solver_log
    assert re.search(r"^End$", log, re.MULTILINE)
    assert "nan" not in log.lower().replace("nonorth", "")
    if isinstance(case.solve, Steady):
        assert len(re.findall(r"^Time = ", log, re.MULTILINE)) >= 20
    last = max(
        (path for path in done.path.iterdir() if re.fullmatch(r"[\d.e-]+", path.name)), key=lambda p: float(p.name)
    )
    assert float(last.name) > 0
    for name in case.physics.fields:
        assert (last / name).stat().st_size, f"no {name} at {last.name}"
    for output in case.outputs:
        expected = [*FIELDS_ONLY.get(output.kind, ()), *ALSO_FIELDS.get(output.kind, ())]
        assert all((last / name).is_file() for name in expected), f"{output.name} left no {expected}"
        assert output.kind in FIELDS_ONLY or done.written(output.name), f"{output.name} wrote nothing"
        if isinstance(output, Forces) and output.speed is not None:
            assert [path.name for path in done.written(f"{output.name}Coeffs")] == ["coefficient.dat"]
