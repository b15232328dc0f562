"""A private Slurm and a run on it by a user without any rights: what a suite run by root would not see."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import flowcfd
from flowcfd.cluster import private
from flowcfd.errors import SiteError
from flowcfd.foam.casefiles import CaseFiles

pytestmark = pytest.mark.cluster

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of the user `nobody`, not below root's own."""
    if os.getuid() != 0:
        pytest.skip("not root: all other tests are run by an ordinary user already")
    try:
        private.programs()
    except SiteError as error:
        pytest.skip(str(error))
    made = Path(tempfile.mkdtemp(prefix="flowcfd-nobody-"))
    shutil.chown(made, "nobody")
    yield made
    shutil.rmtree(made)


@pytest.fixture
def flow(folder: Path) -> Command:
    """The command `flowcfd`, called by that user."""
    user = pwd.getpwnam("nobody")
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "FLOWCFD_HOME": str(folder / "home"),
        "FLOWCFD_SHARED_CORES": "1", "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join([str(Path(flowcfd.__file__).parents[1]), sysconfig.get_path("purelib")]),
    }  # fmt: skip
    python = Path("/usr/bin", f"python3.{sys.version_info.minor}")  # that of these tests may lie in root's home

    def call(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(python), "-m", "flowcfd.cli", *words], user=user.pw_uid, group=user.pw_gid, extra_groups=[],
            cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip

    if not python.exists() or call("--version").returncode:
        pytest.skip("the user nobody may not read FlowCFD, or has no Python of this version")
    return call


def test_a_user_without_rights_starts_a_cluster_and_computes_on_it(
    folder: Path, flow: Command, cavity: Callable[..., CaseFiles]
) -> None:
    cavity().write(folder / "cavity")
    for path in (folder / "cavity", *(folder / "cavity").rglob("*")):
        shutil.chown(path, "nobody")
    up = flow("cluster", "up", "--nodes", "2", "--json")
    assert up.returncode == 0, up.stderr
    try:
        done = flow("run", "cavity", "--on", "private", "--cores", "2", "--json")
        assert done.returncode == 0, done.stderr
        run = Path(json.loads(done.stdout)["path"])
        assert run.is_relative_to(folder)
        assert json.loads((run / "end.json").read_text())["state"] == "Done"
        assert {path.stat().st_uid for path in run.rglob("*")} == {pwd.getpwnam("nobody").pw_uid}
    finally:
        assert flow("cluster", "down").returncode == 0
    assert json.loads(flow("cluster", "status", "--json").stdout)["daemons"] == {}
