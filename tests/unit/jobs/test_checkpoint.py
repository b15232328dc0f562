"""Which written times can be gone on from."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from pathlib import Path

import pytest

from flowcfd.jobs import checkpoint

FIELD = "FoamFile { class volScalarField; object p; }\ninternalField uniform 0;\n// ****************************** //\n"


def write(case: Path, time: str, names: Iterable[str] = ("U", "p"), cores: int = 1) -> None:
    for root in checkpoint.roots(case, cores):
        (root / time / "uniform").mkdir(parents=True)
        for name in (*names, "uniform/time"):
            (root / time / name).write_text(FIELD)


def test_times_are_ordered_as_numbers_and_nothing_else_counts(tmp_path: Path) -> None:
    for name in ("10", "9", "0", "1e-05", "0.5", "constant", "0.orig", "100.bak"):
        (tmp_path / name).mkdir()
    (tmp_path / "7").write_text("a file")
    assert checkpoint.times(tmp_path) == ["0", "1e-05", "0.5", "9", "10"]
    assert checkpoint.times(tmp_path / "absent") == []


@pytest.mark.parametrize("cores", [1, 2])
def test_the_latest_whole_time_is_found(tmp_path: Path, cores: int) -> None:
    for time in ("0", "1", "2"):
        write(tmp_path, time, cores=cores)
    assert checkpoint.split(tmp_path, cores, ["0"], None) == ("2", [])


def test_without_a_written_time_there_is_only_the_start(tmp_path: Path) -> None:
    write(tmp_path, "0")
    assert checkpoint.split(tmp_path, 1, ["0"], None) == (None, [])


@pytest.mark.parametrize("damage", ["", FIELD[: len(FIELD) // 2], FIELD[:10]])
def test_a_field_cut_off_anywhere_makes_its_time_not_whole(tmp_path: Path, damage: str) -> None:
    write(tmp_path, "1")
    write(tmp_path, "2")
    (tmp_path / "2" / "U").write_text(damage)
    assert checkpoint.split(tmp_path, 1, [], None) == ("1", ["2"])


def test_a_rank_without_the_time_or_without_a_field_makes_it_not_whole(tmp_path: Path) -> None:
    for time in ("1", "2", "3"):
        write(tmp_path, time, cores=2)
    (tmp_path / "processor1" / "2" / "p").unlink()
    (tmp_path / "processor1" / "3").rename(tmp_path / "elsewhere")
    assert checkpoint.split(tmp_path, 2, [], None) == ("1", ["3", "2"])


def test_a_field_that_the_time_before_had_must_be_there_unless_the_log_shows_the_steps_end(
    tmp_path: Path,
) -> None:
    write(tmp_path, "1", ("U", "p", "k"))
    write(tmp_path, "2")
    assert checkpoint.split(tmp_path, 1, [], None) == ("1", ["2"])
    log = tmp_path / "log.icoFoam"
    log.write_text("Time = 1\n\nExecutionTime = 1 s\n\nTime = 2\n")
    assert checkpoint.split(tmp_path, 1, [], log) == ("1", ["2"])
    log.write_text("Time = 1\n\nExecutionTime = 1 s\n\nTime = 2\n\nExecutionTime = 2 s\n")
    assert checkpoint.split(tmp_path, 1, [], log) == ("2", [])


def test_a_zipped_field_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "U.gz"
    path.write_bytes(gzip.compress(FIELD.encode()))
    assert checkpoint.complete(path)
    path.write_bytes(gzip.compress(FIELD.encode())[:-9])
    assert not checkpoint.complete(path)


def test_a_file_of_another_format_needs_only_content(tmp_path: Path) -> None:
    (tmp_path / "x.vtp").write_text("<VTKFile/>")
    (tmp_path / "y.vtp").write_text("")
    assert checkpoint.complete(tmp_path / "x.vtp") and not checkpoint.complete(tmp_path / "y.vtp")


def test_what_is_put_aside_is_kept_each_time_in_a_folder_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, "2", cores=2)
    assert checkpoint.set_aside(tmp_path, 2, ["2"]) == tmp_path / "incomplete" / "1"
    assert (tmp_path / "incomplete/1/processor1/2/U").read_text() == FIELD
    write(tmp_path, "2", cores=2)
    assert checkpoint.set_ranks_aside(tmp_path) == tmp_path / "incomplete" / "2"
    assert (tmp_path / "incomplete/2/processor0/2/U").is_file() and not (tmp_path / "processor0").exists()
    assert checkpoint.set_aside(tmp_path, 1, ["9"]) is None
