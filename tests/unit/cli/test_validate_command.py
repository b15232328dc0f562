from __future__ import annotations

import json

import pytest

from flowcfd.benchmarks import BENCHMARKS, Benchmark, Comparison, Cost, Effort, Outcome
from flowcfd.benchmarks.tables import Damaged
from flowcfd.cli.entry import main


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch):
    """Registers a benchmark of one number with a band around 1, for the time of a test."""
    BENCHMARKS.names()
    monkeypatch.setattr(BENCHMARKS, "_parts", dict(BENCHMARKS._parts))

    def make(name: str, value: float | Exception) -> None:
        def run(effort: Effort) -> Outcome:
            if isinstance(value, Exception):
                raise value
            line = Comparison(measure="one", value=value, reference=1.0, source="Somebody (1999)", band=(0.9, 1.1))
            return Outcome(benchmark=name, comparisons=(line,), quick=effort.quick)

        BENCHMARKS.register(name, Benchmark(name, "a number", "Somebody (1999)", Cost(10, 1), run))

    return make


def test_the_exit_code_is_0_when_all_are_in_band_and_1_when_one_is_not(registered, capsys) -> None:
    registered("good", 1.05)
    registered("off", 1.2)
    assert main(["validate", "good"]) == 0
    assert "1 of 1 in band" in capsys.readouterr().out
    assert main(["validate", "good", "off"]) == 1
    said = capsys.readouterr().out
    assert "1 of 2 in band" in said
    assert said.index("good (") < said.index("off (")


def test_an_unknown_name_is_a_mistake_that_lists_those_there_are(registered, capsys) -> None:
    registered("good", 1.0)
    assert main(["validate", "goood"]) == 2
    assert "unknown benchmark 'goood'; did you mean 'good'? there are: " in capsys.readouterr().err


def test_damaged_values_are_one_line_and_no_traceback(registered, capsys) -> None:
    registered("bad", Damaged("data/ghia1982_u.csv: not the published values that were shipped"))
    assert main(["validate", "bad"]) == 2
    assert capsys.readouterr().err == "flowcfd: data/ghia1982_u.csv: not the published values that were shipped\n"


def test_json_is_one_document(registered, capsys) -> None:
    registered("good", 1.0)
    assert main(["validate", "good", "--quick", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["ok"], data["quick"], data["figures"]) == (True, True, [])
    (line,) = data["benchmarks"][0]["comparisons"]
    assert (line["value"], line["reference"], line["band"], line["ok"]) == (1.0, 1.0, [0.9, 1.1], True)


def test_the_list_names_them_with_source_and_cost(registered, capsys) -> None:
    registered("good", 1.0)
    assert main(["validate", "--list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["benchmarks"]
    assert {"name": "good", "title": "a number", "source": "Somebody (1999)", "full": 10, "quick": 1} in rows
    assert main(["validate", "--list"]) == 0
    assert "cavity_re1000" in capsys.readouterr().out


def test_a_folder_that_cannot_be_made_is_said(registered, capsys, tmp_path) -> None:
    registered("good", 1.0)
    (tmp_path / "file").write_text("")
    assert main(["validate", "good", "--plots", str(tmp_path / "file" / "figures")]) == 3
    assert "--plots" in capsys.readouterr().err
