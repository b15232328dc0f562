"""The command line with real runs: what it prints, its exit codes, what an interrupt does and does not do."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import flowcfd as fc

pytestmark = pytest.mark.flow
PATIENCE = 60
LONG = ("--set", "system/controlDict:endTime=1000", "--set", "system/controlDict:writeInterval=1000000")


@pytest.fixture
def cavity(tutorials: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tutorials / "incompressible/icoFoam/cavity/cavity", tmp_path / "cavity"))


class CommandLine:
    """`flowcfd` in processes of its own, with a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {**os.environ, "FLOWCFD_HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path)}

    def start(self, *words: str | Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "flowcfd.cli", *map(str, words)],
            env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def __call__(self, *words: str | Path, code: int = 0) -> str:
        process = self.start(*words)
        said, error = process.communicate(timeout=PATIENCE)
        assert process.returncode == code, said + error
        assert "Traceback" not in error
        return said + error

    def json(self, *words: str | Path, code: int = 0) -> Any:
        process = self.start(*words, "--json")
        said, error = process.communicate(timeout=PATIENCE)
        assert process.returncode == code, said + error
        return json.loads(said)


@pytest.fixture
def flowcfd(tmp_path: Path) -> Any:
    made = CommandLine(tmp_path / "home")
    yield made
    for run in made.json("runs"):
        if run["state"] in ("Queued", "Running"):
            made("cancel", run["run"])


def test_run_waits_and_says_what_there_is(flowcfd: CommandLine, cavity: Path) -> None:
    said = flowcfd("run", cavity)
    assert ": Done" in said and "icoFoam on 1 core" in said and "iteration 100, time 0.5 s" in said
    told = flowcfd.json("run", cavity)
    assert told["state"] == "Done" and told["error"] is None
    assert [stage["name"] for stage in told["stages"]] == ["mesh", "solve"]
    assert all(stage["cpu"] > 0 and stage["memory"] > 1e6 for stage in told["stages"])
    runs = flowcfd.json("runs")
    assert [run["path"] for run in runs] == [told["path"]]  # the equal case was not computed again
    assert flowcfd.json("runs", "--state", "Failed") == []


def test_the_results_and_logs_of_a_run(flowcfd: CommandLine, cavity: Path) -> None:
    name = flowcfd.json("run", cavity)["run"]
    rows = list(csv.reader(flowcfd("results", name, "--csv", "residuals").splitlines()))
    assert rows[0] == ["Time", "Ux", "Uy", "p"] and len(rows) == 101 and float(rows[-1][0]) == 0.5
    assert "residuals  at 0.5" in flowcfd("results", "cavity")
    assert flowcfd.json("results", name)["times"][-1] == 0.5
    assert "no forces are written" in flowcfd("results", name, "--csv", "forces", code=2)
    assert flowcfd("log", name, "-n", "3").strip() == "End"
    assert "Creating block mesh" in flowcfd("log", name, "blockMesh")
    assert "there are: blockMesh, icoFoam" in flowcfd("log", name, "simpleFoam", code=2)


def test_results_are_those_of_the_run_where_a_directory_has_its_name(
    flowcfd: CommandLine, cavity: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flowcfd("run", cavity)
    monkeypatch.chdir(cavity.parent)
    assert "at 0.5: Ux" in flowcfd("results", "cavity")
    assert "times" in flowcfd("results", "./cavity")


def test_a_case_with_an_open_brace_is_refused_and_nothing_is_written(flowcfd: CommandLine, cavity: Path) -> None:
    solution = cavity / "system/fvSolution"
    solution.write_text(solution.read_text() + "relaxationFactors {\n")
    said = flowcfd("run", cavity, code=2)
    assert said.startswith("flowcfd: system/fvSolution:") and len(said.splitlines()) == 1
    assert not flowcfd.home.exists()


def test_set_changes_the_case_and_diff_shows_it(flowcfd: CommandLine, cavity: Path) -> None:
    changed = flowcfd.json("run", cavity, "--set", "system/controlDict:endTime=0.1", "--name", "short")
    assert changed["run"].startswith("short-") and changed["progress"]["time"] == 0.1
    said = flowcfd("diff", cavity, "short")
    assert "-endTime         0.5;" in said and "+endTime         0.1;" in said
    assert "polyMesh" not in said  # made by the run, no part of the case
    assert flowcfd("diff", cavity, cavity) == ""
    flowcfd("diff", cavity, "short", "--exit-code", code=1)


def test_a_run_that_starts_from_the_latest_time_differs_from_its_case_by_nothing(
    flowcfd: CommandLine, cavity: Path
) -> None:
    flowcfd("run", cavity, "--set", "system/controlDict:startFrom=latestTime", "--name", "done")
    said = flowcfd("diff", cavity, "done")
    assert "+startFrom       latestTime;" in said
    assert "/U" not in said and "/p" not in said  # what it computed is no part of what it was given


def test_a_failure_is_exit_code_1_with_its_cause_and_the_end_of_the_log(flowcfd: CommandLine, cavity: Path) -> None:
    said = flowcfd("run", cavity, "--set", "0/p:boundaryField.movingWall.type=zeroGradiant", code=1)
    assert ": Failed" in said and "zeroGradiant" in said and "log.icoFoam" in said and "  | " in said
    told = flowcfd.json("show", "cavity")
    assert told["error"]["type"] == "StageFailed" and told["error"]["stage"] == "solve" and told["error"]["tail"]


def test_an_interrupt_detaches_and_the_run_goes_on(flowcfd: CommandLine, cavity: Path) -> None:
    process = flowcfd.start("run", cavity, *LONG)
    name = wait_for(flowcfd, "Running", 1)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert f"detached; the run goes on. Come back: flowcfd log -f {name}" in error and "Traceback" not in error
    time.sleep(0.3)
    assert flowcfd.json("show", name)["state"] == "Running"
    flowcfd("cancel", name)


def test_a_detached_run_is_followed_stopped_resumed_and_cancelled(flowcfd: CommandLine, cavity: Path) -> None:
    said = flowcfd("run", cavity, *LONG, "--detach")
    name = said.partition(":")[0]
    follower = flowcfd.start("log", "-f", name, "icoFoam")
    wait_for(flowcfd, "Running", 20)
    assert ": Running" in flowcfd("runs") or "Running" in flowcfd("runs")
    assert f"{name}: Stopped" in flowcfd("stop", name)
    log, _ = follower.communicate(timeout=PATIENCE)
    assert follower.returncode == 0 and log.rstrip().endswith("End")
    stopped = flowcfd.json("show", name)["progress"]["time"]
    assert f"Go on: flowcfd resume {name}" in flowcfd("show", name)
    flowcfd("resume", name)
    end = time.monotonic() + PATIENCE
    while not (flowcfd.json("show", name)["progress"]["time"] or 0) > stopped:
        assert time.monotonic() < end
        time.sleep(0.2)
    assert f"{name}: Cancelled" in flowcfd("cancel", name)
    assert flowcfd.json("show", name)["error"]["type"] == "Cancelled"


def test_what_resume_and_retry_say_for_machines_is_one_document(flowcfd: CommandLine, cavity: Path) -> None:
    name = flowcfd.json("run", cavity, *LONG, "--detach")["run"]
    wait_for(flowcfd, "Running", 20)
    assert flowcfd.json("stop", name)["state"] == "Stopped"
    resumed = flowcfd.json("resume", name)
    assert (resumed["run"], resumed["error"]) == (name, None) and resumed["state"] in ("Queued", "Running")
    assert flowcfd.json("cancel", name)["state"] == "Cancelled"
    retried = flowcfd.json("retry", name)
    assert (retried["run"], retried["error"]) == (name, None) and retried["state"] in ("Queued", "Running")
    assert flowcfd.json("pause", name)["state"] == "Paused"
    assert flowcfd.json("retry", "nothing", code=2)["error"]["type"] == "UnknownName"


def test_a_solver_that_nobody_has_is_a_mistake_and_no_openfoam_is_a_defect(flowcfd: CommandLine, cavity: Path) -> None:
    said = flowcfd("run", cavity, "--set", "system/controlDict:application=icoFaom", code=2)
    assert said.startswith("flowcfd: system/controlDict: unknown application 'icoFaom'; did you mean 'icoFoam'?")
    flowcfd.environment["FLOWCFD_OPENFOAM"] = "/nowhere"
    assert "names /nowhere, which is no OpenFOAM" in flowcfd("run", cavity, code=3)
    del flowcfd.environment["FLOWCFD_OPENFOAM"]
    assert not flowcfd.home.exists()


@pytest.mark.parametrize("waits", ["fc.results(run)", "run.wait()"])
def test_an_interrupted_script_ends_and_its_run_goes_on(flowcfd: CommandLine, cavity: Path, waits: str) -> None:
    name = flowcfd.json("run", cavity, *LONG, "--detach")["run"]
    script = f"import flowcfd as fc; run = fc.open({name!r}); fc.results; print('waits', flush=True); {waits}"
    process = subprocess.Popen(
        [sys.executable, "-c", script], env=flowcfd.environment, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None and process.stdout.readline() == "waits\n"
    wait_for(flowcfd, "Running", 1)
    os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C in a terminal: all of its group
    _, error = process.communicate(timeout=PATIENCE)
    assert process.returncode == -signal.SIGINT  # as Python ends for a KeyboardInterrupt
    assert f"KeyboardInterrupt: {name} goes on without this wait" in error.splitlines()[-1]
    assert flowcfd.json("show", name)["state"] == "Running"
    assert flowcfd.json("cancel", name)["state"] == "Cancelled"


def test_a_case_as_json_takes_the_same_road(flowcfd: CommandLine, tmp_path: Path) -> None:
    case = fc.Case(
        name="box",
        domain=fc.Cavity("1 m"),
        mesh=fc.Blocks(8),
        physics=fc.Incompressible(fluid=fc.Fluid(0.01)),
        boundaries={"lid": fc.Wall(velocity=["1 m/s", 0, 0]), "walls": fc.Wall()},
        solve=fc.Steady(5),
    )
    (tmp_path / "case.json").write_text(case.to_json())
    told = flowcfd.json("run", tmp_path / "case.json")
    assert told["state"] == "Done" and told["run"].startswith("box-")
    assert flowcfd("diff", tmp_path / "case.json", tmp_path / "case.json") == ""


def test_doctor_is_content_with_this_machine(flowcfd: CommandLine) -> None:
    told = flowcfd.json("doctor")
    found = {check["name"]: check for check in told["checks"]}
    assert told["healthy"] and found["OpenFOAM"]["good"] and found["MPI"]["good"]
    assert "Everything that a run needs is here." in flowcfd("doctor")
    assert not flowcfd.home.exists()


def test_adopt_writes_what_a_directory_is_as_a_case(flowcfd: CommandLine, cavity: Path, tmp_path: Path) -> None:
    told = flowcfd.json("adopt", cavity, "--write", tmp_path / "new")
    assert told["steps"] == ["blockMesh", "icoFoam"] and told["code"] == []
    assert (tmp_path / "new/system/controlDict").read_bytes() == (cavity / "system/controlDict").read_bytes()
    assert flowcfd("adopt", cavity).startswith("cavity: ")
    assert told["digest"][:12] not in flowcfd("adopt", cavity)  # a run's name holds the run's own
    assert "exists already" in flowcfd("adopt", cavity, "--write", tmp_path / "new", code=2)


def test_a_case_with_code_of_its_own_is_refused(flowcfd: CommandLine, cavity: Path) -> None:
    control = cavity / "system/controlDict"
    control.write_text(control.read_text().replace("endTime         0.5;", 'endTime         #calc "0.5";'))
    said = flowcfd("run", cavity, code=2)
    assert "system/controlDict:" in said and "#calc" in said
    assert not flowcfd.home.exists()


def wait_for(flowcfd: CommandLine, state: str, iterations: int) -> str:
    """The name of the only run, once it is in this state and as far."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        for run in flowcfd.json("runs"):
            told = flowcfd.json("show", run["run"])
            if told["state"] == state and told["progress"]["iteration"] >= iterations:
                return str(run["run"])
        time.sleep(0.1)
    raise AssertionError(f"no run became {state}")
