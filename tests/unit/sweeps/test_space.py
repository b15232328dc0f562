"""The points of a sweep, from Python and from a command line."""

from __future__ import annotations

import pytest

from flowcfd.errors import CaseError, UnknownName
from flowcfd.sweeps import notebook, space
from flowcfd.sweeps.point import label


@pytest.fixture
def swept(notebook_of):
    return notebook.read(notebook_of("speed = 10.0\nn = 4\nname = 'a'"))


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("speed=5:20", ("speed", (5, 20))),
        ("speed=1e-3:2.5", ("speed", (0.001, 2.5))),
        ("angle=0,4,8", ("angle", [0, 4, 8])),
        ("on=true,False,none", ("on", [True, False, None])),
        ("name=a, b", ("name", ["a", "b"])),
        ("time=12:30:00", ("time", ["12:30:00"])),
        ("n=3", ("n", [3])),
    ],
)
def test_words_of_the_command_line_are_ranges_or_lists(words, found):
    assert space.parsed(words) == found


@pytest.mark.parametrize("words", ["speed", "speed=", "=3", "speed=1,,2", "speed=1,"])
def test_words_that_say_nothing_are_refused(words):
    with pytest.raises(CaseError, match="--set"):
        space.parsed(words)


def test_the_default_says_whether_a_range_is_of_whole_numbers(swept):
    found = space.points(swept, {"speed": (5, 20), "n": (1, 3)}, "lhs", 6, seed=1)
    assert all(isinstance(values["speed"], float) and 5 <= values["speed"] <= 20 for values in found)
    assert {values["n"] for values in found} == {1, 2, 3}


def test_a_grid_has_all_combinations_and_no_point_twice(swept):
    found = space.points(swept, {"speed": [1, 2], "name": ["a", "b"]}, "grid", None, seed=0)
    assert len(found) == 4
    assert len(space.points(swept, {"n": (1, 2)}, "sobol", 16, seed=0)) == 2


def test_what_cannot_be_swept_is_refused(swept, tmp_path):
    with pytest.raises(UnknownName, match="unknown parameter 'sped'; did you mean 'speed'"):
        space.points(swept, {"sped": [1]}, "grid", None, 0)
    for bad, words in (
        ({}, "must have one parameter or more.*there are: speed, n, name"),
        ({"speed": []}, "a list of values or a pair"),
        ({"speed": (5, 5)}, "the range must rise"),
        ({"speed": ("5 m/s", "6 m/s")}, "must be numbers"),
        ({"speed": [object()]}, "as a cell can be given"),
    ):
        with pytest.raises(CaseError, match=words):
            space.points(swept, bad, "grid", 3, 0)
    table = tmp_path / "design.csv"
    table.write_text("speed,m\n1,2\n")
    with pytest.raises(UnknownName, match=r"design.csv: unknown parameter 'm'"):
        space.points(swept, {}, table, None, 0)
    table.write_text("speed,n\n1.5,2\n2.5,3\n")
    assert space.points(swept, {}, table, None, 0) == [{"speed": 1.5, "n": 2}, {"speed": 2.5, "n": 3}]


def test_labels_are_for_people_and_for_file_systems():
    assert label({"speed": 12.3456789, "name": "a/b c"}) == "speed=12.3457,name=a_b_c"
    assert len(label({f"parameter{n}": n for n in range(50)})) == 100
