from __future__ import annotations

from pathlib import Path

import pytest

from flowcfd import errors
from flowcfd.errors import (
    CaseError,
    DictionaryError,
    FlowError,
    ResultError,
    RunError,
    SiteError,
    StageFailed,
    UnknownName,
)

TREE = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, Exception)]


def test_every_error_is_a_flow_error() -> None:
    assert all(issubclass(one, FlowError) for one in TREE)


@pytest.mark.parametrize("error", TREE)
def test_the_exit_code_says_whose_mistake_it_is(error: type[FlowError]) -> None:
    mistake = issubclass(error, (CaseError, ResultError, errors.GeometryError))
    assert error.exit_code == (2 if mistake else 3 if issubclass(error, SiteError) else 1)


def test_a_case_error_has_a_line_per_problem() -> None:
    assert CaseError("one").problems == ("one",)
    assert str(CaseError(["one", "two"])) == "one\ntwo"


def test_an_unknown_name_offers_the_nearest_and_all() -> None:
    error = UnknownName("solver", "simpleFaom", ["simpleFoam", "icoFoam"], where="solve.solver")
    assert error.known == ("icoFoam", "simpleFoam")
    assert str(error) == (
        "solve.solver: unknown solver 'simpleFaom'; did you mean 'simpleFoam'? there are: icoFoam, simpleFoam"
    )
    assert str(UnknownName("solver", "x", [])) == "unknown solver 'x'; there are: none"


def test_of_very_many_names_a_message_lists_some_and_the_error_has_all() -> None:
    error = UnknownName("tutorial", "pitzDaly", [*(f"case{n:03}" for n in range(100)), "pitzDaily"])
    assert "did you mean 'pitzDaily'?" in str(error) and str(error).endswith("case039 and 61 more")
    assert len(error.known) == 101


def test_a_dictionary_error_names_file_line_column_and_what_was_expected() -> None:
    error = DictionaryError("'}' is missing", path="system/controlDict", line=3, column=7, expected="an entry")
    assert str(error) == "system/controlDict:3:7: '}' is missing; expected an entry"
    assert str(DictionaryError("empty")) == "<text>: empty"


def test_a_failed_stage_shows_cause_log_and_tail() -> None:
    error = StageFailed("solve", "floating point", path="/runs/a", log="log.simpleFoam", tail=["one", "two"])
    assert str(error) == "stage 'solve' failed: floating point [log.simpleFoam]\n  | one\n  | two"
    assert error.path == Path("/runs/a")
    assert RunError("gone").path is None
