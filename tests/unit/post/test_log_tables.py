"""Tables from solver logs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from flowcfd.post import residuals

LOGS = Path(__file__).parents[1] / "foam" / "logs"


def log(name: str) -> residuals.Logs:
    return residuals.logs([LOGS / f"{name}.log"])


def step(time: float, initial: float, execution: float) -> str:
    return (
        f"Time = {time:g}\n\nCourant Number mean: 0.1 max: {time:g}\n"
        f"GAMG:  Solving for p, Initial residual = {initial:g}, Final residual = 0.01, No Iterations 3\n"
        f"GAMG:  Solving for p, Initial residual = 0.5, Final residual = 0.001, No Iterations 4\n"
        f"bounding k, min: -1 max: {time:g} average: 0.5\n"
        f"time step continuity errors : sum local = {initial:g}, global = 0, cumulative = 0\n"
        f"ExecutionTime = {execution:g} s  ClockTime = 0 s\n\n"
    )


@pytest.fixture
def resumed(tmp_path: Path) -> residuals.Logs:
    """Steps 1 to 4, then again from 3 on."""
    first, second = tmp_path / "log.simpleFoam", tmp_path / "log.simpleFoam.2"
    first.write_text("Create time\n" + "".join(step(time, time / 10, time) for time in (1, 2, 3, 4)))
    second.write_text("Create time\n" + "".join(step(time, time / 100, time - 2) for time in (3, 4, 5)) + "End\n")
    return residuals.logs([first, second])


def test_residuals_have_a_row_a_step_and_a_column_a_field() -> None:
    table = residuals.residuals(log("icoFoam_cavity_head"), "s")
    assert table.columns.tolist() == ["Ux", "Uy", "p"]
    assert table.index.tolist() == [0.005, 0.01, 0.015, 0.02, 0.025]
    assert table.p.tolist() == [1.0, 0.428925, 0.131584, 0.0699325, 0.0366985]
    assert table.units == {"Time": "s", "Ux": "", "Uy": "", "p": ""}


def test_fields_of_regions_are_named_with_their_region() -> None:
    table = residuals.residuals(log("chtMultiRegionFoam_tail"), "s")
    assert {"heater/h", "leftSolid/h", "topAir/p_rgh"} <= set(table.columns)
    courant = residuals.courant(log("chtMultiRegionFoam_tail"), "s")
    assert courant["topAir/max"].iloc[-1] == 0.59971898
    assert courant["heater/diffusion max"].iloc[-1] == 0.060728384
    continuity = residuals.continuity(log("chtMultiRegionFoam_tail"), "s")
    assert continuity["bottomWater/local"].iloc[-1] == 5.9245645e-13


def test_the_interface_has_its_own_courant_number() -> None:
    table = residuals.courant(log("interFoam_damBreak_tail"), "s")
    assert table.columns.tolist() == ["mean", "max", "interface mean", "interface max"]
    assert table.iloc[-1].tolist() == [0.131868, 1.02353, 0.0201573, 1.02353]


def test_a_step_without_a_field_has_no_number_there() -> None:
    table = residuals.residuals(log("simpleFoam_runTimeControl"), "")
    assert table.notna().all().all()
    head = residuals.residuals(log("icoFoam_cavity_head"), "s")
    assert np.isnan(residuals.courant(log("simpleFoam_2ranks_forceCoeffs_tail"), "").to_numpy()).sum() == 0
    assert head.shape == (5, 3)


def test_of_a_time_that_was_computed_twice_the_later_counts(resumed: residuals.Logs) -> None:
    table = residuals.residuals(resumed, "")
    assert table.index.tolist() == [1, 2, 3, 4, 5]
    assert table.p.tolist() == [0.1, 0.2, 0.03, 0.04, 0.05]
    assert residuals.steps(resumed, "").execution.tolist() == [1, 2, 1, 2, 3]
    assert residuals.continuity(resumed, "").local.tolist() == [0.1, 0.2, 0.03, 0.04, 0.05]
    assert residuals.courant(resumed, "")["max"].tolist() == [1, 2, 3, 4, 5]
    assert residuals.bounding(resumed, "")["max"].tolist() == [1, 2, 3, 4, 5]
    assert len(residuals.solves(resumed, "")) == 10


def test_a_process_that_appended_to_the_log_counts_as_a_later_one(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("".join(step(time, time / 10, 1) for time in (1, 2, 3)) + "Create time\n" + step(2, 0.9, 1))
    table = residuals.residuals(residuals.logs([path]), "")
    assert table.index.tolist() == [1, 2] and table.p.tolist() == [0.1, 0.9]


def test_iterations_are_summed_over_a_step(resumed: residuals.Logs) -> None:
    assert residuals.iterations(resumed, "").p.tolist() == [7.0] * 5


def test_every_solve_has_all_its_columns() -> None:
    table = residuals.solves(log("chtMultiRegionFoam_tail"), "s")
    last = table.iloc[-1]
    assert table.columns.tolist() == ["field", "initial", "final", "iterations", "region", "solver"]
    assert last.tolist() == ["h", 0.023609369, 2.5749626e-10, 2, "rightSolid", "DICPCG"]
    assert table.index[-1] == 2.01422 and np.isnan(table.index[0])


def test_a_log_is_read_again_when_it_has_grown(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text(step(1, 0.5, 1))
    assert len(residuals.residuals(residuals.logs([path]), "")) == 1
    path.write_text(step(1, 0.5, 1) + step(2, 0.4, 2))
    assert len(residuals.residuals(residuals.logs([path]), "")) == 2


def test_a_log_without_steps_gives_empty_tables(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("Create time\n")
    found = residuals.logs([path])
    for make in (residuals.residuals, residuals.courant, residuals.continuity, residuals.steps, residuals.solves):
        table = make(found, "s")
        assert len(table) == 0 and table.index.name == "Time"
