"""A private PostgreSQL of the Debian package: in a temporary folder, on a free port of this machine, stopped by pid."""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from flowcfd.errors import SiteError

USER = "flowcfd"
PATIENCE = 90.0


@contextlib.contextmanager
def server() -> Iterator[Callable[[], str]]:
    """A function that makes an empty database and gives its address, while the server lives.

    SiteError where there is no PostgreSQL.
    """
    bin_ = _installed()
    folder = Path(tempfile.mkdtemp(prefix="flowcfd-postgresql-", dir="/tmp"))
    password = secrets.token_hex(8)
    (folder / "password").write_text(password)
    if os.getuid() == 0:  # initdb and the server refuse to run as root
        owner = pwd.getpwnam("postgres")
        for path in (folder, folder / "password"):
            os.chown(path, owner.pw_uid, owner.pw_gid)
    try:
        _run(bin_ / "initdb", "-D", folder / "data", "-A", "scram-sha-256", "-U", USER, "--no-sync", "--encoding=UTF8",
             "--locale=C", f"--pwfile={folder / 'password'}")  # fmt: skip
        with _started(bin_, folder) as port:
            yield lambda: _database(port, password)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _installed() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not found:
        raise SiteError("PostgreSQL is not installed; install it: apt-get install postgresql   (as root)")
    if os.getuid() == 0:
        try:
            pwd.getpwnam("postgres")
        except KeyError:
            raise SiteError("PostgreSQL does not run as root, and there is no user postgres") from None
    return found[-1].parent


def _as_user(*words: object) -> list[str]:
    before = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    return [*before, *map(str, words)]


def _run(*words: object) -> None:
    done = subprocess.run(_as_user(*words), capture_output=True, text=True, timeout=PATIENCE, cwd="/")
    if done.returncode != 0:
        raise SiteError(f"{words[0]}: {done.stdout}{done.stderr}")


@contextlib.contextmanager
def _started(bin_: Path, folder: Path) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    words = [bin_ / "postgres", "-D", folder / "data", "-k", folder, "-h", "127.0.0.1", "-p", port, "-c", "fsync=off"]
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(_as_user(*words), stdout=log, stderr=log, cwd="/")
    try:
        deadline = time.monotonic() + PATIENCE
        while not _ready(folder):
            if child.poll() is not None or time.monotonic() > deadline:
                raise SiteError(f"PostgreSQL does not start: {(folder / 'log').read_text()}")
            time.sleep(0.05)
        yield port
    finally:
        with contextlib.suppress(OSError, ValueError, IndexError):  # at once, for nothing of it is kept
            os.kill(int((folder / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
        child.wait(PATIENCE)


def _ready(folder: Path) -> bool:
    with contextlib.suppress(OSError):
        return "ready" in (folder / "data" / "postmaster.pid").read_text()
    return False


def _database(port: int, password: str) -> str:
    import pg8000.native  # needed for this only

    name = f"flow_{secrets.token_hex(6)}"
    connection = pg8000.native.Connection(USER, "127.0.0.1", "postgres", port, password)
    try:
        connection.run(f"CREATE DATABASE {name} TEMPLATE template0")
    finally:
        connection.close()
    return f"postgresql://{USER}:{password}@127.0.0.1:{port}/{name}"
