"""Lists of numbers: OpenFOAM's text into numpy arrays and back, large ones through pyarrow in blocks of bounded memory.

pyarrow's CSV reader (correctly rounded) takes about 0.15 s CPU for three million numbers, its writer (shortest text
that reads back to the same number) about 0.5 s. Its import costs as much as parsing 200 kB by hand, hence `_BULK`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

import numpy as np
from numpy.typing import NDArray

from flowcfd.foam.fields.element import LABEL, Array, Element
from flowcfd.foam.fields.source import Source

_BULK = 1 << 18
_BLOCK = 1 << 22
_ROWS = 1 << 13
OPENED = -4_000_000_000
"""Stands for a bracket among labels: no label of 32 bits is that small."""

_COMMENT = re.compile(rb"//[^\n]*|/\*.*?\*/", re.S)
_GROUP = re.compile(rb"\(([^()]*)\)")


class _NotPlain(Exception):
    """The text is not one entry per line; the thorough reader takes it or says where it is wrong."""


def parse(source: Source, start: int, end: int, count: int | None, element: Element) -> Array:
    """The entries between the brackets of an ascii list, `source.data[start:end]`, as float64 or int64.

    Shape (N,) or (N, width). Raises DictionaryError with the place for what is no number, an entry of another width,
    or a count other than `count`.
    """
    values: Array | None = None
    if end - start >= _BULK and count is not None:
        try:
            values = _parse_plain(source, start, end, count, element)
        except _NotPlain:
            values = None
    if values is None:
        values = _parse_thoroughly(source, start, end, element)
    if count is not None and len(values) != count:
        raise source.error(f"list has {len(values)} entries", start, expected=f"{count} as its size says")
    return values.reshape(-1, *element.shape)


def _parse_plain(source: Source, start: int, end: int, count: int, element: Element) -> Array:
    """One entry per line, single blanks: in blocks cut at line ends, straight into the array."""
    if 2 * count * element.width > end - start + 1:  # fewer bytes than numbers and blanks: the size is wrong
        raise _NotPlain
    values = np.empty((count, element.width), np.int64 if element.integer else np.float64)
    row = 0
    for block in _blocks(source, start, end):
        text = block.translate(None, b"()")
        columns = _columns(text, element)
        if not columns:
            continue
        rows = len(columns[0])
        brackets = 2 * rows if element.components else 0
        if row + rows > count or len(block) - len(text) != brackets:
            raise _NotPlain
        for i, column in enumerate(columns):
            values[row : row + rows, i] = column
        row += rows
    if row != count:
        raise _NotPlain
    return values


def _blocks(source: Source, start: int, end: int) -> Iterator[bytes]:
    while start < end:
        block = source.data[start : min(end, start + _BLOCK)]
        if start + len(block) < end:
            cut = block.rfind(b"\n") + 1
            if not cut:
                raise _NotPlain
            block = block[:cut]
        yield block
        start += len(block)


def _columns(text: bytes, element: Element) -> list[Array]:
    import pyarrow as pa
    from pyarrow import csv

    names = [str(i) for i in range(element.width)]
    kind = pa.int64() if element.integer else pa.float64()
    if not text.strip():
        return []
    try:
        table = csv.read_csv(
            pa.BufferReader(text),
            read_options=csv.ReadOptions(use_threads=False, column_names=names, block_size=len(text) + 1),
            parse_options=csv.ParseOptions(delimiter=" ", quote_char=False),
            convert_options=csv.ConvertOptions(column_types=dict.fromkeys(names, kind), null_values=[]),
        )
    except pa.ArrowInvalid as error:
        raise _NotPlain from error
    return [_flat(table.column(name)) for name in names]


def _flat(column: object) -> Array:
    """The numbers of a column without nulls; `to_numpy` would import pandas, which takes a second."""
    parts = [
        np.frombuffer(
            chunk.buffers()[1], np.dtype(str(chunk.type).replace("double", "float64")), len(chunk), 8 * chunk.offset
        )
        for chunk in column.chunks  # type: ignore[attr-defined]
    ]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _parse_thoroughly(source: Source, start: int, end: int, element: Element) -> Array:
    """Any layout, comments too; the slow way, and the one that knows the place of an error."""
    text = without_comments(source, start, end)
    if element.components:
        _check_groups(source, start, text, element)
        text = text.translate(bytes.maketrans(b"()", b"  "))
    number = int if element.integer else float
    try:
        flat = np.array(list(map(number, text.split())), np.int64 if element.integer else np.float64)
    except ValueError:
        raise _no_number(source, start, text, element) from None
    return cast(Array, flat.reshape(-1, element.width))


def _check_groups(source: Source, start: int, text: bytes, element: Element) -> None:
    expected = f"({' '.join(element.components)})"
    after = 0
    for group in _GROUP.finditer(text):
        if text[after : group.start()].strip() or len(group[1].split()) != element.width:
            between = text[after : group.start()]
            at = after + len(between) - len(between.lstrip()) if between.strip() else group.start()
            raise source.error(f"entry is no {element.name}", start + at, expected=expected)
        after = group.end()
    rest = text[after:]
    if rest.strip():
        raise source.error(
            f"entry is no {element.name}", start + after + len(rest) - len(rest.lstrip()), expected=expected
        )


def _no_number(source: Source, start: int, text: bytes, element: Element) -> Exception:
    number = int if element.integer else float
    for token in re.finditer(rb"\S+", text):
        try:
            number(token[0])
        except ValueError:
            said = token[0][:40].decode("latin-1")
            return source.error(f"{said!r} is no number", start + token.start(), expected=f"a {element.name}'s number")
    return source.error("list cannot be read", start)


def format_rows(values: Array, element: Element, precision: int | None) -> Iterator[bytes]:
    """The lines of an ascii list, one entry a line, in blocks of some thousand lines.

    `precision` None gives the shortest text that reads back to the same number, else that many significant digits.
    """
    rows = values.reshape(-1, element.width)
    plain = element.integer or precision is None
    if plain and rows.size * 16 >= _BULK:
        for first in range(0, len(rows), _ROWS):
            yield _bulk_text(rows[first : first + _ROWS], element)
        return
    form = "%d" if element.integer else "%r" if precision is None else f"%.{precision}g"
    line = f"({' '.join([form] * element.width)})\n" if element.components else f"{form}\n"
    for first in range(0, len(rows), 1024):
        part = rows[first : first + 1024]
        text = (line * len(part)) % tuple(part.ravel().tolist())
        yield text.replace(".0 ", " ").replace(".0)", ")").replace(".0\n", "\n").encode()


def _bulk_text(rows: Array, element: Element) -> bytes:
    import pyarrow as pa
    from pyarrow import csv

    kind = np.int64 if element.integer else np.float64
    columns = [pa.array(np.ascontiguousarray(rows[:, i], kind)) for i in range(element.width)]
    out = pa.BufferOutputStream()
    options = csv.WriteOptions(include_header=False, delimiter=" ", quoting_style="none")
    csv.write_csv(pa.Table.from_arrays(columns, [str(i) for i in range(element.width)]), out, options)
    text = cast(bytes, out.getvalue().to_pybytes())
    return b"(" + text[:-1].replace(b"\n", b")\n(") + b")\n" if element.components else text


def without_comments(source: Source, start: int, end: int) -> bytes:
    """A part of the file with blanks in the place of comments."""
    text = source.data[start:end]
    return _COMMENT.sub(lambda match: re.sub(rb"[^\n]", b" ", match[0]), text) if b"/" in text else text


def parse_ragged(source: Source, start: int, end: int) -> NDArray[np.int64]:
    """All whole numbers of `n(label ...)` entries, flat, with OPENED in the place of each bracket that opens."""
    try:
        blocks = list(_blocks(source, start, end))
    except _NotPlain:
        blocks = [source.data[start:end]]
    if any(b"/" in block for block in blocks):
        blocks = [without_comments(source, start, end)]
    begins = np.cumsum([start, *map(len, blocks)])
    parts = [_ragged_block(source, int(at), block) for at, block in zip(begins, blocks, strict=False)]
    return np.concatenate([np.empty(0, np.int64), *parts])


def _ragged_block(source: Source, start: int, block: bytes) -> NDArray[np.int64]:
    text = block.replace(b"(", b" %d " % OPENED).translate(bytes.maketrans(b" \t\r)", b"\n\n\n\n"))
    try:
        if len(text) < _BULK:
            return np.array(list(map(int, text.split())), np.int64)
        columns = _columns(text, LABEL)
    except (ValueError, _NotPlain):
        raise _no_number(source, start, block.translate(bytes.maketrans(b"()", b"  ")), LABEL) from None
    return cast(NDArray[np.int64], columns[0]) if columns else np.empty(0, np.int64)
