"""`flowcfd index` and `flowcfd usage`."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from flowcfd.bench.index import make
from flowcfd.cli import main
from flowcfd.index.database import VERSION_TABLE
from flowcfd.index.refresh import Home
from flowcfd.settings import settings


@pytest.fixture(autouse=True)
def runs(home: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    settings.cache_clear()
    clock = Home.clock
    monkeypatch.setattr(Home, "clock", lambda self: clock(self) + 60.0)  # what was made just now counts as long ago
    return [make(home / "runs", number) for number in range(4)]


def test_the_index_is_made_anew_and_says_what_differed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["index", "status", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["revision"], told["runs"], told["folders"]) == (None, 0, 4)
    assert main(["index", "rebuild"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said == [f"{home / 'index.sqlite'}: 4 runs, 0 studies, 4 attempts", "nothing differed from what was known"]
    with sqlite3.connect(home / "index.sqlite") as connection:
        connection.execute("UPDATE flowcfd_runs SET state = 'Lost' WHERE state = 'Failed'")
    connection.close()
    assert main(["index", "rebuild", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["differences"] == ["runs wing000-000000000002: state"]
    assert main(["index", "status"]) == 0
    assert "runs      4 of 4 folders" in capsys.readouterr().out


def test_a_newer_index_is_refused_and_another_can_be_made(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["index", "rebuild"])
    with sqlite3.connect(home / "index.sqlite") as connection:
        connection.execute(f"UPDATE {VERSION_TABLE} SET version_num = '7777'")
    connection.close()
    capsys.readouterr()
    for command in (["index", "rebuild"], ["index", "upgrade"], ["usage"]):
        assert main(command) == 3
        assert "made by a newer FlowCFD (revision 7777; this one knows" in capsys.readouterr().err
    assert main(["index", "status"]) == 0
    assert "problem   is of revision 7777" in capsys.readouterr().out
    assert main(["index", "rebuild", "--to", str(home / "other.sqlite")]) == 0
    assert f"export DATABASE_URL=sqlite:///{home}/other.sqlite" in capsys.readouterr().out


def test_a_file_that_is_no_index_is_not_overwritten(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notes = home / "notes.txt"
    notes.write_text("")
    assert main(["index", "rebuild", "--to", str(notes)]) == 2
    assert "exists and is no index" in capsys.readouterr().err and notes.read_text() == ""
    notes.write_text("dear diary, " * 100)
    assert main(["index", "rebuild", "--to", str(notes)]) != 0
    assert notes.read_text().startswith("dear diary")


def test_upgrade_says_from_what_to_what(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["index", "upgrade"]) == 0
    assert "revision none is now 0002" in capsys.readouterr().out
    assert main(["index", "upgrade"]) == 0
    assert "revision 0002 was there already" in capsys.readouterr().out
    assert main(["index", "upgrade", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["before"] == "0002"


def test_usage_is_a_table_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["usage", "--by", "project", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [row["project"] for row in told["rows"]] == ["project0", "project1", "project2"]
    assert told["units"]["core_seconds"] == "core s"
    assert main(["usage"]) == 0
    assert "core-hours" in capsys.readouterr().out
    assert main(["usage", "--by", "attempt", "--user", "user1"]) == 0
    assert "wing000-000000000001" in capsys.readouterr().out
    assert main(["usage", "--user", "nobody"]) == 0
    assert capsys.readouterr().out == "no run has used anything so far\n"
    assert main(["usage", "--since", "yesterday"]) == 2
