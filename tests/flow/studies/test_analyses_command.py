"""`flowcfd study NAME --surface` and `--sensitivity`."""

from __future__ import annotations

import json

import pytest

from flowcfd.case import Blocks, Case, Channel, Incompressible, Inlet, Outlet, Steady, Wall
from flowcfd.cli import main
from flowcfd.studies import Study, measured
from flowcfd.studies.measured import Measured, Outcome, Parameter
from flowcfd.uncertain import Uncertain

pytestmark = pytest.mark.flow

SPEED = "boundaries.inlet.speed"


@pytest.fixture
def study(home: object) -> Study:
    case = Case(
        domain=Channel(length=1, height=0.1),
        mesh=Blocks(cells=(10, 10)),
        physics=Incompressible(fluid="water"),
        boundaries={"inlet": Inlet(speed=1), "outlet": Outlet(), "bottom": Wall(), "top": Wall()},
        solve=Steady(iterations=100),
    )
    made = Study(case, {SPEED: (1.0, 2.0)}, design="lhs", points=6, name="speeds")
    made._write({"on": "local", "cores": 1, "resources": {}, "at_once": None, "again": False})
    return made


@pytest.fixture
def computed(study: Study, monkeypatch: pytest.MonkeyPatch) -> Study:
    """As if its runs were done: a drag of twice the speed."""
    outcomes = tuple(
        Outcome(n, values, "Done", Uncertain(2 * values[SPEED], unit="N")) for n, values in enumerate(study.values)
    )
    ends = [values[SPEED] for values in study.values]
    parameter = Parameter(SPEED, "speed", "m/s", min(ends), max(ends))
    made = Measured("speeds", "body.Fx", outcomes, (parameter,), unit="N")
    for module in (measured, __import__("flowcfd.studies.surface", fromlist=["surface"])):
        monkeypatch.setattr(module, "gather", lambda *given, **more: made)
    return study


def test_a_surface_is_told(computed: Study, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study", "speeds", "--surface", "body.Fx"]) == 0
    said = capsys.readouterr().out
    assert SPEED in said and "m/s" in said
    assert "body.Fx over speed 1 to 2 m/s: 6 points of 6; leave-one-out error" in said
    assert main(["study", "speeds", "--surface", "body.Fx", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["knows"] is True
    assert document["error"] < 1e-6
    assert document["parameters"][0]["path"] == SPEED


def test_a_sensitivity_is_told(computed: Study, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study", "speeds", "--sensitivity", "body.Fx"]) == 0
    said = capsys.readouterr().out
    assert "Sobol's indices on the surface of 6 points" in said
    assert "ST band" in said
    assert main(["study", "speeds", "--sensitivity", "body.Fx", "--json"]) == 0
    (effect,) = json.loads(capsys.readouterr().out)["effects"]
    assert effect["S1"] == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--surface", "body.Fx"], "needs 4 points that have a value; 0 of 6 have one; left out: 6 waiting"),
        (["--sensitivity", "body.Fx", "--method", "morris"], "takes the points of a study of design='morris'"),
        (["--sensitivity", "body.Fx", "--method", "saltelli"], "unknown method 'saltelli'"),
        (["--method", "sobol"], "--method: goes with --sensitivity"),
        (["--surface", "body.Fx", "--method", "sobol"], "--method: goes with --sensitivity"),
        (["--surface", "a", "--sensitivity", "b"], "not allowed with argument"),
    ],
)
def test_what_cannot_be_told_is_one_line(
    study: Study, capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    assert main(["study", "speeds", *words]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1
