"""Lines as OpenFOAM sampled them."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowcfd.errors import NotYet, ResultError
from flowcfd.post import results

HEAD = (
    "FoamFile { version 2.0; format ascii; class vol%sField; object %s; }\ndimensions [%s];\ninternalField uniform 0;\n"
)
FIELDS = {"U": ("Vector", "0 1 -1 0 0 0 0"), "p_rgh": ("Scalar", "1 -1 -2 0 0 0 0"), "p": ("Scalar", "1 -1 -2 0 0 0 0")}


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    put(tmp_path / "system/controlDict", "application interFoam;\n")
    for name, (kind, dimensions) in FIELDS.items():
        put(tmp_path / "0" / name, HEAD % (kind, name, dimensions))
    lines = tmp_path / "postProcessing/lines"
    put(lines / "1/mid_line_U.xy", "0 \t0 \t0 \t1 \t2 \t3\n1 \t0 \t0 \t4 \t5 \t6\n")
    put(lines / "1/mid_line_p_p_rgh.xy", "0 \t0 \t0 \t7 \t8\n1 \t0 \t0 \t9 \t10\n")
    put(lines / "0.5/mid_line_U.xy", "0 \t0 \t0 \t0 \t0 \t0\n")
    return tmp_path


def test_a_line_has_its_places_and_the_components_of_its_fields(case: Path) -> None:
    table = results(case).line("lines")
    assert table.columns.tolist() == ["x", "y", "z", "Ux", "Uy", "Uz", "p", "p_rgh"]
    assert table.x.tolist() == [0, 1] and table.Uz.tolist() == [3, 6] and table.p_rgh.tolist() == [8, 10]
    assert table.Ux.units == "m/s" and table.p.units == "Pa" and table.x.units == "m"


def test_an_earlier_time_is_asked_by_its_number(case: Path) -> None:
    assert results(case).line(time=0.5).Ux.tolist() == [0]
    with pytest.raises(NotYet, match=r"no lines at 2; there are: 0\.5, 1"):
        results(case).line(time=2)


def test_a_line_along_one_axis_has_one_coordinate(case: Path) -> None:
    put(case / "postProcessing/other/1/x_U.xy", "0 \t1 \t2 \t3\n")
    table = results(case).line("other")
    assert table.columns.tolist() == ["along", "Ux", "Uy", "Uz"]


def test_several_sets_are_told_apart_by_their_names(case: Path) -> None:
    put(case / "postProcessing/lines/1/top_U.xy", "0 \t0 \t0 \t1 \t1 \t1\n")
    with pytest.raises(ResultError, match="which set\\? there are: mid_line, top"):
        results(case).line("lines")
    assert results(case).line("lines", part="top").Ux.tolist() == [1]


def test_lines_that_are_not_there_list_those_that_are(case: Path) -> None:
    with pytest.raises(NotYet, match="no lines x; there are: lines"):
        results(case).line("x")
    with pytest.raises(NotYet, match="no surfaces are written"):
        results(case).slice()


def test_a_file_of_unknown_fields_is_named(case: Path) -> None:
    put(case / "postProcessing/odd/1/a_q.xy", "0 1\n")
    with pytest.raises(ResultError, match=r"a_q\.xy: no fields of the case are named in it; there are: U, p, p_rgh"):
        results(case).line("odd")
