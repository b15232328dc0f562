"""List files: points, faces, owner, neighbour, labelList, vectorField, boundaryData; as arrays, read and written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from flowcfd.foam.fields import numbers
from flowcfd.foam.fields.bulk import read_entries, write_entries
from flowcfd.foam.fields.element import ELEMENTS, LABEL, SCALAR, VECTOR, Arch, Array, Element, element_of_array
from flowcfd.foam.fields.files import write_whole
from flowcfd.foam.fields.source import BLANK, Source, open_source

Labels = NDArray[np.integer]

_FIRST_ENTRY = re.compile(BLANK + rb"(?:\d+" + BLANK + rb")?[({]" + BLANK + rb"(\(([^()]*)\))?", re.S)
_AVERAGE = re.compile(BLANK + rb"(?:\([^()]*\)|[^\s()]+)" + BLANK, re.S)
_RAGGED = ("faceList", "faceCompactList", "labelListList", "labelListCompactList", "cellList", "cellCompactList")
_WORDS = {"pointfield": VECTOR, "labellist": LABEL, "labelfield": LABEL, "labeliolist": LABEL}


@dataclass(frozen=True, eq=False)
class Faces(Sequence[Labels]):
    """Lists of labels one behind the other: entry i is `labels[offsets[i]:offsets[i + 1]]`, N + 1 offsets."""

    offsets: Labels
    labels: Labels

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, index: int) -> Labels:  # type: ignore[override]
        if not -len(self) <= index < len(self):
            raise IndexError(f"face {index} of {len(self)}")
        index %= len(self)
        return self.labels[self.offsets[index] : self.offsets[index + 1]]

    @property
    def sizes(self) -> Labels:
        """Labels per entry, shape (N,)."""
        return np.diff(self.offsets)


def read_list(path: str | Path, element: str | None = None) -> Array | Faces:
    """The list in a file: points (N, 3), owner (N,), faces as Faces, vectorField (N, 3), boundaryData and the like.

    `element` (scalar, vector, label, ...) is needed only where a file has no FoamFile head and its content leaves a
    doubt; without it numbers are scalars and brackets of 3, 6 or 9 numbers vectors and tensors. Binary lists are
    read-only views of the mapped file in the file's own number types, text gives float64 and int64. A file that is
    absent is looked for with `.gz`. Raises DictionaryError with line and column.
    """
    source = open_source(path)
    if source.cls in _RAGGED:
        return _read_ragged(source)
    kind = ELEMENTS[element] if element else _element(source)
    start = source.body
    if "AverageField" in source.cls:
        average = _AVERAGE.match(source.data, start)
        start = average.end() if average else start
    values, _ = read_entries(source, start, kind, closed_by=b"")
    return values


def _element(source: Source) -> Element:
    """From the class when it says so, else from the first entry."""
    cls = source.cls.lower()
    if cls in _WORDS:
        return _WORDS[cls]
    if source.cls:
        named = re.fullmatch(r"(\w+?)(?:Average)?(?:Field|List)", source.cls)
        if named is None or named[1] not in ELEMENTS:
            raise source.error(
                f"class {source.cls!r} is no list of numbers",
                source.body,
                expected="a class such as vectorField or labelList",
            )
        return ELEMENTS[named[1]]
    first = _FIRST_ENTRY.match(source.data, source.body)
    if first is None:
        raise source.error("no list", source.body, expected="a size and '('")
    if first[1] is None:
        return SCALAR
    widths = {kind.width: kind for kind in ELEMENTS.values() if kind.components}
    width = len(first[2].split())
    if width not in widths:
        raise source.error(
            f"entry of {width} numbers", first.start(1), expected="3 (vector), 6 (symmTensor) or 9 (tensor)"
        )
    return widths[width]


def _read_ragged(source: Source) -> Faces:
    if "Compact" in source.cls:
        offsets, after = read_entries(source, source.body, LABEL, closed_by=b")")
        labels, _ = read_entries(source, after, LABEL, closed_by=b")")
        if len(offsets) and (offsets[0] != 0 or int(offsets[-1]) != len(labels)):
            raise source.error(f"offsets end at {offsets[-1]}", after, expected=f"{len(labels)}, the number of labels")
        return Faces(cast(Labels, offsets if len(offsets) else np.zeros(1, np.int64)), cast(Labels, labels))
    opening = re.compile(BLANK + rb"(?:(\d+)" + BLANK + rb")?\(", re.S).match(source.data, source.body)
    end = source.data.rfind(b")")
    if opening is None or end < opening.end():
        raise source.error("no list of faces", source.body, expected="its size and '('")
    return _ragged(source, opening.end(), end, None if opening[1] is None else int(opening[1]))


def _ragged(source: Source, start: int, end: int, count: int | None) -> Faces:
    """`4(0 1 2 3)` entries: an entry's size is the number before its bracket."""
    flat = numbers.parse_ragged(source, start, end)
    opened = np.flatnonzero(flat == numbers.OPENED)
    if count is not None and len(opened) != count:
        raise source.error(f"list has {len(opened)} entries", start, expected=f"{count} as its size says")
    sizes = flat[opened - 1] if len(opened) else opened
    if not np.array_equal(np.append(0, opened + 1 + sizes), np.append(opened - 1, len(flat))):
        raise source.error("an entry has another number of labels than its size says", start, expected="n(label ...)")
    keep = np.ones(len(flat), bool)
    keep[opened] = keep[opened - 1] = False
    return Faces(np.concatenate([[0], np.cumsum(sizes)]), flat[keep])


def write_list(
    path: str | Path,
    values: Array | Faces,
    *,
    cls: str | None = None,
    format: Literal["ascii", "binary"] = "ascii",
    compress: bool = False,
    precision: int | None = None,
    location: str = "",
    arch: Arch | None = None,
) -> Path:
    """Write a list file with a FoamFile head; returns the path written (with .gz when compressed).

    `cls` is the class of the head; None takes labelList, scalarField, vectorField, ... by the array's type and shape,
    faceList or faceCompactList for Faces. `precision` None writes the shortest text that reads back exactly, else
    that many significant digits. The file appears whole or not at all.
    """
    arch = (arch or Arch()) if format == "binary" else None
    if isinstance(values, Faces):
        cls = cls or ("faceList" if arch is None else "faceCompactList")
        body = _faces_text(values) if arch is None else _faces_raw(values, arch)
    else:
        kind = element_of_array(values)
        cls = cls or ("labelList" if kind is LABEL else f"{kind.name}Field")
        body = write_entries(values, kind, arch, precision)
    head = {
        "version": "2.0",
        "format": format,
        "class": cls,
        "arch": f'"{arch}"' if arch else "",
        "location": location and f'"{location}"',
    }
    lines = "".join(f"    {key:<12}{value};\n" for key, value in {**head, "object": Path(path).name}.items() if value)
    return write_whole(Path(path), _chain(f"FoamFile\n{{\n{lines}}}\n\n".encode(), body), compress=compress)


def _chain(head: bytes, body: Iterator[bytes | memoryview]) -> Iterator[bytes | memoryview]:
    yield head
    yield from body
    yield b"\n"


def _faces_raw(faces: Faces, arch: Arch) -> Iterator[bytes | memoryview]:
    yield from write_entries(faces.offsets, LABEL, arch, None)
    yield b"\n"
    yield from write_entries(faces.labels, LABEL, arch, None)


def _faces_text(faces: Faces) -> Iterator[bytes]:
    yield f"{len(faces)}\n(\n".encode()
    labels, offsets = faces.labels.tolist(), faces.offsets.tolist()
    for first in range(0, len(faces), 4096):
        some = range(first, min(first + 4096, len(faces)))
        yield "".join(
            f"{offsets[i + 1] - offsets[i]}({' '.join(map(str, labels[offsets[i] : offsets[i + 1]]))})\n" for i in some
        ).encode()
    yield b")"
