"""What y+ counts for red round a body: its own walls, and of the ground what is near it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from flowcfd.bench.box import Box, write_mesh
from flowcfd.foam.fields import write
from flowcfd.foam.fields.field import create
from flowcfd.post import Results
from flowcfd.post.verdict import Judgement, pronounce
from flowcfd.post.verdict.judge import JUDGES

HEAD = "FoamFile { version 2.0; format ascii; class dictionary; object x; }\n"
LENGTH = 40
BODY = (16, 20)
"""The body's faces among those of the ground, one for each metre; its size is 4 m."""
SIDES = ("top", "back", "front")
SHEAR = "shear { type surfaces; flowDirection (1 0 0); surfaces { ground { type patch; patches (ground); } } }"


def case(folder: Path, *, body: float, near: float, far: float, measured: str = "body", more: str = "") -> Judgement:
    """What is said of y+ on a body, on the ground within its size and on the rest; forces are taken of `measured`."""
    write_mesh(folder, Box((LENGTH, 1, 1), (float(LENGTH), 1.0, 1.0)))
    _divide(folder / "constant/polyMesh/boundary")
    functions = f"forces {{ type forces; patches ({measured}); }} {more}" if measured else more
    _put(folder, "system/controlDict", f"application simpleFoam; functions {{ {functions} }}\n")
    _put(folder, "system/fvSchemes", "ddtSchemes { default steadyState; }\n")
    _put(folder, "constant/transportProperties", "nu [0 2 -1 0 0 0 0] 0.001;\n")
    _put(folder, "constant/turbulenceProperties", "simulationType RAS; RAS { RASModel kOmegaSST; }\n")
    start, end = BODY
    ground = np.full(start, far)
    ground[-4:] = near
    values = {"ground": ground, "body": np.full(end - start, body), "behind": np.full(LENGTH - end, far)}
    values["behind"][:4] = near
    for name, field in _fields(values):
        (folder / "10").mkdir(exist_ok=True)
        write(folder / "10" / name, field)
    return pronounce(Results(folder), judges=[("y+", JUDGES.get("y+"))])["y+"]


def _put(folder: Path, path: str, text: str) -> None:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(HEAD + text)


def _divide(boundary: Path) -> None:
    """The bottom becomes ground, body and more ground, none of them beside an opening but the ground."""
    head, rest = boundary.read_text().split("6\n(", 1)
    before, after = rest.split("    bottom\n", 1)
    first = int(after.split("startFace ")[1].split(";")[0])
    start, end = BODY
    parts = {"ground": (first, start), "body": (first + start, end - start), "behind": (first + end, LENGTH - end)}
    walls = "".join(
        f"    {name}\n    {{\n        type wall;\n        nFaces {count};\n        startFace {at};\n    }}\n"
        for name, (at, count) in parts.items()
    )
    text = f"{head}8\n({before}{walls}{after.split('}', 1)[1]}"
    for name in SIDES:
        text = text.replace(f"{name}\n    {{\n        type patch", f"{name}\n    {{\n        type symmetryPlane")
    boundary.write_text(text)


def _fields(values: dict[str, np.ndarray]) -> Iterator[tuple[str, object]]:
    """Flow along x, Spalding's wall function at the walls, and y+ as it is given."""
    ends = {key: {"type": "zeroGradient"} for key in ("left", "right")}
    sides = {key: {"type": "symmetryPlane"} for key in SIDES}
    stream = {"left": {"type": "fixedValue", "value": np.array([1.0, 0, 0])}, "right": {"type": "zeroGradient"}}
    still = {key: {"type": "noSlip"} for key in values}
    spalding = {key: {"type": "nutUSpaldingWallFunction", "value": np.array(0.001)} for key in values}
    known = {name: {"type": "calculated", "value": each} for name, each in values.items()}
    given = {
        "U": ("volVectorField", (0, 1, -1), np.tile([1.0, 0, 0], (LENGTH, 1)), stream | still),
        "nut": ("volScalarField", (0, 2, -1), np.ones(LENGTH), ends | spalding),
        "yPlus": ("volScalarField", (), np.zeros(LENGTH), ends | known),
    }
    for name, (kind, dimensions, internal, boundary) in given.items():
        yield (
            name,
            create(kind, name, dimensions=dimensions, internal=internal, boundary=boundary | sides, location="10"),
        )


@pytest.mark.parametrize(
    ("body", "near", "far", "colour"),
    [
        (50.0, 200.0, 5000.0, "amber"),  # coarse ground far away: told, and no reason to throw the forces away
        (50.0, 5000.0, 5000.0, "red"),
        (5000.0, 50.0, 50.0, "red"),  # the ground is nine times the body's area, and saves nothing
        (50.0, 50.0, 50.0, "green"),
    ],
)
def test_the_body_and_what_is_near_it_decide(
    tmp_path: Path, home: Path, body: float, near: float, far: float, colour: str
) -> None:
    found = case(tmp_path, body=body, near=near, far=far)
    assert found.colour == colour, found.sentence


def test_of_coarse_ground_it_is_told_how_it_is_near_the_body(tmp_path: Path, home: Path) -> None:
    found = case(tmp_path, body=50, near=200, far=5000)
    assert "ground: 75 % of the area outside" in found.sentence
    assert ", 0 % of what is within 4 m of the body" in found.sentence
    assert found.details["ground"]["near"] == pytest.approx(4)
    assert found.details["body"]["near"] == pytest.approx(4) and not found.details["body"]["aside"]


@pytest.mark.parametrize(("measured", "more"), [("ground behind body", ""), ("body", SHEAR)])
def test_ground_of_which_something_is_measured_counts_in_full(
    tmp_path: Path, home: Path, measured: str, more: str
) -> None:
    found = case(tmp_path, body=50, near=200, far=5000, measured=measured, more=more)
    assert found.details["ground"]["near"] == pytest.approx(BODY[0])


def test_without_a_body_all_walls_count_together(tmp_path: Path, home: Path) -> None:
    assert case(tmp_path / "a", body=5000, near=50, far=50, measured="").colour == "amber"
    assert case(tmp_path / "b", body=50, near=5000, far=5000, measured="").colour == "red"
