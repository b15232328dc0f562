"""The cases that come with OpenFOAM, by the end of their path."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path, PurePosixPath

from flowcfd.errors import CaseError, SiteError, UnknownName
from flowcfd.foam import install

CONTROL = ("controlDict", "controlDict.gz")


def tutorial(name: str) -> Path:
    """The directory of a shipped case: "pitzDaily" where that is unique, else with the folders before it.

    `tutorial("simpleFoam/pitzDaily")`. Raises UnknownName with the nearest name, CaseError with all candidates when
    several cases end like this, SiteError when the examples are not installed.
    """
    folder = install.find().examples
    if folder is None:
        raise SiteError("OpenFOAM's examples are not installed: apt-get install openfoam-examples   (as root)")
    wanted = PurePosixPath(name).parts
    found = [case for case in cases(folder) if PurePosixPath(case).parts[-len(wanted) :] == wanted]
    if not found:
        raise UnknownName("tutorial", name, {PurePosixPath(case).name for case in cases(folder)})
    if len(found) > 1:
        raise CaseError(f"tutorial: {name!r} is the end of several: {', '.join(found)}")
    return folder / found[0]


@cache
def cases(folder: Path) -> tuple[str, ...]:
    """All case directories below `folder`, relative to it, sorted."""
    found = []
    for path, folders, _ in os.walk(folder):
        if "system" in folders and any(
            Path(path, "system", file).is_file() for file in ("controlDict", "controlDict.gz")
        ):
            found.append(Path(path).relative_to(folder).as_posix())
            folders.clear()
    return tuple(sorted(found))
