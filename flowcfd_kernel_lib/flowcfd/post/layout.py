"""Where a case keeps times, fields and meshes on disk: in the case itself or in its processor folders."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from flowcfd.errors import NotYet, ResultError
from flowcfd.foam.fields.element import element_of_class
from flowcfd.foam.fields.source import open_source

_TIME = re.compile(r"\d+(?:\.\d*)?(?:[eE][+-]?\d+)?")
_PROCESSOR = re.compile(r"processor(\d+)")
_COLLATED = re.compile(r"processors\d+(?:_\d+-\d+)?")
MESH = ("points", "faces", "owner", "neighbour", "boundary")


@dataclass(frozen=True, slots=True)
class Part:
    """One mesh with its fields at one time: the whole case or what one processor had; `folder` is the time's."""

    root: Path
    folder: Path
    time: float

    def fields(self) -> dict[str, Path]:
        """The files with values per cell by field name."""
        found = {}
        for file in sorted(self.folder.iterdir()):
            if file.is_file() and not file.name.startswith("."):
                source = open_source(file)
                if source.cls.startswith("vol") and element_of_class(source.cls):
                    found[file.name.removesuffix(".gz")] = file
        return found

    def mesh(self) -> dict[str, Path]:
        """The five files of the mesh that holds at this time: the newest not after it, else the constant one."""
        earlier = sorted(time for time in _folders(self.root) if time <= self.time)
        homes = [_folders(self.root)[time] for time in reversed(earlier)] + [self.root / "constant"]
        return {name: self._mesh_file(name, homes) for name in MESH}

    def _mesh_file(self, name: str, homes: Iterable[Path]) -> Path:
        for home in homes:
            for file in (home / "polyMesh" / name, home / "polyMesh" / f"{name}.gz"):
                if file.is_file():
                    return file
        raise NotYet(f"no mesh is written: {self.root / 'constant/polyMesh' / name} is not there")


def times(case: Path) -> list[float]:
    """The times with fields [s, or iterations], rising; those of the case and those that all processors have."""
    return sorted(_parts(case))


def parts(case: Path, time: float | str | None) -> tuple[Part, ...]:
    """What holds the fields of a time: the case itself where it has that time, else its processor folders.

    `time` is a number, its text, or None for the last. Raises NotYet, which lists the times there are.
    """
    written = _parts(case)
    if not written:
        raise NotYet(f"no fields are written in {case}{_collated(case)}")
    if time is None:
        return written[max(written)]
    try:
        wanted = float(time)
    except ValueError:
        raise ResultError(f"time {time!r} is no number; write for example 0.5, or None for the last") from None
    nearest = min(written, key=lambda known: abs(known - wanted))
    if not math.isclose(nearest, wanted, rel_tol=1e-9, abs_tol=1e-14):
        raise NotYet(
            f"time {time} is not written in {case}; there are: {', '.join(f'{known:g}' for known in sorted(written))}"
        )
    return written[nearest]


def _parts(case: Path) -> dict[float, tuple[Part, ...]]:
    processors = sorted((int(match[1]), path) for path in _listed(case) if (match := _PROCESSOR.fullmatch(path.name)))
    each = [_folders(root) for _, root in processors]
    common = set.intersection(*map(set, each)) if each else set()
    found = {
        time: tuple(Part(root, here[time], time) for (_, root), here in zip(processors, each, strict=True))
        for time in common
    }
    return found | {time: (Part(case, folder, time),) for time, folder in _folders(case).items()}


def _folders(root: Path) -> dict[float, Path]:
    """Time folders with at least one file in them."""
    named = ((path.name, path) for path in _listed(root) if _TIME.fullmatch(path.name))
    return {
        float(name): path for name, path in named if path.is_dir() and any(file.is_file() for file in path.iterdir())
    }


def _listed(root: Path) -> list[Path]:
    try:
        return list(root.iterdir())
    except OSError as error:
        raise ResultError(f"{root} cannot be read: {error.strerror}") from None


def _collated(case: Path) -> str:
    names = [path.name for path in _listed(case) if _COLLATED.fullmatch(path.name)]
    return f"; those in {names[0]} are collated, which is not read: run reconstructPar" if names else ""
