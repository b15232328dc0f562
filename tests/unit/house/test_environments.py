"""environment.yml, binder/ and the continuous integration say nothing that the lock or tools/setup does not."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from flowcfd.kernel.lab import HERE

ROOT = Path(__file__).resolve().parents[3]
PYTHON = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"].removeprefix(">=")


@pytest.mark.parametrize("file", ["environment.yml", "binder/environment.yml"])
def test_a_conda_environment_has_the_lowest_python_and_no_versions_of_its_own(file: str) -> None:
    environment = yaml.safe_load((ROOT / file).read_text())
    packages = [item for item in environment["dependencies"] if isinstance(item, str)]
    assert environment["name"] == "flowcfd"
    assert packages == [f"python={PYTHON}", "pip"]


def test_the_conda_environment_takes_everything_from_the_lock() -> None:
    [by_pip] = [
        item["pip"]
        for item in yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
        if isinstance(item, dict)
    ]
    assert by_pip == ["--require-hashes", "-r requirements.lock"]


def test_post_build_installs_the_lock_the_package_and_the_kernel() -> None:
    said = (ROOT / "binder/postBuild").read_text()
    parts = ("--require-hashes", "-r requirements.lock", "--editable .", "kernel install", "tools/scripts")
    order = [said.index(part) for part in parts]
    assert order == sorted(order)


def test_start_sets_the_session_up_and_hands_over(tmp_path: Path) -> None:
    done = subprocess.run(
        [ROOT / "binder/start", "env"],
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    said = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert said["FLOWCFD_HOME"] == f"{tmp_path}/flowcfd"
    assert said["FLOWCFD_SHARED_CORES"] == "1"
    assert said["PYVISTA_OFF_SCREEN"] == "true"
    assert said["FLOWCFD_VIEW"] == "html"
    assert said["JUPYTER_CONFIG_PATH"] == str(HERE)


def test_the_apt_list_is_sorted_into_plain_names_without_repeats() -> None:
    lines = [line.split("#")[0].strip() for line in (ROOT / "binder/apt.txt").read_text().splitlines()]
    names = [line for line in lines if line]
    assert {"openfoam", "openfoam-examples", "openmpi-bin"} <= set(names)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9.+-]+", name) for name in names)
    assert len(names) == len(set(names))


def test_continuous_integration_runs_what_a_person_runs() -> None:
    steps = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"]["all"]["steps"]
    assert steps[-1]["run"] == ".ci/run"
    assert "make --no-print-directory test" in (ROOT / ".ci/run").read_text()


@pytest.mark.parametrize("target", ["demo", "lab", "hub", "test", "check", "bench", "setup", "lock", "clean"])
def test_make_knows_the_target(target: str) -> None:
    outside = {"PATH": os.environ["PATH"]}  # these tests may run below a make, whose flags are not for this one
    dry = ["make", "--no-print-directory", "-n", target]
    done = subprocess.run(dry, cwd=ROOT, env=outside, capture_output=True, text=True, check=True, timeout=20)
    assert target in ("clean", "setup") or "tools/setup" in done.stdout.splitlines()[0]


def test_no_target_of_make_sees_the_python_that_is_active_around_it() -> None:
    active = {"VIRTUAL_ENV": "/other", "PYTHONPATH": "/other", "PYTHONHOME": "/other"}
    done = subprocess.run(
        ["make", "--silent", "--eval=told:; @env", "told"], cwd=ROOT, env={**os.environ, **active},
        capture_output=True, text=True, check=True, timeout=20,
    )  # fmt: skip
    assert "\nPATH=" in f"\n{done.stdout}" and "/other" not in done.stdout
