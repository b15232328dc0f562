"""What a mesh is refused for, by real logs of checkMesh; the same by real runs is in tests/flow/test_mesh_runs.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flowcfd.foam import checkmesh
from flowcfd.foam.faults import meshgate

LOGS = Path(__file__).parent / "meshlogs"
AHMED = ["inlet", "outlet", "ground", "top", "side1", "side2", "body_body"]
VOLUME = 22.569281
"""Of the Ahmed body's mesh in its tunnel [m3]; the body has 0.111."""


def refused(tmp_path: Path, log: str, expected: object) -> meshgate.Fault | None:
    (tmp_path / "system").mkdir(exist_ok=True)
    (tmp_path / "system/meshExpected").write_text(json.dumps(expected))
    return meshgate.refused(tmp_path, next(LOGS.glob(f"{log}*")))


def test_a_mesh_that_is_as_expected_passes(tmp_path: Path) -> None:
    assert refused(tmp_path, "7", {"patches": AHMED, "volume": [VOLUME - 0.001, VOLUME + 0.001], "why": ""}) is None
    assert refused(tmp_path, "1", {"patches": ["inlet", "outlet", "wall"], "volume": None}) is None


@pytest.mark.parametrize(
    ("log", "expected", "name", "words"),
    [
        ("4", {"patches": ["walls"]}, "mesh-distorted", "200 highly skew faces of 3300"),
        ("5", {"patches": ["walls"]}, "mesh-inside-out", "5 cells have no or a negative volume"),
        ("6", {"patches": ["walls"], "volume": [0.9, 1.1]}, "mesh-inside-out", "turned inside out"),
        ("7", {"patches": [*AHMED, "wheel"]}, "patch-without-faces", "no faces on wheel"),
        ("7", {"patches": AHMED, "volume": [22.4, 22.5], "why": "box"}, "mesh-too-large", "22.5693 m3; expected"),
        ("7", {"patches": AHMED[:6], "volume": [0.1, 0.12]}, "point-outside-body", "outside of the body"),
        ("7", {"patches": ["a", "b"], "volume": [90, 91]}, "point-inside-body", "a and b are not there"),
        ("7", {"patches": AHMED, "volume": [90, 91]}, "mesh-too-small", "not meshed"),
        ("1", {"patches": ["wall"], "volume": [0.001, 0.002]}, "point-outside-body", "outside of the body"),
        ("1", {"patches": ["wall", "inlet", "outlet"], "volume": [0.001, 0.002]}, "mesh-too-large", "leaks, or was"),
    ],
)  # fmt: skip
def test_a_mesh_that_is_not_is_refused_with_cause_and_mend(
    tmp_path: Path, log: str, expected: object, name: str, words: str
) -> None:
    fault = refused(tmp_path, log, expected)
    assert fault is not None and (fault.kind, fault.name) == ("mesh", name), fault
    assert words in fault.message and fault.mend and "?" not in fault.message and "\n" not in str(fault)


@pytest.mark.parametrize(
    ("patches", "name"), [(AHMED, "mesh-leaks"), (AHMED[:6], "mesh-fills-the-box")], ids=["around", "in"]
)
def test_a_mesh_of_the_whole_box_has_leaked(patches: list[str], name: str) -> None:
    text = (LOGS / "7_ok_ahmed.txt").read_text().replace("Total volume = 22.569281", "Total volume = 22.68")
    (fault,) = meshgate.judged(checkmesh.parse(text), {"patches": patches, "volume": [22.5, 22.6], "why": "box"})
    assert fault.name == name and "the surface leaks" in fault.message


def test_without_an_expectation_or_with_a_broken_one_nothing_is_judged(tmp_path: Path) -> None:
    assert meshgate.refused(tmp_path, LOGS / "5_failed_negative_volumes.txt") is None
    assert refused(tmp_path, "5", ["walls"]) is None


def test_a_report_of_ranks_is_read_and_one_that_broke_off_refuses(tmp_path: Path) -> None:
    text = (LOGS / "7_ok_ahmed.txt").read_text()
    (tmp_path / "system").mkdir()
    (tmp_path / "system/meshExpected").write_text(json.dumps({"patches": AHMED}))
    log = tmp_path / "log.checkMesh"
    log.write_text("".join(f"[0] {line}\n" for line in text.splitlines()))
    assert meshgate.refused(tmp_path, log) is None
    log.write_text(text[: text.index("Checking geometry")])
    fault = meshgate.refused(tmp_path, log)
    assert fault is not None and fault.name == "mesh-unreadable" and "did not come to its end" in fault.message


def test_parts_that_do_not_touch_are_refused_unless_they_are_expected(tmp_path: Path) -> None:
    text = (LOGS / "7_ok_ahmed.txt").read_text().replace("Number of regions: 1 (OK).", "*Number of regions: 2")
    report = checkmesh.parse(text)
    assert [fault.name for fault in meshgate.judged(report, {"patches": AHMED})] == ["mesh-in-parts"]
    assert not list(meshgate.judged(report, {"patches": AHMED, "regions": 2}))
