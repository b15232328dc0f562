import json
from importlib import resources

import pytest

from flowcfd.benchmarks import published, reference
from flowcfd.errors import UnknownName

INDEX = json.loads((resources.files("flowcfd.benchmarks") / "data/index.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", INDEX["tables"])
def test_every_table_has_a_source_units_and_numbers_only(name):
    table = reference(name)
    assert len(table) >= 4
    assert table.attrs["source"]
    assert table.attrs["licence"]
    assert list(table.columns) == list(table.attrs["units"])
    assert all(kind.kind == "f" or kind.kind == "i" for kind in table.dtypes)
    assert table.notna().mean().min() >= 0.5


def test_the_lid_moves_with_the_speed_of_one_in_ghias_table():
    u = reference("ghia1982_u")
    assert u.loc[u["y"] == 1, "u_Re1000"].item() == 1
    assert u.loc[u["y"] == 0.5, "u_Re1000"].item() == -0.0608


def test_skin_friction_changes_sign_where_the_reattachment_was_measured():
    cf, xr = reference("driver_seegmiller1985_cf"), published("driver_seegmiller.reattachment")
    behind = cf[cf["x_over_H"] > 3]
    last_negative = behind[behind["Cf"] < 0]["x_over_H"].max()
    first_positive = behind[behind["Cf"] > 0]["x_over_H"].min()
    assert last_negative < xr.value + xr.uncertainty
    assert first_positive > xr.value - xr.uncertainty
    assert str(xr) == "6.26 +- 0.1 H (Driver and Seegmiller, AIAA J. 23 (1985) 163-171)"


def test_an_unknown_name_lists_what_there_is():
    with pytest.raises(UnknownName, match=r"unknown published table 'ghia'.*ghia1982_u"):
        reference("ghia")
    with pytest.raises(UnknownName, match=r"driver_seegmiller\.reattachment"):
        published("nothing")
