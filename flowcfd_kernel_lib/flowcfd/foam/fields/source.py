"""The bytes of one OpenFOAM file (plain: mapped, .gz: unpacked), its FoamFile head, and places in it for messages."""

from __future__ import annotations

import gzip
import mmap
import re
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from flowcfd.errors import DictionaryError
from flowcfd.foam.fields.element import Arch

BLANK = rb"(?:\s|//[^\n]*(?:\n|\Z)|/\*.*?\*/)*"
"""What may stand between two tokens: blanks and comments, as the text of a regular expression (with re.S)."""

_HEAD = re.compile(rb"\A" + BLANK + rb"FoamFile\s*\{([^}]*)\}", re.S)
_HEAD_ENTRY = re.compile(r"(\w+)\s+(\"[^\"]*\"|[^;\"]*?)\s*;")
_HEAD_BYTES = 4096
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Source:
    """The bytes of a file; `text` slices and offsets refer to the unpacked content."""

    path: Path
    data: bytes | mmap.mmap
    head: dict[str, str] = field(default_factory=dict)
    body: int = 0
    """Where the FoamFile head ends; 0 for a file without one."""

    @property
    def binary(self) -> bool:
        """Whether lists lie as raw numbers."""
        return self.head.get("format") == "binary"

    @property
    def arch(self) -> Arch:
        """How they lie."""
        return Arch.parse(self.head.get("arch", ""))

    @property
    def cls(self) -> str:
        """The class of the head, empty without one."""
        return self.head.get("class", "")

    def find(self, byte: bytes, start: int) -> int:
        """The offset of the next `byte`, -1 when there is none."""
        if isinstance(self.data, bytes):
            return self.data.find(byte, start)
        for block in range(start, len(self.data), _BLOCK):  # find() of a mapped file is many times slower
            at = self.data[block : block + _BLOCK].find(byte)
            if at >= 0:
                return block + at
        return -1

    def error(self, message: str, at: int, *, expected: str = "") -> DictionaryError:
        """An error at an offset, told as line and column."""
        before = self.data[:at]
        line = before.count(b"\n") + 1
        return DictionaryError(message, path=self.path, line=line, column=at - before.rfind(b"\n"), expected=expected)


def existing(path: Path) -> Path:
    """The file itself or its .gz twin, which OpenFOAM reads in its place; DictionaryError when neither is there."""
    if path.is_file():
        return path
    packed = path.with_name(path.name + ".gz")
    if packed.is_file():
        return packed
    raise DictionaryError("there is no such file", path=path, expected=f"{path.name} or {packed.name}")


def open_source(path: str | Path, *, head_only: bool = False) -> Source:
    """Map or unpack a file and read its head; raises DictionaryError for a file that is absent, empty or unreadable.

    `head_only` unpacks no more of a .gz file than its head.
    """
    file = existing(Path(path))
    try:
        data = _unpacked(file, _HEAD_BYTES if head_only else -1) if file.suffix == ".gz" else _mapped(file)
    except OSError as error:
        raise DictionaryError(f"cannot be read: {error.strerror or error}", path=file) from None
    except (EOFError, zlib.error) as error:
        raise DictionaryError(f"is no complete gzip file: {error}", path=file) from None
    if not data:
        raise DictionaryError("is empty (0 bytes)", path=file, line=1, column=1, expected="a FoamFile head or a list")
    match = _HEAD.match(data[:_HEAD_BYTES])
    if match is None:
        return Source(file, data)
    entries = {key: value.strip('"') for key, value in _HEAD_ENTRY.findall(match[1].decode("latin-1"))}
    return Source(file, data, entries, match.end())


def _mapped(file: Path) -> bytes | mmap.mmap:
    with file.open("rb") as opened:
        if not file.stat().st_size:
            return b""
        return mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)


def _unpacked(file: Path, size: int) -> bytes:
    with gzip.open(file) as opened:
        return opened.read(size)
