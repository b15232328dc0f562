"""The database is made, brought up to date and refused as it should be; it never hinders a listing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from flowcfd import index
from flowcfd.errors import SiteError
from flowcfd.index import database as databases
from flowcfd.index.database import REVISIONS, VERSION_TABLE, Database, Newer, Older, at, networked
from flowcfd.index.listing import listed
from flowcfd.index.rebuild import content, rebuild
from flowcfd.index.refresh import refresh
from flowcfd.index.selection import Selection
from flowcfd.settings import settings

pytestmark = pytest.mark.flow

Make = Callable[[int], list[Path]]
ALL = Selection()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long for a lock."""
    monkeypatch.setattr(databases, "PATIENCE", 0.2)
    databases._engine.cache_clear()


def set_revision(database: Database, revision: str) -> None:
    with database.writing() as connection:
        connection.exec_driver_sql(f"UPDATE {VERSION_TABLE} SET version_num = '{revision}'")


def test_the_tables_are_those_that_the_migrations_make(database: Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    from flowcfd.index.tables import metadata

    assert database.revision() is None
    with database.ready().reading() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        assert compare_metadata(context, metadata) == []
    assert database.revision() == REVISIONS[-1]


def test_our_list_of_revisions_is_that_of_the_scripts() -> None:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(Path(databases.__file__).parent / "migrations"))
    assert tuple(script.revision for script in reversed(list(scripts.walk_revisions()))) == REVISIONS


def test_an_old_database_is_upgraded_and_its_runs_are_read_anew(database: Database, runs: Make, later: None) -> None:
    runs(2)
    refresh(database.ready())
    with database.writing() as connection:  # as the first version left it
        for table in ("usage", "studies", "points"):
            connection.exec_driver_sql(f"DROP TABLE flowcfd_{table}")
    set_revision(database, "0001")
    if database.file is None:
        with pytest.raises(Older, match=r"is of an older FlowCFD \(revision 0001; .*\): flowcfd index upgrade$"):
            database.ready()
        database.upgrade()
    assert database.ready().revision() == REVISIONS[-1]
    refresh(database)
    assert len(content(database)["usage"]) == 2
    assert rebuild(database).differences == ()


def test_a_database_of_revision_one_is_what_its_script_makes(database: Database) -> None:
    assert database.upgrade(to="0001").revision() == "0001"
    assert database.upgrade().revision() == REVISIONS[-1]


def test_a_newer_database_is_refused_and_the_listing_is_a_scan_with_a_note(database: Database, runs: Make) -> None:
    made = runs(3)
    set_revision(database.ready(), "0999")
    with pytest.raises(Newer, match=r"newer FlowCFD \(revision 0999; this one knows 0002\): .*rebuild --to FILE$"):
        database.ready()
    found = listed(ALL, many=0)
    assert sorted(run.path for run in found.runs) == sorted(made)
    assert found.note.startswith("the index of runs is not used: ") and "secret" not in found.note
    assert database.revision() == "0999"


@pytest.mark.parametrize("content_of", [b"no database at all, but long enough to be one" * 9, None])
def test_a_damaged_file_is_put_aside_and_made_anew(
    file: Database, runs: Make, content_of: bytes | None, later: None
) -> None:
    made = runs(30)
    assert file.file is not None
    refresh(file.ready())
    raw = bytearray(file.file.read_bytes())
    raw[4096:] = b"\xff" * (len(raw) - 4096)  # its head is whole
    for suffix in ("-wal", "-shm"):
        file.file.with_name(file.file.name + suffix).unlink(missing_ok=True)
    file.file.write_bytes(raw if content_of is None else content_of)
    found = listed(ALL, many=0)
    assert sorted(run.path for run in found.runs) == sorted(made)
    aside = next(file.file.parent.glob("index.sqlite.damaged-*"))
    assert found.note.endswith(f"made anew from the directories, the old one is {aside}")
    again = listed(ALL, many=0)
    assert again.note == "" and len(again.runs) == 30


def test_a_locked_database_is_not_waited_for_for_long(file: Database, runs: Make, impatient: None) -> None:
    assert file.file is not None
    file.ready()
    runs(2)
    with sqlite3.connect(file.file, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        found = listed(ALL, many=0)
    other.close()
    assert len(found.runs) == 2 and found.note.endswith("database is locked")
    assert listed(ALL, many=0).note == ""


def test_a_home_that_cannot_be_written_is_scanned(file: Database, runs: Make, home: Path) -> None:
    runs(2)
    (home / ".index-id").mkdir()  # rights do not bind root
    found = listed(ALL, many=0)
    assert len(found.runs) == 2 and ".index-id" in found.note


def test_without_a_server_there_is_a_scan(runs: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:hidden@127.0.0.1:1/nothing")
    settings.cache_clear()
    runs(1)
    found = listed(ALL, many=0)
    assert len(found.runs) == 1 and "127.0.0.1" in found.note and "hidden" not in found.note


def test_the_verb_warns_once_with_the_note(file: Database, runs: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    set_revision(file.ready(), "0999")
    runs(1)
    monkeypatch.setattr("flowcfd.index.listing.MANY", 0)
    with pytest.warns(UserWarning, match="^the index of runs is not used: "):
        assert len(index.runs()) == 1


@pytest.mark.parametrize("address", ["mysql://a/b", "nonsense", "sqlite://", "http://x"])
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(SiteError, match=r"^DATABASE_URL: must be postgresql://"):
        at(address)


def test_an_address_becomes_that_of_the_driver_and_its_password_is_not_shown() -> None:
    found = at("postgres://me:secret@host:5433/name")
    assert found.address == "postgresql+pg8000://me:secret@host:5433/name" and found.file is None
    assert "secret" not in found.told and "host" in found.told
    assert at("sqlite:////some/where.sqlite").file == Path("/some/where.sqlite")


def test_a_driver_that_is_not_here_is_named() -> None:
    with pytest.raises(SiteError, match="psycopg2cffi"):
        at("postgresql+psycopg2cffi://me@host/name").ready()


def test_sslmode_becomes_what_the_driver_understands() -> None:
    url, options = databases._secured(databases._url("postgresql+pg8000://me@host/name?sslmode=require"))
    assert "sslmode" not in url.query and options["ssl_context"].check_hostname is False
    _, options = databases._secured(databases._url("postgresql+pg8000://me@host/name?sslmode=verify-full"))
    assert options["ssl_context"].check_hostname is True
    assert databases._secured(databases._url("postgresql+pg8000://me@host/name?sslmode=prefer"))[1] == {}


@pytest.mark.parametrize(
    ("folder", "expected"), [("/srv/me/flow", True), ("/srvlike", False), ("/scratch/x", True), ("/", False)]
)
def test_file_systems_of_the_network_are_known(folder: str, expected: bool) -> None:
    mounts = "root / ext4 rw 0 0\nserver:/srv /srv nfs4 rw 0 0\nx /scratch lustre rw 0 0\n"
    assert networked(Path(folder), mounts) is expected


def test_on_this_file_system_readers_do_not_wait_for_a_writer(file: Database, runs: Make) -> None:
    runs(1)
    refresh(file.ready())
    with file.writing(), file.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert len(content(file)["runs"]) == 1


def test_a_password_is_never_shown() -> None:
    server = at("postgresql://alice:hidden@example.org/runs")
    assert "hidden" not in repr(server) and "hidden" not in server.told
