"""Single numbers over time, by their names."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from flowcfd.errors import CaseError, NotYet, ResultError
from flowcfd.post import Results

CONTROL = """FoamFile { version 2.0; format ascii; class dictionary; object controlDict; }
application simpleFoam;
functions
{
    body { type forces; patches (wall); }
    bodyCoeffs { type forceCoeffs; }
    late { type probes; probeLocations ((0 0 0)); fields (p); }
    back
    {
        type surfaces; fields (wallShearStress); flowDirection (1 0 0); lengthOrigin (0 0 0);
        surfaces { floor { type patch; patches (floor); } }
    }
}
"""
STEADY = "FoamFile { version 2.0; format ascii; class dictionary; object fvSchemes; }\nddtSchemes { default %s; }\n"


def put(case: Path, place: str, text: str) -> None:
    path = case / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    put(tmp_path, "system/controlDict", CONTROL)
    put(tmp_path, "system/fvSchemes", STEADY % "steadyState")
    rows = "".join(f"{n}\t{0.3 + 0.5 * math.exp(-n / 4):.9g}\t0.1\n" for n in range(1, 101))
    put(tmp_path, "postProcessing/bodyCoeffs/0/coefficient.dat", "# Force coefficients\n# Time\tCd\tCl\n" + rows)
    force = "# Force\n# Time\t(total_x total_y total_z)\n1\t(1 2 3)\n2\t(4 5 6)\n"
    put(tmp_path, "postProcessing/body/0/force.dat", force)
    put(tmp_path, "postProcessing/points/0/U", "# Probe 0 (0 0 0)\n# Probe 1 (1 0 0)\n# Time\n1 (1 2 3) (4 5 6)\n")
    put(tmp_path, "postProcessing/outflow/0/surfaceFieldValue.dat", "# Region\n# Time\tsum(phi)\n1\t0.5\n2\t0.6\n")
    for time, far in ((10, -2.0), (20, -6.0)):
        raw = f"# wallShearStress  FACE_DATA 2\n# x y z\n1 0 0 2 0 0\n2 0 0 {far} 0 0\n"
        put(tmp_path, f"postProcessing/back/{time}/wallShearStress_floor.raw", raw)
    return tmp_path


def test_every_kind_of_output_gives_its_measures_with_units(case: Path) -> None:
    res = Results(case)
    assert res.measure("Cd").iloc[-1] == pytest.approx(0.3)
    assert (res.measure("Cd").name, res.measure("body.Cd").units) == ("body.Cd", "")
    assert res.measure("Fx").tolist() == [1.0, 4.0]
    assert res.measure("body.Fx").units == "N"
    assert res.measure("points.Uy[1]").tolist() == [5.0]
    assert res.measure("sum(phi)").tolist() == [0.5, 0.6]
    length = res.measure("reattachment")
    assert (length.tolist(), length.index.tolist(), length.units) == ([1.5, 1.25], [10.0, 20.0], "m")


def test_a_name_that_means_none_or_several_is_refused_with_those_there_are(case: Path) -> None:
    res = Results(case)
    with pytest.raises(NotYet, match=r"no measure 'p'; there are: body.Fx, .*; not written yet: .*late.p\[0\]"):
        res.measure("p")
    with pytest.raises(NotYet, match="no measure 'Ux'"):
        res.measure("Ux")
    put(case, "postProcessing/other/0/coefficient.dat", "# Force coefficients\n# Time\tCd\tCl\n1\t2\t3\n")
    with pytest.raises(CaseError, match=r"which 'Cd'\? there are: body.Cd, other.Cd"):
        res.measure("Cd")


def test_a_case_that_wrote_nothing_says_so(tmp_path: Path) -> None:
    put(tmp_path, "system/controlDict", "application simpleFoam;")
    with pytest.raises(NotYet, match="no measure 'Cd'; there are: none"):
        Results(tmp_path).measure("Cd")


def test_statistics_leave_the_transient_out_and_know_their_uncertainty(case: Path) -> None:
    found = Results(case).statistics("Cd")
    assert found.value == pytest.approx(0.3, abs=1e-3)
    assert found.uncertainty is not None and abs(found.value - 0.3) <= found.uncertainty + 1e-6
    assert found.unit == ""
    with pytest.raises(ResultError, match="at least 2 values"):
        Results(case).statistics("points.Ux[0]")


def test_a_measure_settles_by_its_values_in_a_steady_case_and_by_its_mean_in_another(case: Path) -> None:
    steady = Results(case).settled("Cd", within="0.5 %", over=30)
    assert steady.ok and steady.why == "within 0.5 % over the last 30 samples"
    assert not Results(case).settled("Cd", within=1e-12, over=30).ok
    put(case, "system/fvSchemes", STEADY % "Euler")
    unsteady = Results(case).settled("Cd", within="0.5 %", over=30)
    assert unsteady.ok and unsteady.why == "does not vary any more: within 0.05 % over the last 30 samples"
    wave = "".join(f"{n}\t{0.3 + math.exp(-n / 4) + 0.01 * math.sin(n):.9g}\t0.1\n" for n in range(1, 401))
    put(case, "postProcessing/bodyCoeffs/0/coefficient.dat", "# Force coefficients\n# Time\tCd\tCl\n" + wave)
    mean = Results(case).settled("Cd", within="0.5 %", over=30)
    assert mean.ok and "at 95 % confidence" in mean.why and mean.dropped > 0
