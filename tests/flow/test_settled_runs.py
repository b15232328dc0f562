"""Runs that end when their measures have settled, that do not, and that are stopped before they diverge."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import flowcfd as fc
from flowcfd.cli import main
from flowcfd.errors import CaseError, Diverged, UnknownName
from flowcfd.foam import fields
from flowcfd.foam.adopt import adopt
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.jobs import checkpoint, record
from flowcfd.jobs.handle import Run

pytestmark = pytest.mark.flow
Until = Callable[..., None]


def step(iterations: int = 1500, **solve: object) -> fc.Case:
    """A laminar backward-facing step, Re 100 by the step's height: reattached behind 2 to 3 steps' heights."""
    return fc.Case(
        name="step",
        domain=fc.BackwardFacingStep(step="1 cm", inlet_height="1 cm", upstream="2 cm", downstream="16 cm"),
        mesh=fc.Blocks(cell="1 mm"),
        physics=fc.Incompressible(fluid=fc.Fluid(nu=1e-4, rho=1.0)),
        boundaries={
            "inlet": fc.Inlet("1 m/s"),
            "outlet": fc.Outlet(),
            **dict.fromkeys(("upstreamWall", "step", "lowerWall", "upperWall"), fc.Wall()),
        },
        solve=fc.Steady(iterations, residual=None, **solve),
        outputs=(
            fc.Reattachment("lowerWall", every=5),
            fc.Forces(["lowerWall", "upperWall"], speed="1 m/s", area="1e-5 m^2", length="1 cm"),
        ),
    )


def events(run: Run, name: str) -> list[dict[str, object]]:
    lines = map(json.loads, (run.path / "events.jsonl").read_text().splitlines())
    return [line for line in lines if line["event"] == name]


def test_a_steady_run_ends_when_its_measures_have_settled_and_its_answer_is_that_of_the_whole(home: Path) -> None:
    whole = jobs_done(fc.run(step(600)))
    until = fc.Settled("reattachment", "Cd", within="0.5 %", over=100)
    early = jobs_done(fc.run(step(3000, until=until)))  # so many that a late look at it changes nothing
    assert whole.why == "all stages are done"
    last = float(checkpoint.times(early.case)[-1])
    assert last <= 2000  # a third is saved at least
    lengths = [fc.results(run).measure("reattachment").iloc[-1] for run in (whole, early)]
    assert lengths[1] == pytest.approx(lengths[0], rel=0.005)
    assert early.why.startswith("reattachment = 0.04465")
    assert "settled within 0.5 % over the last 100 iterations; Cd = " in early.why
    assert early.why.endswith("of 3000")
    assert events(early, "settled")[0]["why"] == early.why
    assert early.settling == early.why
    assert fc.results(early).fields() == fc.results(whole).fields()
    assert early.path != whole.path


def jobs_done(run: Run) -> Run:
    assert run.wait(300) == "Done", run.why
    return run


def test_the_early_end_works_on_ranks_and_puts_the_case_together(home: Path) -> None:
    until = fc.Settled("forces.Cd", within="1 %", over=50)
    run = jobs_done(fc.run(step(3000, until=until), cores=2))
    assert "settled within 1 %" in run.why
    assert [stage.name for stage in run.stages] == ["mesh", "decompose", "solve", "reconstruct"]
    latest = checkpoint.times(run.case)[-1]
    assert float(latest) < 3000 and (run.case / latest / "U").is_file()


def test_what_was_measured_before_a_stop_counts_when_the_run_goes_on(home: Path, until: Until) -> None:
    run = fc.run(step(3000, until=fc.Settled("forces.Cd", within="0.5 %", over=100)))
    until(lambda: run.progress().iteration > 60)
    assert run.stop().state == "Stopped"
    stopped = float(checkpoint.times(run.case)[-1])
    jobs_done(run.resume())
    assert "settled within 0.5 % over the last 100 iterations" in run.why
    assert stopped < float(checkpoint.times(run.case)[-1]) < 3000
    assert len(list((run.case / "postProcessing/forcesCoeffs").iterdir())) == 2


def test_an_unsteady_run_whose_mean_is_not_known_does_not_end_early_and_says_so(home: Path) -> None:
    """The lid-driven cavity started from rest: the velocity at a probe is far from settled within 0.1 s."""
    case = fc.Case(
        name="vortex",
        domain=fc.Cavity("0.1 m"),
        mesh=fc.Blocks(20),
        physics=fc.Incompressible(fluid=fc.Fluid(nu=1e-4)),
        boundaries={"lid": fc.Wall(velocity=(1, 0, 0)), "walls": fc.Wall()},
        solve=fc.Transient("0.4 s", "2 ms", until=fc.Settled("probes.Ux[0]", within="0.1 %", over=20)),
        outputs=(fc.Probes([("5 cm", "5 cm", "5 mm")], fields=["U"]),),
    )
    run = jobs_done(fc.run(case))
    assert checkpoint.times(run.case)[-1] == "0.4"
    assert run.why.startswith("all stages are done; probes.Ux[0] did not settle within 0.1 %: ")


def test_an_adopted_case_settles_by_the_function_objects_it_has(home: Path, tutorials: Path) -> None:
    files = adopt(tutorials / "incompressible/simpleFoam/pitzDaily")
    with pytest.raises(UnknownName, match=r"until: unknown measure 'Cd'; there are: none"):
        fc.run(files, until=fc.Settled("Cd"))
    assert not list((home / "runs").glob("*"))
    files = fc.with_outputs(files, fc.Probes([(-0.01, 0.01, 0)], fields="U"), fc.Reattachment("lowerWall", every=5))
    with pytest.raises(CaseError, match="10 samples are needed"):
        fc.run(files, until=fc.Settled("reattachment", over=20))
    run = jobs_done(fc.run(files, until=fc.Settled("Ux", within="0.5 %", over=50)))
    assert run.why.startswith("Ux = 10.0") and "m/s settled within 0.5 % over the last 50 iterations" in run.why
    assert float(checkpoint.times(run.case)[-1]) < 200  # the tutorial's residuals end it at 282


def test_a_steady_run_that_explodes_fails_and_what_it_wrote_since_is_put_aside(home: Path, tutorials: Path) -> None:
    """The step tutorial with relaxation that cannot hold: it is beyond all bounds in three iterations."""
    factors = {"fields": {"p": 1.0}, "equations": {"U": 1.0, '".*"': 1.0}}
    files = adopt(tutorials / "incompressible/simpleFoam/pitzDaily")
    files = files.edited("system/fvSolution", {"SIMPLE.consistent": False, "relaxationFactors": factors})
    run = fc.run(files.edit("system/controlDict", endTime=2000, writeInterval=1))
    assert run.wait(300) == "Failed"
    with pytest.raises(Diverged) as raised:
        run.check()
    assert raised.value.field in ("p", "U", "k", "epsilon")
    assert record.end(run.path).diverged
    assert "; last good fields at 1" in run.why
    assert checkpoint.times(run.case) == ["0", "1"]
    assert checkpoint.times(run.case / "diverged" / "1")[0] == "2"


def test_a_run_that_explodes_is_stopped_while_it_lives(home: Path) -> None:
    """The step without viscosity to speak of and without relaxation: it lives for a dozen iterations of a second."""
    wild = step(1000, relaxation={"U": 1.0, "p": 1.0}, consistent=False, write_every=1)
    run = fc.run(wild.replace({"mesh.cell": "0.3 mm", "physics.fluid.nu": 1e-6}))
    assert run.wait(300) == "Failed", run.why
    assert events(run, "diverging")[0]["why"].startswith("diverging: ")
    solver = run.stages[-1].steps[-1]
    assert (solver.rc, solver.ended_by) == (0, "diverging")
    with pytest.raises(Diverged, match=r"diverging: p \(errors of continuity .*\) at time \d+; last good fields at"):
        run.check()
    latest = checkpoint.times(run.case)[-1]
    assert f"last good fields at {latest}" in run.why
    assert abs(fc.results(run, wait=False).mesh(latest).cell_data["U"]).max() < 5.0  # the inlet has 1 m/s
    assert float(checkpoint.times(run.case / "diverged" / "1")[-1]) > float(latest)


def test_a_time_step_too_large_leaves_the_fields_before_it_rose(home: Path, tutorials: Path) -> None:
    """The cavity on 10 000 cells with a Courant number of 3; the solver dies of it."""
    files = adopt(tutorials / "incompressible/icoFoam/cavity/cavity")
    mesh = files.text("system/blockMeshDict").replace("(20 20 1)", "(100 100 1)")
    files = files.with_files({"system/blockMeshDict": mesh})
    run = fc.run(files.edit("system/controlDict", deltaT=0.0035, endTime=5, writeControl="timeStep", writeInterval=2))
    assert run.wait(300) == "Failed", run.why
    with pytest.raises(Diverged):
        run.check()
    latest = checkpoint.times(run.case)[-1]
    assert f"last good fields at {latest}" in run.why
    aside = run.case / "diverged" / "1"
    good, bad = (
        abs(fields.read(time / "U", memmap=False).values(10_000)).max()
        for time in (run.case / latest, aside / checkpoint.times(aside)[-1])
    )
    assert good < 4.0  # the lid's speed is 1
    assert bad > 10.0


def test_a_healthy_run_is_left_alone_and_costs_no_event(home: Path, cavity: Callable[..., CaseFiles]) -> None:
    run = jobs_done(fc.run(cavity()))
    assert not events(run, "diverging") and not events(run, "settled")
    assert run.settling == "" and not (run.path / "settling.json").exists()


def test_a_wake_that_sheds_vortices_never_settles_as_a_steady_flow_and_is_not_ended_early(home: Path) -> None:
    """The cylinder at Re 200 by a steady solver: its drag first looks steady, then the wake begins to swing."""
    domain = fc.Cylinder(diameter=1.0, far=20)
    case = fc.Case(
        name="wake",
        domain=domain,
        mesh=fc.Blocks(cells=(28, 12), grading=(40, 1)),
        physics=fc.Incompressible(fluid=fc.Fluid(nu=0.005), velocity=(1, 0.5, 0)),
        boundaries={"cylinder": fc.Wall(), "farfield": fc.FarField(velocity=(1, 0, 0))},
        solve=fc.Steady(1200, residual=None, convection="linear", until=fc.Settled("Cd", within="0.5 %")),
        outputs=(fc.Forces("cylinder", speed=1.0, area=domain.thickness, length=1.0),),
    )
    run = jobs_done(fc.run(case))
    assert checkpoint.times(run.case)[-1] == "1200"
    assert run.why.startswith("all stages are done; Cd did not settle within 0.5 %: oscillates by ±")


def test_the_command_line_ends_a_run_by_a_measure(
    home: Path, tutorials: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = adopt(tutorials / "incompressible/simpleFoam/pitzDaily")
    folder = tmp_path / "probed"
    fc.with_outputs(files, fc.Probes([(-0.01, 0.01, 0)], fields="U")).write(folder)
    assert main(["run", str(folder), "--until", "Cd"]) == 2
    assert "unknown measure 'Cd'; there are: probes.Ux[0], probes.Uy[0], probes.Uz[0]" in capsys.readouterr().err
    assert main(["run", str(folder), "--until", "Ux", "--within", "much"]) == 2
    assert "within" in capsys.readouterr().err
    assert main(["run", str(folder), "--until", "Ux", "--within", "1 %", "--over", "50", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["why"].startswith("Ux = 10.0") and "settled within 1 % over the last 50 iterations" in told["why"]
    assert told["settling"] == told["why"]


def test_an_unsteady_run_that_becomes_steady_ends_then(home: Path) -> None:
    """The lid-driven cavity at Re 100, whose flow is steady after about a second."""
    case = fc.Case(
        name="vortex",
        domain=fc.Cavity("0.1 m"),
        mesh=fc.Blocks(20),
        physics=fc.Incompressible(fluid=fc.Fluid(nu=1e-3)),
        boundaries={"lid": fc.Wall(velocity=(1, 0, 0)), "walls": fc.Wall()},
        solve=fc.Transient("20 s", "2 ms", until=fc.Settled("probes.Ux[0]", within="1 %", over=100)),
        outputs=(fc.Probes([("5 cm", "5 cm", "5 mm")], fields=["U"]),),
    )
    run = jobs_done(fc.run(case))
    assert "settled within 1 % over the last 100 steps, at time " in run.why and run.why.endswith("s of 20 s")
    end = float(checkpoint.times(run.case)[-1])
    assert 0.5 < end < 5.0
    later = case.replace({"solve.until": None, "solve.end": 2 * end})
    centre = [fc.results(each).measure("Ux").iloc[-1] for each in (run, jobs_done(fc.run(later)))]
    assert centre[0] == pytest.approx(centre[1], rel=0.01)
