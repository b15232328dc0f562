"""One list in the bytes of a file: `N(...)`, `N{value}`, `(...)`, `0()`, text or raw numbers, found by offset."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from flowcfd.foam.fields import numbers
from flowcfd.foam.fields.element import Arch, Array, Element
from flowcfd.foam.fields.source import BLANK, Source

_OPENING = re.compile(BLANK + rb"(?:(\d+)" + BLANK + rb")?([({]?)", re.S)


def read_entries(source: Source, at: int, element: Element, *, closed_by: bytes = b";") -> tuple[Array, int]:
    """The list that begins at offset `at` and the offset behind it.

    Binary: a read-only view of the mapped file; text: a new float64 or int64 array. Shape (N,) or (N, width).
    `closed_by` is the byte that follows an ascii list (b"" when the file ends there). Raises DictionaryError.
    """
    opening = _OPENING.match(source.data, at)
    size, bracket = (opening[1], opening[2]) if opening else (None, b"")
    count = None if size is None else int(size)
    start = opening.end() if opening else at
    if count == 0 and bracket != b"{":
        return np.empty((0, *element.shape), source.arch.dtype(element)), _closed(source, start) if bracket else start
    if not bracket or (bracket == b"{" and count is None):
        raise source.error(f"no list of {element.name}s", start, expected="its size and '('")
    if bracket == b"{":
        return _repeated(source, start, count or 0, element)
    if source.binary:
        return _raw(source, start, count, element)
    end = _end_of_text(source, start, element, closed_by)
    return numbers.parse(source, start, end, count, element), end + 1


def _closed(source: Source, start: int) -> int:
    blank = re.compile(BLANK, re.S).match(source.data, start)
    end = blank.end() if blank else start
    if source.data[end : end + 1] != b")":
        raise source.error("list of size 0 is not closed", end, expected="')'")
    return end + 1


def _repeated(source: Source, start: int, count: int, element: Element) -> tuple[Array, int]:
    end = source.find(b"}", start)
    if end < 0:
        raise source.error("list is not closed", start, expected="'}'")
    value = numbers.parse(source, start, end, 1, element)
    return np.broadcast_to(value, (count, *element.shape)), end + 1  # no memory, however large the size says


def _raw(source: Source, start: int, count: int | None, element: Element) -> tuple[Array, int]:
    if count is None:
        raise source.error("binary list without a size", start - 1, expected="its size before '('")
    dtype = source.arch.dtype(element)
    end = start + count * element.width * dtype.itemsize
    if end >= len(source.data):
        there = (len(source.data) - start) // (element.width * dtype.itemsize)
        raise source.error(
            f"binary list is cut off: {there} of {count} {element.name}s are there",
            start,
            expected=f"{end - start} bytes and ')'",
        )
    if source.data[end : end + 1] != b")":
        raise source.error(
            f"binary list of {count} {element.name}s does not end where its size and arch {source.arch} say",
            start,
            expected=f"')' after {end - start} bytes",
        )
    flat = np.frombuffer(source.data, dtype, count * element.width, start)
    return flat.reshape(count, *element.shape), end + 1


def _end_of_text(source: Source, start: int, element: Element, closed_by: bytes) -> int:
    """Where the bracket that closes the list is: entries hold brackets of their own, so look from behind."""
    if not element.components and closed_by != b"":
        end = source.find(b")", start)
    else:
        stop = source.find(closed_by, start) if closed_by else _last_blank(source, start)
        tail = max(start, stop - 4096)
        end = source.data[tail:stop].rfind(b")") + tail if stop >= 0 else -1
        end = -1 if end < tail else end
    if end < 0:
        raise source.error(
            f"list of {element.name}s is not closed",
            start,
            expected=f"')'{f' and {closed_by.decode()!r}' if closed_by else ''}",
        )
    return end


def _last_blank(source: Source, start: int) -> int:
    """Where the comments and blanks at the end of the file begin."""
    tail = max(start, len(source.data) - 4096)
    match = re.compile(rb"\)" + BLANK + rb"\Z", re.S).search(source.data[tail:])
    return tail + match.start() + 1 if match else len(source.data)


def write_entries(
    values: Array, element: Element, arch: Arch | None, precision: int | None
) -> Iterator[bytes | memoryview]:
    """The parts of a list in the form OpenFOAM writes: its size, then text, or raw numbers when `arch` is given."""
    count = len(values)
    if count == 0:
        yield b"0()" if arch is None else b"0"
    elif arch is not None:
        yield f"{count}\n(".encode()
        raw: NDArray[np.uint8] = np.ascontiguousarray(values, arch.dtype(element)).reshape(-1).view(np.uint8)
        yield raw.data
        yield b")"
    else:
        yield f"{count}\n(\n".encode()
        yield from numbers.format_rows(values, element, precision)
        yield b")"
