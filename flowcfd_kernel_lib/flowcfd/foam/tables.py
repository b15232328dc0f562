"""The tables that function objects write: `postProcessing/<name>/<start time>/<file>`.

A file has comments (`#`), of which the last names the columns, and rows that begin with the time. A vector stands in
brackets. A resumed run writes a folder of its own; a second run from the same start writes `<file>_0`. `rows` of all
of them are joined as they happened: what a later run computed again counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from flowcfd.errors import ResultError
from flowcfd.foam.fields.element import ELEMENTS

Array = npt.NDArray[Any]
COMPONENTS: Final[Mapping[int, tuple[str, ...]]] = {
    ELEMENTS[name].width: ELEMENTS[name].components for name in ("vector", "symmTensor", "tensor")
}
"""The names of the components of a vector, a symmetric tensor and a tensor."""

_TOKEN: Final = re.compile(r"\([^()]*\)|[^\s()]+(?:\([^()\s]*\))*[^\s()]*")
_NUMBER: Final = re.compile(r"[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|nan|inf)$")
_START: Final = re.compile(r"\d+(?:\.\d*)?(?:[eE][-+]?\d+)?$")


@dataclass(frozen=True, slots=True)
class Records:
    """One table: comments without their `#`, and columns of equal length, of floats or of words."""

    comments: tuple[str, ...]
    columns: Mapping[str, Array]

    @property
    def time(self) -> Array:
        """The first column."""
        return next(iter(self.columns.values()))


def names(case: Path) -> dict[str, tuple[str, ...]]:
    """The function objects with output in a case, and the names of their files: `{"body": ("force", "moment")}`."""
    home = case / "postProcessing"
    if not home.is_dir():
        return {}
    found = {folder.name: _stems(case, folder.name) for folder in sorted(home.iterdir()) if folder.is_dir()}
    return {name: stems for name, stems in found.items() if stems}


def _stems(case: Path, name: str) -> tuple[str, ...]:
    files = {file.name for start in starts(case, name).values() for file in start.iterdir() if file.is_file()}
    return tuple(sorted({re.sub(r"(_\d+)?\.dat$", "", name) for name in files}))


def starts(case: Path, name: str) -> dict[float, Path]:
    """The folders of function object `name` by their time, rising: starts of runs, or times of samples."""
    home = case / "postProcessing" / name
    if not home.is_dir():
        return {}
    return dict(
        sorted((float(path.name), path) for path in home.iterdir() if _START.match(path.name) and path.is_dir())
    )


def files(case: Path, name: str, stem: str) -> list[tuple[float, Path]]:
    """All files of one table with the start time of their run, in the order of the runs."""
    found = []
    for start, folder in starts(case, name).items():
        again = re.compile(rf"{re.escape(stem)}_(\d+)\.dat$")
        later = sorted((int(match[1]), path) for path in folder.iterdir() if (match := again.match(path.name)))
        first = [path for path in (folder / f"{stem}.dat", folder / stem) if path.is_file()]
        found += [(start, path) for path in [*first, *(path for _, path in later)]]
    return found


def rows(case: Path, name: str, stem: str) -> Records | None:
    """The table `<stem>.dat` (or `<stem>`) of function object `name` over all runs; None when there is none.

    Rows that a later run replaced are dropped, of rows written twice the last stays. Raises ResultError for a file
    that is no such table.
    """
    runs = [(start, read(path)) for start, path in files(case, name, stem)]
    runs = [(start, records) for start, records in runs if len(records.columns)]
    if not runs:
        return None
    tables = [_until(records, runs[index + 1 :]) for index, (_, records) in enumerate(runs)]
    columns = [*dict.fromkeys(column for table in tables for column in table.columns)]
    joined = {column: np.concatenate([_column(table, column) for table in tables]) for column in columns}
    return _once(Records(runs[-1][1].comments, joined))


def _until(records: Records, later: Sequence[tuple[float, Records]]) -> Records:
    """Those rows that no later run computed again."""
    keep = np.ones(len(records.time), bool)
    for start, following in later:
        keep &= records.time <= start + 1e-6 * abs(start)  # a folder's name has fewer digits than a row's time
        if len(following.time):
            keep &= records.time < following.time[0]
    return Records(records.comments, {name: values[keep] for name, values in records.columns.items()})


def _column(records: Records, name: str) -> Array:
    """A column; nan where a run did not have it."""
    return records.columns.get(name, np.full(len(records.time), np.nan))


def _once(records: Records) -> Records:
    """Of rows with the same time and the same words (patch, field) the last."""
    words = [records.time.tolist(), *(column.tolist() for column in records.columns.values() if column.dtype == object)]
    last = {key: index for index, key in enumerate(zip(*words, strict=True))}
    if len(last) == len(records.time):
        return records
    keep = np.sort(np.fromiter(last.values(), np.int64))
    return Records(records.comments, {name: values[keep] for name, values in records.columns.items()})


def read(path: Path) -> Records:
    """One file, up to its last whole line. Raises ResultError with the line that cannot be understood."""
    text = path.read_text(encoding="latin-1").rpartition("\n")[0]
    lines = text.split("\n")
    comments = tuple(line.strip().lstrip("#").strip() for line in lines if line.lstrip().startswith("#"))
    body = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if not body:
        return Records(comments, {name: np.empty(0) for name in _header(comments)[:1]})
    layout = [_kind(token) for token in _TOKEN.findall(body[0])]
    titles = _titles(_header(comments), layout)
    numbers = _numbers(body, len(titles)) if "word" not in layout else None
    if numbers is not None:
        return Records(comments, dict(zip(titles, numbers.T, strict=True)))
    return Records(comments, dict(zip(titles, _mixed(path, lines, layout), strict=True)))


def _header(comments: Sequence[str]) -> list[str]:
    """The names of the columns, a name per bracket or word."""
    line = comments[-1] if comments else ""
    return [name.strip() for name in line.split("\t")] if "\t" in line else _TOKEN.findall(line)


def _kind(token: str) -> int | str:
    """The number of components of a vector or tensor, 1 for a number, "word" for all else."""
    if token.startswith("("):
        return len(token[1:-1].split())
    return 1 if _NUMBER.match(token) else "word"


def _titles(header: Sequence[str], layout: Sequence[int | str]) -> list[str]:
    """A name for each column of numbers or words; `Time`, `1`, `2`, ... where the header does not fit the rows."""
    if len(header) != len(layout):
        explicit = [name for entry in header for name in entry.strip("()").split()]
        width = sum(kind if isinstance(kind, int) else 1 for kind in layout)
        return explicit if len(explicit) == width else ["Time", *map(str, range(1, width))]
    titles = []
    for name, kind in zip(header, layout, strict=True):
        if not isinstance(kind, int) or kind == 1:
            titles.append(name)
        elif name.startswith("(") and len(name.strip("()").split()) == kind:
            titles += name.strip("()").split()
        else:
            titles += [f"{name}_{part}" for part in COMPONENTS.get(kind, tuple(map(str, range(kind))))]
    return titles


_BRACKETS: Final = str.maketrans("()", "  ")


def _numbers(body: Sequence[str], width: int) -> npt.NDArray[np.float64] | None:
    """All numbers at once, shape (rows, width); None when something else stands between them."""
    # Not np.fromstring: it warns where it cannot read on, and filters of warnings are those of all threads.
    text = " ".join(body)
    if "_" in text:  # Python alone takes 1_000 for a number
        return None
    try:
        flat = np.array([float(word) for word in text.translate(_BRACKETS).split()])
    except ValueError:
        return None
    return flat.reshape(-1, width) if len(flat) == width * len(body) else None


def _mixed(path: Path, lines: Sequence[str], layout: Sequence[int | str]) -> list[Array]:
    """Columns of numbers and words, row by row."""
    found: list[list[float | str]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        tokens = _TOKEN.findall(line)
        if len(tokens) != len(layout):
            raise ResultError(
                f"{path}:{number}: {len(tokens)} values in a table of {len(layout)}: {line.strip()[:80]!r}"
            )
        row: list[float | str] = []
        for token, kind in zip(tokens, layout, strict=True):
            row += (
                [_value(word) for word in token[1:-1].split()]
                if isinstance(kind, int) and kind > 1
                else [_value(token)]
            )
        found.append(row)
    return [_array(column) for column in zip(*found, strict=True)]


def _value(word: str) -> float | str:
    return float(word) if _NUMBER.match(word) else word


def _array(values: Sequence[float | str]) -> Array:
    if all(isinstance(value, float) for value in values):
        return np.array(values, np.float64)
    return np.array([str(value) for value in values], object)
