"""Everything is checked before anything is written."""

from __future__ import annotations

import errno
import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from flowcfd import jobs
from flowcfd.case import Case, Settled
from flowcfd.errors import CaseError, CheckFailed, FlowError, NotEnoughSpace, SiteError, UnknownName
from flowcfd.foam import dictionary, install
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.install import Installation
from flowcfd.jobs import job, lock, record, space, submit
from flowcfd.jobs.executors import executors

CONTROL = "application icoFoam;\nstartTime 0;\nendTime 0.5;   // a comment\ndeltaT 0.1;\n"


class Still:
    """An executor that starts nothing."""

    launcher = ""

    def __init__(self) -> None:
        self.started: list[str] = []

    def require(self, cores: int, resources: object) -> None:
        if cores > 8:
            raise CaseError(f"cores: the executor 'still' takes at most 8 on this machine (got {cores})")

    def script(self, job: record.Job) -> str:
        return ""

    def waits_for(self, job: record.Job) -> str:
        return ""

    def start(self, job: record.Job) -> None:
        self.started.append(job.uid)

    def alive(self, jobs: object) -> set[str]:
        return set(self.started)

    def stop(self, job: record.Job) -> None:
        self.started.remove(job.uid)


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Still:
    """The executor `still`, and an OpenFOAM of two applications."""
    executor = Still()
    executors.names()
    monkeypatch.setitem(executors._parts, "still", executor)
    (tmp_path / "of" / "bin").mkdir(parents=True)
    found = Installation(tmp_path / "of", "1912")
    programs = {
        name: tmp_path / "of" / "bin" / name for name in ("blockMesh", "icoFoam", "decomposePar", "reconstructPar")
    }
    monkeypatch.setitem(found.__dict__, "_applications", programs)
    monkeypatch.setitem(found.__dict__, "variables", {"FOAM_APPBIN": str(tmp_path / "of" / "bin")})
    monkeypatch.setattr(install, "find", lambda: found)
    return executor


@pytest.fixture
def files() -> CaseFiles:
    return CaseFiles({"system/controlDict": CONTROL, "system/blockMeshDict": "// mesh\n", "0/U": "// U\n"}, name="box")


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"on": "slrm"}, UnknownName, "unknown executor 'slrm'.*local"),
        ({"cores": 0}, CaseError, r"cores: must be a whole number of at least 1 \(got 0\)"),
        ({"cores": 9}, CaseError, r"the executor 'still' takes at most 8 on this machine \(got 9\)"),
        ({"cores": True}, CaseError, "cores"),
        ({"cores": 2.0}, CaseError, "cores"),
        ({"method": "scotch"}, UnknownName, "unknown decomposition method 'scotch'.*hierarchical, ptscotch"),
        ({"name": "../x"}, CaseError, "name: must be"),
    ],
)
def test_a_wrong_argument_is_refused_and_nothing_is_written(
    home: Path, still: Still, files: CaseFiles, arguments: dict[str, object], error: type[FlowError], says: str
) -> None:
    with pytest.raises(error, match=says) as refusal:
        jobs.run(files, **{"on": "still", **arguments})  # type: ignore[arg-type]
    assert refusal.value.exit_code == 2 and not home.exists()


def test_code_in_a_case_is_refused_by_file_and_line_unless_allowed(home: Path, still: Still, files: CaseFiles) -> None:
    coded = files.with_files({"0/p": 'a 1;\nb #calc "1+1";\n'})
    with pytest.raises(CheckFailed, match=r"0/p:2: #calc .*allow_code=True"):
        jobs.run(coded, on="still")
    assert not home.exists()
    assert jobs.run(coded, on="still", allow_code=True).path.is_dir()


def test_an_include_from_outside_is_refused_whatever_is_allowed(home: Path, still: Still, files: CaseFiles) -> None:
    with pytest.raises(CheckFailed, match=r"0/p:1: .*outside of the case"):
        jobs.run(files.with_files({"0/p": '#include "/etc/passwd"\n'}), on="still", allow_code=True)
    assert not home.exists()


def test_an_application_that_nobody_has_is_a_mistake_of_the_case_and_the_nearest_is_named(
    home: Path, still: Still, files: CaseFiles
) -> None:
    with pytest.raises(UnknownName, match="unknown application 'icoFaom'; did you mean 'icoFoam'") as refusal:
        jobs.run(files.edit("system/controlDict", application="icoFaom"), on="still")
    assert str(refusal.value).startswith("system/controlDict: ") and refusal.value.exit_code == 2
    with pytest.raises(UnknownName, match="steps: unknown application 'setFeilds'") as refusal:
        jobs.run(replace(files, steps=("blockMesh", "setFeilds", "icoFoam")), on="still")
    assert refusal.value.exit_code == 2 and not home.exists()


def test_what_FlowCFD_itself_asks_for_is_missing_on_the_site(home: Path, still: Still, files: CaseFiles) -> None:
    surface = files.with_files({"system/snappyHexMeshDict": "// of the case\n"})
    for target, cores, method in ((surface, 1, "hierarchical"), (files, 2, "ptscotch")):
        with pytest.raises(SiteError, match=r"has no application '(snappyHexMesh|redistributePar)'") as refusal:
            jobs.run(target, on="still", cores=cores, method=method)
        assert refusal.value.exit_code == 3 and not home.exists()
    case = Case.from_json((Path(__file__).parents[2] / "cases/step_kOmegaSST/case.json").read_text())
    with pytest.raises(SiteError, match="has no application 'potentialFoam'"):
        jobs.run(case, on="still")


def test_mpirun_is_looked_for_where_the_worker_will_find_it(
    home: Path, still: Still, files: CaseFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "of"))
    with pytest.raises(SiteError, match="mpirun is not installed"):
        jobs.run(files, on="still", cores=np.int64(2))
    assert not home.exists()
    mpirun = tmp_path / "of/bin/mpirun"
    mpirun.write_text("#!/bin/sh\n")
    mpirun.chmod(0o755)
    monkeypatch.setitem(install.find().__dict__, "variables", {"PATH": str(tmp_path / "of/bin")})
    assert jobs.run(files, on="still", cores=2).cores == 2


@pytest.mark.parametrize("target", [3, None, ["case"]])
def test_what_is_no_case_is_refused(home: Path, still: Still, target: object) -> None:
    with pytest.raises(CaseError, match="target: must be a Case"):
        jobs.run(target, on="still")  # type: ignore[arg-type]


def test_a_directory_that_is_no_case_is_refused(home: Path, still: Still, tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="controlDict is missing"):
        jobs.run(tmp_path, on="still")


def test_the_run_directory_holds_the_case_with_the_switches_and_the_rest_unchanged(
    home: Path, still: Still, files: CaseFiles
) -> None:
    run = jobs.run(files, on="still")
    assert run.path.parent == home / "runs" and run.path.name == f"box-{run.record.digest[:12]}"
    control = dictionary.read(run.case / "system/controlDict")
    assert control["OptimisationSwitches.fileModificationSkew"] == 0
    assert control["OptimisationSwitches.stopAtWriteNowSignal"] == 12
    assert control.text().startswith(CONTROL)
    assert (run.case / "0/U").read_text() == "// U\n"
    assert run.record.steps == ("blockMesh", "icoFoam") and run.record.end == 0.5
    assert still.started == [run.record.uid] and run.state == "Queued"
    assert [path.name for path in (home / "runs").iterdir()] == [run.path.name]


def test_equal_cases_share_a_run_unless_a_name_is_given(home: Path, still: Still, files: CaseFiles) -> None:
    first = jobs.run(files, on="still")
    record.write_record(first.path, record.EndRecord(1, "Done", "", 0.0))
    assert jobs.run(files, on="still").path == first.path
    renamed = CaseFiles(files.files, name="other")
    assert jobs.run(renamed, on="still").path == first.path
    assert jobs.run(files, on="still", name="mine").name == "mine"
    assert jobs.run(files, on="still", cores=2).path != first.path
    assert jobs.run(files, on="still", method="ptscotch").path == first.path


def test_the_loser_of_a_race_gets_the_run_of_the_winner(
    home: Path, still: Still, files: CaseFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = jobs.run(files, on="still")
    monkeypatch.setattr(submit, "_existing", lambda job, any_name: None)
    assert jobs.run(files, on="still").path == first.path
    assert still.started == [first.record.uid]
    assert [path.name for path in (home / "runs").iterdir()] == [first.path.name]


def test_without_space_nothing_is_written(
    home: Path, still: Still, files: CaseFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(space, "LEAST", 10**18)
    with pytest.raises(NotEnoughSpace, match="MB are free, the run needs at least") as refusal:
        jobs.run(files, on="still")
    assert refusal.value.exit_code == 3 and list((home / "runs").iterdir()) == []


def test_what_a_killed_submitter_left_is_swept_and_what_a_living_one_writes_is_not(
    home: Path, still: Still, files: CaseFiles
) -> None:
    for name in (".new-dead", ".new-living", ".new-fresh", ".gone-a", ".restore-a-1"):
        (home / "runs" / name).mkdir(parents=True)
    descriptor = lock.acquire(home / "runs" / ".new-living" / "lock")
    old = time.time() - 3600
    for name in (".new-dead", ".new-living"):
        os.utime(home / "runs" / name, (old, old))
    jobs.run(files, on="still")
    left = {path.name for path in (home / "runs").glob(".*")}
    assert descriptor is not None
    os.close(descriptor)
    assert left == {".new-living", ".new-fresh", ".restore-a-1"}


def test_a_folder_name_that_is_no_run_name_is_made_one() -> None:
    assert job.plain("my case (2)") == "my-case-2"
    assert job.plain("...") == "case"


@pytest.mark.parametrize("step", ["mapFields ../other", "topoSet -dict /etc/passwd", "blockMesh -dict a/../../b"])
def test_a_step_cannot_name_a_path_outside_of_the_case(home: Path, still: Still, files: CaseFiles, step: str) -> None:
    install.find()._applications.update({"mapFields": Path("/"), "topoSet": Path("/")})
    with pytest.raises(CaseError, match="must be a path inside the case"):
        jobs.run(replace(files, steps=(step, "icoFoam")), on="still")
    assert not home.exists()


def test_a_home_that_cannot_be_written_is_a_defect_of_the_site(home: Path, still: Still, files: CaseFiles) -> None:
    home.write_text("a file")
    with pytest.raises(SiteError, match=r"home.*: Not a directory; runs are kept under FLOWCFD_HOME"):
        jobs.run(files, on="still")


def test_a_disk_that_fills_up_while_the_case_is_written_leaves_nothing(
    home: Path, still: Still, files: CaseFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(files: CaseFiles, directory: Path, *, durable: bool = False) -> None:
        directory.mkdir()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(directory / "0/U"))

    monkeypatch.setattr(CaseFiles, "write", full)
    with pytest.raises(NotEnoughSpace, match="0/U: no space left on device"):
        jobs.run(files, on="still")
    assert list((home / "runs").iterdir()) == []


FUNCTIONS = "functions { body { type forceCoeffs; writeControl timeStep; writeInterval 5; } }\n"


def measured(files: CaseFiles) -> CaseFiles:
    return files.with_files({"system/controlDict": CONTROL + FUNCTIONS})


def test_until_is_a_part_of_what_is_computed_and_says_where_its_measures_stand(
    home: Path, still: Still, files: CaseFiles
) -> None:
    plain = jobs.run(measured(files), on="still")
    early = jobs.run(measured(files), on="still", until=Settled("Cd", within="1 %", over=100))
    assert early.path != plain.path and plain.record.until is None
    until = early.record.until
    assert until is not None and (until["steady"], until["over"]) == (False, 100)
    (one,) = until["measures"]
    assert (one["name"], one["samples"], one["within"], one["relative"]) == ("Cd", 20, 0.01, True)
    assert one["source"]["function"] == "body"
    assert jobs.run(measured(files), on="still", until=Settled("Cd", within=0.01, over=100)).path == early.path


@pytest.mark.parametrize(
    ("until", "said"),
    [
        (Settled("Fx"), r"until: unknown measure 'Fx'; there are: body.Cd"),
        (Settled("Cd", over=40), r"until: over: 40 are 8 samples of body.Cd \(every 5\); at least 10"),
        ("Cd", r"until: must be a Settled"),
    ],
)
def test_until_that_cannot_be_followed_is_refused_before_anything_is_written(
    still: Still, files: CaseFiles, until: Settled, said: str
) -> None:
    with pytest.raises(CaseError, match=said):
        jobs.run(measured(files), on="still", until=until)
    assert not still.started
