"""Estimates beside real runs: what a probe of the first steps tells of all of them, and what a budget refuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import flowcfd as fc
from flowcfd import telling
from flowcfd.case import Blocks, Case, Cavity, Channel, Fluid, Incompressible, Inlet, Outlet, Steady, Transient, Wall
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.jobs import record
from flowcfd.jobs.estimate import probe
from flowcfd.jobs.estimate.points import hold_points

pytestmark = pytest.mark.flow
CavityFiles = Callable[..., CaseFiles]


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Probes that end soon, so that the runs they are held against can be short."""
    monkeypatch.setattr(probe, "SECONDS", 0.5)


def channel(**solve: Any) -> Case:
    return Case(
        name="channel",
        domain=Channel(length=6, height=1),
        mesh=Blocks(cells=(90, 40)),
        physics=Incompressible(fluid=Fluid(nu=0.02)),
        boundaries={"inlet": Inlet(speed=1), "outlet": Outlet(), "bottom": Wall(), "top": Wall()},
        solve=Steady(**{"iterations": 300, "residual": None, **solve}),
    )


def box(**solve: Any) -> Case:
    """A transient flow whose steps cost the same all along."""
    return Case(
        name="box",
        domain=Cavity(length=1.0),
        mesh=Blocks(cells=(60,)),
        physics=Incompressible(fluid=Fluid(nu=0.01)),
        boundaries={"lid": Wall(velocity=(1, 0, 0)), "walls": Wall()},
        solve=Transient(**{"end": 1.0, "step": 0.005, "solver": "pimpleFoam", "write_every": 0.1, **solve}),
    )


def used(run: fc.Run) -> dict[str, float]:
    run.check()
    return {
        "cpu": sum(stage.cpu for stage in run.stages),
        "memory": max(stage.memory for stage in run.stages),
        "disk": run.stages[-1].disk,
        "steps": run.log(run.record.application).read_bytes().count(b"\nTime = "),  # type: ignore[union-attr]
    }


def held(estimate: fc.Estimate, run: fc.Run, *, speed: float = 2.5) -> None:
    """Everything is in its band; CPU time in one wider by `speed`, for the machine is others' as well."""
    real = used(run)
    for name in ("steps", "memory", "disk"):
        figure = getattr(estimate, name)
        assert figure.holds(real[name]), f"{name}: {figure} and {real[name]}"
    assert estimate.cpu is not None
    assert estimate.cpu.low / speed <= real["cpu"] <= estimate.cpu.high * speed


def nothing(home: Path) -> bool:
    """Whether there is no run and nothing of a probe."""
    runs, probes = home / "runs", home / "cache/estimates"
    return not any(folder.is_dir() and any(folder.iterdir()) for folder in (runs, probes))


def test_a_steady_case_is_foretold(home: Path) -> None:
    case = channel(iterations=1500)  # far more than the probe computes until it is stopped
    estimate = fc.estimate(case, cores=1)
    assert nothing(home)
    assert (estimate.cells.value, estimate.steps.value) == (3600, 1500)  # type: ignore[union-attr]
    assert "probe of" in estimate.cpu.source  # type: ignore[union-attr]
    assert estimate.proposed == 1
    held(estimate, fc.run(case, wait=True))


def test_a_case_with_many_written_times_is_foretold(home: Path) -> None:
    case = box(write_every=0.05)
    estimate = fc.estimate(case, cores=1)
    assert estimate.steps.value == 200  # type: ignore[union-attr]
    held(estimate, fc.run(case, wait=True))


def test_a_case_that_adapts_its_step_is_foretold(home: Path, tutorials: Path) -> None:
    case = fc.adopt(tutorials / "multiphase/interFoam/laminar/damBreak/damBreak")
    estimate = fc.estimate(case, cores=1)
    assert not estimate.steady
    assert not estimate.steps.known  # type: ignore[union-attr]
    held(estimate, fc.run(case, wait=True))


def test_a_divided_case_is_foretold_on_as_many_ranks(home: Path) -> None:
    case = box(end=3.0)
    estimate = fc.estimate(case, cores=2)
    assert "on 2 ranks" in estimate.cpu.source  # type: ignore[union-attr]
    held(estimate, fc.run(case, cores=2, wait=True), speed=4.0)  # ranks that share cores wait in a busy loop


def test_a_case_that_ends_within_the_probe_is_known(home: Path, cavity: CavityFiles) -> None:
    case = cavity(steps=20)
    estimate = fc.estimate(case, cores=1)
    assert "the whole run" in estimate.cpu.source  # type: ignore[union-attr]
    held(estimate, fc.run(case, wait=True), speed=5.0)


def test_without_a_probe_finished_runs_tell_and_before_them_rules(home: Path) -> None:
    case = channel(iterations=150)
    rules = fc.estimate(case, cores=1, probe=False)
    assert "rule for simpleFoam" in rules.cpu.source  # type: ignore[union-attr]
    for name in ("disk", "memory"):
        assert "rule" in getattr(rules, name).source
    run = fc.run(channel(iterations=100), wait=True)
    known = fc.estimate(case, cores=1, probe=False)
    assert "1 finished run of the same solver on this machine" in known.cpu.source  # type: ignore[union-attr]
    real = used(run)
    assert known.memory.holds(real["memory"])  # type: ignore[union-attr]
    assert rules.disk.holds(real["disk"])  # type: ignore[union-attr]
    assert 0.3 < known.cpu.value / (1.5 * real["cpu"]) < 3.0  # type: ignore[union-attr]
    assert list((home / "cache").glob("estimates/*")) == []


def test_a_mesh_that_only_meshing_tells_is_made_in_the_probe(home: Path, cavity: CavityFiles) -> None:
    case = cavity(steps=400)
    more = fc.CaseFiles(case.files, ("blockMesh", "refineMesh -overwrite", "icoFoam"), "fine")
    assert fc.estimate(more, cores=1, probe=False).why.startswith("the number of cells is not known")
    estimate = fc.estimate(more)
    assert estimate.cells.value == 1600  # type: ignore[union-attr]
    assert estimate.cells.source == "the mesh made in the probe"  # type: ignore[union-attr]


def test_a_case_that_fails_has_no_estimate_and_says_why(home: Path, cavity: CavityFiles) -> None:
    broken = cavity().edit("system/fvSolution", **{"solvers.p": None})
    estimate = fc.estimate(broken)
    assert not estimate.known
    assert "the case fails" in estimate.why
    assert "fvSolution" in estimate.why
    assert nothing(home)


def test_several_regions_without_steps_have_no_estimate(home: Path, tutorials: Path) -> None:
    estimate = fc.estimate(tutorials / "heatTransfer/chtMultiRegionFoam/multiRegionHeater")
    assert not estimate.known
    assert "several regions" in estimate.why


def test_a_probe_that_takes_too_long_is_given_up_and_rules_are_asked(home: Path, slow_cavity: CavityFiles) -> None:
    huge = slow_cavity()
    mesh = huge.text("system/blockMeshDict").replace("(60 60 1)", "(1500 1500 1)")
    estimate = fc.estimate(huge.with_files({"system/blockMeshDict": mesh}), cores=1, patience=1.5)
    assert estimate.cells.value == 2_250_000  # type: ignore[union-attr]
    assert "no probe: " in estimate.notes[0]
    assert "1.5 s" in estimate.notes[0]
    assert "rule" in estimate.cpu.source  # type: ignore[union-attr]
    assert estimate.proposed is not None
    assert nothing(home)


def test_a_probe_says_how_far_it_is(home: Path, slow_cavity: CavityFiles) -> None:
    said: list[tuple[str, bool]] = []
    teller = lambda who, words, fraction, over: said.append((words, over))  # noqa: E731
    telling.TELLERS.append(teller)
    try:
        fc.estimate(slow_cavity(), cores=1)
    finally:
        telling.TELLERS.remove(teller)
    assert any(words.startswith("probe") for words, over in said)
    assert said[-1][1]


def test_a_budget_refuses_before_anything_is_written(home: Path, slow_cavity: CavityFiles) -> None:
    case = slow_cavity(steps=100_000, write=50_000)
    with pytest.raises(fc.CaseError, match=r"budget: the run is expected to cost .* nothing was written") as error:
        fc.run(case, budget="0.001 core-hours")
    assert "time steps" in str(error.value)
    assert nothing(home)
    run = fc.run(slow_cavity(steps=200), budget="1 core-hour", wait=True)
    assert run.state == "Done"
    assert fc.run(slow_cavity(steps=200), budget="1e-9 core-hours").path == run.path  # computed already: costs nothing


def test_a_budget_that_cannot_be_read_or_held_is_refused(home: Path, cavity: CavityFiles) -> None:
    with pytest.raises(fc.CaseError, match="budget: must be core-hours"):
        fc.run(cavity(), budget="5 EUR")
    with pytest.raises(fc.CaseError, match="no price is known of the executor 'local'"):
        fc.run(cavity(), budget=5)
    assert nothing(home)


def test_a_budget_over_many_cases_probes_some_of_them(home: Path, slow_cavity: CavityFiles) -> None:
    cases = [slow_cavity(steps=1000 + n) for n in range(50)]
    hold_points(cases, "1 core-hour", probed=1)
    with pytest.raises(fc.CaseError, match=r"50 points are expected to cost .* \(by 1 of them\)"):
        hold_points(cases, "0.0005 core-hours", probed=1)
    assert nothing(home)


@pytest.fixture
def priced(home: Path) -> Iterator[str]:
    folder = home / "profiles"
    folder.mkdir(parents=True)
    (folder / "site.yaml").write_text("executor: dask\nprice: 0.05\ncores: 4\n")
    yield "site"


def test_a_profile_with_a_price_gives_one(home: Path, priced: str) -> None:
    case = Case(
        domain=Cavity(length=1.0),
        mesh=Blocks(cells=(900,)),
        physics=Incompressible(fluid=Fluid(nu=0.01)),
        boundaries={"lid": Wall(velocity=(1, 0, 0)), "walls": Wall()},
        solve=Steady(iterations=1000),
    )
    estimate = fc.estimate(case, on=priced, probe=False)
    assert estimate.cores == 4 == estimate.proposed  # 8 by its cells, but the profile has 4
    assert estimate.price.value == pytest.approx(0.05 * estimate.core_hours.value)  # type: ignore[union-attr]
    assert estimate.core_hours.value == pytest.approx(4 * estimate.hours.value)  # type: ignore[union-attr]
    assert "price" in str(estimate)
    assert "0.05 per core-hour" in estimate._repr_html_()
    with pytest.raises(fc.CaseError, match="cores"):
        fc.estimate(case, on=priced, cores=8, probe=False)


def test_cores_that_are_none_and_executors_that_are_not_there_are_refused(home: Path, cavity: CavityFiles) -> None:
    for cores in (0, -1, True, 1.5):
        with pytest.raises(fc.CaseError, match="cores: must be a whole number"):
            fc.estimate(cavity(), cores=cores)  # type: ignore[arg-type]
    with pytest.raises(fc.UnknownName, match="nowhere"):
        fc.estimate(cavity(), on="nowhere")


def test_what_a_killed_process_was_probing_ends_with_it(
    home: Path, slow_cavity: CavityFiles, until: Callable[..., None]
) -> None:
    slow_cavity(steps=100_000).write(home.parent / "case")
    program = "import sys, flowcfd as fc; from flowcfd.jobs.estimate import probe; probe.SECONDS = 1e9; "
    program += "fc.estimate(sys.argv[1], cores=1, patience=1e9)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    victim = subprocess.Popen([sys.executable, "-c", program, str(home.parent / "case")], env=environment)
    probes = home / "cache/estimates"
    until(lambda: [*probes.glob("*/case/log.icoFoam")] if probes.is_dir() else [])
    folder = next(probes.iterdir())
    worker = record.worker(folder)
    assert worker is not None
    victim.kill()
    victim.wait()
    until(lambda: fc.open(folder).state not in ("Running", "Queued"))


def test_the_command_prints_a_table_or_json(home: Path, cavity: CavityFiles) -> None:
    cavity(steps=200).write(home.parent / "cavity")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

    def flowcfd(*words: str) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-m", "flowcfd.cli", *words]
        return subprocess.run(argv, env=environment, cwd=home.parent, capture_output=True, text=True, timeout=120)

    table = flowcfd("estimate", "cavity", "--cores", "1")
    assert table.returncode == 0, table.stderr
    assert "80 % band" in table.stdout
    assert "no price known" in table.stdout
    found = json.loads(flowcfd("estimate", "cavity", "--no-probe", "--json").stdout)
    assert found["cells"]["value"] == 400
    assert found["steps"]["value"] == 200
    refused = flowcfd("run", "cavity", "--budget", "1e-9 core-hours")
    assert refused.returncode == 2
    assert "budget: the run is expected to cost" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert flowcfd("estimate", "nowhere").returncode == 2
    assert flowcfd("estimate", "cavity", "--patience", "0").returncode == 2
    assert nothing(home)


def test_a_study_is_held_to_a_budget_before_its_first_point(home: Path) -> None:
    study = fc.Study(box(end=50.0), {"physics.fluid.nu": [0.01, 0.02, 0.04, 0.08]}, name="dear")
    with pytest.raises(fc.CaseError, match=r"4 points are expected to cost .* \(by 3 of them\).* would fit"):
        study.run(budget="0.001 core-hours")
    assert nothing(home)
    assert not study.path.exists()
