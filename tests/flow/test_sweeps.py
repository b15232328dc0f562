"""Sweeps with real kernels: nothing is executed twice, nothing is lost, failures keep their cause."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import flowcfd as fc
from flowcfd.cli import main
from flowcfd.errors import CaseError, Lost, SiteError
from flowcfd.sweeps import Sweep

pytestmark = [pytest.mark.flow, pytest.mark.notebook, pytest.mark.usefixtures("home")]

Notebook = Callable[..., Path]
LONG = 120.0
"""Enough time [s] for a worker to be at its first point on a busy machine."""

NOTES = "import os, pathlib, time\npathlib.Path('notes').open('a').write(f'{x} {os.getpid()}\\n')"
"""A cell that leaves a line for each execution."""
KEEP = "import flowcfd as fc\nfc.keep('y', 2 * x, 'm/s')\nfc.keep('x', x)\nfc.keep('u', fc.Uncertain(x, 0.5))"


def noted() -> list[str]:
    """The values of x that were executed, in order."""
    return [line.split()[0] for line in Path("notes").read_text().splitlines()]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_each_point_is_executed_once_and_its_values_are_in_one_table(notebook_of: Notebook) -> None:
    path = notebook_of("x = 0.0", NOTES, KEEP + "\nz = 1 / x")
    sweep = fc.Sweep(path, {"x": [0, 1, 2]}).run(at_once=2, wait=True)
    table = sweep.table()
    assert list(table["state"]) == ["Failed", "Done", "Done"]
    assert table["cause"][0] == "cell 4, line 5 (z = 1 / x): ZeroDivisionError: division by zero"
    assert list(table["y"][1:]) == [2, 4] and table["y"].isna()[0]
    assert table.units == {"y": "m/s"}
    assert list(table["x (kept)"][1:]) == [1, 2]
    assert list(table["u ±"][1:]) == [0.5, 0.5]
    executed = json.loads(sweep.points[1].notebook.read_text())
    assert executed["metadata"]["papermill"]["parameters"] == {"x": 1}
    assert "papermill-error-cell-tag" in sweep.points[0].notebook.read_text()
    shown = sweep._repr_html_()
    assert "2 done, 1 failed" in shown and "sweep.run()" not in shown and "<th>y [m/s]</th>" in shown

    longer = fc.Sweep(path, {"x": [1, 2, 3]})
    assert "sweep.run() executes those that are left" in longer._repr_html_()
    assert longer.path == sweep.path
    longer.run(at_once=1, wait=True)
    assert sorted(noted()) == ["0", "1", "2", "3"], "what was done is not executed again"
    sweep = fc.Sweep(path, {"x": [0, 1]}).run(at_once=1, again=True, wait=True)
    assert noted()[4:] == ["0"], "what failed is, if that is asked for"

    notebook_of("x = 0.0", NOTES, KEEP.replace("2 * x", "3 * x"))
    changed = fc.Sweep(path, {"x": [2]}).run(wait=True)
    assert list(changed.table()["y"]) == [6], "what has changed is"
    assert [one.path for one in fc.sweeps.all()] == [sweep.path] == [fc.sweeps.open("swept").path]


def test_a_sweep_outlives_who_started_it_and_a_lost_worker(notebook_of: Notebook, until: Any) -> None:
    """The point of a killed worker is taken again; its kernel is gone by then."""
    wait = "while not pathlib.Path('go').exists(): time.sleep(0.02)"
    path = notebook_of("x = 0", NOTES, wait, "import flowcfd as fc; fc.keep('y', x)")
    code = f"import flowcfd as fc, time; fc.Sweep({str(path)!r}, {{'x': [1, 2]}}).run(at_once=1); time.sleep(1000)"
    with subprocess.Popen([sys.executable, "-c", code], start_new_session=True) as starter:
        until(lambda: Path("notes").exists() and Path("notes").read_text().endswith("\n"), LONG)
        os.killpg(starter.pid, signal.SIGKILL)
    sweep = fc.sweeps.open("swept")
    assert sweep.driven
    with pytest.raises(SiteError, match="with other points or options"):
        fc.Sweep(path, {"x": [1, 2, 3]}).run()
    (first,) = [point for point in sweep.points if point.state == "Running"]
    assert first.why.startswith("cell ")
    os.kill(first.record["where"]["pid"], signal.SIGKILL)
    until(lambda: len(noted()) == 2, LONG)
    Path("go").touch()
    sweep.wait(LONG)
    assert noted() == ["1", "1", "2"]
    assert list(sweep.table()["y"]) == [1, 2]
    assert [point.record["tries"] for point in sweep.points] == [2, 1]


def test_a_cancelled_sweep_leaves_no_kernel_and_goes_on(notebook_of: Notebook, until: Any) -> None:
    path = notebook_of("x = 0", NOTES, "while not pathlib.Path('go').exists(): time.sleep(0.02)")
    sweep = fc.Sweep(path, {"x": [1, 2]}, out="swept").run(at_once=1)
    until(lambda: Path("notes").exists() and Path("notes").read_text().endswith("\n"), LONG)
    kernel = int(Path("notes").read_text().split()[1])
    sweep.cancel()
    until(lambda: not Path(f"/proc/{kernel}").exists())
    assert sweep.states == {"Waiting": 2}
    assert sweep.wait().points[0].why == "the sweep was cancelled"
    Path("go").touch()
    assert sweep.run(at_once=1, wait=True).states == {"Done": 2}
    with pytest.raises(CaseError, match="holds the sweep 'swept'"):
        fc.Sweep(notebook_of("x = 0", name="other"), {"x": [1]}, out="swept")
    with pytest.raises(CaseError, match="holds no sweep"):
        fc.Sweep(path, {"x": [1]}, out=".")


def test_the_command_waits_shows_and_tells_a_cause(notebook_of: Notebook, capsys: Any, home: Path) -> None:
    path = notebook_of("x = 0\nname = 'a'", "import time\nif x == 3: time.sleep(60)", KEEP)
    code = main(
        ["sweep", str(path), "--set", "x=1:3", "--points", "2", "--timeout", "8", "--wait", "--json", "--name", "cl"]
    )
    document = json.loads(capsys.readouterr().out)
    assert code == 1
    assert document["states"] == {"Done": 1, "Failed": 1}
    assert document["table"][0]["kept"]["y"] == {"value": 2, "unit": "m/s"}
    assert document["table"][1]["why"] == "cell 3: took longer than a cell may (timeout)"
    assert main(["sweep", "cl", "--table", "table.csv"]) == 0
    shown = capsys.readouterr().out
    assert "y (m/s)" in shown and "point 1: cell 3" in shown
    assert "y" in Path("table.csv").read_text().splitlines()[0]
    assert main(["sweeps"]) == 0
    assert "1 done, 1 failed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (["--set", "sped=1"], "did you mean 'speed'"),
        (["--set", "speed=5:20", "--design", "lhs"], "needs their number"),
        (["--set", "speed=1", "--kernel", "nope"], "unknown kernel 'nope'"),
        (["--set", "speed=1", "--on", "nowhere"], "unknown executor 'nowhere'"),
        (["--set", "speed=1", "--on", "dask"], "on 'local' or on a profile"),
        (["--set", "speed=1", "--partition", "x"], "on 'local' there is nothing to ask for"),
        (["--set", "speed=1", "--cores", "0"], "cores: must be a whole number"),
        (["--set", "speed=1", "--timeout", "-1"], "timeout: must be a positive number"),
        (["--set", "speed=1", "--set", "speed=2"], "given twice"),
        (["--csv", "none.csv"], "none.csv"),
        ([], "say which parameters"),
    ],
)
def test_bad_input_is_refused_before_anything_is_written(
    notebook_of: Notebook, capsys: Any, home: Path, words: list[str], cause: str
) -> None:
    assert main(["sweep", str(notebook_of("speed = 1.0")), *words]) in (2, 3)
    error = capsys.readouterr().err
    assert cause in error and error.count("\n") == 1
    assert not (home / "sweeps").exists()


def test_a_sweep_that_nobody_is_at_says_so(notebook_of: Notebook) -> None:
    sweep = fc.Sweep(notebook_of("x = 0"), {"x": [1]})
    sweep._write(sweep.record, again=False)
    assert Sweep.read(sweep.path).states == {"Waiting": 1}
    (sweep.path / "driver.log").write_text("no memory\n")
    with pytest.raises(Lost, match=r"1 waiting, and nobody is at it: no memory; sweep.run\(\) goes on"):
        sweep.wait()
