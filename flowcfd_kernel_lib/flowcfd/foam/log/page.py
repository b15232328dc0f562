"""Some megabytes of whole lines, and the lines of one shape cut out of them as columns.

Lines are told apart by their first eight bytes; those of one shape are joined and read by pyarrow as a table whose
delimiter is the blank. Lines that have not the usual number of words (coupled solvers, other versions) go through the
shape's expression instead, with the same result.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from flowcfd.foam.log import lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from flowcfd.foam.log.lines import Shape

Ints = npt.NDArray[np.int64]


class Codes:
    """Names and their numbers, in the order in which they were met; "" is 0. A colon at the end is not part of one."""

    def __init__(self) -> None:
        self._codes: dict[bytes, int] = {b"": 0}

    def __getitem__(self, name: bytes) -> int:
        return self._codes.setdefault(name.rstrip(b":"), len(self._codes))

    @property
    def names(self) -> tuple[str, ...]:
        """All names; the position is the number."""
        return tuple(name.decode("latin-1") for name in self._codes)


@dataclass(frozen=True, slots=True)
class Rows:
    """The lines of one shape: their numbers in the page, ascending, and their columns (names as codes)."""

    numbers: Ints
    columns: Mapping[str, npt.NDArray[Any]]


class Page:
    """Whole lines of a log; `text` ends with a newline."""

    def __init__(self, text: bytes, codes: Codes) -> None:
        self.text, self.codes = text, codes
        self._ends = np.flatnonzero(np.frombuffer(text, np.uint8) == 10) + 1
        self._starts = np.concatenate([np.zeros(1, np.int64), self._ends[:-1]])

    @cached_property
    def _heads(self) -> npt.NDArray[np.uint64]:
        """The first eight bytes of each line as one number, little-endian; beyond the page's end zeros."""
        padded = np.frombuffer(self.text[-16:] + bytes(8), np.uint8)
        near = min(len(self.text), 16)
        heads = np.empty(len(self._starts), np.uint64)
        inner = self._starts < len(self.text) - near
        heads[inner] = _windows(np.frombuffer(self.text, np.uint8))[self._starts[inner]]
        heads[~inner] = _windows(padded)[self._starts[~inner] - (len(self.text) - near)]
        return heads

    def begins(self, *heads: bytes) -> Ints:
        """The numbers of the lines that begin with one of `heads`; of a head only the first eight bytes count."""
        found = np.zeros(len(self._starts), bool)
        for head in heads:
            short = head[:8]
            mask = np.uint64((1 << 8 * len(short)) - 1)
            found |= (self._heads & mask) == np.uint64(int.from_bytes(short, "little"))
        return np.flatnonzero(found)

    def contains(self, mark: bytes) -> Ints:
        """The numbers of the lines that hold `mark`."""
        import pyarrow.compute as pc

        bits = pc.match_substring(self._lines, mark).buffers()[1]
        return np.flatnonzero(np.unpackbits(np.frombuffer(bits, np.uint8), count=len(self), bitorder="little"))

    @cached_property
    def _lines(self) -> pa.BinaryArray:
        """All lines with their newlines, over the page's own bytes."""
        import pyarrow as pa

        offsets = np.concatenate([self._starts[:1], self._ends]).astype(np.int32)
        return pa.BinaryArray.from_buffers(
            pa.binary(), len(self), [None, pa.py_buffer(offsets), pa.py_buffer(self.text)]
        )

    def __len__(self) -> int:
        return len(self._ends)

    def line(self, number: int) -> bytes:
        """One line without its newline."""
        return self.text[self._starts[number] : self._ends[number] - 1]

    def rows(self, shape: Shape) -> Rows:
        """All lines of a shape."""
        numbers = self.begins(*shape.heads) if shape.heads else self.contains(shape.sure)
        if not len(numbers):
            return _match(shape, [], numbers, self.codes)
        joined = self._joined(numbers)
        columns = _cut(shape, joined, len(numbers), self.codes)
        if columns is None:
            return _match(shape, joined.split(b"\n")[:-1], numbers, self.codes)
        return Rows(numbers, columns)

    def _joined(self, numbers: Ints) -> bytes:
        """Lines with their newlines, one after the other."""
        import pyarrow as pa

        indices = pa.Array.from_buffers(pa.int64(), len(numbers), [None, pa.py_buffer(numbers)])
        taken = self._lines.take(indices)
        offsets = np.frombuffer(taken.buffers()[1], np.int32)
        return bytes(memoryview(taken.buffers()[2])[offsets[0] : offsets[len(numbers)]])


def _windows(text: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    """The eight bytes from each byte on, as numbers; the last seven bytes begin none."""
    return np.ndarray((max(len(text) - 7, 0),), np.dtype("<u8"), text, strides=(1,))


def _cut(shape: Shape, rows: bytes, count: int, codes: Codes) -> dict[str, npt.NDArray[Any]] | None:
    """The columns of lines of the usual form; None when one of them is not."""
    import pyarrow as pa
    from pyarrow import csv

    if not shape.count or rows.count(shape.sure) != count or b"\r" in rows or (shape.plain and b"(" in rows):
        return None
    types = {int: pa.int32(), float: pa.float64(), bytes: pa.dictionary(pa.int32(), pa.binary())}
    wanted = {f"f{word}": types[kind] for word, (_, kind) in zip(shape.words, shape.columns, strict=True)}
    try:
        table = csv.read_csv(
            pa.BufferReader(rows.translate(None, b",")),
            csv.ReadOptions(
                use_threads=False, block_size=len(rows) + 1, column_names=[f"f{word}" for word in range(shape.count)]
            ),
            csv.ParseOptions(delimiter=" ", quote_char=False, double_quote=False),
            csv.ConvertOptions(column_types=wanted, include_columns=[*wanted], null_values=[]),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows != count:
        return None
    return {
        name: _values(table.column(index).chunk(0), kind, codes) for index, (name, kind) in enumerate(shape.columns)
    }


def _values(column: pa.Array, kind: type, codes: Codes) -> npt.NDArray[Any]:
    """A pyarrow array without nulls as numpy; not by its own `to_numpy`, which would load pandas."""
    if kind is not bytes:
        return np.frombuffer(column.buffers()[1], np.float64 if kind is float else np.int32)[: len(column)]
    own = np.array([codes[name] for name in column.dictionary.to_pylist()], np.int16)
    return own[np.frombuffer(column.indices.buffers()[1], np.int32)[: len(column)]]


def _match(shape: Shape, found: list[bytes], numbers: Ints, codes: Codes) -> Rows:
    """The columns of those lines that match the shape's expression."""
    matches = [shape.pattern.match(line) for line in found]
    kept = np.array([match is not None for match in matches], bool)
    groups = [match.groups(b"") for match in matches if match is not None]
    columns: dict[str, npt.NDArray[Any]] = {}
    for index, (name, kind) in enumerate(shape.columns):
        words = [group[index] for group in groups]
        if kind is bytes:
            columns[name] = np.array([codes[word] for word in words], np.int16)
        elif kind is int:
            columns[name] = np.array([lines.iterations_of(word) for word in words], np.int32)
        else:
            columns[name] = np.array([float(word) for word in words], np.float64)
    return Rows(numbers[kept], columns)
