"""Studies on paper: what is in their folder, and what is told of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flowcfd import studies
from flowcfd.case import Blocks, Case, Channel, Incompressible, Inlet, Outlet, Steady, Wall
from flowcfd.errors import CaseError, Lost, ResultError, SiteError
from flowcfd.jobs import lock
from flowcfd.studies import Study, point

SPEED, NU = "boundaries.inlet.speed", "physics.fluid.nu"


@pytest.fixture
def case(home: Path) -> Case:
    return Case(
        domain=Channel(length=1, height=0.1),
        mesh=Blocks(cells=(10, 10)),
        physics=Incompressible(fluid={"nu": 1e-3}),
        boundaries={"inlet": Inlet(speed=1), "outlet": Outlet(), "bottom": Wall(), "top": Wall()},
        solve=Steady(iterations=100),
    )


def written(study: Study) -> Study:
    """As `run` writes it, without a driver."""
    study._write({"on": "local", "cores": 1, "resources": {}, "at_once": None, "again": False})
    return study


def test_a_study_that_nobody_drives_is_not_waited_for_as_if_it_were_through(case: Case) -> None:
    study = written(Study(case, {SPEED: [1, 2]}))
    with pytest.raises(Lost, match=r"2 waiting, and nobody submits those that wait: its driver is gone; study.run"):
        study.wait()
    (study.path / "driver.log").write_text("Traceback\nOSError: no space left\n\n")
    with pytest.raises(Lost, match="OSError: no space left"):
        study.wait()
    assert study.cancel().wait() is study, "a cancelled study is not waited for"


def test_a_line_that_a_killed_driver_left_unfinished_spoils_no_other(case: Case) -> None:
    study = written(Study(case, {SPEED: [1, 2, 3]}))
    (study.path / point.FILE).write_text('{"point": 0, "refused": "no"}\n{"point": 1, "ref')
    point.tell(study.path, {"point": 2, "refused": "never"})
    point.tell(study.path, {"point": 1, "waits": "Slurm does not answer"})
    assert [one.why for one in study.points] == ["no", "Slurm does not answer", "never"]
    assert study.states == {"Failed": 2, "Waiting": 1}


def test_a_point_whose_run_was_deleted_waits_and_says_so(case: Case) -> None:
    study = written(Study(case, {SPEED: [1, 2]}))
    point.tell(study.path, {"point": 0, "run": "gone-123"})
    assert "its run was deleted" in study.points[0].why
    assert study.table()["cause"][0] == study.points[0].why


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"schema": 99}, "no study that this version understands"),
        ({"points": 3}, "study.json cannot be understood"),
        ({"case": {"domain": 1}}, "study.json cannot be understood"),
        ({"seed": "x"}, "study.json cannot be understood"),
    ],
)
def test_a_folder_that_cannot_be_understood_is_told_and_left_out_of_the_list(
    case: Case, change: dict[str, object], says: str
) -> None:
    good, bad = written(Study(case, {SPEED: [1, 2]}, name="good")), written(Study(case, {SPEED: [3, 4]}, name="bad"))
    file = bad.path / "study.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **change}))
    with pytest.raises(ResultError, match=says):
        studies.open("bad")
    assert [each.path for each in studies.all()] == [good.path]


def test_a_study_stays_in_the_folder_where_it_was_read(case: Case, tmp_path: Path) -> None:
    study = written(Study(case, {SPEED: [1, 2]}))
    moved = study.path.rename(tmp_path / "moved")
    assert studies.open(moved).path == moved
    assert studies.open(moved).states == {"Waiting": 2}


def test_a_table_has_its_parameters_in_si_with_their_units(case: Case) -> None:
    study = Study(case, {SPEED: ["7.2 km/h", 3], NU: ["1e-3 m^2/s", 2e-3], "solve.iterations": [10, 20]}, design="list")
    table = study.table()
    assert list(table[SPEED]) == pytest.approx([2.0, 3.0])
    assert list(table[NU]) == [1e-3, 2e-3]
    assert table.attrs["units"] == {SPEED: "m/s", NU: "m^2/s"}


def test_the_table_of_a_spreadsheet_is_read_with_its_semicolons_and_commas(case: Case, tmp_path: Path) -> None:
    table = tmp_path / "points.csv"
    table.write_bytes(f"\ufeff{SPEED};{NU}\r\n0,5;1e-3\r\n1,5e0;2 cm^2/s\r\n;\r\n".encode())
    study = Study(case, design=table)
    assert [study.at(number).at(SPEED) for number in range(2)] == [0.5, 1.5]
    assert study.at(1).at(NU) == pytest.approx(2e-4)


@pytest.mark.parametrize("at_once", [0, 1.5, True])
def test_how_many_at_once_is_a_whole_number(case: Case, at_once: int) -> None:
    with pytest.raises(CaseError, match="at_once: must be a whole number of at least 1"):
        Study(case, {SPEED: [1, 2]}).run(at_once=at_once)


def test_a_study_that_is_being_archived_is_not_begun(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    study = written(Study(case, {SPEED: [1, 2]}))
    before = (study.path / "study.json").read_bytes()
    monkeypatch.setattr(studies.study, "PATIENCE", 0.0)
    with lock.held(study.path / "lock"), pytest.raises(SiteError, match="is being archived, or begun by another"):
        study._begin({"on": "local", "cores": 2})
    assert (study.path / "study.json").read_bytes() == before and not study.driven


def test_cancelling_what_was_never_started_does_nothing(case: Case) -> None:
    study = Study(case, {SPEED: [1, 2]}).cancel()
    assert not study.path.exists()


def test_the_page_of_a_study_has_units_and_says_what_to_do_next(case: Case) -> None:
    study = Study(case, {SPEED: ["20 cm/s", "1 m/s"]})
    shown = study._repr_html_()
    assert f"{SPEED} [m/s]" in shown and "study.run() computes them" in shown
    assert "&#9679;</span>&nbsp;Waiting" in shown, "the state is told by its word too, in the colour of the theme"
    assert "nobody submits those that wait: study.run() goes on" in written(study)._repr_html_()
    with pytest.raises(NotImplementedError):  # nobody looks on: no table that is alive
        study._ipython_display_()
