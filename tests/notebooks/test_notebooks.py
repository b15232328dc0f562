"""The notebooks as a user runs them: headless, through the OpenFOAM kernel, judged by what their answer cells print."""

import re
from pathlib import Path

import papermill
import pytest

from flowcfd.benchmarks import published

pytestmark = [pytest.mark.flow, pytest.mark.notebook]

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@pytest.fixture
def answer(home, tmp_path, monkeypatch):
    """Runs a notebook with parameters and gives the text of its answer cell; a picture must be there."""
    monkeypatch.setenv("FLOWCFD_HOME", str(home))

    def run(name: str, **parameters: object) -> str:
        executed = papermill.execute_notebook(
            str(NOTEBOOKS / name),
            str(tmp_path / name),
            parameters=parameters,
            kernel_name="openfoam",
            cwd=str(NOTEBOOKS),
            progress_bar=False,
        )
        shown = [output.get("data", {}) for cell in executed.cells for output in cell.get("outputs", ())]
        assert any("image/png" in data or "data:image/png" in data.get("text/html", "") for data in shown), "no picture"
        return "".join(
            output["text"]
            for cell in executed.cells
            if "answer" in cell.metadata.get("tags", ())
            for output in cell.outputs
            if output.output_type == "stream" and output.name == "stdout"
        )

    return run


def numbers(pattern: str, text: str) -> list[float]:
    match = re.search(pattern, text)
    assert match, f"{pattern!r} is not in the answer:\n{text}"
    return [float(number) for number in match.groups()]


def test_the_cavity_agrees_with_ghias_table(answer):
    said = answer("01_cavity.ipynb")
    (u,) = numbers(r"u: largest error ([\d.]+) U", said)
    (v,) = numbers(r"v: largest error ([\d.]+) U", said)
    assert 0 < u <= 0.01
    assert 0 < v <= 0.02


def test_the_step_reattaches_within_what_the_model_is_known_for(answer):
    """k-omega SST on fine grids: 6.35 and 6.50 (NASA's Turbulence Modeling Resource); the experiment: 6.26 +- 0.10."""
    said = answer("02_backward_facing_step.ipynb")
    reattachment, moved = numbers(r"reattachment x/H = ([\d.]+) \(moved by ([\d.]+)", said)
    arriving, measured, error = numbers(r"Cf ([\d.]+), experiment ([\d.]+) \+- ([\d.]+)", said)
    assert abs(arriving - measured) <= error
    assert 6.35 <= reattachment <= 6.50
    assert moved <= 0.005
    assert str(published("driver_seegmiller.reattachment")) in said


def test_an_adopted_case_is_changed_and_compared(answer):
    said = answer("03_adopt.ipynb", inlet_speed=20.0)
    (slow,) = numbers(r"at 10 m/s: \d+ iterations, strongest backflow (-[\d.]+)", said)
    (fast,) = numbers(r"at 20 m/s: \d+ iterations, strongest backflow (-[\d.]+)", said)
    assert slow == pytest.approx(fast, rel=0.05)
    assert slow != fast


def test_a_sweep_collects_one_row_for_each_value(answer):
    said = answer("04_sweep.ipynb", cells=64, reynolds_numbers=[100, 400])
    rows = [[float(number) for number in line.split()] for line in said.splitlines() if re.match(r"\d", line)]
    assert [row[0] for row in rows] == [100, 400]
    for _, _, ours, ghias, _ in rows:
        assert ours == pytest.approx(ghias, abs=0.01)


def test_the_validation_report_has_all_that_it_computes_in_band(answer):
    said = answer("07_validation.ipynb", names=["cavity_re100", "pipe_laminar"])
    assert "all in band" in said.splitlines()[-1] and "NOT" not in said
    good, lines, runs = numbers(r"(\d+) of (\d+) in band; (\d+) runs", said)
    assert (good, lines, runs) == (8, 8, 3)


def test_the_mesh_study_has_the_published_value_in_its_band(answer):
    said = answer("06_mesh_independence.ipynb")
    value, band = numbers(r"strongest backflow (-[\d.]+) ± ([\d.]+) U", said)
    (order,) = numbers(r"observed order ([\d.]+)", said)
    assert abs(value - published("cavity_re100.u_min").value) <= band < 0.02 * abs(value)
    assert order == pytest.approx(2, abs=0.25)
    assert "inside the band" in said


def test_three_mistakes_are_found_mended_and_run(answer):
    said = answer("05_check_and_mend.ipynb")
    assert "before: 2 errors, 1 warning: patch-without-entry, scheme-missing, function-object-unknown" in said
    assert "after the mends: 0 errors, 0 warnings" in said
    assert "the run: 100 iterations, and the history is there: solverInfo.dat" in said


def test_a_study_knows_the_friction_between_plates(answer):
    said = answer("08_study.ipynb", points=4)
    assert "4 points: {'Done': 4}" in said
    for found in numbers(r"f Re from ([\d.]+) to ([\d.]+), exact 96", said):
        assert found == pytest.approx(96, rel=0.02)


def test_the_cheapest_duct_is_found_by_real_runs(answer):
    """Exact: cost 4.8 at a height of 0.1 m and a speed of 1 m/s; about the least the cost is flat."""
    said = answer("10_response_surface.ipynb")
    (count,) = numbers(r"(\d+) points: \{'Done': \d+\}", said)
    assert 10 < count <= 14
    error, spread = numbers(r"leave-one-out error ([\d.]+), spread ([\d.]+)", said)
    assert error < 0.5 * spread
    found, height, speed = numbers(r"found: cost ([\d.]+) at height ([\d.]+) m, speed ([\d.]+) m/s", said)
    least, high, fast = numbers(r"exact: cost ([\d.]+) at height ([\d.]+) m, speed ([\d.]+) m/s", said)
    assert found == pytest.approx(least, rel=0.01)
    assert height == pytest.approx(high, rel=0.1)
    assert speed == pytest.approx(fast, rel=0.2)


def test_a_notebook_is_executed_at_many_points(answer):
    said = answer("09_sweep.ipynb")
    rows = [line.split() for line in said.splitlines() if re.match(r" *\d", line)]
    assert [(float(row[0]), row[3]) for row in rows] == [(100, "Done"), (400, "Done")]
    for _, ours, ghias, _ in rows:
        assert float(ours) == pytest.approx(float(ghias), abs=0.01)


def test_a_step_file_becomes_a_drag_coefficient(answer, tmp_path):
    """A coarse mesh and few iterations: the way, not the number. The report and every picture are made."""
    said = answer("11_cad_to_drag.ipynb", cells=20_000, iterations=80, cores=1, report=str(tmp_path / "ahmed.pdf"))
    (drag,) = numbers(r"Cd ([\d.]+)", said)
    (measured,) = numbers(r"measured ([\d.]+)", said)
    cells, planned, layers = numbers(r"(\d+) cells, planned (\d+), layers (\d+)%", said)
    assert 0.2 < drag < 0.8
    assert measured == 0.285
    assert cells == pytest.approx(planned, rel=0.25)
    assert layers >= 60
    assert (tmp_path / "ahmed.pdf").read_bytes().startswith(b"%PDF")


def test_a_run_is_watched_stopped_and_goes_on(answer):
    said = answer("13_watch_and_stop.ipynb", stop_after=60)  # on 10 cells over the step it may be over before the stop
    stopped, done = numbers(r"stopped after (\d+) iterations, done after (\d+)", said)
    assert 60 <= stopped < done
    (reattachment,) = numbers(r"reattachment at x/h ([\d.]+)", said)
    assert 5 < reattachment < 10
    assert said.splitlines()[-1].startswith("green")  # judged by what was measured, not by the fields at the stop


def test_results_are_looked_at_and_kept_as_a_page(answer, tmp_path):
    kept = {name: str(tmp_path / f"flow.{kind}") for name, kind in (("picture", "png"), ("page", "html"))}
    said = answer("14_look_at_results.ipynb", cells_over_step=10, **kept)
    assert "fields: U, p, vorticity, Q, lambda2" in said
    (back,) = numbers(r"strongest flow back 3 steps behind: (-[\d.]+) m/s", said)
    assert -0.06 < back < -0.01
    assert "<script" in (tmp_path / "flow.html").read_text()


def test_a_report_is_one_line(answer, tmp_path):
    said = answer("15_report.ipynb", cells=24, report=str(tmp_path / "lid.pdf"))
    (size,) = numbers(r"lid.pdf: (\d+) kB", said)
    assert size > 50
    assert (tmp_path / "lid.pdf").read_bytes().startswith(b"%PDF")


def test_what_is_clicked_is_a_script(answer):
    said = answer("12_set_up_by_mouse.ipynb", length="0.5 m")
    assert "script and wizard agree: True" in said
    (iterations,) = numbers(r"(\d+) iterations", said)
    assert 20 < iterations < 2000
