"""Meshes that runs share: made once, copied whole, and made again where a copy could not be trusted."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from flowcfd import jobs
from flowcfd.foam.adopt import adopt
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.dictionary import parse
from flowcfd.jobs import attempt, meshes, process, record
from flowcfd.jobs.handle import Run
from flowcfd.settings import settings

pytestmark = pytest.mark.flow
MESH = ("boundary", "faces", "neighbour", "owner", "points")
Cavity = Callable[..., CaseFiles]


@pytest.fixture
def faster(cavity: Cavity) -> Callable[[float], CaseFiles]:
    """The cavity with another speed of its lid: the same mesh."""

    def build(speed: float) -> CaseFiles:
        files = cavity(steps=4, write=4)
        assert parse(files.text("0/U")).get("boundaryField.movingWall.value") is not None
        return files.edited("0/U", {"boundaryField.movingWall.value": f"uniform ({speed:g} 0 0)"})

    return build


def computed(files: CaseFiles, name: str, **options: object) -> Run:
    run = jobs.run(files, name=name, wait=True, **options)  # type: ignore[arg-type]
    run.check()
    return run


def taken(run: Run) -> bool:
    """Whether its mesh was another's; told alike by the stage, its step and the events."""
    (stage,) = (stage for stage in run.stages if stage.name == "mesh")
    told = '"event": "mesh"' in (run.path / "events.jsonl").read_text()
    assert told == bool(stage.shared) == (stage.steps[0].cpu == 0)
    return told


def bytes_of(run: Run) -> list[bytes]:
    return [(run.case / "constant/polyMesh" / name).read_bytes() for name in MESH]


def test_an_equal_mesh_is_copied_and_the_run_is_whole(
    home: Path, faster: Callable[[float], CaseFiles], cavity: Cavity
) -> None:
    first, second = computed(faster(1), "first"), computed(faster(2), "second")
    assert (taken(first), taken(second)) == (False, True)
    assert bytes_of(first) == bytes_of(second)
    assert (second.case / "log.blockMesh").read_bytes() == (first.case / "log.blockMesh").read_bytes()
    inodes = {(second.case / "constant/polyMesh" / name).stat().st_ino for name in MESH}
    assert not inodes & {(first.case / "constant/polyMesh" / name).stat().st_ino for name in MESH}, "no links"
    other = cavity(steps=4, write=4)
    mesh = other.text("system/blockMeshDict").replace("(20 20 1)", "(10 10 1)")
    assert not taken(computed(other.with_files({"system/blockMeshDict": mesh}), "other"))
    assert not taken(computed(faster(3).edit("system/controlDict", writePrecision=9), "digits"))


def test_a_mesh_that_was_changed_or_deleted_since_is_not_taken(
    home: Path, faster: Callable[[float], CaseFiles]
) -> None:
    first = computed(faster(1), "first")
    points = first.case / "constant/polyMesh/points"
    points.write_bytes(points.read_bytes().replace(b"0.1", b"0.2", 1))
    second = computed(faster(2), "second")
    assert not taken(second)
    assert bytes_of(second) != bytes_of(first)
    assert taken(computed(faster(3), "third")), "of the second"
    for name in ("first", "second", "third"):
        shutil.rmtree(next(settings().runs.glob(f"{name}-*")))
    assert not taken(computed(faster(4), "fourth"))
    (entry,) = (home / "meshes").glob("*/mesh.json")
    entry.write_text(entry.read_text()[:100])
    assert not taken(computed(faster(5), "fifth")), "what is known of it is broken"


def test_a_case_that_was_changed_by_hand_shares_nothing(home: Path, faster: Callable[[float], CaseFiles]) -> None:
    computed(faster(1), "first")
    run = computed(faster(2), "second")
    job, stage, begun = run.record, attempt.of(run.record)[0], record.StageRecord("mesh", "running", 0.0)
    assert meshes.of(job, stage, begun, anew=False) is not None
    assert meshes.of(job, stage, begun, anew=True) is None, "asked to be done again"
    file = run.case / "system/blockMeshDict"
    later = (run.path / "job.json").stat().st_mtime_ns + 1
    os.utime(file, ns=(later, later))
    assert meshes.of(job, stage, begun, anew=False) is None


def test_two_runs_that_want_it_at_once_make_it_once(home: Path, faster: Callable[[float], CaseFiles]) -> None:
    runs = [jobs.run(faster(speed), name=f"speed{speed}") for speed in (1, 2, 3)]
    for run in runs:
        assert run.wait() == "Done"
    assert sorted(taken(run) for run in runs) == [False, True, True]


def test_a_maker_that_is_killed_leaves_it_to_the_next(
    home: Path, slow_cavity: Cavity, until: Callable[..., None]
) -> None:
    """Its maker is stopped at once and killed when another waits for the mesh; the one that waits then makes it."""

    def fine(speed: int) -> CaseFiles:
        files = slow_cavity(steps=1, write=1).edited(
            "0/U", {"boundaryField.movingWall.value": f"uniform ({speed} 0 0)"}
        )
        mesh = files.text("system/blockMeshDict").replace("(60 60 1)", "(400 400 1)")
        return files.edit("system/controlDict", endTime=0).with_files({"system/blockMeshDict": mesh})

    first = jobs.run(fine(1), name="first")
    until(lambda: process.marked(first.record.uid))
    making = process.marked(first.record.uid)
    process.send(making, signal.SIGSTOP)
    assert making and not (first.case / "constant/polyMesh/owner").exists()
    second = jobs.run(fine(2), name="second")
    until(lambda: record.worker(second.path))
    worker = record.worker(first.path)
    assert worker is not None
    os.kill(worker.identity.pid, signal.SIGKILL)
    process.send(making, signal.SIGCONT)
    assert second.wait(120) == "Done"
    assert not taken(second)
    first.resume()
    assert first.wait(120) == "Done"
    assert bytes_of(first) == bytes_of(second)


def test_sharing_can_be_switched_off(
    home: Path, faster: Callable[[float], CaseFiles], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOWCFD_SHARE_MESHES", "0")
    settings.cache_clear()
    computed(faster(1), "first")
    assert not taken(computed(faster(2), "second"))
    assert not (home / "meshes").exists()


def test_snappy_shares_all_that_it_writes(home: Path, flange: CaseFiles) -> None:
    """What it leaves in the start time, and the features of the surface, are there as well."""
    first = computed(flange, "first")
    second = computed(flange.edit("system/controlDict", endTime=7), "second")
    assert (taken(first), taken(second)) == (False, True)
    (stage,) = (stage for stage in second.stages if stage.name == "mesh")
    assert [step.command.split()[0] for step in stage.steps] == ["blockMesh", "surfaceFeatureExtract", "snappyHexMesh"]
    features = "constant/extendedFeatureEdgeMesh/flange.extendedFeatureEdgeMesh"
    for name in ("constant/polyMesh/points", "0/cellLevel", features):
        assert (first.case / name).read_bytes() == (second.case / name).read_bytes()
    (entry,) = (home / "meshes").glob("*/mesh.json")
    assert json.loads(entry.read_text())["sources"] == [first.path.name, second.path.name]
    schemes = flange.text("system/fvSchemes") + "// other\n"
    assert not taken(computed(flange.with_files({"system/fvSchemes": schemes}), "schemes")), "snappyHexMesh reads them"


@pytest.fixture
def flange(tutorials: Path, tmp_path: Path) -> CaseFiles:
    """The shipped case with few cells; checkMesh stands in the place of a solver."""
    folder = shutil.copytree(tutorials / "mesh/snappyHexMesh/flange", tmp_path / "flange")
    (folder / "constant/triSurface").mkdir(exist_ok=True)
    shutil.copy(tutorials / "resources/geometry/flange.stl.gz", folder / "constant/triSurface")
    files = adopt(folder, steps=["blockMesh", "surfaceFeatureExtract", "snappyHexMesh -overwrite", "checkMesh"])
    coarse = files.text("system/snappyHexMeshDict").replace("(5 5)", "(0 0)").replace("(4 4)", "(0 0)")
    coarse = re.sub(r"level +\d+;", "level 0;", coarse)
    return files.with_files({"system/snappyHexMeshDict": coarse}).edit("system/controlDict", application="checkMesh")
