"""Folders that are known by a name: of runs, of studies, of sweeps."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TypeVar

from flowcfd.errors import CaseError, FlowError, UnknownName

Kept = TypeVar("Kept")


def called(name: str, folders: Collection[str]) -> list[str]:
    """The folders that a name means: the one of that name, else those of it before their digest, else that begin so."""
    found = [name] if name in folders else [folder for folder in folders if folder.rpartition("-")[0] == name]
    return found or [folder for folder in folders if name and folder.startswith(name)]


def named(kind: str, path_or_name: str | Path, home: Path, file: str) -> Path:
    """The folder with this `file`: the one that is given, else that of this name in `home`, or of its beginning.

    UnknownName, which lists what there is, where none is meant; CaseError where several are. `kind`: what it holds.
    """
    path = Path(path_or_name).expanduser()
    if (path / file).is_file():
        return path
    names = sorted(folder.parent.name for folder in home.glob(f"*/{file}"))
    found = called(str(path_or_name), names)
    if len(found) > 1:
        raise CaseError(f"{kind}: {str(path_or_name)!r} may be any of {', '.join(found)}")
    if not found:
        raise UnknownName(kind, str(path_or_name), names, where=str(home))
    return home / found[0]


def readable(home: Path, file: str, read: Callable[[Path], Kept]) -> list[Kept]:
    """What `read` makes of each folder with this `file`, the newest first; what cannot be understood is left out."""
    files = sorted(home.glob(f"*/{file}"), key=lambda file: -file.stat().st_mtime)
    found = []
    for each in files:
        with contextlib.suppress(FlowError):
            found.append(read(each.parent))
    return found
