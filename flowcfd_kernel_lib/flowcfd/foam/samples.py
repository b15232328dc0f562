"""One number over time, read while a run writes it: a column of a table, or a reattachment from sampled wall shear.

The standard library only, and only what was written since the last look: the worker reads by it. What a measure is
called, and where it stands, is `foam.measures`.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

TYPE_CHECKING = False  # typing is not needed for more, and slow to import
if TYPE_CHECKING:
    from typing import Any

_START = re.compile(r"\d+(?:\.\d*)?(?:[eE][-+]?\d+)?\Z")
_BRACKETS = bytes.maketrans(b"()", b"  ")
_OUTSIDE = -1e300
"""What OpenFOAM writes for a probe that is in no cell."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number is written: postProcessing/<function>/<start time>/<file>.dat, or <file>.

    `column` is the name of its column in the header, or its place behind the time (0 is the first number). With a
    `direction` it is a reattachment instead: <file> holds the wall shear of a patch at one time, and the number is the
    distance from `origin` along `direction` [m], by the faces that are `within` this distance of that line [m].
    """

    function: str
    file: str
    column: int | str = 0
    direction: tuple[float, float, float] | None = None
    origin: tuple[float, float, float] = (0.0, 0.0, 0.0)
    within: float | None = None

    def to_json(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Source:
        """The same again."""
        direction = raw["direction"]
        return cls(
            raw["function"],
            raw["file"],
            raw["column"],
            None if direction is None else tuple(direction),
            tuple(raw["origin"]),
            raw.get("within"),
        )


class Samples:
    """The numbers of one source so far: `times` rising, `values` beside them; `poll` reads what is new."""

    def __init__(self, case: Path, source: Source) -> None:
        self.home, self.source = case / "postProcessing" / source.function, source
        self.times: list[float] = []
        self.values: list[float] = []

    def poll(self) -> bool:
        """Read on; whether there is more than before."""
        raise NotImplementedError

    def _add(self, time: float, value: float) -> None:
        """What a later run computes again counts."""
        while self.times and self.times[-1] >= time - 1e-9 * abs(time):
            self.times.pop()
            self.values.pop()
        self.times.append(time)
        self.values.append(value)


class Column(Samples):
    """A column of a table that grows."""

    def __init__(self, case: Path, source: Source) -> None:
        super().__init__(case, source)
        self._offsets: dict[Path, int] = {}
        self._places: dict[Path, int] = {}

    def poll(self) -> bool:
        """Read on to the last whole line of every file."""
        more = False
        for path in _files(self.home, self.source.file):
            with contextlib.suppress(OSError):
                more |= self._read(path)
        return more

    def _read(self, path: Path) -> bool:
        offset, size = self._offsets.get(path, 0), path.stat().st_size
        if size <= offset:
            return False
        with path.open("rb") as file:
            file.seek(offset)
            chunk = file.read()
        whole = chunk.rpartition(b"\n")[0]
        self._offsets[path] = offset + len(whole) + (1 if b"\n" in chunk else 0)
        count = len(self.times)
        for line in whole.split(b"\n"):
            if line.lstrip().startswith(b"#"):
                self._header(path, line)
            elif line.strip():
                self._row(path, line)
        return len(self.times) != count

    def _header(self, path: Path, line: bytes) -> None:
        if isinstance(self.source.column, str):
            names = [name.strip() for name in line.decode("latin-1").lstrip("# ").split("\t")]
            if self.source.column in names[1:]:
                self._places[path] = names.index(self.source.column)

    def _row(self, path: Path, line: bytes) -> None:
        column = self.source.column
        place = self._places.get(path) if isinstance(column, str) else column + 1
        words = line.translate(_BRACKETS).split()
        if place is None or place >= len(words):
            return
        with contextlib.suppress(ValueError):
            value = float(words[place])
            self._add(float(words[0]), value if value > _OUTSIDE else float("nan"))


class Reattachment(Samples):
    """Where the flow comes back to a wall, from the wall shear that was sampled in a folder for each time."""

    def __init__(self, case: Path, source: Source) -> None:
        super().__init__(case, source)
        self._seen: dict[str, float] = {}

    def poll(self) -> bool:
        """Read the folders that are new or were written again; one that is not whole is read the next time."""
        found = False
        for folder in _starts(self.home):
            path = folder / self.source.file
            try:
                changed = path.stat().st_mtime
                if self._seen.get(folder.name) == changed:
                    continue
                rows = _raw(path)
            except (OSError, ValueError):
                continue
            if rows is None:
                continue
            source = self.source
            place = reattachment(rows, source.direction or (1.0, 0.0, 0.0), source.origin, source.within)
            self._seen[folder.name] = changed
            if place is not None:
                self._place(float(folder.name), place)
                found = True
        return found

    def _place(self, time: float, value: float) -> None:
        if time in self.times:
            self.values[self.times.index(time)] = value
        else:
            self._add(time, value)


def samples(case: Path, source: Source) -> Samples:
    """The reader of a source in a case directory."""
    return Reattachment(case, source) if source.direction is not None else Column(case, source)


def reattachment(
    rows: Iterable[tuple[float, ...]],
    direction: tuple[float, float, float],
    origin: tuple[float, float, float],
    within: float | None = None,
) -> float | None:
    """How far along `direction` from `origin` [m] the last backflow on a wall ends; None where there is none.

    `rows` are x y z of the faces [m] and the wall shear there in OpenFOAM's sign, against the flow. Faces at the same
    distance count by their mean; between two distances the shear is taken as linear. `within`: faces farther than this
    from the line [m] do not count.
    """
    length = sum(part * part for part in direction) ** 0.5
    unit = [part / length for part in direction]
    places: dict[float, list[float]] = {}
    for row in rows:
        along = sum((row[axis] - origin[axis]) * unit[axis] for axis in range(3))
        if within is not None:
            aside = sum((row[axis] - origin[axis] - along * unit[axis]) ** 2 for axis in range(3))
            if aside > within * within:
                continue
        places.setdefault(float(f"{along:.6g}"), []).append(sum(row[3 + axis] * unit[axis] for axis in range(3)))
    shear = [(along, sum(values) / len(values)) for along, values in sorted(places.items())]
    strongest = max((abs(value) for _, value in shear), default=0.0)
    shear = [(along, value) for along, value in shear if abs(value) > 1e-9 * strongest]
    for n in range(len(shear) - 1, 0, -1):
        (near, back), (far, forth) = shear[n - 1], shear[n]
        if back > 0 > forth:
            return near + (far - near) * back / (back - forth)
    return None


def _raw(path: Path) -> list[tuple[float, ...]] | None:
    """The rows of a sampled surface; None while it is not written to its end."""
    text = path.read_bytes()
    head, _, body = text.partition(b"\n")
    count = re.search(rb"DATA (\d+)\s*\Z", head)
    rows = [line for line in body.split(b"\n") if line and not line.startswith(b"#")]
    if count is None or len(rows) != int(count[1]) or not text.endswith(b"\n"):
        return None
    return [tuple(map(float, row.split())) for row in rows]


def _starts(home: Path) -> list[Path]:
    """The folders of a function object in the order of their times."""
    try:
        found = [path for path in home.iterdir() if _START.match(path.name)]
    except OSError:
        return []
    return sorted(found, key=lambda path: float(path.name))


def _files(home: Path, stem: str) -> list[Path]:
    """The files of one table in the order of the runs that wrote them."""
    found = []
    for folder in _starts(home):
        first = [path for path in (folder / f"{stem}.dat", folder / stem) if path.is_file()]
        again = re.compile(rf"{re.escape(stem)}_(\d+)\.dat$")
        later = sorted((int(match[1]), path) for path in folder.iterdir() if (match := again.match(path.name)))
        found += [*first, *(path for _, path in later)]
    return found
