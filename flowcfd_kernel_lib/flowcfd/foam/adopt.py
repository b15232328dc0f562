"""Any OpenFOAM directory as CaseFiles."""

from __future__ import annotations

import gzip
import math
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from flowcfd.errors import CaseError
from flowcfd.foam import dictionary
from flowcfd.foam.casefiles import Blob, CaseFiles, sha256
from flowcfd.given import given_path

LARGEST_TEXT = 1_000_000
"""Files over this size [bytes] are kept by reference."""

RESULTS = ("processor", "postProcessing", "log.", "VTK", "dynamicCode", ".")
"""Top-level names that start like this are output of earlier runs, not part of the case."""


def adopt(directory: str | Path, *, steps: Sequence[str] = (), start: float | None = None) -> CaseFiles:
    """The case in `directory` as CaseFiles; nothing in the directory is changed.

    Output of earlier runs (time directories but the one it starts from, processor directories, logs) is left out. A
    case that keeps its initial fields in `0.orig` gets them as `0`; compressed dictionaries are unpacked. `steps` are
    the applications to run in their order; without them they follow from the files, see `flowcfd.foam.steps`. `start`
    is the time [s] whose fields it starts from, whatever controlDict says: a case that has run since is had as it was.

    Raises CaseError for a directory that is no OpenFOAM case or holds a file that cannot be read.
    """
    root = given_path(directory, "directory").absolute()
    if not root.is_dir():
        raise CaseError(f"{root}: {'is no directory' if root.exists() else 'no such directory'}")
    try:
        control = _control(root)
        files = dict(_content(root, path) for path in _members(root, control, start))
    except OSError as error:
        raise CaseError(f"{error.filename or root}: cannot be read: {error.strerror or error}") from error
    return CaseFiles(_with_initial_fields(files), tuple(steps), root.name)


def _control(root: Path) -> Path:
    for name in ("controlDict", "controlDict.gz"):
        if (root / "system" / name).is_file():
            return root / "system" / name
    raise CaseError(f"{root}: not an OpenFOAM case, system/controlDict is missing")


def _members(root: Path, control: Path, start: float | None) -> Iterator[Path]:
    """Every file of the case, symbolic links followed once."""
    seen: set[str] = set()
    skipped = _other_times(root, control, start)
    for folder, folders, names in os.walk(root, followlinks=True, onerror=_unreadable):
        top = Path(folder) == root
        real = os.path.realpath(folder)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not (top and (name.startswith(RESULTS) or name in skipped)))
        for name in sorted(names):
            path = Path(folder, name)
            if path.is_file() and not (top and name.startswith(RESULTS)):
                yield path
            elif path.is_symlink() and not path.exists():
                raise CaseError(f"{path}: a link to nothing")


def _unreadable(error: OSError) -> None:
    raise error


def _other_times(root: Path, control: Path, start: float | None) -> set[str]:
    """Names of the time directories from which the case does not start."""
    times = sorted((value, folder.name) for folder in root.iterdir() if (value := _time(folder)) is not None)
    if not times:
        return set()
    wanted = _start(control) if start is None else start
    within = min(max(wanted, times[0][0]), times[-1][0])
    nearest = min(times, key=lambda time: abs(time[0] - within))
    return {name for _, name in times} - {nearest[1], "0"}


def _start(control: Path) -> float:
    """The time that controlDict starts from: infinite for the latest, minus infinite for the first."""
    tree = dictionary.read(control)
    named = {"latestTime": math.inf, "firstTime": -math.inf}.get(str(tree.get("startFrom", "startTime")))
    if named is not None:
        return named
    wanted = tree.get("startTime", 0)
    return float(wanted) if isinstance(wanted, (int, float)) else 0.0


def _time(folder: Path) -> float | None:
    try:
        return float(folder.name) if folder.is_dir() else None
    except ValueError:
        return None


def _content(root: Path, path: Path) -> tuple[str, str | Blob]:
    name = path.relative_to(root).as_posix()
    size = path.stat().st_size
    if size <= LARGEST_TEXT:
        raw = path.read_bytes()
        if name.endswith(".gz") and not path.with_suffix("").exists():
            plain = _plain_dictionary(raw)
            if plain is not None:
                return name.removesuffix(".gz"), plain
        elif b"\0" not in raw:
            return name, raw.decode("latin-1")
    return name, Blob(path, sha256(path), size)


def _plain_dictionary(raw: bytes) -> str | None:
    """The text of a compressed ascii dictionary; None for anything else."""
    try:
        plain = gzip.decompress(raw)
    except (OSError, EOFError):
        return None
    if len(plain) > LARGEST_TEXT or b"\0" in plain or b"FoamFile" not in plain[:4096]:
        return None
    return plain.decode("latin-1")


def _with_initial_fields(files: dict[str, str | Blob]) -> dict[str, str | Blob]:
    if any(path.startswith("0/") for path in files):
        return files
    return {
        ("0/" + path.removeprefix("0.orig/") if path.startswith("0.orig/") else path): text
        for path, text in files.items()
    }
