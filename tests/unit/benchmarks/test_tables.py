import json
import shutil
from importlib import resources

import pytest

from flowcfd.benchmarks import published, reference, tables
from flowcfd.errors import ResultError, UnknownName

INDEX = json.loads((resources.files("flowcfd.benchmarks") / "data/index.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", INDEX["tables"])
def test_every_table_has_a_source_a_licence_units_and_numbers(name):
    table = reference(name)
    assert len(table) >= 4
    assert table.attrs["source"]
    assert table.attrs["licence"]
    assert list(table.columns) == list(table.attrs["units"])
    assert table.notna().mean().min() >= 0.5
    assert sum(kind.kind in "fi" for kind in table.dtypes) >= 2


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


@pytest.mark.parametrize("name", INDEX["values"])
def test_every_published_value_is_as_it_was_shipped_and_has_a_source(name):
    assert published(name).source


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """The folder of published values, as a copy that can be damaged."""
    copy = tmp_path / "data"
    shutil.copytree(resources.files("flowcfd.benchmarks") / "data", copy)
    monkeypatch.setattr(tables, "_DATA", copy)
    tables._index.cache_clear()
    yield copy
    tables._index.cache_clear()


def test_every_file_is_in_the_index_and_as_it_was_shipped():
    folder = resources.files("flowcfd.benchmarks") / "data"
    files = {path.name for path in folder.iterdir()} - {"index.json"}
    assert files == {about["file"] for about in INDEX["tables"].values()}


def test_a_table_with_one_digit_changed_is_refused_by_name(shipped):
    file = shipped / "ghia1982_u.csv"
    file.write_text(file.read_text().replace("-0.38289", "-0.38829"))
    with pytest.raises(ResultError, match=r"ghia1982_u\.csv: not the published values that were shipped: sha256 "):
        reference("ghia1982_u")


def test_a_missing_table_and_a_damaged_index_are_refused_by_name(shipped):
    (shipped / "ghia1982_v.csv").unlink()
    with pytest.raises(ResultError, match=r"ghia1982_v\.csv: the published values cannot be read: No such file"):
        reference("ghia1982_v")
    tables._index.cache_clear()
    (shipped / "index.json").write_text('{"tables": {')
    with pytest.raises(ResultError, match=r"index\.json: the index of published values is damaged"):
        published("driver_seegmiller.reattachment")


def test_a_published_value_with_one_digit_changed_is_refused(shipped):
    file = shipped / "index.json"
    file.write_text(file.read_text().replace("-0.3885698", "-0.3885689"))
    with pytest.raises(ResultError, match=r"index\.json: cavity_re1000\.u_min is not as it was shipped"):
        published("cavity_re1000.u_min")
