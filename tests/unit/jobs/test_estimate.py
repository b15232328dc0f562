"""What an estimate is made of: figures and their bands, steps and writes, cores, bytes, records, budgets."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest

from flowcfd.case import Blocks, Case, Cavity, Fluid, Incompressible, Steady, Transient, Wall
from flowcfd.errors import CaseError
from flowcfd.foam.check.view import CaseView
from flowcfd.foam.log import Step
from flowcfd.foam.render import render
from flowcfd.jobs import process, record
from flowcfd.jobs.estimate import budget, disk, known, mesh, rules
from flowcfd.jobs.estimate.budget import Budget
from flowcfd.jobs.estimate.estimate import Estimate, amount
from flowcfd.jobs.estimate.figure import Figure, quantile
from flowcfd.jobs.estimate.schedule import Schedule, foreseen, schedule
from flowcfd.jobs.estimate.told import Probe, Sizes
from flowcfd.jobs.record import EndRecord, Job, StageRecord, StepRecord, WorkerRecord


def cavity(**solve: object) -> Case:
    return Case(
        domain=Cavity(length=1.0),
        mesh=Blocks(cells=(20, 30)),
        physics=Incompressible(fluid=Fluid(nu=0.01)),
        boundaries={"lid": Wall(velocity=(1, 0, 0)), "walls": Wall()},
        solve=Steady(**solve),
    )


def steps(count: int, residual: Callable[[int], float], *, each: float = 1.0) -> list[Step]:
    return [Step(n, (n + 1) * each, {"Ux": residual(n), "p": 1e-9}, execution_time=0.1 * n) for n in range(count)]


class TestFigure:
    def test_the_band_of_a_product_is_less_than_the_product_of_the_bands(self) -> None:
        found = Figure.within(10, 2, 2).times(Figure.within(3, 2, 2), "s")
        assert found.value == pytest.approx(30)
        assert found.high / found.value == pytest.approx(math.exp(math.hypot(math.log(2), math.log(2))))
        assert found.low * found.high == pytest.approx(900)
        assert found.unit == "s"

    def test_an_exact_factor_leaves_the_relative_band(self) -> None:
        found = Figure.exact(5).times(Figure(2, 1, 6))
        assert (found.value, found.low, found.high) == pytest.approx((10, 5, 30))

    def test_a_sum_never_falls_below_nothing(self) -> None:
        assert Figure(1, 0, 5).plus(Figure(1, 0, 5)).low == pytest.approx(2 - math.sqrt(2))
        assert Figure(0, 0, 5).plus(Figure(1, 0, 5)).low == 0

    def test_a_source_is_said_once(self) -> None:
        assert Figure.exact(1, source="probe").times(Figure.exact(2, source="probe")).source == "probe"
        assert Figure.exact(1, source="probe").times(Figure.exact(2, source="rule")).source == "probe; rule"

    def test_quantiles_lie_between_neighbours(self) -> None:
        assert quantile([1, 2, 3, 4, 5], 0.1) == pytest.approx(1.4)
        assert quantile([7], 0.9) == 7


class TestSchedule:
    def test_a_steady_case_without_targets_does_all_its_iterations(self) -> None:
        found = schedule(CaseView(render(cavity(iterations=700, residual=None))))
        assert found.steady
        assert found.steps() == Figure.exact(700, source="controlDict: all iterations are done")

    def test_a_steady_case_with_targets_may_end_before(self) -> None:
        found = schedule(CaseView(render(cavity(iterations=1000))))
        assert found.targets
        guess = found.steps()
        assert guess.source.startswith("rule")
        assert guess.low < guess.value < guess.high <= 1000

    def test_residuals_that_fall_evenly_say_when_they_are_there(self) -> None:
        seen = steps(100, lambda n: 10 ** (-n / 50))  # 1e-6 at 300
        assert foreseen(seen, {"U": 1e-6}) == pytest.approx(301, abs=2)
        assert foreseen(seen, {"(U|k)": 1e-6}) == pytest.approx(301, abs=2)
        assert foreseen(seen, {"k": 1e-6}) is None

    def test_residuals_that_stand_still_promise_nothing(self) -> None:
        seen = steps(100, lambda n: 0.1)
        assert foreseen(seen, {"U": 1e-6}) == math.inf
        found = Schedule(0, 1000, 1, True, False, "timeStep", 1000, targets={"U": 1e-6}).steps(seen)
        assert "too slowly" in found.source
        assert found.high == 1000
        assert found.low < 200

    def test_what_residuals_promise_is_not_beyond_the_limit(self) -> None:
        seen = steps(100, lambda n: 10 ** (-n / 50))
        found = Schedule(0, 800, 1, True, False, "timeStep", 1000, targets={"U": 1e-6}).steps(seen)
        assert found.low < 301 < found.high <= 800
        assert found.source == "residuals of 100 iterations"

    def test_an_adapted_step_is_taken_from_the_probe(self) -> None:
        found = Schedule(0, 10, 1e-4, False, True, "adjustableRunTime", 1)
        assert found.steps(steps(20, lambda n: 1.0, each=0.05)).value == pytest.approx(200)
        assert found.steps().source == "controlDict: deltaT, though it is adapted"

    def test_writes_follow_the_interval_and_purge_keeps_the_last(self) -> None:
        plan = Schedule(0, 1000, 1, True, False, "timeStep", 100, keep=3, targets={"U": 1e-6})
        writes = plan.writes(Figure(550, 300, 1000))
        assert writes.value == 6  # five on the way, and the end
        assert plan.kept(writes) == Figure(3, 3, 3)
        runtime = Schedule(0, 2, 0.01, False, False, "runTime", 0.25)
        assert runtime.writes(runtime.steps()).value == 8

    def test_a_run_that_writes_at_its_end_only_writes_once(self) -> None:
        transient = render(cavity().replace(solve=Transient(end=1.0, step=0.01)))
        found = schedule(CaseView(transient))
        assert (found.steps().value, found.writes(found.steps()).value) == (100, 1)

    def test_a_clock_that_is_code_is_refused_by_name(self) -> None:
        files = render(cavity()).edit("system/controlDict", endTime="#calc { 1 + 1 }")
        with pytest.raises(CaseError, match="endTime"):
            schedule(CaseView(files))


class TestCores:
    @pytest.mark.parametrize(
        ("cells", "cores"),
        [(1e3, 1), (1e5, 2), (4e5, 4), (6e5, 8), (3e6, 16), (2e7, 32), (8e7, 64)],
    )
    def test_they_grow_with_the_cells(self, cells: float, cores: int) -> None:
        assert rules.proposed(cells, None) == cores

    def test_the_executor_has_the_last_word(self) -> None:
        assert rules.proposed(3e6, 6) == 4
        assert rules.proposed(3e6, 1) == 1

    def test_efficiency_falls_with_the_cores_and_rises_with_the_cells(self) -> None:
        assert rules.efficiency(1e6, 1).value == 1
        assert rules.efficiency(1e6, 4).value > rules.efficiency(1e6, 16).value
        assert rules.efficiency(1e7, 16).value > rules.efficiency(1e5, 16).value


def done(
    runs: Path, name: str, *, cells: int, cores: int = 1, cpu: float = 10.0, count: int = 100, end: float = 100.0,
    executor: str = "local", state: str = "Done", model: str = "laminar",
) -> Path:  # fmt: skip
    """A run directory as a worker leaves it, with what records are made of."""
    path = runs / name
    (path / "stages").mkdir(parents=True)
    mesh, constant = path / "case/constant/polyMesh", path / "case/constant"
    mesh.mkdir(parents=True)
    (mesh / "owner").write_text(f'FoamFile {{ note "nPoints:1 nCells:{cells} nFaces:1"; }}')
    kind = "laminar" if model == "laminar" else "RAS"
    (constant / "turbulenceProperties").write_text(f"simulationType {kind};\nRAS {{ RASModel {model}; }}\n")
    (path / "case/log.simpleFoam").write_text("Time = 1\n" * count)
    job = Job(path, "u", name, "d", cores, "", executor, ("blockMesh", "simpleFoam"), "simpleFoam", 0.0, 0.0, end, "1")
    record.write_job(job, path)
    me = process.Identity(1, 1, process.place())
    record.write_record(path, WorkerRecord(me, 1, "", "Running", 0.0))
    step = StepRecord("simpleFoam", "log.simpleFoam", 0.0, rc=0, cpu=cpu, memory=int(60e6 + 1000 * cells))
    record.write_record(path, StageRecord("solve", "done", 0.0, (step,)))
    record.write_record(path, EndRecord(1, state, "", 0.0))  # type: ignore[arg-type]
    return path


class TestRecords:
    def test_finished_runs_tell_what_a_step_of_a_cell_costs(self, tmp_path: Path) -> None:
        for number, cpu in enumerate((9.0, 10.0, 11.0)):
            done(tmp_path, f"a{number}", cells=1000, cpu=cpu)
        found = known.seconds(known.finished("simpleFoam", tmp_path), 1000, "laminar")
        assert found is not None
        assert found.value == pytest.approx(1e-4)
        assert found.low < 0.9e-4 < 1.1e-4 < found.high
        assert found.source == "3 finished runs of the same solver on this machine"

    def test_runs_of_other_solvers_failed_ones_and_broken_ones_tell_nothing(self, tmp_path: Path) -> None:
        done(tmp_path, "failed", cells=1000, state="Failed")
        (done(tmp_path, "broken", cells=1000) / "job.json").write_text('"application": "simpleFoam" {')
        (done(tmp_path, "meshless", cells=1000) / "case/constant/polyMesh/owner").unlink()
        (tmp_path / "no-run").mkdir()
        done(tmp_path, "good", cells=1000)
        assert [one.name for one in known.finished("simpleFoam", tmp_path)] == ["good"]
        assert known.finished("icoFoam", tmp_path) == []
        assert known.finished("simpleFoam", tmp_path / "nowhere") == []

    def test_of_thousands_only_the_newest_are_read(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for number in range(6):
            done(tmp_path, f"a{number}", cells=1000)
        monkeypatch.setattr(known, "MOST_RUNS", 4)
        assert len(known.finished("simpleFoam", tmp_path)) == 4
        monkeypatch.setattr(known, "MOST_FOLDERS", 2)
        assert len(known.finished("simpleFoam", tmp_path)) == 2

    def test_those_of_the_same_model_and_near_in_cells_are_asked(self, tmp_path: Path) -> None:
        done(tmp_path, "near", cells=2000, model="kOmegaSST")
        done(tmp_path, "far", cells=200_000, model="kOmegaSST")
        done(tmp_path, "laminar", cells=1000)
        done(tmp_path, "elsewhere", cells=1000, model="kOmegaSST", executor="site")
        runs = known.finished("simpleFoam", tmp_path)
        asked = known.like(runs, cells=1000, model="kOmegaSST", on="local")
        assert [one.name for one in asked] == ["near"]
        assert [one.name for one in known.like(runs, cells=1000, model="kEpsilon", on="site")] == ["elsewhere"]

    def test_runs_that_ended_early_tell_how_many_iterations_it_takes(self, tmp_path: Path) -> None:
        for number in range(2):
            done(tmp_path, f"a{number}", cells=1000, count=200, end=2000)
        runs = known.finished("simpleFoam", tmp_path)
        found = known.steps(runs, 4000, 2000, "laminar")
        assert found is not None
        assert found.value == pytest.approx(400)
        done(tmp_path, "b", cells=1000, count=2000, end=2000)
        done(tmp_path, "c", cells=1000, count=2000, end=2000)
        done(tmp_path, "d", cells=1000, count=2000, end=2000)
        assert known.steps(known.finished("simpleFoam", tmp_path), 4000, 2000, "laminar") is None

    def test_efficiency_is_measured_where_both_were_run(self, tmp_path: Path) -> None:
        done(tmp_path, "one", cells=1000, cpu=10)
        done(tmp_path, "four", cells=1000, cores=4, cpu=12.5)
        found = known.efficiency(known.finished("simpleFoam", tmp_path), 4)
        assert found is not None
        assert found.value == pytest.approx(0.8)
        assert "measured" in found.source
        assert known.efficiency(known.finished("simpleFoam", tmp_path), 8) is None


def guess(core_hours: float, *, price: float | None = None, cores: int = 4) -> Estimate:
    return Estimate(
        "duct", "simpleFoam", "site", cores,
        cells=Figure.exact(100_000), steps=Figure.exact(1000),
        core_hours=Figure.within(core_hours, 1.5, 2, "core-h", "probe of 12 steps"),
        price=None if price is None else Figure.exact(price, "price", "0.5 per core-hour of 'site'"),
    )  # fmt: skip


class TestBudget:
    @pytest.mark.parametrize("given", ["20 core-hours", "20 core-h", "20 Core hours", "2e1 cpu-hours", "20 core-hour"])
    def test_core_hours_are_typed_in_words(self, given: str) -> None:
        assert Budget.of(given) == Budget(20, "core-hours")

    def test_a_number_is_a_price(self) -> None:
        assert Budget.of(5) == Budget.of("5") == Budget.of(5.0) == Budget(5, "price")

    @pytest.mark.parametrize("given", ["5 EUR", "", "much", True, None, [5], "-3", 0, math.inf, "nan"])
    def test_anything_else_says_what_is_allowed(self, given: object) -> None:
        with pytest.raises(CaseError, match="budget: must be"):
            Budget.of(given)

    def test_what_fits_passes(self) -> None:
        budget.hold(guess(19), Budget.of("20 core-hours"))
        budget.hold(guess(19, price=4), Budget.of(5))

    def test_what_does_not_fit_says_the_estimate_its_band_and_what_would(self) -> None:
        with pytest.raises(CaseError) as error:
            budget.hold(guess(40), Budget.of("20 core-hours"))
        said = str(error.value)
        assert "40 core-h (26.7 core-h to 80 core-h; probe of 12 steps), more than 20 core-hours" in said
        assert "500 iterations" in said
        assert "cells" in said
        assert "\n" not in said

    def test_fewer_cores_are_named_where_their_efficiency_is_enough(self) -> None:
        with pytest.raises(CaseError, match=r"or \d+ cores?, or"):
            budget.hold(guess(22, cores=64), Budget.of("20 core-hours"))

    def test_a_price_that_nobody_knows_cannot_be_held(self) -> None:
        with pytest.raises(CaseError, match=r"no price is known of the executor 'site'.*core-hours"):
            budget.hold(guess(1), Budget.of(5))

    def test_without_an_estimate_nothing_is_promised(self) -> None:
        with pytest.raises(CaseError, match=r"cannot be held.*too odd"):
            budget.hold(Estimate("duct", "x", "local", 1, why="too odd"), Budget.of("1 core-hour"))

    def test_many_are_held_together(self) -> None:
        budget.hold_all([guess(3), guess(4)], Budget.of("10 core-hours"))
        with pytest.raises(CaseError, match=r"20 points are expected to cost 70 core-h.*\(by 2 of them\).*2 of them"):
            budget.hold_all([guess(3), guess(4)], Budget.of("10 core-hours"), of=20)


class TestShown:
    def test_people_see_units_that_suit(self) -> None:
        assert amount(1.5e9, "byte") == "1.5 GB"
        assert amount(90, "s") == "90 s"
        assert amount(7300, "s") == "2 h"
        assert amount(1_234_567, "") == "1 234 567"
        assert amount(0.5, "core-h") == "0.5 core-h"

    def test_json_has_every_figure_and_none_for_what_is_not_known(self) -> None:
        plain = json.loads(json.dumps(guess(3).to_json()))
        assert plain["core_hours"]["source"] == "probe of 12 steps"
        assert plain["memory"] is None
        assert plain["price"] is None

    def test_a_missing_price_is_said(self) -> None:
        assert "no price known" in str(guess(3))
        assert "no price known" in guess(3)._repr_html_()
        assert "no price known" not in str(guess(3, price=2))

    def test_no_estimate_says_why_in_every_form(self) -> None:
        none = Estimate("duct", "odd<Foam>", "local", 1, why="because <it> is odd")
        assert not none.known
        assert "no estimate: because <it> is odd" in str(none)
        assert "because &lt;it&gt; is odd" in none._repr_html_()
        assert "odd" in repr(none)


class TestMesh:
    def test_cells_are_noted_in_the_head_of_owner(self, tmp_path: Path) -> None:
        folder = tmp_path / "constant/polyMesh"
        folder.mkdir(parents=True)
        assert mesh.cells(tmp_path) is None
        (folder / "owner").write_text('FoamFile { note "nPoints: 9 nCells: 42 nFaces: 7"; }')
        assert mesh.cells(tmp_path) == 42

    def test_without_a_note_the_greatest_owner_is_the_last_cell(self, tmp_path: Path) -> None:
        folder = tmp_path / "constant/polyMesh"
        folder.mkdir(parents=True)
        head = "FoamFile { version 2.0; format ascii; class labelList; object owner; }\n"
        (folder / "owner").write_text(f"{head}5\n(\n0\n0\n1\n3\n2\n)\n")
        assert mesh.cells(tmp_path) == 4

    def test_the_parts_of_a_divided_case_are_added(self, tmp_path: Path) -> None:
        for rank, count in enumerate((20, 22)):
            folder = tmp_path / f"processor{rank}/constant/polyMesh"
            folder.mkdir(parents=True)
            (folder / "owner").write_text(f'FoamFile {{ note "nCells:{count}"; }}')
        assert mesh.cells(tmp_path) == 42


def seen(*, ranks: int = 1) -> Probe:
    sizes = Sizes(case=1_000_000, time=100_000, per_step=500, per_write=10_000, total=1_200_000)
    return Probe(
        ranks=ranks, cells=1000, steps=(), whole=False, before=1, division=0.1, start=0.1, per_step=0.01, trend=1,
        per_write=0.01, cpu=3, busy=1, memory=10**8, solver_memory=10**8, sizes=sizes,
    )  # fmt: skip


class TestDisk:
    def test_case_times_and_logs_are_added(self) -> None:
        binary = disk.Form(binary=True)
        found = disk.by_probe(seen(), Figure.exact(200), Figure.exact(5), 1, binary)
        assert found.value == 1_000_000 + 5 * 110_000 + 200 * 500
        assert found.high / found.low < 1.2

    def test_what_ranks_wrote_is_there_twice_once_put_together(self) -> None:
        binary = disk.Form(binary=True)
        found = disk.by_probe(seen(ranks=2), Figure.exact(200), Figure.exact(5), 2, binary)
        assert found.value == 1_000_000 + 5 * 210_000 + 200 * 500

    def test_ascii_may_grow_with_its_digits(self) -> None:
        found = disk.by_probe(seen(), Figure.exact(200), Figure.exact(5), 1, disk.Form(binary=False))
        assert found.high > 1_000_000 + 1.4 * 5 * 110_000

    def test_forms_differ_as_their_numbers_do(self) -> None:
        assert disk.Form(binary=True).number() == 8
        assert disk.Form(binary=False, precision=12).number() > disk.Form(binary=False).number()
        assert disk.Form(binary=True, compressed=True).number() < 8
        flat, deep = (disk.polymesh(1e6, planar, disk.Form(binary=True)) for planar in (True, False))
        assert 1.05e8 < deep < 1.25e8  # a real one of 32 768 cells takes 118 bytes a cell
        assert deep < flat < 2.5e8


class TestTrend:
    def test_steps_that_got_cheaper_may_go_on_to(self) -> None:
        even, falling, rising = rules.later(1.0), rules.later(0.5), rules.later(1.5)
        assert (even.value, even.low, even.high) == rules.LATER
        assert falling.value < 0.75
        assert falling.low < 0.3
        assert rising.high > even.high


def test_a_run_that_was_done_before_leaves_as_much_but_for_blocks_of_its_logs() -> None:
    small, large = disk.same(163840.0, "seen"), disk.same(1e9, "seen")
    assert small.holds(163840 + 2 * disk.BLOCK) and small.holds(163840 - 2 * disk.BLOCK)
    assert not small.holds(163840 + 3 * disk.BLOCK)
    assert (large.low, large.high) == pytest.approx((0.98e9, 1.02e9))
