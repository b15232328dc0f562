"""Which written times of a case are whole, and how those that are not are put aside. No field is ever deleted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

_TIME = re.compile(r"[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?\Z")
_STEP = re.compile(rb"^Time = (\S+)|^ExecutionTime = |^End\b", re.MULTILINE)
_DIVIDER = b"* //"
_BY_RANK = ("uniform", "lagrangian")
"""Folders of a time directory whose files may differ from rank to rank."""


def roots(case: Path, cores: int) -> list[Path]:
    """The folders that hold the time directories: one per rank, or the case itself."""
    return [case] if cores == 1 else [case / f"processor{rank}" for rank in range(cores)]


def times(root: Path) -> list[str]:
    """The names of the time directories, in the order of time."""
    if not root.is_dir():
        return []
    return sorted((p.name for p in root.iterdir() if _TIME.match(p.name) and p.is_dir()), key=float)


def times_of(paths: Iterable[str]) -> set[str]:
    """The names of time directories among the first parts of relative paths."""
    return {top for path in paths if _TIME.match(top := path.partition("/")[0])}


def written(case: Path, cores: int, begin: Iterable[str]) -> list[str]:
    """All times that any rank wrote and that were not there at the `begin`, in the order of time."""
    found = {time for root in roots(case, cores) for time in times(root)}
    return sorted(found - set(begin), key=float)


def split(case: Path, cores: int, begin: Iterable[str], log: Path | None) -> tuple[str | None, list[str]]:
    """The latest whole time (None: there is none but the start), and the later ones, which are not whole."""
    broken: list[str] = []
    candidates = written(case, cores, begin)
    finished = _finished(log)
    while candidates:
        time = candidates.pop()
        before = candidates[-1] if candidates and time not in finished else None
        if _whole(roots(case, cores), time, before):
            return time, broken
        broken.append(time)
    return None, broken


def set_aside(case: Path, cores: int, names: Iterable[str], *, folder: str = "incomplete") -> Path | None:
    """Move these time directories of every rank under case/<folder>/<n>/; returns the place."""
    return _move(case, [root / name for root in roots(case, cores) for name in names], folder)


def set_ranks_aside(case: Path) -> Path | None:
    """Move all processor directories under case/incomplete/<n>/."""
    return _move(case, sorted(case.glob("processor[0-9]*")), "incomplete")


def remove_ranks(case: Path) -> None:
    """Remove the parts of a mesh that was made on ranks and put together."""
    import shutil  # brings all compressors with it

    for folder in case.glob("processor[0-9]*"):
        shutil.rmtree(folder, ignore_errors=True)


def _move(case: Path, paths: Iterable[Path], folder: str) -> Path | None:
    there = [path for path in paths if path.exists()]
    if not there:
        return None
    number = 1
    while (case / folder / str(number)).exists():
        number += 1
    aside = case / folder / str(number)
    for path in there:
        target = aside / path.relative_to(case)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)
    return aside


def _finished(log: Path | None) -> set[str]:
    """Times whose step the log shows to its end: fields are written before `ExecutionTime` is."""
    if log is None or not log.is_file():
        return set()
    done, current = set(), None
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 4_000_000))
        for match in _STEP.finditer(file.read()):
            if match[1]:
                current = match[1].decode("latin-1")
            elif current is not None:
                done.add(current)
    return done


def _whole(folders: list[Path], time: str, before: str | None) -> bool:
    """Whether every rank has the same files at `time`, all complete, and none is missing that it had `before`."""
    present = [_files(folder / time) for folder in folders]
    if not all(present) or any(names != present[0] for names in present):
        return False
    if before is not None and _files(folders[0] / before) - present[0]:
        return False
    return all(complete(path) for folder in folders for path in sorted((folder / time).rglob("*")) if path.is_file())


def _files(folder: Path) -> set[str]:
    names = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {str(name) for name in names if not set(name.parts) & set(_BY_RANK)}


def complete(path: Path) -> bool:
    """Whether a file that OpenFOAM wrote is there to its end: it has a head and the line that ends every such file."""
    head, tail = _zipped_ends(path) if path.suffix == ".gz" else _ends(path)
    if b"FoamFile" not in head:
        return bool(head)  # not OpenFOAM's format: all that can be said is that something is there
    return tail.rstrip().endswith(_DIVIDER)


def _ends(path: Path) -> tuple[bytes, bytes]:
    """The first and last bytes of a file; nothing when it cannot be read."""
    try:
        with path.open("rb") as file:
            head = file.read(2048)
            file.seek(max(0, file.seek(0, 2) - 256))
            return head, file.read()
    except OSError:
        return b"", b""


def _zipped_ends(path: Path) -> tuple[bytes, bytes]:
    import gzip
    import zlib

    try:
        with gzip.open(path, "rb") as file:
            head = tail = file.read(2048)
            while chunk := file.read(1_000_000):
                tail = (tail + chunk)[-256:]
    except (OSError, EOFError, zlib.error):
        return b"", b""
    return head, tail
