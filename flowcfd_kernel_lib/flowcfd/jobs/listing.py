"""Find runs again. The directories are the truth: every answer is made by looking at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flowcfd.errors import CaseError, RunError, UnknownName, listed
from flowcfd.jobs.folders import called
from flowcfd.jobs.handle import Run
from flowcfd.settings import settings


@dataclass(frozen=True)
class Unreadable:
    """A run directory whose job.json tells nothing; `why` in one line."""

    path: Path
    why: str


def open(path_or_name: str | Path) -> Run:
    """The run in a directory, or of a name under FLOWCFD_HOME (a folder's name, or its beginning if only one has it).

    Raises UnknownName, which lists the runs there are, or CaseError when several begin like that.
    """
    path = Path(path_or_name).expanduser()
    if (path / "job.json").is_file():
        return Run(path)
    if isinstance(path_or_name, Path) or "/" in path_or_name:
        raise RunError("no run here: job.json is missing", path=path.absolute())
    folders = {folder.name: folder for folder in _folders()}
    found = [folders[name] for name in called(path_or_name, folders)]
    if not found:
        raise UnknownName("run", path_or_name, folders, where=str(settings().runs))
    if len(found) > 1:
        readable, unreadable = _read(found)
        newest, *older = [*(run.path.name for run in readable), *(run.path.name for run in unreadable)]
        first = f"{newest} (the newest)" if readable else newest
        raise CaseError(f"run: {path_or_name!r} may be any of {listed([first, *older])}")
    return Run(found[0])


def runs() -> list[Run]:
    """All runs under FLOWCFD_HOME, the newest first; what cannot be read is left out, `look` says why."""
    return look()[0]


def look() -> tuple[list[Run], list[Unreadable]]:
    """All runs under FLOWCFD_HOME, the newest first, and beside them those that cannot be read."""
    return _read(_folders())


def _read(folders: Sequence[Path]) -> tuple[list[Run], list[Unreadable]]:
    readable, unreadable = [], []
    for folder in folders:
        try:
            readable.append(Run(folder))
        except RunError as error:
            unreadable.append(Unreadable(folder, str(error).removesuffix(f" [{folder}]")))
    return sorted(readable, key=lambda run: run.record.created, reverse=True), unreadable


def _folders() -> list[Path]:
    home = settings().runs
    if not home.is_dir():
        return []
    return sorted(folder for folder in home.iterdir() if not folder.name.startswith(".") and _holds_job(folder))


def _holds_job(folder: Path) -> bool:
    """Whether there is a job.json; one that may not even be looked for counts, its reader says why."""
    try:
        return (folder / "job.json").is_file()
    except PermissionError:
        return True
