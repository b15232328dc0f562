from __future__ import annotations

import json
import os
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest

from flowcfd.cli import doctor, main


def flowcfd(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), **environment}
    return subprocess.run(
        [sys.executable, "-m", "flowcfd.cli", *words], capture_output=True, text=True, env=env, timeout=60, check=False
    )


def test_a_defect_of_the_system_is_one_line_and_exit_code_3(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(_: Namespace) -> int:
        raise OSError(28, "No space left on device", "/runs/x")

    monkeypatch.setattr(doctor, "doctor", full)
    assert main(["doctor"]) == 3
    assert capsys.readouterr().err == "flowcfd: /runs/x: No space left on device\n"


def test_an_interrupt_is_quiet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(_: Namespace) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(doctor, "doctor", interrupted)
    assert main(["doctor"]) == 130
    assert capsys.readouterr().err == ""


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "FLOWCFD_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "flowcfd.cli", "bench", "--list"],
        stdout=writer, stderr=subprocess.PIPE, env=env, timeout=60, check=False,
    )  # fmt: skip
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.fixture
def places(tmp_path: Path) -> dict[str, str]:
    """Folders that are cases, and such as are none, by what is meant in the words of a test."""
    for name, text in (("case", "application icoFoam;\n"), ("torn", "application icoFoam\n"), ("empty", None)):
        (tmp_path / name / "system").mkdir(parents=True)
        if text:
            (tmp_path / name / "system/controlDict").write_text(text)
    (tmp_path / "case.json").write_text('{"boundaries": 3}')
    return {name: str(tmp_path / name) for name in ("case", "torn", "empty")} | {"json": str(tmp_path / "case.json")}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["show", "nothing"], 2, "unknown run 'nothing'"),
        (["stop", "/nowhere"], 2, "no run here"),
        (["log", "x", "-f"], 2, "has no end"),
        (["run", "/nowhere"], 2, "no such directory"),
        (["run", "{case}", "--on", "moon"], 2, "unknown executor 'moon'"),
        (["run", "{case}", "--cores", "0"], 2, "cores: must be"),
        (["run", "{case}", "--set", "endTime=3"], 2, "must be FILE:ENTRY=VALUE"),
        (["run", "{case}", "--set", "system/nothing:a=3"], 2, "unknown file 'system/nothing'"),
        (["run", "{case}", "--set", "system/controlDict:endTime=(1"], 2, "--set 'system/controlDict:endTime=(1': "),
        (["run", ""], 2, "names no case"),
        (["adopt", "{case}", "--write", "{case}/absent/new"], 2, "there is no directory "),
        (["adopt", "{json}"], 2, "is no directory"),
        (["run", "{torn}"], 2, "controlDict:1:"),
        (["run", "{json}"], 2, "case.json: boundaries: must be"),
        (["adopt", "{empty}"], 2, "not an OpenFOAM case, system/controlDict is missing"),
        (["diff", "{case}", "nothing"], 2, "unknown run"),
        (["runs", "--state", "Happy"], 2, "unknown state 'Happy'"),
        (["bench", "moon"], 2, "unknown subject 'moon'"),
        (["results", "nothing"], 2, "nothing"),
    ],
)
def test_bad_input_is_one_line_with_its_exit_code_and_writes_nothing(
    home: Path, places: dict[str, str], words: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = main([*(word.format(**places) for word in words), "--json"])
    out, err = capsys.readouterr()
    assert found == code, err
    assert "Traceback" not in err
    assert said in err
    error = json.loads(out)["error"]
    assert error["exit_code"] == code and f"flowcfd: {error['message']}\n" == err
    assert not home.exists()


def test_the_program_says_bad_input_as_its_function_does(tmp_path: Path, places: dict[str, str]) -> None:
    for words, code, said in ((["run", places["torn"]], 2, "controlDict:1:"), (["show", "x"], 2, "unknown run 'x'")):
        done = flowcfd(*words, "--json", FLOWCFD_HOME=str(tmp_path / "home"))
        assert done.returncode == code, done.stderr
        error = json.loads(done.stdout)["error"]
        assert said in done.stderr and f"flowcfd: {error['message']}\n" == done.stderr
    assert not (tmp_path / "home").exists()


def test_a_home_without_runs_is_said_in_a_line(tmp_path: Path) -> None:
    assert flowcfd("runs", FLOWCFD_HOME=str(tmp_path)).stdout == f"no runs under {tmp_path}/runs\n"
    done = flowcfd("runs", "--state", "Lost", FLOWCFD_HOME=str(tmp_path))
    assert done.stdout == f"no runs in state Lost under {tmp_path}/runs\n"
    done = flowcfd("runs", "--dead", "--name", "a*", FLOWCFD_HOME=str(tmp_path))
    assert done.stdout == f"no runs under {tmp_path}/runs for --name --dead\n"
    assert json.loads(flowcfd("runs", "--json", FLOWCFD_HOME=str(tmp_path)).stdout) == []


def test_absent_openfoam_is_exit_code_3_and_names_the_command_that_mends_it(tmp_path: Path) -> None:
    (tmp_path / "case/system").mkdir(parents=True)
    (tmp_path / "case/system/controlDict").write_text("application icoFoam;\nstartTime 0;\nendTime 1;\n")
    (tmp_path / "case/system/blockMeshDict").write_text("vertices ();\n")
    done = flowcfd("run", str(tmp_path / "case"), FLOWCFD_HOME=str(tmp_path / "home"), FLOWCFD_OPENFOAM="/nowhere")
    assert done.returncode == 3
    assert "names /nowhere, which is no OpenFOAM" in done.stderr and len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "home").exists()


def test_help_loads_nothing_heavy() -> None:
    code = "import sys; from flowcfd.cli.parser import parser; parser().format_help(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    loaded = set(done.stdout.split())
    assert not loaded & {"numpy", "pandas", "rich", "pydantic", "IPython", "pyvista", "flowcfd.jobs"}
