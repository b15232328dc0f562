"""Benchmarks as they are run: coarse forms in their bands, found again, refused where the published file is damaged."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import flowcfd as fc
from flowcfd import benchmarks

pytestmark = pytest.mark.flow
CHEAP = ("cavity_re100", "cavity_re400", "cavity_re1000", "channel_laminar", "pipe_laminar", "step_laminar")
"""Some 15 CPU seconds together."""
KEYS = {
    *("measure", "value", "uncertainty", "unit", "reference", "source", "error", "relative_error"),
    *("band", "ok", "gci", "why_no_gci", "note"),
}
CommandLine = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("validate")


@pytest.fixture(scope="module")
def flowcfd(folder: Path) -> CommandLine:
    """`flowcfd` in a process and a home of its own, the same for all tests; `lib`: whose package is imported."""

    def run(*words: str, lib: Path | None = None) -> subprocess.CompletedProcess[str]:
        paths = [str(lib)] if lib else []
        environment = {
            **os.environ,
            "FLOWCFD_HOME": str(folder / "home"),
            "PYTHONPATH": os.pathsep.join([*paths, *sys.path]),
        }
        done = subprocess.run(
            [sys.executable, "-m", "flowcfd.cli", "validate", *words],
            env=environment, capture_output=True, text=True, timeout=500,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run


@pytest.fixture(scope="module")
def quick(flowcfd: CommandLine, folder: Path) -> dict[str, Any]:
    """What `flowcfd validate --quick --json --plots` says of the cheap benchmarks."""
    done = flowcfd(*CHEAP, "--quick", "--json", "--plots", str(folder / "figures"))
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_the_coarse_forms_are_in_band(quick: dict[str, Any]) -> None:
    assert [one["benchmark"] for one in quick["benchmarks"]] == list(CHEAP)
    off = [(one["benchmark"], line) for one in quick["benchmarks"] for line in one["comparisons"] if not line["ok"]]
    assert off == []
    assert quick["ok"] and quick["failures"] == []
    assert 0 < quick["cpu_seconds"] < 60


def test_every_line_says_all_that_a_reader_needs(quick: dict[str, Any]) -> None:
    for one in quick["benchmarks"]:
        assert one["quick"] and one["cpu_seconds"] > 0 and len(one["cells"]) == len(one["runs"])
        assert one["verdict"] in ("green", "amber")
        for line in one["comparisons"]:
            assert set(line) == KEYS
            assert line["source"]
            assert (line["gci"] is None) == bool(line["why_no_gci"]) or line["gci"]["gci"] is None
            low, high = line["band"]
            assert low <= line["value"] <= high
            assert line["error"] == pytest.approx(line["value"] - line["reference"])


def test_figures_are_saved(quick: dict[str, Any], folder: Path) -> None:
    assert [Path(path).name for path in quick["figures"]] == [f"{name}.png" for name in CHEAP]
    assert all(Path(path).read_bytes().startswith(b"\x89PNG") for path in quick["figures"])


def test_a_second_time_finds_the_runs_and_says_so(quick: dict[str, Any], flowcfd: CommandLine) -> None:
    done = flowcfd("pipe_laminar", "channel_laminar", "--quick")
    assert done.returncode == 0
    assert "6 of 6 in band; 4 runs" in done.stdout and "4 of them computed before" in done.stdout
    assert done.stdout.index("pipe_laminar") < done.stdout.index("channel_laminar")


def test_a_damaged_table_refuses_and_is_named(folder: Path, flowcfd: CommandLine) -> None:
    lib = folder / "lib"
    shutil.copytree(Path(fc.__file__).parent, lib / "flowcfd", ignore=shutil.ignore_patterns("__pycache__"))
    table = lib / "flowcfd/benchmarks/data/ghia1982_v.csv"
    table.write_text(table.read_text().replace("-0.5155", "-0.5551"))
    done = flowcfd("cavity_re400", "--quick", lib=lib)
    assert done.returncode == 2
    assert "ghia1982_v.csv: not the published values that were shipped" in done.stderr


def test_an_unknown_benchmark_lists_those_there_are(flowcfd: CommandLine) -> None:
    done = flowcfd("cavity_re10")
    assert done.returncode == 2
    assert "unknown benchmark 'cavity_re10'; did you mean 'cavity_re100'?" in done.stderr


def test_a_case_of_a_benchmark_is_an_ordinary_case_that_a_user_can_change() -> None:
    case = benchmarks.cavity.case(100, 32).replace({"boundaries.lid.velocity": (2, 0, 0)})
    assert case.boundaries["lid"].velocity == (2, 0, 0)
    assert fc.Case.from_json(case.to_json()) == case
