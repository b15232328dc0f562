from __future__ import annotations

import json

import pytest

from flowcfd.cli import main

CELIK = ["gci", "--values", "6.063", "5.972", "5.863", "--cells", "18000", "8000", "4500", "--dimension", "2"]


def test_it_prints_the_number_with_its_uncertainty_order_and_limit(capsys):
    assert main(CELIK) == 0
    assert capsys.readouterr().out.splitlines()[:3] == [
        "6.06 ± 0.13  (monotonic, GCI 2.175 %)",
        "order 1.534",
        "extrapolated 6.1685",
    ]


def test_its_document_has_the_same(capsys):
    assert main([*CELIK, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["kind"], told["text"], told["cells"]) == ("monotonic", "6.06 ± 0.13", [18000, 8000, 4500])
    assert told["answer"]["uncertainty"] == told["uncertainty"]


def test_commas_carry_negative_numbers_with_exponents(capsys):
    assert main(["gci", "--values=-1e-3,-2e-3,-5e-3", "--cells", "64,8,1"]) == 0
    assert "order 1.585" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--values", "1", "2", "--cells", "1", "8"], "cells must fall from grid to grid"),
        (["--values", "1", "x", "--cells", "8", "1"], "--values: must be numbers (got 'x')"),
        (["--values", "1", "2", "--cells", "8.5", "1"], "--cells: must be whole numbers (got 8.5)"),
        (["--values", "1", "2", "--cells", "nan", "1"], "--cells: must be whole numbers (got nan)"),
        (["--values", "1", "--cells", "8"], "needs at least two grids (got 1)"),
    ],
)
def test_what_has_no_index_is_one_line_and_exit_code_two(words, said, capsys):
    assert main(["gci", *words]) == 2
    line = capsys.readouterr().err
    assert said in line and line.count("\n") == 1
