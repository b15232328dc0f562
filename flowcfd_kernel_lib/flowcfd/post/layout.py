"""Where a case keeps times, fields and meshes on disk: in the case itself or in its processor folders."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flowcfd.errors import DictionaryError, NotYet, ResultError
from flowcfd.foam.fields.element import element_of_class
from flowcfd.foam.fields.source import open_source

_TIME = re.compile(r"\d+(?:\.\d*)?(?:[eE][+-]?\d+)?")
_PROCESSOR = re.compile(r"processor(\d+)")
_COLLATED = re.compile(r"processors\d+(?:_\d+-\d+)?")
MESH = ("points", "faces", "owner", "neighbour", "boundary")


@contextmanager
def readable(root: Path) -> Iterator[None]:
    """What may not be read, or cannot, is a ResultError: a run must not look as if it had written nothing."""
    try:
        yield
    except OSError as error:
        raise ResultError(f"{error.filename or root} cannot be read: {error.strerror or error}") from None


@dataclass(frozen=True, slots=True)
class Part:
    """One mesh with its fields at one time: the whole case or what one processor had; `folder` is the time's."""

    root: Path
    folder: Path
    time: float
    region: str = ""

    def fields(self) -> dict[str, Path]:
        """The files with values per cell by field name; one that cannot be opened counts, so that reading it tells."""
        with readable(self.folder):
            files = [file for file in sorted(self.folder.iterdir()) if file.is_file() and file.name[0] != "."]
        return {file.name.removesuffix(".gz"): file for file in files if _per_cell(file)}

    def mesh(self) -> dict[str, Path]:
        """The five files of the mesh that holds at this time: each the newest not after it, else the constant one."""
        earlier = sorted((time, folder) for time, folder in _time_folders(self.root).items() if time <= self.time)
        homes = [folder for _, folder in reversed(earlier)] + [self.root / "constant"]
        with readable(self.root):
            return {name: self._mesh_file(name, homes) for name in MESH}

    def _mesh_file(self, name: str, homes: Iterable[Path]) -> Path:
        for home in homes:
            folder = home / self.region / "polyMesh"
            for file in (folder / name, folder / f"{name}.gz"):
                if file.is_file():
                    return file
        expected = self.root / "constant" / self.region / "polyMesh" / name
        raise NotYet(f"no mesh is written: {expected} is not there")


def _per_cell(file: Path) -> bool:
    try:
        cls = open_source(file, head_only=True).cls
    except DictionaryError:
        return True
    return cls.startswith("vol") and element_of_class(cls) is not None


def times(case: Path, *, region: str = "") -> list[float]:
    """The times with fields [s, or iterations], rising; those of the case and those that all processors have."""
    return sorted(_parts(case, region))


def parts(case: Path, time: float | str | None, *, region: str = "") -> tuple[Part, ...]:
    """What holds the fields of a time: the case itself where it has that time, else its processor folders.

    `time` is a number, its text, or None for the last. Raises NotYet, which lists the times there are.
    """
    written = _parts(case, region)
    if not written:
        raise NotYet(f"no fields are written in {case}{f' for region {region!r}' * bool(region)}{_elsewhere(case)}")
    if time is None:
        return written[max(written)]
    try:
        wanted = float(time)
    except ValueError:
        raise ResultError(f"time {time!r} is no number; write for example 0.5, or None for the last") from None
    nearest = min(written, key=lambda known: abs(known - wanted))
    if not math.isclose(nearest, wanted, rel_tol=1e-9, abs_tol=1e-14):
        known = ", ".join(f"{known:g}" for known in sorted(written))
        raise NotYet(f"time {time} is not written in {case}; there are: {known}")
    return written[nearest]


def regions(case: Path) -> list[str]:
    """The regions that have a mesh of their own; none in a case of one region."""
    roots = (case, case / "processor0")
    return sorted({path.parent.name for root in roots for path in root.glob("constant/*/polyMesh") if path.is_dir()})


def _parts(case: Path, region: str) -> dict[float, tuple[Part, ...]]:
    with readable(case):
        return _found(case, region)


def _found(case: Path, region: str) -> dict[float, tuple[Part, ...]]:
    roots = sorted((int(match[1]), path) for path in _listed(case) if (match := _PROCESSOR.fullmatch(path.name)))
    each = [_written(root, region) for _, root in roots]
    common = set.intersection(*map(set, each)) if each else set()
    found = {
        time: tuple(Part(root, here[time], time, region) for (_, root), here in zip(roots, each, strict=True))
        for time in common
    }
    if found and not _has_mesh(case, region):  # meshed in parallel and not reconstructed: its 0 has no cells here
        return found
    return found | {time: (Part(case, folder, time, region),) for time, folder in _written(case, region).items()}


def _has_mesh(root: Path, region: str) -> bool:
    homes = [root / "constant", *_time_folders(root).values()]
    return any((home / region / "polyMesh" / name).is_file() for home in homes for name in ("faces", "faces.gz"))


def _written(root: Path, region: str) -> dict[float, Path]:
    """The folders of a region's fields by time: those with at least one file in them."""
    folders = {time: folder / region for time, folder in _time_folders(root).items()}
    return {
        time: folder
        for time, folder in folders.items()
        if folder.is_dir() and any(file.is_file() for file in folder.iterdir())
    }


def _time_folders(root: Path) -> dict[float, Path]:
    return {float(path.name): path for path in _listed(root) if _TIME.fullmatch(path.name) and path.is_dir()}


def _listed(root: Path) -> list[Path]:
    with readable(root):
        return list(root.iterdir())


def _elsewhere(case: Path) -> str:
    """Where fields may be that were not looked for."""
    collated = [path.name for path in _listed(case) if _COLLATED.fullmatch(path.name)]
    if collated:
        return f"; those in {collated[0]} are collated, which is not read: run reconstructPar"
    named = regions(case)
    return f"; there are regions: {', '.join(named)}" if named else ""
