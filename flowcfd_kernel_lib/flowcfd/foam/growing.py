"""A table of a function object that grows: whole rows as they come, several columns at once, nothing read twice."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flowcfd.foam import tables

BLOCK = 1 << 22
"""So much is read at once [bytes]."""
LOOK = 1.0
"""Time [s] between two looks for files that are new."""
_BRACKETS = bytes.maketrans(b"()", b"  ")
_OUTSIDE = -1e300
"""What OpenFOAM writes for a probe that is in no cell."""


@dataclass(slots=True)
class _File:
    """How far one file was read, and where its columns stand behind the time."""

    path: Path
    offset: int = 0
    inode: int = 0
    titles: list[str] = field(default_factory=list)


class GrowingTable:
    """`postProcessing/<function>/<start>/<file>`: `columns` by labels, each a name in the header or a place.

    A place counts the numbers behind the time from 0, as `foam.samples.Source.column` does. `poll` gives the rows
    [time, one number a column] that were written since the last call; nan for what is not a number, and for probes
    that lie outside. A file that has become shorter, or another one, is read from its beginning.
    """

    def __init__(self, case: Path, function: str, file: str, columns: Mapping[str, int | str]) -> None:
        self.case, self.function, self.file, self.columns = case, function, file, dict(columns)
        self._files: list[_File] = []
        self._looked = -math.inf

    def poll(self, most: int = BLOCK) -> list[list[float]]:
        """The whole rows that are new, of at most so many bytes a file."""
        self._look()
        return [row for one in self._files for row in self._read(one, most)]

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._looked < LOOK:
            return
        self._looked = now
        known = {one.path: one for one in self._files}
        found = [path for _, path in tables.files(self.case, self.function, self.file)]
        self._files = [known.get(path) or _File(path) for path in found]

    def _read(self, one: _File, most: int) -> list[list[float]]:
        try:
            seen = one.path.stat()
            if seen.st_size < one.offset or one.inode not in (0, seen.st_ino):
                one.offset = 0
            one.inode = seen.st_ino
            if seen.st_size == one.offset:
                return []
            with one.path.open("rb") as file:
                file.seek(one.offset)
                chunk = file.read(most)
        except OSError:
            return []
        whole, newline, _ = chunk.rpartition(b"\n")
        one.offset += len(whole) + len(newline)
        rows = []
        for line in whole.split(b"\n"):
            if line.lstrip().startswith(b"#"):
                one.titles = [title.strip() for title in line.decode("latin-1").lstrip("# ").split("\t")]
            elif line.strip() and (row := self._row(one, line)) is not None:
                rows.append(row)
        return rows

    def _row(self, one: _File, line: bytes) -> list[float] | None:
        words = line.translate(_BRACKETS).split()
        try:
            return [float(words[0]), *(_number(words, self._place(one, column)) for column in self.columns.values())]
        except (ValueError, IndexError):
            return None

    def _place(self, one: _File, column: int | str) -> int:
        if isinstance(column, int):
            return column + 1
        return one.titles.index(column) if column in one.titles else -1


def _number(words: list[bytes], place: int) -> float:
    try:
        value = float(words[place]) if 0 < place < len(words) else math.nan
    except ValueError:
        return math.nan
    return value if value > _OUTSIDE else math.nan
