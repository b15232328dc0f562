"""The cache of meshes: kept by content, made anew when damaged, bounded."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import pyvista

from flowcfd.foam.fields import read, write
from flowcfd.foam.fields.field import create
from flowcfd.post import cache


def box() -> pyvista.UnstructuredGrid:
    return pyvista.ImageData(dimensions=(4, 4, 4)).cast_to_unstructured_grid()


class Builder:
    """Counts how often the grid had to be built."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> pyvista.UnstructuredGrid:
        self.calls += 1
        return box()


def test_a_grid_is_built_once(home: Path) -> None:
    build = Builder()
    first, again = cache.grid("a", build), cache.grid("a", build)
    assert build.calls == 1 and np.array_equal(first.cell_connectivity, again.cell_connectivity)
    assert [path.name for path in cache.folder().iterdir()] == ["a.vtkhdf"]


@pytest.mark.parametrize("damage", ["empty", "cut", "text", "noise"])
def test_a_damaged_grid_is_built_anew(home: Path, damage: str, capfd: pytest.CaptureFixture[str]) -> None:
    build = Builder()
    cache.grid("a", build)
    file = cache.folder() / "a.vtkhdf"
    whole = file.read_bytes()
    spoilt = {
        "empty": b"",
        "cut": whole[: len(whole) // 2],
        "text": b"hello",
        "noise": whole[:600] + bytes(len(whole) - 600),
    }
    file.write_bytes(spoilt[damage])
    assert cache.grid("a", build).n_cells == 27 and build.calls == 2
    assert cache.grid("a", build).n_cells == 27 and build.calls == 2, "and kept again"
    said = capfd.readouterr()
    assert not said.err and not said.out


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 no archive"])
def test_damaged_arrays_are_built_anew(home: Path, damage: bytes) -> None:
    values = {"a": np.arange(5.0), "names": np.array(["x", "yz"])}
    cache.arrays("b", lambda: values)
    (cache.folder() / "b.npz").write_bytes(damage)
    for _ in range(2):
        found = cache.arrays("b", lambda: values)
        assert found["a"].tolist() == [0, 1, 2, 3, 4] and found["names"].tolist() == ["x", "yz"]


def test_the_key_changes_with_size_time_and_place(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("1")
    two.write_text("1")
    os.utime(two, ns=(one.stat().st_atime_ns, one.stat().st_mtime_ns))
    keys = {cache.key("cells", [one]), cache.key("cells", [two]), cache.key("faces", [one])}
    os.utime(one, ns=(0, 12345))
    keys.add(cache.key("cells", [one]))
    one.write_text("12")
    os.utime(one, ns=(0, 12345))
    keys.add(cache.key("cells", [one]))
    assert len(keys) == 5 and cache.key("cells", [one]) in keys


def test_those_used_longest_ago_go_first(home: Path) -> None:
    for name in "abcd":
        cache.arrays(name, lambda: {"x": np.zeros(1000)})
    files = {name: cache.folder() / f"{name}.npz" for name in "abcd"}
    for age, name in enumerate("abcd"):
        os.utime(files[name], ns=(0, age))
    cache.arrays("a", dict)  # used now
    size = files["a"].stat().st_size
    cache.trim(2 * size)
    assert sorted(path.stem for path in cache.folder().iterdir()) == ["a", "d"]
    cache.trim(0, spare=files["d"])
    assert [path.stem for path in cache.folder().iterdir()] == ["d"]


def test_a_cache_that_cannot_be_written_only_costs_time(home: Path) -> None:
    cache.folder().parent.mkdir(parents=True)
    cache.folder().write_text("a file where the folder should be")
    build = Builder()
    assert cache.grid("a", build).n_cells == 27 and cache.grid("a", build).n_cells == 27
    assert build.calls == 2
    assert cache.arrays("b", lambda: {"x": np.ones(2)})["x"].tolist() == [1, 1]


@pytest.fixture
def long_field(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An ascii field, and one megabyte counts as two hundred bytes."""
    monkeypatch.setattr(cache, "_LONG", 200)
    boundary = {"inlet": {"type": "fixedValue", "value": np.ones((2, 3))}}
    field = create(
        "volVectorField", "U", dimensions=(0, 1, -1), internal=np.arange(60.0).reshape(20, 3) / 7, boundary=boundary
    )
    return write(tmp_path / "U", field)


@pytest.mark.parametrize("packed", [False, True])
def test_a_long_ascii_field_is_kept_in_binary(home: Path, long_field: Path, packed: bool) -> None:
    if packed:
        long_field = write(long_field, read(long_field), compress=True)
    expected = read(long_field)
    for _ in range(2):
        found = cache.field(long_field)
        assert np.array_equal(found.internal, expected.internal)
        assert np.array_equal(found.boundary["inlet"]["value"], np.ones((2, 3)))
        assert found.path == long_field and found.name == "U" and found.dimensions == expected.dimensions
    assert found.format == "binary" and len(list(cache.folder().iterdir())) == 1


def test_a_damaged_copy_of_a_field_is_made_anew(home: Path, long_field: Path) -> None:
    cache.field(long_field)
    (copy,) = cache.folder().iterdir()
    copy.write_bytes(copy.read_bytes()[:300])
    for _ in range(2):
        assert np.array_equal(cache.field(long_field).internal, read(long_field).internal)


def test_a_changed_field_is_another_field(home: Path, long_field: Path) -> None:
    cache.field(long_field)
    write(long_field, read(long_field).replace("internalField", np.zeros((20, 3)) + 0.125))
    assert (cache.field(long_field).internal == 0.125).all()


def test_a_binary_field_needs_no_copy(home: Path, long_field: Path) -> None:
    write(long_field, read(long_field), format="binary")
    cache.field(long_field)
    assert not cache.folder().exists()


def test_a_disk_with_no_space_for_a_grid_gets_none(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**9, 10**9, 1000))  # type: ignore[attr-defined]
    build = Builder()
    assert cache.grid("a", build).n_cells == 27
    assert not list(cache.folder().iterdir())


def test_the_file_of_a_small_grid_is_small(home: Path) -> None:
    cache.grid("a", Builder())
    assert (cache.folder() / "a.vtkhdf").stat().st_size < 200_000


def test_no_part_is_left_behind_when_building_fails(home: Path) -> None:
    def fail() -> pyvista.UnstructuredGrid:
        raise ValueError("no mesh")

    with pytest.raises(ValueError, match="no mesh"):
        cache.grid("a", fail)
    assert not cache.folder().exists() or not list(cache.folder().iterdir())
