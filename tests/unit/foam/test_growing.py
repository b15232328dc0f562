"""Tables that grow: halves of lines, files that are replaced, runs that go on, several columns at once."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from flowcfd.foam import growing
from flowcfd.foam.growing import GrowingTable

HEAD = "# Force coefficients\n# Time\tCd\tCs\tCl\n"


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(growing, "LOOK", 0.0)
    path = tmp_path / "postProcessing/body/0/coefficient.dat"
    path.parent.mkdir(parents=True)
    return path


def reader(table: Path, **columns: int | str) -> GrowingTable:
    return GrowingTable(table.parents[3], "body", "coefficient", columns or {"Cd": "Cd", "Cl": "Cl"})


def add(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def test_only_whole_rows_are_given_and_each_once(table: Path) -> None:
    found = reader(table)
    assert found.poll() == []
    add(table, HEAD + "1\t0.5\t0\t0.1\n2\t0.")
    assert found.poll() == [[1, 0.5, 0.1]]
    assert found.poll() == []
    add(table, "6\t0\t0.2")
    assert found.poll() == []
    add(table, "\n")
    assert found.poll() == [[2, 0.6, 0.2]]


def test_a_header_that_comes_in_halves_is_understood(table: Path) -> None:
    found = reader(table)
    add(table, HEAD[:30])
    assert found.poll() == []
    add(table, HEAD[30:] + "1\t0.5\t0\t0.1\n")
    assert found.poll() == [[1, 0.5, 0.1]]


def test_a_file_that_was_cut_or_replaced_is_read_from_its_beginning(table: Path) -> None:
    found = reader(table)
    add(table, HEAD + "1\t0.5\t0\t0.1\n2\t0.6\t0\t0.2\n")
    assert len(found.poll()) == 2
    table.write_text(HEAD + "1\t0.7\t0\t0.3\n")
    assert found.poll() == [[1, 0.7, 0.3]]


def test_a_resumed_run_writes_a_folder_of_its_own(table: Path) -> None:
    found = reader(table)
    add(table, HEAD + "1\t0.5\t0\t0.1\n")
    found.poll()
    later = table.parents[1] / "1/coefficient.dat"
    later.parent.mkdir()
    later.write_text(HEAD + "2\t0.6\t0\t0.2\n")
    assert found.poll() == [[2, 0.6, 0.2]]


def test_vectors_probes_outside_and_words_are_nan(table: Path) -> None:
    found = reader(table, Ux=0, Uz=2, p=3, none=9)
    add(table, "# Time\n1\t(1 2 -1e+300)\tword\n")
    [row] = found.poll()
    assert row[:2] == [1, 1]
    assert all(math.isnan(value) for value in row[2:])


def test_a_long_file_comes_in_parts(table: Path) -> None:
    found = reader(table)
    add(table, HEAD + "".join(f"{n}\t0.5\t0\t0.1\n" for n in range(1000)))
    first = found.poll(most=2000)
    assert 0 < len(first) < 1000
    rows = first
    while part := found.poll(most=2000):
        rows += part
    assert [row[0] for row in rows] == list(range(1000))
