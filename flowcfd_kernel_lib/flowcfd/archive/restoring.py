"""Bring runs and studies back from the archive, and let others fetch them."""

from __future__ import annotations

import hashlib
import shutil
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from flowcfd import jobs, studies, telling
from flowcfd.archive.bundle import unpack
from flowcfd.archive.entry import Entry, found
from flowcfd.archive.s3 import Store, Unreachable, store
from flowcfd.errors import CaseError, RunError, SiteError
from flowcfd.jobs import space
from flowcfd.jobs.handle import Run
from flowcfd.settings import settings
from flowcfd.studies import Study
from flowcfd.units import si

ATTEMPTS = 6
PIECE = 1 << 20
HOUR = 3600.0
MOST = 7 * 24 * HOUR
"""The longest [s] that S3 lets a link live."""


def restore(name: str, *, to: str | Path | None = None, user: str | None = None) -> Run | Study:
    """Bring a bundle back to where runs are kept, or into the folder `to`; every file is compared with what it was.

    A study brings those of its runs that are archived and not here. CaseError when the folder is there already;
    SiteError when the store cannot be reached; RunError for a bundle that is not what was archived: then nothing is
    written.
    """
    there = store(user=user)
    entry = found(there, name)
    home = settings().home / "studies" if entry.kind == "study" else settings().runs
    folder = (Path(to).expanduser().absolute() if to is not None else home) / entry.name
    if folder.exists():
        raise CaseError(f"{folder}: is there already")
    if entry.kind == "study":
        for run in entry.record.get("runs", ()):
            if not (settings().runs / run).exists():
                restore(run, user=user)
    _brought(there, entry, folder)
    return studies.open(folder) if entry.kind == "study" else jobs.open(folder)


def link(name: str, *, valid: str | float = "1 hour") -> str:
    """An address from which anybody can fetch the bundle for so long (at most 7 days), without keys.

    It holds a signature: whoever has it, has the run.
    """
    seconds = si(valid, "s")
    if not 1 <= seconds <= MOST:
        raise CaseError(f"valid: must be 1 s to 7 days (got {valid!r})")
    there = store()
    entry = found(there, name)
    with there.asked("make a link"):
        params = {
            "Bucket": there.bucket,
            "Key": there.folder + entry.bundle,
            "ResponseContentDisposition": f'attachment; filename="{entry.name}.tar.zst"',
        }
        return str(there.client.generate_presigned_url("get_object", Params=params, ExpiresIn=int(seconds)))


def _brought(there: Store, entry: Entry, folder: Path) -> None:
    """Unpack beside the place, compare, rename."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    space.require(folder.parent, entry.size)
    part = folder.with_name(f".restore-{entry.name}-{time.monotonic_ns()}")
    part.mkdir()
    stream = _Reader(there, entry)
    try:
        with closing(stream):
            _unpacked(stream, entry, part)
        try:
            part.rename(folder)
        except OSError:
            if not folder.exists():
                raise
            raise CaseError(f"{folder}: is there already") from None  # made meanwhile
    except (RunError, OSError) as error:
        if stream.broken is not None:
            raise stream.broken from None
        raise (RunError(f"{entry.name}: {error}") if isinstance(error, RunError) else error) from None
    finally:
        telling.tell(entry, "", over=True)
        shutil.rmtree(part, ignore_errors=True)


def _unpacked(stream: _Reader, entry: Entry, part: Path) -> None:
    """All files of the bundle, each compared with what it was; RunError, too, when any of its bytes has changed."""
    problem = None
    try:
        for done in unpack(stream, part, {file.path: file for file in entry.files}):
            words = f"Restore {entry.name}: {done / 1e6:.0f} of {entry.size / 1e6:.0f} MB"
            telling.tell(entry, words, done / max(1, entry.size))
    except RunError as error:
        if stream.broken:
            raise
        problem = error
    while stream.read():  # what lies behind the last file counts too
        pass
    if stream.sha256 != entry.sha256:
        raise RunError("the bundle is not what was archived: its bytes have changed") from problem
    if problem:
        raise problem


class _Reader:
    """An object of the store as a stream; a connection that breaks is made again where it was."""

    closed = False

    def __init__(self, there: Store, entry: Entry) -> None:
        self._there, self._key, self._size = there, there.folder + entry.bundle, entry.packed
        self._at, self._tag = 0, ""
        self._body: Any = None
        self._sum = hashlib.sha256()
        self.broken: SiteError | None = None

    @property
    def sha256(self) -> str:
        """The digest of what was read so far, in hexadecimal."""
        return self._sum.hexdigest()

    def read(self, count: int = -1) -> bytes:
        if self._at >= self._size:
            return b""
        for attempt in range(ATTEMPTS):
            try:
                with self._there.asked("fetch the bundle"):
                    piece = self._opened().read(PIECE if count is None or count < 0 else count)
                if piece:
                    self._at += len(piece)
                    self._sum.update(piece)
                    return bytes(piece)
                raise Unreachable("the connection ended")
            except SiteError as error:
                self._body = None
                if attempt == ATTEMPTS - 1 or not isinstance(error, Unreachable):
                    self.broken = SiteError(f"{error} (after {self._at} of {self._size} bytes)")
                    raise OSError(str(error)) from None
                time.sleep(0.2 * 2**attempt)
        raise AssertionError

    def _opened(self) -> Any:
        if self._body is None:
            same = {"IfMatch": self._tag} if self._tag else {}  # not of another bundle, put there meanwhile
            answer = self._there.client.get_object(
                Bucket=self._there.bucket, Key=self._key, Range=f"bytes={self._at}-", **same
            )
            self._tag, self._body = answer["ETag"], answer["Body"]
        return self._body

    def close(self) -> None:
        """Give the connection back."""
        if self._body is not None:
            self._body.close()
