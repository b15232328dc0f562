"""`validate` over benchmarks that need no OpenFOAM: order, failures, the table, figures."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import replace

import pytest

from flowcfd.benchmarks import BENCHMARKS, Effort, validate
from flowcfd.benchmarks.frame import Interrupted, Watch
from flowcfd.benchmarks.report import html, number_of, text
from flowcfd.benchmarks.tables import Damaged
from flowcfd.benchmarks.validation import everything
from flowcfd.errors import ResultError, RunError, UnknownName


def test_the_table_says_value_reference_error_band_verdict_gci_and_cost(registered, outcome) -> None:
    registered("square", lambda effort: outcome())
    said = str(validate("square"))
    assert said.splitlines()[2] == "square (12.3 CPU s, verdict green)"
    line = next(line for line in said.splitlines() if "width" in line)
    for part in ("width [m]", "1.010 ± 0.013", "1 [1]", "+1.00%", "0.98 to 1.02", "yes", "1.24%, order 2.00"):
        assert part in line, f"{part!r} is not in {line!r}"
    assert "[1] Somebody, J. Nothing 1 (1999) 1-2" in said
    assert "square, |u - table| max: the table is rough" in said
    assert said.endswith("2 of 2 in band; 2 runs, 12 CPU s, 1 of them computed before")


def test_a_long_reason_for_no_gci_stands_below_the_table(registered, outcome) -> None:
    why = "whether the arriving flow is the measured one"
    made = outcome()
    registered("square", lambda effort: replace(made, comparisons=(replace(made.comparisons[1], why_no_gci=why),)))
    said = str(validate("square"))
    assert "none: see below" in said
    assert f"square, |u - table| max: no GCI: {why}" in said


def test_one_value_out_of_band_is_said_and_makes_the_whole_not_ok(registered, outcome) -> None:
    registered("square", lambda effort: outcome(good=False))
    found = validate(["square"])
    assert not found.ok
    assert re.search(r"\|u - table\| max +0.3 +0 \[2\] +\+0.3 +0 to 0.1 +NO +none: a distance", str(found))
    assert found.to_json()["benchmarks"][0]["ok"] is False


def test_a_run_that_fails_is_a_line_and_the_others_go_on(registered, outcome) -> None:
    registered("a_broken", RunError("the solver died"))
    registered("b_square", lambda effort: outcome("b_square"))
    found = validate(["a_broken", "b_square"])
    assert not found.ok
    assert [one.benchmark for one in found] == ["b_square"]
    assert found.failures == (("a_broken", "the solver died"),)
    assert "a_broken failed: the solver died" in str(found)
    assert "the solver died" in found._repr_html_()


def test_a_measure_that_cannot_be_had_is_a_line_too(registered, outcome) -> None:
    registered("a_short", ResultError("compute longer"))
    registered("b_square", lambda effort: outcome("b_square"))
    assert validate(["a_short", "b_square"]).failures == (("a_short", "compute longer"),)


def test_a_damaged_reference_is_no_line_of_the_table_but_the_end(registered, outcome) -> None:
    registered("a_damaged", Damaged("ghia1982_u.csv: not the published values that were shipped"))
    registered("b_square", lambda effort: outcome("b_square"))
    with pytest.raises(Damaged, match="not the published values"):
        validate(["a_damaged", "b_square"])


def test_a_defect_of_a_benchmark_is_raised_where_validate_was_called(registered) -> None:
    def wrong(effort: Effort) -> None:
        raise ZeroDivisionError("a defect")

    registered("wrong", wrong)
    with pytest.raises(ZeroDivisionError, match="a defect"):
        validate("wrong")


def test_names_are_checked_before_anything_runs(registered) -> None:
    registered("never", Damaged("it was run"))
    with pytest.raises(
        UnknownName, match=r"unknown benchmark 'nevr'; did you mean 'never'\? there are: .*cavity_re100"
    ):
        validate(["never", "nevr"])


def test_quick_leaves_out_what_has_no_coarse_form_and_asks_for_it_of_the_others(registered, outcome) -> None:
    asked = []
    registered("slow", Damaged("it was run"), quick=None)
    registered("square", lambda effort: asked.append(effort.form) or outcome())
    assert len(validate(["slow", "square"], quick=True).outcomes) == 1
    assert asked == ["quick"]


def test_the_same_name_twice_is_run_once_and_the_order_is_that_of_the_names(registered, outcome) -> None:
    for name in ("two", "one"):
        registered(name, lambda effort, name=name: outcome(name))
    assert [one.benchmark for one in validate(["two", "one", "two"])] == ["two", "one"]


def test_benchmarks_take_turns_so_that_only_one_measures_at_a_time(registered, outcome) -> None:
    inside, most = threading.Semaphore(1), []

    def run(effort: Effort):
        most.append(inside.acquire(blocking=False))
        inside.release()
        return outcome()

    for number in range(6):
        registered(f"b{number}", run)
    validate([f"b{number}" for number in range(6)])
    assert most == [True] * 6


def test_all_benchmarks_are_named_in_the_order_of_their_numbers() -> None:
    names = [one.name for one in everything()]
    assert set(names) == set(BENCHMARKS.names())
    cavities = [name for name in names if name.startswith("cavity")]
    assert cavities == ["cavity_re100", "cavity_re400", "cavity_re1000"]
    first = [name.split("_")[0] for name in names]
    assert first == sorted(first)


def test_every_benchmark_says_what_it_is_where_its_answer_is_from_and_what_it_costs() -> None:
    for name, one in BENCHMARKS.items():
        assert one.name == name and one.title and one.source
        assert one.cost.full > 0
        assert one.cost.quick is None or one.cost.quick < one.cost.full


def test_the_html_is_a_table_whose_hints_are_the_sources(registered, outcome) -> None:
    said = html((outcome(good=False),))
    assert said.count("<tr") == 4
    assert "title='Other (2000); the table is rough'" in said
    assert said.count("background") == 1


def test_figures_have_lines_for_ours_and_symbols_for_the_table(outcome) -> None:
    figure = outcome().plot()
    (axes,) = figure.axes
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_title()) == ("x/L", "u/U", "square")
    ours = next(line for line in axes.lines if line.get_label() == "ours")
    assert ours.get_linestyle() == "-" and ours.get_marker() == "."  # three points only
    (table,) = axes.containers
    assert figure._repr_png_().startswith(b"\x89PNG")
    assert table.lines[0].get_marker() == "o" and table.lines[0].get_linestyle() == "None"


def test_a_validation_is_json(registered, outcome) -> None:
    registered("square", lambda effort: outcome())
    data = json.loads(json.dumps(validate("square").to_json()))
    assert data["ok"] and not data["quick"] and data["failures"] == []
    assert data["benchmarks"][0]["reused"] == 1


def test_numbers_have_five_digits() -> None:
    assert [number_of(number) for number in (0.0, -0.3885698, 2.922, 1500000.0)] == [
        "0",
        "-0.38857",
        "2.922",
        "1.5e+06",
    ]


def test_an_interrupt_ends_the_waiting_and_says_that_the_runs_go_on(registered, monkeypatch) -> None:
    waited = []

    def run(effort: Effort) -> None:
        waited.append(effort.watch.halted.wait(30))
        raise Interrupted

    def interrupt(watch: Watch) -> None:
        raise KeyboardInterrupt

    registered("long", run)
    with pytest.raises(KeyboardInterrupt, match="the runs go on without this wait"):
        validate("long", show=interrupt)
    assert waited == [True]


def test_on_a_narrow_screen_band_and_gci_stand_below_and_nothing_is_wider(registered, outcome) -> None:
    outcome = outcome()
    wide, narrow = text((outcome,)), text((outcome,), width=80)
    assert len(narrow.splitlines()) > len(wide.splitlines()) and max(map(len, narrow.splitlines())) <= 80
    one = outcome.comparisons[0]
    assert any(line.startswith(f"      band {one.band[0]:.4g} to") for line in narrow.splitlines())
    assert text((outcome,), width=400) == wide
