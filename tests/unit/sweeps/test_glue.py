"""What `fc.keep` writes, and what is read of executed notebooks."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from flowcfd.errors import CaseError
from flowcfd.sweeps import glue, scraps
from flowcfd.uncertain import Uncertain


def notebook(*bundles):
    outputs = [{"output_type": "display_data", "data": data, "metadata": metadata} for data, metadata in bundles]
    return {"cells": [{"cell_type": "markdown"}, {"cell_type": "code", "outputs": outputs}]}


def kept(name, value, unit=""):
    return scraps.values(notebook(glue._value(name, value, unit)))[name]


def test_numbers_come_back_with_unit_and_band():
    assert kept("a", 1.5) == {"value": 1.5}
    assert kept("a", np.float32(0.5), "N") == {"value": 0.5, "unit": "N"}
    assert kept("a", np.int64(3)) == {"value": 3}
    assert kept("a", Uncertain(2.0, 0.1, "m")) == {"value": 2.0, "uncertainty": 0.1, "unit": "m"}
    assert kept("a", [1, np.float64(math.nan)]) == {"value": [1, None]}
    assert kept("a", math.inf) == {"value": None}
    assert kept("a", "laminar") == {"value": "laminar"}


def test_a_quantity_brings_its_unit():
    import pint

    assert kept("a", pint.UnitRegistry().Quantity(3.0, "m/s")) == {"value": 3.0, "unit": "m / s"}


@pytest.mark.parametrize("value", [pd.Series([1.0, 2.0]), object(), {1, 2}])
def test_what_is_no_value_is_refused_with_what_is_allowed(value):
    with pytest.raises(CaseError, match="keep 'a': "):
        glue.keep("a", value)
    with pytest.raises(CaseError, match="must be a text"):
        glue.keep("", 1)


def test_outside_of_a_notebook_keep_says_nothing(capsys):
    assert glue.keep("a", 1.0) is None
    assert capsys.readouterr().out == ""


def test_scrapbooks_and_papermills_own_outputs_are_read_too():
    scrap = {"name": "b", "data": [1, 2], "encoder": "json", "version": 1}
    found = scraps.values(
        notebook(
            ({"application/scrapbook.scrap.json+json": scrap}, {"scrapbook": {"name": "b", "data": True}}),
            ({"application/scrapbook.scrap.text+json": {**scrap, "name": "t", "data": "x", "encoder": "text"}}, {}),
            ({"application/papermill.record+json": {"old": 3}}, {}),
            ({"text/plain": "7"}, {}),
        )
    )
    assert found == {"b": {"value": [1, 2]}, "t": {"value": "x"}, "old": {"value": 3}}


def test_pictures_are_known_by_their_names():
    class Picture:
        def _repr_png_(self):
            return b"\x89PNG"

    assert scraps.pictures(notebook(glue._picture("flow", Picture()))) == {"flow": "iVBORw=="}
    assert glue._picture("flow", 3.0) is None
