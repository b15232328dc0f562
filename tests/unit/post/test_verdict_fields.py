"""Judges of fields and fluxes, on a box with a flow that is written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flowcfd.bench.box import Box, write_mesh
from flowcfd.foam.fields import write
from flowcfd.foam.fields.field import create
from flowcfd.post import Results
from flowcfd.post.verdict import Judgement, pronounce
from flowcfd.post.verdict.evidence import Evidence
from flowcfd.post.verdict.judge import JUDGES
from flowcfd.post.verdict.walls import at_wall

HEAD = "FoamFile { version 2.0; format ascii; class dictionary; object x; }\n"
BOX = Box((4, 5, 1), (4.0, 1.0, 0.1))
KINDS = {"left": "patch", "right": "patch", "bottom": "wall", "top": "wall", "back": "empty", "front": "empty"}
DIMENSIONS = {
    "U": (0, 1, -1),
    "p": (0, 2, -2),
    "k": (0, 2, -2),
    "nut": (0, 2, -1),
    "omega": (0, 0, -1),
    "T": (0, 0, 0, 1),
}

Boundary = Mapping[str, Mapping[str, Any]]
FIXED = {"type": "fixedValue", "value": np.array([1.0, 0, 0])}
FREE = {"type": "inletOutlet", "value": np.array([1.0, 0, 0])}
STILL = {"type": "noSlip"}


class Made:
    """A channel along x from left to right with walls at bottom and top; what is put into it is at time 10."""

    def __init__(self, case: Path) -> None:
        self.case = case
        write_mesh(case, BOX)
        boundary = case / "constant/polyMesh/boundary"
        text = boundary.read_text()
        for name, kind in KINDS.items():
            text = text.replace(f"{name}\n    {{\n        type patch", f"{name}\n    {{\n        type {kind}")
        boundary.write_text(text)
        self.put("system/controlDict", "application simpleFoam;\n")
        self.put("system/fvSchemes", "ddtSchemes { default steadyState; }\n")
        self.put("constant/transportProperties", "nu [0 2 -1 0 0 0 0] 0.001;\n")
        (case / "0").mkdir()
        (case / "10").mkdir()

    def put(self, path: str, text: str) -> None:
        file = self.case / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(HEAD + text)

    def field(self, name: str, values: Any, boundary: Boundary | None = None) -> None:
        array = np.asarray(values, float)
        wide = name == "U"
        array = np.broadcast_to(array, (BOX.count, 3) if wide else (BOX.count,)).copy()
        given = {"left": FIXED, "right": FREE, "bottom": STILL, "top": STILL} if wide else {}
        each = {patch: {"type": "zeroGradient"} for patch in KINDS} | given | dict(boundary or {})
        each |= {"back": {"type": "empty"}, "front": {"type": "empty"}}
        cls = "volVectorField" if wide else "volScalarField"
        made = create(cls, name, dimensions=DIMENSIONS.get(name, ()), internal=array, boundary=each, location="10")
        write(self.case / "10" / name, made)
        write(self.case / "0" / name, made)

    def flux(self, left: Any, right: Any) -> None:
        """phi at the two ends, per face (5 each)."""
        ends = {"left": np.full(5, left), "right": np.broadcast_to(np.asarray(right, float), (5,)).copy()}
        each = {patch: {"type": "calculated", "value": ends.get(patch, np.array(0.0))} for patch in KINDS}
        made = create("surfaceScalarField", "phi", dimensions=(0, 3, -1), internal=0.0, boundary=each, location="10")
        write(self.case / "10/phi", made)

    def says(self, name: str) -> Judgement:
        return pronounce(Results(self.case), judges=[(name, JUDGES.get(name))])[name]


@pytest.fixture
def made(tmp_path: Path, home: Path) -> Made:
    (tmp_path / "case").mkdir()
    case = Made(tmp_path / "case")
    case.field("U", (1, 0, 0))
    case.field("p", 0.0, {"right": {"type": "fixedValue", "value": np.array(0.0)}})
    return case


@pytest.mark.parametrize(
    ("out", "colour", "value"), [(0.02, "green", "0"), (0.0201, "amber", "0.005"), (0.03, "red", "0.5")]
)
def test_mass_that_comes_in_must_leave(made: Made, out: float, colour: str, value: str) -> None:
    made.flux(-0.02, out)
    found = made.says("mass balance")
    assert (found.colour, found.value) == (colour, value)
    assert found.details["outflow"] == {"left": pytest.approx(-0.1), "right": pytest.approx(5 * out)}


def test_without_phi_the_balance_is_that_of_u(made: Made) -> None:
    found = made.says("mass balance")
    assert found.colour == "green" and "phi is not written" in found.sentence


def test_backflow_through_the_outlet_is_told_with_its_share(made: Made) -> None:
    speed = np.tile([1.0, 0, 0], (BOX.count, 1))
    speed[3] = (-0.5, 0, 0)  # the last cell of the lowest row
    made.field("U", speed)
    made.flux(-0.02, [-0.01, 0.0275, 0.0275, 0.0275, 0.0275])
    found = made.says("backflow at outlets")
    assert found.colour == "amber" and found.value == "20 %"
    assert found.details["right"] == {"area": pytest.approx(0.2), "flux": pytest.approx(0.01 / 0.11)}


def test_backflow_that_the_condition_forbids_is_seen_in_the_cells(made: Made) -> None:
    speed = np.tile([1.0, 0, 0], (BOX.count, 1))
    speed[3] = (-0.5, 0, 0)
    made.field("U", speed)
    made.flux(-0.02, [0, 0.025, 0.025, 0.025, 0.025])
    found = made.says("backflow at outlets")
    assert found.colour == "amber" and "inflow is forbidden there" in found.sentence


def test_an_inlet_that_sucks_is_red(made: Made) -> None:
    made.field("U", (-1, 0, 0), {"left": {"type": "fixedValue", "value": np.array([-1.0, 0, 0])}})
    made.flux(0.02, -0.02)
    found = made.says("direction of the flow")
    assert found.colour == "red" and "left" in found.sentence
    assert made.says("backflow at outlets").sentence == "the flow comes in through right, which is an outlet"


def test_an_inlet_along_its_own_plane_is_amber(made: Made) -> None:
    made.field("U", (1, 0, 0), {"left": {"type": "fixedValue", "value": np.array([0.01, 1.0, 0])}})
    found = made.says("direction of the flow")
    assert found.colour == "amber" and "along its own plane" in found.sentence


@pytest.mark.parametrize(
    ("name", "value", "colour", "words"),
    [
        ("p", np.nan, "red", "p hold nan or inf"),
        ("T", -3.0, "red", "T falls to -3"),
        ("k", -1e-9, "amber", "k falls to -1e-09"),
        ("omega", 0.0, "amber", "omega falls to 0"),
        ("alpha.water", 1.02, "amber", "alpha.water lies in 0 to 1.02"),
        ("alpha.water", -0.2, "red", "alpha.water lies in -0.2 to 0"),
        ("nut", 200.0, "amber", "nut / nu reaches 2.0e+05"),
        ("T", 300.0, "green", "3 fields are finite"),
    ],
)
def test_values_out_of_their_range_are_named(made: Made, name: str, value: float, colour: str, words: str) -> None:
    values = np.full(BOX.count, value if name not in ("alpha.water", "p") else 0.0)
    values[7] = value
    made.field(name, values)
    found = made.says("bounded fields")
    assert found.colour == colour and words in found.sentence


def test_a_jet_is_told_with_its_place(made: Made) -> None:
    speed = np.tile([1.0, 0, 0], (BOX.count, 1))
    speed[9] = (8, 0, 0)
    made.field("U", speed)
    found = made.says("largest speed")
    assert found.colour == "amber" and found.value == "8"
    assert found.details["place"] == pytest.approx(BOX.centres()[9])


@pytest.mark.parametrize(
    ("nut", "omega", "words", "outside"),
    [
        ("calculated", "zeroGradient", "resolved to the wall", 1.0),
        ("nutkWallFunction", "zeroGradient", "wall function", 1.0),
        ("nutkWallFunction", "omegaWallFunction", "wall function, blended", 1.0),
        ("nutUSpaldingWallFunction", "omegaWallFunction", "wall function of Spalding", 0.0),
    ],
)
def test_y_plus_is_by_the_formula_and_judged_by_the_treatment(
    made: Made, nut: str, omega: str, words: str, outside: float
) -> None:
    """The first cell lies 0.1 m from the wall: shear (nu + nut_w) U / y, or k at wall functions of k."""
    made.put("constant/turbulenceProperties", "simulationType RAS; RAS { RASModel kOmegaSST; }\n")
    k, wall = 0.03, 0.0004
    made.field("k", k)
    made.field("omega", 1.0, {patch: {"type": omega} for patch in ("bottom", "top")})
    made.field("nut", 0.01, {patch: {"type": nut, "value": np.array(wall)} for patch in ("bottom", "top")})
    exact = 0.1 * np.sqrt((0.001 + wall) * 1 / 0.1) / 0.001
    if nut.startswith("nutk"):
        exact = 0.09**0.25 * 0.1 * np.sqrt(k) / 0.001
    assert at_wall(Evidence(Results(made.case)), "bottom") == pytest.approx(np.full(4, exact))
    found = made.says("y+")
    assert found.details["bottom"]["treatment"] == words
    assert found.details["bottom"]["outside"] == outside


def test_a_laminar_flow_has_no_y_plus(made: Made) -> None:
    found = made.says("y+")
    assert found.colour == "grey" and not found.applies


def test_the_mesh_is_judged_by_its_worst_faces(made: Made) -> None:
    assert made.says("mesh quality").colour == "green"


def test_only_initial_fields_are_no_evidence(made: Made) -> None:
    for file in (made.case / "10").iterdir():
        file.unlink()
    (made.case / "10").rmdir()
    found = made.says("bounded fields")
    assert found.colour == "grey" and found.sentence == "no fields but the initial ones are written"


def test_a_field_that_cannot_be_read_is_said_and_is_no_traceback(made: Made) -> None:
    file = made.case / "10/p"
    file.write_text(file.read_text(encoding="latin-1").replace("internalField", "internalFild"), encoding="latin-1")
    found = made.says("bounded fields")
    assert found.colour == "grey" and "p cannot be read" in found.sentence and str(made.case) not in found.sentence


def test_a_case_without_velocity_is_not_asked_for_one(made: Made) -> None:
    for time in ("0", "10"):
        (made.case / time / "U").unlink()
    found = made.says("mass balance")
    assert found.colour == "grey" and not found.applies and found.sentence == "the case has no velocity"
