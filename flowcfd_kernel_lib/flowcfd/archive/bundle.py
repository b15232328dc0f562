"""A folder as one compressed stream, the same bytes each time: so an upload that broke off can be gone on with."""

from __future__ import annotations

import hashlib
import stat
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowcfd.errors import RunError

SUFFIX = ".tar.zst"
BLOCK = 1 << 20
LEAST_PART = 8 << 20
"""Bytes of a part of an upload; S3 wants 5 MiB at least, and at most 10,000 parts."""
MOST_PARTS = 9000

_OF_THE_MOMENT = ("lock", "worker.lock", "driver.lock", "reserve")
"""Files that say something of processes which are gone."""


@dataclass(frozen=True)
class File:
    """A file of a bundle: its path in the folder, size [bytes] and SHA-256 in hexadecimal."""

    path: str
    size: int
    sha256: str


def members(folder: Path) -> list[Path]:
    """What goes into the bundle, in order; half-written files and locks stay behind."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.name not in _OF_THE_MOMENT and not (path.name.startswith(".") and path.name.endswith(".part"))
    )


def size(folder: Path) -> int:
    """Bytes of all its files, before they are compressed."""
    return sum(path.lstat().st_size for path in members(folder) if path.is_file() and not path.is_symlink())


def part_size(total: int) -> int:
    """Bytes of a part, such that `total` bytes fit even if they cannot be compressed."""
    return max(LEAST_PART, -(-total // MOST_PARTS))


class Bundle:
    """The stream of a folder. When it was read through, `files`, `size` [bytes] and `sha256` are known."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: list[File] = []
        self.size = 0
        self._sum = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """The digest of the compressed bytes so far, in hexadecimal."""
        return self._sum.hexdigest()

    def parts(self, length: int) -> Iterator[bytes]:
        """The compressed bytes in parts of `length`, the last one shorter; never all of them in memory."""
        held = bytearray()
        for piece in self._pieces():
            held += piece
            while len(held) >= length:
                yield self._counted(bytes(held[:length]))
                del held[:length]
        if held:
            yield self._counted(bytes(held))

    def _counted(self, part: bytes) -> bytes:
        self._sum.update(part)
        self.size += len(part)
        return part

    def _pieces(self) -> Iterator[bytes]:
        import pyarrow as pa  # it has the fast compression that Python 3.11 has not

        sink = _Sink()
        packed = pa.CompressedOutputStream(pa.PythonFile(sink, "w"), "zstd")
        for path in members(self.folder):
            try:
                for piece in self._member(path):
                    packed.write(piece)
                    yield sink.taken()
            except OSError as error:
                raise RunError(f"cannot be read: {error.strerror or error}", path=path) from error
        packed.write(bytes(tarfile.RECORDSIZE))
        packed.close()
        yield sink.taken()

    def _member(self, path: Path) -> Iterator[bytes]:
        """A file, folder or link as tar has it: without what depends on who archives it."""
        info = tarfile.TarInfo(str(path.relative_to(self.folder)))
        outside = path.is_symlink() and not path.resolve().is_relative_to(self.folder.resolve())
        about = path.stat() if outside else path.lstat()  # a link out of the folder: what it stands for
        info.mode, info.mtime = stat.S_IMODE(about.st_mode), int(about.st_mtime)
        if stat.S_ISLNK(about.st_mode):
            info.type, info.linkname = tarfile.SYMTYPE, str(path.readlink())
        elif stat.S_ISDIR(about.st_mode):
            if outside:
                raise RunError("a link to a folder outside: it cannot be archived", path=path)
            info.type = tarfile.DIRTYPE
        elif stat.S_ISREG(about.st_mode):
            info.size = about.st_size
        else:
            return  # a socket or a pipe
        yield info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")
        if info.isreg():
            yield from self._content(path, info)

    def _content(self, path: Path, info: tarfile.TarInfo) -> Iterator[bytes]:
        known, left = hashlib.sha256(), info.size
        with path.open("rb") as file:
            while left:
                piece = file.read(min(BLOCK, left))
                if not piece:
                    raise RunError("has become shorter while it was read", path=path)
                known.update(piece)
                left -= len(piece)
                yield piece
        yield bytes(-info.size % tarfile.BLOCKSIZE)
        self.files.append(File(info.name, info.size, known.hexdigest()))


class _Sink:
    """What pyarrow writes into; it is emptied as it fills."""

    closed = False

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, piece: bytes) -> int:
        self._held += piece
        return len(piece)

    def taken(self) -> bytes:
        piece = bytes(self._held)
        self._held.clear()
        return piece

    def flush(self) -> None:
        """Nothing: it is memory."""

    def close(self) -> None:
        """Nothing is lost by closing."""


def unpack(stream: Any, folder: Path, wanted: dict[str, File]) -> Iterator[int]:
    """Write the files of a compressed stream into `folder`, comparing each with what it was; yields bytes so far.

    RunError for a file that is not what the manifest says, is missing, or would lie outside the folder.
    """
    import pyarrow as pa

    left, done = dict(wanted), 0
    packed = pa.CompressedInputStream(pa.PythonFile(stream, "r"), "zstd")
    try:
        with tarfile.open(fileobj=packed, mode="r|", bufsize=BLOCK) as tar:
            for info in tar:
                if info.isreg():
                    expected = left.pop(info.name, None)
                    if expected is None:
                        raise RunError(f"the bundle holds {info.name!r}, the manifest does not")
                    tar.extract(info, folder, filter="data")
                    if _sum(folder / info.name) != expected.sha256:
                        raise RunError(f"{info.name} is not what was archived: its bytes have changed")
                    done += info.size
                    yield done
                elif info.isdir() or info.issym():
                    tar.extract(info, folder, filter="data")
    except (tarfile.TarError, OSError, pa.ArrowException) as error:
        raise RunError(f"the bundle cannot be unpacked: {' '.join(str(error).split())}") from error
    if left:
        raise RunError(f"the bundle lacks {len(left)} files, such as {next(iter(left))!r}")


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
