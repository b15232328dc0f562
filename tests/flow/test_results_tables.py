"""Results of real runs as tables, and what stands in their place when a run does not come to its end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import flowcfd as fc
from flowcfd import jobs
from flowcfd.case import Lines
from flowcfd.errors import Cancelled, Diverged, NotYet, StageFailed, Stopped
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.post import results

pytestmark = pytest.mark.flow
Build = Callable[..., CaseFiles]
Until = Callable[..., None]

OUTPUTS = """
functions
{
    body
    {
        type forces; libs (forces); patches (movingWall); rho rhoInf; rhoInf 2; CofR (0 0 0);
    }
    bodyCoeffs
    {
        type forceCoeffs; libs (forces); patches (movingWall); rho rhoInf; rhoInf 2; CofR (0 0 0);
        dragDir (1 0 0); liftDir (0 1 0); pitchAxis (0 0 1); magUInf 1; lRef 0.1; Aref 0.001;
    }
    points { type probes; libs (sampling); fields (U p); probeLocations ((0.0525 0.0525 0.005) (0.0225 0.0325 0.005)); }
    extremes { type fieldMinMax; libs (fieldFunctionObjects); fields (U p); }
    solvers { type solverInfo; libs (utilityFunctionObjects); fields (U p); }
    inflow { type surfaceFieldValue; libs (fieldFunctionObjects); regionType patch; name movingWall;
             operation areaAverage; fields (U); writeFields no; }
}
"""


def with_outputs(files: CaseFiles) -> CaseFiles:
    return files.with_files({"system/controlDict": files.text("system/controlDict") + OUTPUTS})


def test_a_run_gives_its_forces_probes_and_residuals_as_tables(home: Path, cavity: Build) -> None:
    res = results(jobs.run(with_outputs(cavity(steps=40))))
    assert res.state == "Done" and res.last == 0.2 and res.times == [0, 0.1, 0.2]
    forces = res.forces("body")
    assert len(forces) == 40 and forces.index.name == "Time" and forces.units["Time"] == "s"
    np.testing.assert_allclose(forces.Cd, forces.Fx / (0.5 * 2 * 1 * 0.001), rtol=1e-4)
    np.testing.assert_allclose(forces.Fx, forces.Fx_pressure + forces.Fx_viscous, rtol=1e-4)
    assert forces.cd.last(10).std() < 0.01 * abs(forces.cd.last(10).mean())
    info = res.function("solvers")
    np.testing.assert_allclose(info["Ux_initial"], res.residuals.Ux, rtol=1e-5)
    np.testing.assert_allclose(info["p_initial"], res.residuals.p, rtol=1e-5)
    assert res.min_max["mag(U)"]["max"].iloc[-1] == pytest.approx(1.0, abs=0.2)
    assert res.function("inflow")["areaAverage(U)_x"].tolist() == [1.0] * 40
    assert res.courant["max"].iloc[-1] == pytest.approx(0.85, abs=0.05)
    assert "cells: 400" in repr(res)


def test_probes_agree_with_the_field_at_the_same_place(home: Path, cavity: Build) -> None:
    res = results(jobs.run(with_outputs(cavity(steps=40))))
    probes = res.probes("points")
    sampled = res.sample_points(probes.attrs["points"], ["U", "p"], interpolated=False)
    np.testing.assert_allclose(sampled.Ux, probes.Ux.iloc[-1], rtol=1e-3)
    np.testing.assert_allclose(sampled.p, probes.p.iloc[-1], rtol=1e-3)
    assert sampled.Ux.units == probes.Ux[0].units == "m/s"
    lid = res.patch("movingWall", fields=["U"])
    np.testing.assert_allclose(lid["U"], [[1, 0, 0]] * 20)
    line = res.sample_line((0.05, 0, 0.005), (0.05, 0.1, 0.005), 11, ["U"])
    assert line.Ux.iloc[-1] == pytest.approx(1.0, abs=0.1) and line.distance.iloc[-1] == pytest.approx(0.1)


def test_a_run_that_was_stopped_and_resumed_has_one_history(home: Path, slow_cavity: Build, until: Until) -> None:
    run = jobs.run(with_outputs(slow_cavity(steps=200, write=10)))
    until(lambda: (run.progress().time or 0) > 0.02)
    with pytest.raises(NotYet, match="wait=False"):
        results(run, timeout=0.01)
    assert len(results(run, wait=False).residuals) > 0
    run.stop()
    with pytest.raises(Stopped):
        results(run)
    partial = results(run, partial=True)
    stopped = partial.last
    assert 0 < stopped < 0.2 and partial.forces("body").index[-1] == pytest.approx(stopped)
    res = results(run.resume())
    expected = np.arange(1, 201) / 1000
    for table in (res.residuals, res.forces("body"), res.function("solvers")):
        np.testing.assert_allclose(table.index, expected)
    probes = res.probes("points")
    np.testing.assert_allclose(probes.index, expected)


def test_a_failed_run_names_the_cause_with_its_place_and_the_end_of_its_log(home: Path, cavity: Build) -> None:
    files = cavity(steps=5).edited("system/fvSchemes", {"divSchemes.div(phi,U)": None})
    run = jobs.run(files)
    with pytest.raises(
        StageFailed, match=r"system/fvSchemes:\d+ divSchemes: there is no scheme for the term div\(phi,U\)"
    ) as failed:
        results(run)
    assert any("FOAM exiting" in line for line in failed.value.tail)
    assert results(run, partial=True).times == [0.0]


def test_numbers_that_leave_the_range_are_a_divergence(home: Path, cavity: Build) -> None:
    files = cavity(steps=5).edited("0/U", {"boundaryField.movingWall.value": "uniform (1e200 0 0)"})
    with pytest.raises(Diverged, match="floating point exception in Foam::"):
        results(jobs.run(files))


def test_a_cancelled_run_says_so(home: Path, slow_cavity: Build, until: Until) -> None:
    run = jobs.run(slow_cavity())
    until(lambda: run.progress().iteration > 2)
    run.cancel()
    with pytest.raises(Cancelled):
        results(run)


def test_a_run_is_found_by_its_name_and_its_case_by_its_path(home: Path, cavity: Build) -> None:
    run = jobs.run(cavity(steps=5), name="small")
    res = results("small")
    assert res.residuals.equals(results(run.path).residuals)
    by_path = results(run.case)
    assert by_path.run is None and by_path.residuals.equals(res.residuals)


def test_every_output_of_a_case_can_be_read_by_its_name(home: Path) -> None:
    case = fc.Case(
        domain=fc.Cavity("1 m"),
        mesh=fc.Blocks(20),
        physics=fc.Incompressible(fc.Fluid(nu=1e-2)),
        boundaries={"lid": fc.Wall(velocity=(1, 0, 0)), "walls": fc.Wall()},
        solve=fc.Steady(20),
        outputs=(
            fc.Forces("lid", speed="1 m/s", area=0.1, length=1), fc.Probes([(0.525, 0.525, 0.05)]),
            fc.Slices("z", (0, 0, 0.05)),
            Lines((0.5, 0, 0.05), (0.5, 1, 0.05), points=5), fc.WallShear(), fc.YPlus(), fc.SolverInfo(),
            fc.Averages(),
        ),
    )  # fmt: skip
    res = fc.results(fc.run(case))
    assert res.forces("forces").index.tolist() == list(range(1, 21)) and res.residuals.units["Time"] == ""
    assert res.line("lines").Ux.iloc[-1] == pytest.approx(1.0)
    assert "U" in res.slice("slices").point_data
    assert res.y_plus.lid["max"].iloc[-1] > 0 and res.wall_shear.lid["max_x"].iloc[-1] > 0
    assert len(res.function("solverInfo")) == 20 and len(res.probes()) == 20
    assert "UMean" in res.fields()


def test_the_drag_of_a_plane_channel_is_its_pressure_drop_times_its_cross_section(home: Path) -> None:
    """Poiseuille: 12 mu U / H^2 over L times H; the wall below is pressed down by half the drop over its area."""
    length, height, mean, nu, rho = 2.0, 0.1, 2 / 3, 0.01, 2.0
    case = fc.Case(
        domain=fc.Channel(length, height),
        mesh=fc.Blocks((40, 20)),
        physics=fc.Incompressible(fc.Fluid(nu=nu, rho=rho)),
        boundaries={
            "inlet": fc.Inlet(profile=fc.Parabola(1.5 * mean, high=height)),
            "outlet": fc.Outlet(),
            "bottom": fc.Wall(),
            "top": fc.Wall(),
        },
        solve=fc.Steady(1000, residual=1e-7),
        outputs=(
            fc.Forces(("bottom", "top"), name="walls", speed=0.5, area=4.0, length=3.0),
            fc.Forces("bottom", name="below"),
            fc.PatchAverage("inlet", name="upstream"),
            fc.PatchAverage("inlet", name="flux", weight="flow"),
        ),
    )
    res = fc.results(fc.run(case))
    gradient = 12 * rho * nu * mean / height**2
    width = (case.domain.patches["inlet"].area or 0.0) / height
    drag = gradient * length * height * width
    walls, below = res.forces("walls").iloc[-1], res.forces("below").iloc[-1]
    assert walls.Fx == pytest.approx(drag, rel=0.01) and walls.Fx_pressure == pytest.approx(0, abs=1e-9)
    assert walls.Cd == pytest.approx(drag / (0.5 * rho * 0.5**2 * 4.0), rel=0.01)
    assert walls.Fy == pytest.approx(0, abs=1e-6)
    assert below.Fy == pytest.approx(-gradient * length / 2 * length * width, rel=0.01)
    for name in ("upstream.areaAverage(p)", "weightedAverage(p)"):
        assert res.measure(name).iloc[-1] == pytest.approx(gradient * length / rho, rel=0.01), name
