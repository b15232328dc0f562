"""Dictionaries that cannot be read are found before a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowcfd.foam.casefiles import Blob, CaseFiles
from flowcfd.foam.readable import unreadable

HEADER = "FoamFile\n{\n    version 2.0;\n    format ascii;\n    class dictionary;\n    object x;\n}\n"


@pytest.mark.parametrize("body", ["solvers { p { solver PCG; }\n", "solvers { } }\n", 'a "open\n', "a (1 2;\n"])
def test_unbalanced_text_is_named_with_file_and_line(body: str) -> None:
    (problem,) = unreadable(CaseFiles({"system/fvSolution": HEADER + body}))
    assert problem.startswith("system/fvSolution:") and "\n" not in problem
    assert int(problem.split(":")[1]) >= 8


def test_files_that_solvers_always_read_need_no_header_to_be_looked_at() -> None:
    assert unreadable(CaseFiles({"system/fvSchemes": "\x01\x02 }"}))


def test_a_binary_file_where_every_solver_reads_text_is_named() -> None:
    blob = Blob(Path("somewhere"), "0" * 64, 500)
    assert unreadable(CaseFiles({"system/fvSchemes": blob, "0/U": blob})) == [
        "system/fvSchemes: is no text (500 bytes)"
    ]


def test_sound_files_and_those_that_no_solver_reads_pass() -> None:
    broken = HEADER + "a {"
    files = {"system/fvSolution": HEADER, "system/blockMeshDict.m4": broken, "0.orig/U": broken, "Allrun": "if {"}
    assert unreadable(CaseFiles(files)) == []


def test_every_broken_file_is_named() -> None:
    broken = HEADER + "a {"
    assert len(unreadable(CaseFiles({"0/U": broken, "constant/transportProperties": broken}))) == 2
