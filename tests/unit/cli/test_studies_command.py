"""`flowcfd studies` and `flowcfd study`."""

from __future__ import annotations

import json

import pytest

from flowcfd.case import Blocks, Case, Channel, Incompressible, Inlet, Outlet, Steady, Wall
from flowcfd.cli import main
from flowcfd.studies import Study, point

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
    made = Study(case, {SPEED: [1.25, 2.5]}, name="speeds")
    made._write({"on": "local", "cores": 1, "resources": {}, "at_once": None, "again": False})
    point.tell(made.path, {"point": 1, "refused": "the mesh has no cells"})
    return made


def test_studies_are_listed(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["studies"]) == 0
    assert study.path.name in (said := capsys.readouterr().out)
    assert "1 failed, 1 waiting" in said
    assert main(["studies", "--json"]) == 0
    (brief,) = json.loads(capsys.readouterr().out)
    assert (brief["name"], brief["states"], brief["driven"]) == ("speeds", {"Waiting": 1, "Failed": 1}, False)


def test_a_study_shows_its_points_and_their_causes(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study", "speeds"]) == 0
    said = capsys.readouterr().out
    assert "1.25" in said
    assert "point 1: the mesh has no cells" in said
    assert main(["study", "speeds", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    table, saving = document["table"], document["saving"]
    assert (saving["points"], table[0]["warm_from"], table[0]["lost"]) == (0, None, 0)
    assert [(row["values"][SPEED], row["state"]) for row in table] == [(1.25, "Waiting"), (2.5, "Failed")]


def test_a_study_shows_measures_as_far_as_they_are_known(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study", "speeds", "--measure", "body.Cd"]) == 0
    assert "body.Cd" in capsys.readouterr().out
    assert main(["study", "speeds", "--measure", "body.Cd", "--json"]) == 0
    assert [row["measures"] for row in json.loads(capsys.readouterr().out)["table"]] == [{"body.Cd": None}] * 2


def test_an_unknown_study_is_one_line(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study", "speds"]) == 2
    said = capsys.readouterr().err
    assert f"unknown study 'speds'; there are: {study.path.name}" in said
    assert said.count("\n") == 1


@pytest.mark.usefixtures("home")
def test_no_studies_is_no_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["studies"]) == 0
    assert "no studies under" in capsys.readouterr().out
