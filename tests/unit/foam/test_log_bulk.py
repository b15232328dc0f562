"""A whole log as columns."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcfd.foam.log import Log, Tail
from flowcfd.foam.log.bulk import read

LOGS = Path(__file__).parent / "logs"
SAMPLES = sorted(path.stem for path in LOGS.glob("*.log"))


def number(value: float) -> float | None:
    return None if np.isnan(value) else value


def as_tail_sees(log: Log) -> list[tuple[object, ...]]:
    """The columns of a log put into the steps that Tail makes."""
    count = len(log.steps["time"])
    residuals: list[dict[str, float]] = [{} for _ in range(count)]
    courants: list[dict[int, float]] = [{} for _ in range(count)]
    sums: list[float | None] = [None] * count
    bounded: list[list[str]] = [[] for _ in range(count)]
    solves = log.solves
    for step, region, field, value in zip(
        *(solves[c].tolist() for c in ("step", "region", "field", "initial")), strict=True
    ):
        if step >= 0:
            name = f"{log.names[region]}/{log.names[field]}" if log.names[region] else log.names[field]
            residuals[step].setdefault(name, value)
    rows = log.courant
    for step, region, kind, value in zip(*(rows[c].tolist() for c in ("step", "region", "kind", "max")), strict=True):
        if 0 <= step < count and log.names[kind] == "flow":
            courants[step][region] = value
    for step, value in zip(log.continuity["step"].tolist(), log.continuity["local"].tolist(), strict=True):
        if step >= 0:
            sums[step] = value
    for step, field in zip(log.bounding["step"].tolist(), log.bounding["field"].tolist(), strict=True):
        if step >= 0:
            bounded[step].append(log.names[field])
    return [
        (
            log.steps["time"][step], residuals[step], max(courants[step].values(), default=None),
            number(log.steps["deltaT"][step]), number(log.steps["execution"][step]), sums[step], tuple(bounded[step]),
        )
        for step in range(count)
    ]  # fmt: skip


def as_tail_reads(path: Path) -> list[tuple[object, ...]]:
    tail = Tail(path)
    steps = tail.poll()
    if tail.step is not None and tail.step not in steps:
        steps.append(tail.step)
    return [
        (s.time, dict(s.residuals), s.courant, s.deltaT, s.execution_time, s.continuity, s.bounded) for s in steps
    ]  # fmt: skip


def written(folder: Path, text: bytes) -> Path:
    path = folder / "log"
    path.write_bytes(text)
    return path


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("chunk", [37, 1000, 1 << 20])
def test_a_log_read_at_once_says_what_the_follower_says(name: str, chunk: int) -> None:
    path = LOGS / f"{name}.log"
    assert as_tail_sees(read(path, chunk=chunk)) == as_tail_reads(path)


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_neither_chunks_nor_damage_make_a_difference(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    lines = (LOGS / f"{data.draw(st.sampled_from(SAMPLES))}.log").read_bytes().splitlines(keepends=True)
    for _ in range(data.draw(st.integers(0, 6))):
        place = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["drop", "cut", "twice", "swap"])):
            case "drop":
                lines[place] = b""
            case "cut":
                lines[place] = lines[place][: data.draw(st.integers(0, len(lines[place])))] + b"\n"
            case "twice":
                lines[place] *= 2
            case "swap":
                other = data.draw(st.integers(0, len(lines) - 1))
                lines[place], lines[other] = lines[other], lines[place]
    path = written(tmp_path_factory.mktemp("log"), b"".join(lines))
    small, whole = read(path, chunk=data.draw(st.integers(1, 6000))), read(path)
    assert as_tail_sees(small) == as_tail_sees(whole) == as_tail_reads(path)
    for table in ("solves", "continuity", "courant", "bounding", "steps"):
        for column, values in getattr(whole, table).items():
            mine = getattr(small, table)[column]
            if column in ("region", "field", "solver", "kind"):
                assert [small.names[code] for code in mine] == [whole.names[code] for code in values]
            else:
                np.testing.assert_array_equal(mine, values)
    assert (small.converged, small.ended, small.start_time) == (whole.converged, whole.ended, whole.start_time)


def test_every_column_of_a_solve_is_there() -> None:
    log = read(LOGS / "icoFoam_cavity_head.log")
    last = {name: values[-1] for name, values in log.solves.items()}
    assert log.application == "icoFoam" and log.start_time == 0.0 and not log.ended
    assert (last["time"], last["step"], last["initial"], last["final"], last["iterations"]) == (
        0.025, 4, 0.0366985, 0.000863614, 11,
    )  # fmt: skip
    assert (log.names[last["field"]], log.names[last["solver"]], log.names[last["region"]]) == ("p", "DICPCG", "")


def test_a_coupled_solve_counts_the_most_iterations_of_its_components() -> None:
    log = read(LOGS / "pisoFoam_coupledU.log")
    coupled = [log.names[code] == "DILUPBiCCCG" for code in log.solves["solver"]]
    assert sum(coupled) == 12
    assert log.solves["iterations"][coupled].min() > 0
    assert len(log.solves["step"]) == 28


def test_regions_are_those_of_the_log() -> None:
    log = read(LOGS / "chtMultiRegionFoam_tail.log")
    regions = {log.names[code] for code in log.solves["region"][log.solves["step"] >= 0]}
    assert regions == {"bottomWater", "topAir", "heater", "leftSolid", "rightSolid"}
    assert {log.names[code] for code in log.continuity["region"]} == {"bottomWater", "topAir"}
    assert {log.names[code] for code in log.courant["kind"]} == {"flow", "diffusion"}


def test_residuals_that_are_no_numbers_stay_so(tmp_path: Path) -> None:
    line = b"GAMG:  Solving for p, Initial residual = %s, Final residual = %s, No Iterations 1000\n"
    log = read(
        written(tmp_path, b"Time = 1\n" + line % (b"nan", b"-nan") + line % (b"1", b"inf") + line % (b"0.5", b"0.1"))
    )
    np.testing.assert_array_equal(log.solves["initial"], [np.nan, 1.0, 0.5])
    np.testing.assert_array_equal(log.solves["final"], [np.nan, np.inf, 0.1])


def test_one_line_of_another_form_costs_no_other_line(tmp_path: Path) -> None:
    text = (LOGS / "icoFoam_cavity_head.log").read_bytes()
    odd = (
        b"smoothSolver:  Solving for Uz:  solution singularity\nGAMG:  Solving for q, Initial residual = oops, Final\n"
    )
    log = read(written(tmp_path, text + b"\n" + odd))
    whole = read(LOGS / "icoFoam_cavity_head.log")
    np.testing.assert_array_equal(log.solves["final"], whole.solves["final"])


def test_a_log_that_was_appended_to_goes_on_counting(tmp_path: Path) -> None:
    text = (LOGS / "icoFoam_cavity_head.log").read_bytes()
    log = read(written(tmp_path, text + text))
    assert log.steps["time"].tolist() == [0.005, 0.01, 0.015, 0.02, 0.025] * 2
    assert log.solves["step"].max() == 9
    assert np.isnan(log.steps["execution"][4]), "the step in which the first process died has no execution time"


def test_solves_before_the_first_step_have_no_time(tmp_path: Path) -> None:
    line = b"DICPCG:  Solving for pcorr, Initial residual = 1, Final residual = 0, No Iterations 3\n"
    log = read(written(tmp_path, b"Create time\n" + line + b"Time = 1\n" + line))
    assert log.solves["step"].tolist() == [-1, 0]
    np.testing.assert_array_equal(log.solves["time"], [np.nan, 1.0])


def test_an_empty_log_has_empty_columns(tmp_path: Path) -> None:
    log = read(written(tmp_path, b""))
    assert all(len(values) == 0 for values in log.solves.values())
    assert len(log.steps["time"]) == 0


def test_the_last_line_counts_when_it_is_whole(tmp_path: Path) -> None:
    assert read(written(tmp_path, b"Time = 1\nTime = 2")).steps["time"].tolist() == [1.0]


def test_reading_a_log_does_not_load_pandas() -> None:
    script = (
        "import sys; from flowcfd.foam.log.bulk import read; read(sys.argv[1]);"
        "print(*(m for m in ('pandas', 'pyvista', 'pydantic') if m in sys.modules))"
    )
    path = str(LOGS / "icoFoam_cavity_head.log")
    found = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""


def test_an_application_that_was_started_by_its_path_is_named_without_it(tmp_path: Path) -> None:
    assert read(written(tmp_path, b"Exec   : /usr/bin/icoFoam -parallel\n")).application == "icoFoam"
