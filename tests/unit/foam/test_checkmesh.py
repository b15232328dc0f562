"""Reports of real meshes, good and bad, read whole; in all of them checkMesh ended with return code 0."""

from __future__ import annotations

from math import isnan
from pathlib import Path

import pytest

from flowcfd.errors import ResultError
from flowcfd.foam import checkmesh, snappylog
from flowcfd.foam.checkmesh import PatchCheck

LOGS = Path(__file__).parent / "meshlogs"


def read(name: str) -> str:
    return next(LOGS.glob(f"{name}*")).read_text()


@pytest.mark.parametrize(
    ("name", "cells", "non_orthogonality", "mean", "skewness", "aspect", "failures", "notes"),
    [
        ("1", 77147, 52.7, 7.6, 0.53, None, 0, 0),
        ("2", 63916, 63.8, None, 2.28, None, 0, 0),
        ("3", 63916, 63.8, None, 2.28, None, 1, 1),
        ("4", 1000, None, None, 10.0, None, 1, 1),
        ("5", 512, 177.67489, 37.074936, 94.687187, 2.1214683e98, 5, 1),
        ("6", 512, 177.67489, 37.074936, 94.687187, 2.1214683e98, 10, 3),
        ("7", 101302, 60.086744, 10.764843, 2.3651235, 14.742019, 0, 0),
    ],
)
def test_numbers_and_failures(
    name: str,
    cells: int,
    non_orthogonality: float | None,
    mean: float | None,
    skewness: float,
    aspect: float | None,
    failures: int,
    notes: int,
) -> None:
    report = checkmesh.parse(read(name))
    assert report.cells == cells == sum(report.types.values())
    assert report.skewness == pytest.approx(skewness, rel=0.01)
    for known, found in ((non_orthogonality, report.non_orthogonality), (mean, report.mean_non_orthogonality),
                         (aspect, report.aspect_ratio)):  # fmt: skip
        assert known is None or found == pytest.approx(known, rel=0.01)
    assert (len(report.failures), len(report.notes)) == (failures, notes)
    assert report.ok is (failures == 0)


def test_a_good_mesh_is_told_whole() -> None:
    report = checkmesh.parse(read("7"))
    assert (report.points, report.faces, report.internal_faces) == (120460, 322582, 308500)
    assert report.types["hexahedra"] == 88572
    assert report.types["polyhedra"] == 12160
    assert list(report.patches) == ["inlet", "outlet", "ground", "top", "side1", "side2", "body_body"]
    assert report.patches["body_body"] == PatchCheck(8962, 9340, "ok (closed singly connected)")
    assert report.bounds == ((-2.1, -1.2, -2.1979873e-34), (4.2, 1.2, 1.5))
    assert (report.smallest_volume, report.largest_volume) == (2.9438612e-08, 0.0034828531)
    assert report.volume == 22.569281
    assert (report.smallest_area, report.largest_area) == (6.5170034e-06, 0.023646923)
    assert (report.regions, report.severe, report.hopeless) == (1, 0, ())


def test_a_sheared_mesh_is_bad_but_not_hopeless() -> None:
    report = checkmesh.parse(read("4"))
    assert report.severe == 1800
    assert [line.split(",")[0] for line in report.failures] == ["Max skewness = 10"]
    assert report.hopeless == ()


def test_negative_volumes_are_hopeless_and_why_is_said() -> None:
    report = checkmesh.parse(read("5"))
    assert (report.negative_volumes, report.wrong_faces, report.smallest_volume) == (5, 105, -0.00041901314)
    assert isnan(report.volume)
    assert report.hopeless == (
        "5 cells have no or a negative volume",
        "105 faces are turned inside out",
        "neighbouring cells look away from each other (non-orthogonality above 90 degrees)",
    )


def test_patches_with_their_boxes_are_read_as_well() -> None:
    assert checkmesh.parse(read("6")).patches == {"walls": PatchCheck(384, 386, "ok (closed singly connected)")}
    assert len(checkmesh.parse(read("3")).patches) == 10


def test_a_report_of_ranks_is_read_whole_too() -> None:
    """It counts the points and faces between ranks twice, and says nothing of the surfaces of patches."""
    report = checkmesh.parse(read("8"))
    assert (report.cells, report.volume, report.ok) == (56843, 612.8347305, True)
    assert {name: patch.faces for name, patch in report.patches.items()} == {
        "inlet": 320, "outlet": 320, "sides": 2160, "body_body": 3032
    }  # fmt: skip
    assert report.patches["sides"].topology == ""
    assert (report.skewness, report.non_orthogonality) == (2.331514187, 58.32460904)


def test_a_report_without_an_end_says_why() -> None:
    text = read("7").split("Checking geometry")[0]
    with pytest.raises(ResultError, match="checkMesh did not come to its end: No cellZones found"):
        checkmesh.parse(text)
    died = '--> FOAM FATAL ERROR: \nCannot find file "points" in directory\n\n    From function read\n'
    with pytest.raises(ResultError, match='Cannot find file "points" in directory'):
        checkmesh.parse(died)


def test_a_count_that_does_not_fit_the_lines_is_no_report() -> None:
    with pytest.raises(ResultError, match="counts 5 failed checks, and tells of 4"):
        checkmesh.parse(read("5").replace("***Error in face pyramids", "Error in face pyramids"))


def test_the_layers_that_were_reached_not_those_asked_for() -> None:
    log = snappylog.parse(read("log.snappyHexMesh.step_body"))
    assert log.layers["under_body"].thickness_fraction == pytest.approx(0.927)
    assert (log.layers["body"].faces, log.layers["body"].layers) == (2376, 3.43)
    assert log.coverage == pytest.approx(0.864, abs=0.001)
    assert (log.cells, log.faces, log.points) == (63916, 201678, 74066)
    assert log.levels == {0: 22322, 1: 3753, 2: 13375, 3: 24466}
    assert sum(log.levels.values()) == log.cells
    assert log.illegal_faces == 0
    assert log.times["all"] == 11.41
    assert log.times["layers"] == 1.68


def test_full_layers() -> None:
    log = snappylog.parse(read("log.snappyHexMesh.sphere"))
    assert log.coverage == pytest.approx(1.0)
    assert list(log.layers) == ["body_body"]


def test_a_log_without_layers_or_without_an_end() -> None:
    text = read("log.snappyHexMesh.sphere")
    cut = text[: text.index("patch ")] + "\n" + "Finished meshing with 12 illegal faces\n"
    log = snappylog.parse(cut)
    assert (log.coverage, log.illegal_faces) == (None, 12)
    with pytest.raises(ResultError, match="did not come to its end"):
        snappylog.parse(text[: text.index("Finished meshing")])
