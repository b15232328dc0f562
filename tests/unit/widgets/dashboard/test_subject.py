"""What a dashboard is asked to show."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest

import flowcfd as fc
from flowcfd.errors import CaseError, UnknownName
from flowcfd.widgets.dashboard.subject import Subject, subject


def test_it_goes_to_another_process_and_back() -> None:
    one = Subject("wing", study="/a/study", measures=("body.Cd",))
    assert Subject.from_json(asdict(one)) == one


def test_a_name_that_is_nothing_lists_what_there_is(home: Path) -> None:
    with pytest.raises(UnknownName, match="unknown study 'wing'"):
        subject("wing")


def test_a_folder_without_runs_is_named(home: Path, tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"neither a study \(study.json\) nor a run \(job.json\), and no runs in it"):
        subject(tmp_path)


def test_a_study_of_which_nothing_is_computed_says_what_begins_it(home: Path) -> None:
    case = fc.Case(
        domain=fc.Cavity("1 m"), mesh=fc.Blocks(cells=4), physics=fc.Incompressible(fluid=fc.Fluid(nu=0.01)),
        boundaries={"lid": fc.Wall(velocity=("1 m/s", 0, 0)), "walls": fc.Wall()}, solve=fc.Steady(iterations=3),
    )  # fmt: skip
    with pytest.raises(CaseError, match=r"nothing of this study is computed yet; study.run\(\) begins"):
        subject(fc.Study(case, {"mesh.cells": [4, 6]}))


def test_what_cannot_be_shown_is_told(home: Path) -> None:
    with pytest.raises(CaseError, match="at least one run"):
        subject([])
    with pytest.raises(CaseError, match=r"needs a Study, a Run, runs or a path \(got int\)"):
        subject([1])  # type: ignore[list-item]
    with pytest.raises(CaseError, match=r"needs a Study, a Run, runs or a path \(got NoneType\)"):
        subject(None)  # type: ignore[arg-type]
    with pytest.raises(CaseError, match=r"a dashboard takes names such as 'body.Cd' \(got function\)"):
        subject([], [lambda res: 1.0])  # type: ignore[list-item]
    with pytest.raises(CaseError, match="port: must be 0 to 65535"):
        fc.dashboard("wing", port=70000)
