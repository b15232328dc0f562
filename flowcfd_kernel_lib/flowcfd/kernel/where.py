"""What the first word of a magic names: a directory, a variable of the notebook, or a run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flowcfd.errors import CaseError, UnknownName


def directory(word: str, namespace: Mapping[str, Any]) -> Path:
    """The case directory that `word` names: a variable that holds a path or a run, a directory, or a run's name.

    An empty word is the current directory. Raises CaseError when nothing of that name is there.
    """
    if not word:
        return Path.cwd()
    if word in namespace:
        return _of_variable(word, namespace[word])
    path = Path(word).expanduser()
    if path.is_dir():
        return path.absolute()
    if path.exists() or "/" in word:
        raise CaseError(f"{word}: must be a directory that exists")
    return _of_run(word)


def _of_variable(word: str, value: Any) -> Path:
    if isinstance(value, str | Path):
        path = Path(value).expanduser().absolute()
        if not path.is_dir():
            raise CaseError(f"{word}: names {path}, which is no directory")
        return path
    case = getattr(value, "case", None)
    if isinstance(case, Path):
        return case
    raise CaseError(
        f"{word}: is a {type(value).__name__}; a shell needs a directory: a path, or a run (fc.run({word}) makes one)"
    )


def _of_run(word: str) -> Path:
    from flowcfd import jobs

    try:
        return Path(jobs.open(word).case)
    except CaseError:
        known = [run.name for run in jobs.runs()]
        raise UnknownName("directory, variable or run", word, known) from None
