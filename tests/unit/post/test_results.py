"""Results of a case directory."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from flowcfd.errors import CaseError, NotYet, ResultError, UnknownName
from flowcfd.post import Results, results

LOGS = Path(__file__).parents[1] / "foam" / "logs"
CONTROL = "FoamFile { version 2.0; format ascii; class dictionary; object controlDict; }\napplication simpleFoam;\n"
FIELD = """\
FoamFile { version 2.0; format ascii; class %s; object %s; }
dimensions      [%s];
internalField   uniform %s;
boundaryField
{
    floor { type fixedValue; value uniform (0 0 0); }
    lid   { type slip; }
}
"""
COEFFICIENT = "# Force coefficients\n# Time\tCd\tCl\n1\t0.5\t0.1\n2\t0.4\t0.2\n3\t0.2\t0.3\n"
FORCE = (
    "# Force\n# Time\t(total_x total_y total_z)\t(pressure_x pressure_y pressure_z)\t(viscous_x viscous_y viscous_z)\n"
    "1\t(1 2 3)\t(4 5 6)\t(7 8 9)\n2\t(10 2 3)\t(4 5 6)\t(7 8 9)\n"
)
MOMENT = "# Moment\n# Time\t(total_x total_y total_z)\n1\t(0 0 5)\n2\t(0 0 6)\n"
PROBES = """\
# Probe 0 (0.01 0 0)
# Probe 1 (9 9 9)  # Not Found
#       Probe             0             1
#        Time
            1             %s             %s
            2             %s             %s
"""
YPLUS = (
    "# y+ ()\n# Time\tpatch\tmin\tmax\taverage\n"
    "1\tfloor\t1\t3\t2\n1\tlid\t1\t14450\t900\n2\tfloor\t2\t4\t3\n2\tlid\t1\t2\t1\n"
)
SHEAR = "# Wall shear stress\n# Time\tpatch\tmin\tmax\n1\tfloor\t(-1 0 0)\t(2 0 0)\n2\tfloor\t(-3 0 0)\t(4 0 0)\n"
EXTREMES = (
    "# Field minima and maxima\n# Time\tfield\tmin\tlocation(min)\tmax\tlocation(max)\n"
    "1\tmag(U)\t0\t(0 0 0)\t5\t(1 0 0)\n1\tp\t-1\t(0 0 0)\t7\t(0 1 0)\n"
)


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A case directory with a log, fields at 0 and what function objects wrote."""
    put(tmp_path / "system/controlDict", CONTROL)
    put(tmp_path / "system/fvSchemes", "ddtSchemes { default steadyState; }\n")
    put(tmp_path / "0/U", FIELD % ("volVectorField", "U", "0 1 -1 0 0 0 0", "(0 0 0)"))
    put(tmp_path / "0/p", FIELD % ("volScalarField", "p", "0 2 -2 0 0 0 0", "0"))
    put(tmp_path / "log.simpleFoam", (LOGS / "simpleFoam_2ranks_forceCoeffs_tail.log").read_text())
    home = tmp_path / "postProcessing"
    put(home / "body/0/force.dat", FORCE)
    put(home / "body/0/moment.dat", MOMENT)
    put(home / "bodyCoeffs/0/coefficient.dat", COEFFICIENT)
    put(home / "wake/0/U", PROBES % ("(1 2 3)", "(-1e+300 -1e+300 -1e+300)", "(4 5 6)", "(-1e+300 -1e+300 -1e+300)"))
    put(home / "wake/0/p", PROBES % ("7", "-1e+300", "8", "-1e+300"))
    put(home / "yPlus1/0/yPlus.dat", YPLUS)
    put(home / "shear/0/wallShearStress.dat", SHEAR)
    put(home / "extremes/0/fieldMinMax.dat", EXTREMES)
    return tmp_path


@pytest.fixture
def res(case: Path) -> Results:
    return results(case)


def test_forces_and_their_coefficients_are_one_table(res: Results) -> None:
    table = res.forces("body")
    assert table.Cd.tolist() == [0.5, 0.4, 0.2]
    assert table.Fx.tolist()[:2] == [1.0, 10.0] and math.isnan(table.Fx.tolist()[2])
    assert table.Fx_pressure.iloc[0] == 4.0 and table.Mz.iloc[1] == 6.0
    assert (table.Cd.units, table.Fx.units, table.Mz.units, table.units["Time"]) == ("", "N", "N m", "")
    assert res.forces().equals(table), "the only forces need no name"
    assert table.cd.last(2).mean() == pytest.approx(0.3)


def test_forces_that_are_not_there_list_those_that_are(res: Results) -> None:
    with pytest.raises(NotYet, match="no forces 'wing'; there are: body"):
        res.forces("wing")


def test_several_forces_need_a_name(res: Results, case: Path) -> None:
    put(case / "postProcessing/wing/0/coefficient.dat", COEFFICIENT)
    with pytest.raises(ResultError, match="which forces\\? there are: body, wing"):
        res.forces()
    assert res.forces("wing").Cl.tolist() == [0.1, 0.2, 0.3]


def test_probes_come_by_field_and_number_with_units(res: Results) -> None:
    table = res.probes("wake")
    assert table.Ux[0].tolist() == [1.0, 4.0] and table.p[0].tolist() == [7.0, 8.0]
    assert table.p[1].isna().all(), "a probe outside the mesh has no numbers"
    assert table.attrs["points"] == [[0.01, 0.0, 0.0], [9.0, 9.0, 9.0]]
    assert table.Uy[0].units == "m/s" and table.p[0].units == "m2/s2"
    with pytest.raises(NotYet, match="no probes 'x'; there are: wake"):
        res.probes("x")


def test_probes_that_have_written_no_values_are_not_there_yet(res: Results, case: Path) -> None:
    put(case / "postProcessing/early/0/U", "# Probe 0 (0.05 0.09 0.005)\n#  Probe  0\n#  Time\n")
    with pytest.raises(NotYet, match="probes 'early' have written no values yet"):
        res.probes("early")


def test_y_plus_leaves_out_patches_with_slip(res: Results) -> None:
    table = res.y_plus
    assert table.floor["average"].tolist() == [2.0, 3.0]
    assert "lid" not in table.columns.get_level_values(0)


def test_wall_shear_and_extremes_have_the_units_of_their_fields(res: Results) -> None:
    assert res.wall_shear.floor["max_x"].tolist() == [2.0, 4.0]
    assert res.wall_shear.units["floor", "min_x"] == "m2/s2"
    extremes = res.min_max
    assert extremes["mag(U)"]["max"].tolist() == [5.0] and extremes.p["min"].tolist() == [-1.0]
    assert extremes.units["mag(U)", "max"] == "m/s" and extremes.units["p", "location(max)_y"] == "m"


def test_two_function_objects_of_one_kind_are_named(res: Results, case: Path) -> None:
    put(case / "postProcessing/other/0/yPlus.dat", YPLUS)
    with pytest.raises(ResultError, match=r"several wrote yPlus: other, yPlus1; read one with res\.function"):
        _ = res.y_plus


def test_any_table_can_be_read_by_its_name(res: Results, case: Path) -> None:
    put(case / "postProcessing/flow/0/surfaceFieldValue.dat", "# Faces : 3\n# Time\tsum(phi)\n1\t0.25\n")
    assert res.function("flow")["sum(phi)"].tolist() == [0.25]
    assert res.function("body", "moment").columns.tolist() == ["total_x", "total_y", "total_z"]
    with pytest.raises(ResultError, match="which file of body\\? there are: force, moment"):
        res.function("body")
    with pytest.raises(
        NotYet, match=r"no output of 'x'; there is: body, bodyCoeffs, extremes, flow, shear, wake, yPlus1"
    ):
        res.function("x")


def test_the_log_gives_residuals_and_more(res: Results) -> None:
    assert res.residuals.p.tolist() == [0.018862, 0.0180467, 0.01719]
    assert res.execution_time.tolist() == [45.49, 46.06, 46.62] and res.execution_time.units == "s"
    assert res.continuity["local"].iloc[-1] == 0.00019232
    assert res.log().field.tolist()[:3] == ["Ux", "Uy", "Uz"]
    assert res.iterations.p.tolist() == [3.0, 3.0, 3.0]
    assert res.converged is None
    with pytest.raises(NotYet, match=r"no log of blockMesh in .*; there are: simpleFoam"):
        res.log("blockMesh")


def test_a_steady_case_counts_iterations_and_a_transient_one_seconds(res: Results, case: Path) -> None:
    assert res.residuals.units["Time"] == ""
    put(case / "system/fvSchemes", "ddtSchemes { default Euler; }\n")
    assert res.residuals.units["Time"] == "s"


def test_the_summary_tells_what_there_is(res: Results) -> None:
    text = repr(res)
    assert "solver: simpleFoam" in text and "residuals: at 100: Ux 3.6e-03" in text and "outputs: body" in text
    assert ">solver</th>" in res._repr_html_() and ">simpleFoam</td>" in res._repr_html_()


def test_what_is_not_written_is_not_yet(tmp_path: Path) -> None:
    put(tmp_path / "system/controlDict", CONTROL)
    empty = results(tmp_path)
    for ask in (lambda: empty.residuals, empty.forces, empty.probes, lambda: empty.y_plus, lambda: empty.last):
        with pytest.raises(NotYet):
            ask()
    assert empty.times == [] and empty.outputs == []
    assert "simpleFoam" in repr(empty)


LOG = "Exec   : icoFoam\nCreate mesh for time = 0\n\n%sEnd\n\n"
STEP = "Time = %g\n\nExecutionTime = 0.1 s  ClockTime = 0 s\n\n"
UNWRITTEN = "no fields were written: writeInterval exceeds the end"


@pytest.mark.parametrize(
    ("control", "cause"),
    [
        ("writeControl timeStep; writeInterval 5;", f"{UNWRITTEN} (5 and 4 time steps)"),
        ("writeInterval 5;", f"{UNWRITTEN} (5 and 4 time steps)"),
        ("writeControl runTime; writeInterval 3;", f"{UNWRITTEN} (3 and 2 s)"),
        ("writeControl adjustableRunTime; writeInterval 3;", f"{UNWRITTEN} (3 and 2 s)"),
        ("writeControl timeStep; writeInterval 4;", ""),  # whatever the cause is, it is not this
        ("writeControl runTime; writeInterval 2;", ""),
        ("writeControl cpuTime; writeInterval 5;", ""),
        ("writeControl runTime;", ""),
    ],
)
def test_a_computation_too_short_to_write_says_so(case: Path, res: Results, control: str, cause: str) -> None:
    put(case / "system/controlDict", CONTROL.replace("simpleFoam", "icoFoam") + control)
    put(case / "log.icoFoam", LOG % "".join(STEP % time for time in (0.5, 1, 1.5, 2)))
    assert res.summary().get("fields", "") == cause
    assert (cause in repr(res)) and res.summary()["times"] == "0"
    if cause:
        with pytest.raises(NotYet) as caught:
            res.mesh()
        assert str(caught.value) == f"{cause} [{case}]"


@pytest.mark.parametrize("end", ["", "FOAM exiting\n"])
def test_what_goes_on_or_failed_is_not_too_short(case: Path, res: Results, end: str) -> None:
    put(case / "system/controlDict", CONTROL.replace("simpleFoam", "icoFoam") + "writeInterval 5;")
    put(case / "log.icoFoam", (LOG % (STEP % 1)).replace("End\n", end))
    assert "fields" not in res.summary()


def test_fields_that_are_written_need_no_excuse(case: Path, res: Results) -> None:
    put(case / "system/controlDict", CONTROL.replace("simpleFoam", "icoFoam") + "writeInterval 5;")
    put(case / "log.icoFoam", LOG % (STEP % 1))
    assert "fields" in res.summary()
    (case / "0").rename(case / "1")
    assert "fields" not in res.summary()


def test_what_may_not_be_read_is_said(res: Results, case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = Path.iterdir

    def refuse(folder: Path) -> Iterator[Path]:
        if folder in (case / "0", case / "postProcessing"):
            raise PermissionError(13, "Permission denied", str(folder))
        return allowed(folder)

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(ResultError, match=r"/0 cannot be read: Permission denied$"):
        _ = res.times
    told = res.summary()
    assert told["times"] == f"{case / '0'} cannot be read: Permission denied"
    assert told["outputs"] == f"{case / 'postProcessing'} cannot be read: Permission denied"
    assert told["solver"] == "simpleFoam"


def test_a_run_directory_that_may_not_be_entered_is_said(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(file: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(file))

    monkeypatch.setattr(Path, "is_file", refuse)
    with pytest.raises(ResultError, match=r"/job\.json cannot be read: Permission denied$"):
        results(case)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_permissions_is_no_empty_one(res: Results, case: Path) -> None:
    (case / "0").chmod(0)
    try:
        with pytest.raises(ResultError, match=r"/0 cannot be read: Permission denied$"):
            _ = res.times
    finally:
        (case / "0").chmod(0o700)


def test_a_directory_that_is_neither_run_nor_case_is_refused(tmp_path: Path, home: Path) -> None:
    with pytest.raises(CaseError, match="neither a run"):
        results(tmp_path)
    with pytest.raises(UnknownName, match="unknown run 'nothing'"):
        results("nothing")


def test_the_times_are_those_of_the_fields(res: Results) -> None:
    assert res.times == [0.0] and res.last == 0.0
    np.testing.assert_equal(res.fields(), ["U", "p"])


def test_tables_do_not_load_pyvista() -> None:
    script = "import sys, flowcfd as fc; fc.results; print('pyvista' in sys.modules, 'vtkmodules' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["False", "False"]
