"""Where the index is kept, and how it is opened: SQLite in the home, or PostgreSQL by DATABASE_URL.

This is the door of SQLAlchemy and Alembic: they are loaded when the index is opened, and by nobody else.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from flowcfd.errors import SiteError
from flowcfd.jobs import lock
from flowcfd.settings import settings

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

Result = TypeVar("Result")

REVISIONS = ("0001", "0002")
"""All revisions, the newest last."""
VERSION_TABLE = "flowcfd_revision"
PATIENCE = 5.0
"""So long [s] one waits for a database that is locked, or does not answer."""

_KEY = 0x666C6F77
"""PostgreSQL's lock that whoever makes or changes tables holds."""
_NETWORKS = frozenset({"nfs", "nfs4", "cifs", "smb3", "lustre", "gpfs", "beegfs", "ceph", "glusterfs", "afs", "9p"})


class Damaged(SiteError):
    """A file that is no database (any more)."""


class Newer(SiteError):
    """A database that a newer FlowCFD made."""


class Older(SiteError):
    """A database of an older FlowCFD, which others may still use: it is upgraded on request only."""


@dataclass(frozen=True)
class Database:
    """One place of the index; `file` is the file of SQLite, None for PostgreSQL."""

    address: str = field(repr=False)
    """As SQLAlchemy takes it; it may hold a password."""
    file: Path | None

    @property
    def engine(self) -> Engine:
        """SQLAlchemy's engine; it keeps no connection open."""
        return _engine(self.address)

    @property
    def told(self) -> str:
        """The place for people, without a password."""
        return str(self.file) if self.file is not None else _url(self.address).render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that reads one state of the database; SiteError for what goes wrong in it."""
        with self._guarded(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes, one at a time; all of it is kept, or nothing."""
        with self._guarded(), self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            if self.file is None:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_KEY})")
            yield connection

    def revision(self) -> str | None:
        """The revision of its tables; None when there are none."""
        if self.file is not None and not self.file.exists():
            return None
        from sqlalchemy import inspect

        with self.reading() as connection:
            if not inspect(connection).has_table(VERSION_TABLE):
                return None
            rows = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").all()
        return str(rows[0][0]) if rows else None

    def ready(self) -> Database:
        """This database with the tables of this version: made where there are none, a file's brought up to date.

        Raises Newer, Older (PostgreSQL, which `upgrade` changes), Damaged, SiteError.
        """
        revision = self.revision()
        if revision == REVISIONS[-1]:
            return self
        if revision is not None and revision not in REVISIONS:
            raise Newer(
                f"{self.told}: was made by a newer FlowCFD (revision {revision}; this one knows {REVISIONS[-1]}): "
                "upgrade FlowCFD, or make another index: flowcfd index rebuild --to FILE"
            )
        if revision is not None and self.file is None:
            raise Older(
                f"{self.told}: is of an older FlowCFD (revision {revision}; this one needs {REVISIONS[-1]}): "
                "flowcfd index upgrade"
            )
        return self.upgrade()

    def upgrade(self, to: str = "head") -> Database:
        """Make or change its tables; of several processes that want it one does."""
        if self.file is None:
            self._migrate(to)
            return self
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with held(self.file):
            if to != "head" or self.revision() != REVISIONS[-1]:
                self._journal()
                self._migrate(to)
        return self

    def sound(self) -> bool:
        """Whether a file can be read through."""
        try:
            with self.reading() as connection:
                return connection.exec_driver_sql("PRAGMA quick_check").scalar() == "ok"
        except Damaged:
            return False

    def _migrate(self, to: str) -> None:
        from alembic import command
        from alembic.config import Config

        config = Config()
        place = str(Path(__file__).parent / "migrations")
        config.set_main_option("script_location", place.replace("%", "%%"))
        with self.writing() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, to)

    def _journal(self) -> None:
        """Readers and a writer at once, where the file system has the shared memory that this needs."""
        assert self.file is not None
        mode = "DELETE" if networked(self.file.parent) else "WAL"
        with self._guarded():
            raw = self.engine.raw_connection()
            try:
                raw.cursor().execute(f"PRAGMA journal_mode={mode}")
            finally:
                raw.close()

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """One line of ours for what the database says."""
        from sqlalchemy.exc import DBAPIError, SQLAlchemyError

        try:
            yield
        except (SQLAlchemyError, OSError) as error:
            cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
            told = _said(cause)
            damaged = re.search(r"not a database|malformed|disk image", told)
            kind = Damaged if self.file is not None and damaged else SiteError
            raise kind(f"{self.told}: {told}") from error


def place() -> Database:
    """Where the index of this process is: by DATABASE_URL, else index.sqlite in the home."""
    address = settings().database
    return at(address) if address else of_file(settings().home / "index.sqlite")


def of_file(path: Path) -> Database:
    """The index in a file."""
    from sqlalchemy import URL

    path = path.expanduser().absolute()
    return Database(URL.create("sqlite", database=str(path)).render_as_string(), path)


def at(address: str) -> Database:
    """The index at an address such as postgresql://user:password@host/name or sqlite:////path; SiteError for others."""
    url = _url(address)
    kind = url.get_backend_name()
    if kind == "sqlite" and url.database not in (None, "", ":memory:"):
        return of_file(Path(str(url.database)))
    if kind not in ("postgresql", "postgres"):
        raise SiteError("DATABASE_URL: must be postgresql://USER:PASSWORD@HOST/NAME or sqlite:////PATH")
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+pg8000")
    return Database(url.render_as_string(hide_password=False), None)


@contextmanager
def held(file: Path) -> Iterator[None]:
    """The right to make, change or put aside the file of an index."""
    try:
        descriptor = lock.acquire(file.with_name(f".{file.name}.lock"), patience=4 * PATIENCE)
    except OSError as error:
        raise SiteError(f"{file}: {error.strerror or error}") from error
    if descriptor is None:
        raise SiteError(f"{file}: another process changes it for more than {4 * PATIENCE:g} s")
    try:
        yield
    finally:
        os.close(descriptor)


def using(work: Callable[[Database], Result]) -> tuple[Result, str]:
    """What `work` makes with the index of this process; a damaged file is put aside, and the note says so."""
    database = place()
    try:
        return work(database.ready()), ""
    except Damaged as error:
        note = f"{error}; it is made anew from the directories"
    aside = put_aside(database)
    note += f", the old one is {aside}" if aside is not None else ""
    return work(database.ready()), note


def put_aside(database: Database) -> Path | None:
    """Move a damaged file out of the way; where it is now, None when another process has done it before."""
    assert database.file is not None
    with held(database.file):
        if database.sound():
            return None
        aside = database.file.with_name(f"{database.file.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
        database.file.replace(aside)
        for suffix in ("-wal", "-shm", "-journal"):  # they belong to it, and would spoil the next one
            part = database.file.with_name(database.file.name + suffix)
            if part.exists():
                part.replace(aside.with_name(aside.name + suffix))
        return aside


def networked(folder: Path, mounts: str | None = None) -> bool:
    """Whether a folder lies on a file system of the network, by the table of mounts."""
    try:
        lines = (Path("/proc/self/mounts").read_text() if mounts is None else mounts).splitlines()
    except OSError:
        return False
    best, kind = "", ""
    for line in lines:
        _, point, found, *_ = [*line.split(), "", "", ""]
        inside = point == "/" or f"{folder}/".startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, found
    return kind in _NETWORKS or kind.startswith("fuse.")


def _url(address: str) -> URL:
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(re.sub(r"^postgres://", "postgresql://", address))
    except (ArgumentError, ValueError):
        raise SiteError("DATABASE_URL: must be postgresql://USER:PASSWORD@HOST/NAME or sqlite:////PATH") from None


@cache
def _engine(address: str) -> Engine:
    from sqlalchemy import NullPool, create_engine, event
    from sqlalchemy.exc import NoSuchModuleError

    url, options = _secured(_url(address))
    options["timeout"] = PATIENCE if url.get_backend_name() == "sqlite" else 4 * PATIENCE  # here of every answer
    try:
        engine = create_engine(url, poolclass=NullPool, connect_args=options)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        extra = "; pip install 'flowcfd[postgres]'" if "pg8000" in str(error) else ""
        raise SiteError(f"DATABASE_URL: the driver {url.drivername} is not installed{extra}") from None
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _plain)
        event.listen(engine, "begin", _begin)
    return engine


def _plain(connection: Any, record: object) -> None:
    """Let Python's sqlite3 begin nothing by itself: it would do so too late for tables that are made."""
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous=NORMAL")


def _begin(connection: Connection) -> None:
    """Who writes says so at once: a reader that becomes a writer might have to give up."""
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _secured(url: URL) -> tuple[URL, dict[str, Any]]:
    """The address without `sslmode`, which pg8000 does not know, and what it says instead."""
    mode = url.query.get("sslmode")
    if url.get_driver_name() != "pg8000" or mode is None:
        return url, {}
    url = url.difference_update_query(["sslmode"])
    if mode in ("disable", "allow", "prefer"):
        return url, {}
    import ssl

    context = ssl.create_default_context()
    if mode == "require":  # encrypted, whoever answers: what libpq means by it
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return url, {"ssl_context": context}


def _said(error: BaseException) -> str:
    """What an error of a driver says, in one line; pg8000 gives a dictionary of which M is the message."""
    first = error.args[0] if error.args else ""
    text = first.get("M", "") if isinstance(first, dict) else str(first if len(error.args) == 1 else error)
    return " ".join(str(text or type(error).__name__).split())
