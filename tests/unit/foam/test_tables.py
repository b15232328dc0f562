"""Tables of function objects, over several runs."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flowcfd.errors import ResultError
from flowcfd.foam.tables import _numbers, names, read, rows

COEFFICIENT = """\
# Force coefficients
# magUInf     : 1.000000e+01
#
# Time        \tCd            \tCl            \tCd(f)         
1             \t-2.0e-04\t5.0e-05\t-1.0e-04
2             \t-1.0e-04\t4.0e-05\t-2.0e-04
"""  # noqa: W291
FORCE = """\
# Force       
# CofR        : (0.0 0.0 0.0)
#
# Time        \t(total_x total_y total_z)\t(pressure_x pressure_y pressure_z)
1             \t(1.0 2.0 3.0)\t(4.0 5.0 6.0)
"""  # noqa: W291
YPLUS = """\
# y+ ()       
# Time        \tpatch         \tmin           \tmax           \taverage       
1             \tupperWall\t2.8\t10.9\t6.2
1             \tlowerWall\t4.9\t36.2\t17.1
"""  # noqa: W291
MINMAX = """\
# Field minima and maxima
# Time        \tfield         \tmin           \tlocation(min) \tmax
1             \tmag(U)        \t0.0\t(-1.0 2.0 0.0)\t16.0
1             \tp             \t1.0\t(0.0 0.0 0.0)\t7.0
"""
INFO = """\
# Solver information
# Time \tU_solver \tUx_initial \tUx_iters \tU_converged
1 \tsmoothSolver\t1.0e+00\t1\tfalse
2 \tsmoothSolver\tnan\t5\ttrue
"""
AVERAGE = "# Region type : patch outlet\n# Time \tareaAverage(U)\tareaAverage(p)\n1 \t(7.0 0.1 0.0)\t2.0\n"


def put(case: Path, name: str, text: str) -> Path:
    path = case / "postProcessing" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def series(*times: float, value: float = 0.0) -> str:
    return "# Time\tCd\n" + "".join(f"{time:g}\t{value + time:g}\n" for time in times)


def test_the_last_header_line_names_the_columns(tmp_path: Path) -> None:
    records = read(put(tmp_path, "fc/0/coefficient.dat", COEFFICIENT))
    assert list(records.columns) == ["Time", "Cd", "Cl", "Cd(f)"]
    assert records.columns["Cl"].tolist() == [5e-5, 4e-5]
    assert records.comments[1] == "magUInf     : 1.000000e+01"


def test_a_vector_in_brackets_gives_three_columns(tmp_path: Path) -> None:
    force = read(put(tmp_path, "f/0/force.dat", FORCE))
    assert list(force.columns)[:4] == ["Time", "total_x", "total_y", "total_z"]
    assert [column[0] for column in force.columns.values()] == [1, 1, 2, 3, 4, 5, 6]
    average = read(put(tmp_path, "a/0/surfaceFieldValue.dat", AVERAGE))
    assert list(average.columns) == ["Time", *(f"areaAverage(U)_{axis}" for axis in "xyz"), "areaAverage(p)"]


def test_words_among_the_numbers_make_columns_of_words(tmp_path: Path) -> None:
    yplus = read(put(tmp_path, "y/0/yPlus.dat", YPLUS))
    assert yplus.columns["patch"].tolist() == ["upperWall", "lowerWall"]
    assert yplus.columns["max"].tolist() == [10.9, 36.2]
    minmax = read(put(tmp_path, "m/0/fieldMinMax.dat", MINMAX))
    assert minmax.columns["field"].tolist() == ["mag(U)", "p"]
    assert minmax.columns["location(min)_y"].tolist() == [2.0, 0.0]
    info = read(put(tmp_path, "i/0/solverInfo.dat", INFO))
    assert info.columns["U_converged"].tolist() == ["false", "true"]
    np.testing.assert_array_equal(info.columns["Ux_initial"], [1.0, np.nan])


def test_a_row_counts_when_it_is_whole(tmp_path: Path) -> None:
    path = put(tmp_path, "f/0/c.dat", series(1, 2) + "3\t0.")
    assert read(path).time.tolist() == [1.0, 2.0]


def test_a_row_that_does_not_fit_is_named(tmp_path: Path) -> None:
    path = put(tmp_path, "y/0/yPlus.dat", YPLUS + "2 \tupperWall\t1.0\n")
    with pytest.raises(ResultError, match=r"yPlus\.dat:5: 3 values in a table of 5"):
        read(path)


def test_a_file_with_a_header_only_has_no_rows(tmp_path: Path) -> None:
    put(tmp_path, "f/0/c.dat", "# Time\tCd\n")
    records = rows(tmp_path, "f", "c")
    assert records is not None and len(records.time) == 0


def test_runs_are_joined_in_the_order_of_their_starts(tmp_path: Path) -> None:
    put(tmp_path, "f/0/c.dat", series(1, 2, 3, 4, 5, 6))
    put(tmp_path, "f/10/c.dat", series(11, 12, value=200))
    put(tmp_path, "f/4/c.dat", series(5, 6, 7, 8, 9, 10, 11, value=100))
    records = rows(tmp_path, "f", "c")
    assert records is not None
    assert records.time.tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    assert records.columns["Cd"].tolist() == [1, 2, 3, 4, 105, 106, 107, 108, 109, 110, 211, 212]


def test_what_a_run_computed_beyond_the_next_start_is_dropped(tmp_path: Path) -> None:
    put(tmp_path, "f/0/c.dat", series(1, 2, 3, 4, 5, 6))
    put(tmp_path, "f/4/c.dat", series(5, value=100))
    records = rows(tmp_path, "f", "c")
    assert records is not None and records.columns["Cd"].tolist() == [1, 2, 3, 4, 105]


def test_a_second_run_from_the_same_start_replaces_the_first(tmp_path: Path) -> None:
    put(tmp_path, "f/0/c.dat", series(1, 2, 3))
    put(tmp_path, "f/0/c_0.dat", series(1, 2, value=100))
    records = rows(tmp_path, "f", "c")
    assert records is not None and records.columns["Cd"].tolist() == [101, 102]
    assert names(tmp_path) == {"f": ("c",)}


def test_a_last_row_that_is_written_twice_counts_once(tmp_path: Path) -> None:
    put(tmp_path, "f/0/c.dat", "# Time\tCd\n1\t1\n2\t5\n2\t6\n")
    records = rows(tmp_path, "f", "c")
    assert records is not None and records.columns["Cd"].tolist() == [1, 6]
    put(tmp_path, "y/0/yPlus.dat", YPLUS)
    both = rows(tmp_path, "y", "yPlus")
    assert both is not None and len(both.time) == 2


def test_columns_that_a_run_did_not_write_have_no_numbers_there(tmp_path: Path) -> None:
    put(tmp_path, "f/0/c.dat", series(1))
    put(tmp_path, "f/1/c.dat", "# Time\tCd\tCl\n2\t2\t7\n")
    records = rows(tmp_path, "f", "c")
    assert records is not None
    np.testing.assert_array_equal(records.columns["Cl"], [np.nan, 7.0])


def test_what_was_not_written_is_none(tmp_path: Path) -> None:
    assert names(tmp_path) == {}
    assert rows(tmp_path, "f", "c") is None


def test_the_warnings_of_other_threads_are_left_alone_while_numbers_are_read() -> None:
    """Filters are the whole process's: as errors they ended a cell, and a page, while a monitor read a table."""
    seen: list[object] = []

    class Lines(Sequence[str]):
        def __len__(self) -> int:
            return 2

        def __getitem__(self, at: Any) -> Any:
            seen[:] = warnings.filters
            return ("1 (2 3)", "4 (5 nan)")[at]

    before = list(warnings.filters)
    found = _numbers(Lines(), 3)
    assert found is not None
    np.testing.assert_array_equal(found, [[1, 2, 3], [4, 5, np.nan]])
    assert seen == before
    assert _numbers(["1 2 three"], 3) is None
    assert _numbers(["1 2 3_0"], 3) is None  # a number of Python only
