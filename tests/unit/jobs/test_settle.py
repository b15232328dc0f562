"""A running job's measures are judged as they come, and it is said how they stand."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from flowcfd.foam.samples import Source
from flowcfd.jobs.settle import Settle

HEAD = "# Time \tCd\tCl\n"


def until(*columns: str, steady: bool = True, **changes: Any) -> dict[str, Any]:
    one = {"samples": 20, "within": 0.005, "relative": True, "unit": ""}
    measures = [{"name": name, "source": Source("body", "coefficient", name).to_json(), **one} for name in columns]
    rest = {"steady": steady, "over": 20, "after": 0, "mean": False, "confidence": 0.95}
    return {**rest, "measures": measures, **changes}


def write(case: Path, rows: list[tuple[float, ...]], start: str = "0") -> None:
    path = case / "postProcessing" / "body" / start / "coefficient.dat"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD + "".join("\t".join(f"{value:.9g}" for value in row) + "\n" for row in rows))


def test_it_is_settled_when_all_measures_are(tmp_path: Path) -> None:
    settle = Settle(tmp_path, until("Cd", "Cl"), 2000)
    assert settle.look() is None
    write(tmp_path, [(n, 0.3 + math.exp(-n / 3), 1.0 + math.exp(-n / 10)) for n in range(1, 61)])
    early = settle.finish()
    assert not early.ok
    assert early.text.startswith("Cd = 0.3") and "; Cl did not settle within 0.5 %: " in early.text
    write(tmp_path, [(n, 0.3 + math.exp(-n / 3), 1.0 + math.exp(-n / 10)) for n in range(1, 121)])
    late = settle.finish()
    assert late.ok
    assert "settled within 0.5 % over the last 20 iterations; Cl = 1.0000" in late.text
    assert late.text.endswith(", at iteration 120 of 2000")
    assert [one["measure"] for one in late.details] == ["Cd", "Cl"]


def test_nothing_new_is_not_judged_again_and_judging_rests_after_it(tmp_path: Path) -> None:
    settle = Settle(tmp_path, until("Cd"), None)
    write(tmp_path, [(n, 1.0, 0.0) for n in range(30)])
    assert settle.look() is not None
    assert settle.look() is None


def test_an_oscillation_is_called_one_and_its_mean_can_be_asked_for(tmp_path: Path) -> None:
    write(tmp_path, [(n, 1.0 + 0.03 * math.sin(n), 0.0) for n in range(2000)])
    value = Settle(tmp_path, until("Cd"), 2000).finish()
    assert value.text == "Cd did not settle within 0.5 %: oscillates by ±3.1 %"  # about the mean of 20 samples
    mean = Settle(tmp_path, until("Cd", mean=True), 2000).finish()
    assert mean.ok
    assert "half the 95 % interval of its mean" in mean.text and "oscillates by ±0.03" in mean.text


def test_an_unsteady_run_is_judged_by_its_mean_after_the_transient_at_uneven_times(tmp_path: Path) -> None:
    times = [n / 10 if n < 200 else 20 + (n - 200) / 40 for n in range(2200)]
    write(tmp_path, [(time, 2.0 + 5 * math.exp(-time) + 0.1 * math.sin(7 * time), 0.0) for time in times])
    found = Settle(tmp_path, until("Cd", steady=False), 100.0).finish()
    assert found.ok
    assert found.details[0]["mean"] == pytest.approx(2.0, rel=0.005)
    assert found.text.endswith(", at time 69.975 s of 100 s")
    assert "after an initial transient of" in found.text


def test_what_is_before_after_does_not_count(tmp_path: Path) -> None:
    write(tmp_path, [(n, 1.0, 0.0) for n in range(1, 61)])
    assert Settle(tmp_path, until("Cd"), None).finish().ok
    waiting = Settle(tmp_path, until("Cd", after=30), None).finish()
    assert (waiting.ok, waiting.details[0]["samples"]) == (False, 30)


def test_the_rows_of_a_run_that_was_resumed_are_joined(tmp_path: Path) -> None:
    write(tmp_path, [(n, 1.0, 0.0) for n in range(1, 31)])
    write(tmp_path, [(n, 1.0, 0.0) for n in range(25, 45)], start="24")
    found = Settle(tmp_path, until("Cd"), None).finish()
    assert (found.ok, found.details[0]["samples"]) == (True, 44)
    assert found.text.endswith("at iteration 44")


def test_a_measure_that_was_never_written_has_not_settled(tmp_path: Path) -> None:
    found = Settle(tmp_path, until("Cd"), None).finish()
    assert found.text == "Cd did not settle within 0.5 %: 0 of the 40 samples that two windows need are there"
    assert found.details[0]["mean"] is None
