"""The same tests for SQLite and for a real PostgreSQL, each with a database and a home of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flowcfd.bench.index import make
from flowcfd.index import refresh
from flowcfd.index.database import Database, place
from flowcfd.settings import settings

NOW = 1.7e9
"""The runs of these tests were made a day before, each a minute before the last."""
KINDS = ["sqlite", "postgresql"]


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """An empty index, which is this process's."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    if request.param == "postgresql":
        monkeypatch.setenv("DATABASE_URL", request.getfixturevalue("postgresql")())
    settings.cache_clear()
    yield place()


@pytest.fixture
def file(home: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """The index in a file of the home."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    settings.cache_clear()
    return place()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file system's clock is a minute ahead: what was changed just now counts as long ago."""
    clock = refresh.Home.clock
    monkeypatch.setattr(refresh.Home, "clock", lambda self: clock(self) + 60.0)


@pytest.fixture
def runs(home: Path) -> Callable[[int], list[Path]]:
    """Make so many more runs; their folders."""
    made: list[Path] = []

    def more(count: int) -> list[Path]:
        fresh = [make(home / "runs", len(made) + number, now=NOW) for number in range(count)]
        made.extend(fresh)
        return fresh

    return more
