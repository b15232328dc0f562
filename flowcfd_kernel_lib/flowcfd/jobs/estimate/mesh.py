"""How many cells a mesh on disk has, by its `owner`: the note in its head, else its greatest number."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

from flowcfd.errors import FlowError

_CELLS = re.compile(rb"nCells:\s*(\d+)")


def cells(case: Path) -> int | None:
    """The cells of the mesh of a case, over all ranks where it is divided only; None when there is none."""
    whole = _noted(case / "constant/polyMesh")
    if whole is not None:
        return whole
    parts = [_noted(folder / "constant/polyMesh") for folder in sorted(case.glob("processor*"))]
    known = [part for part in parts if part is not None]
    return sum(known) if known else None


def _noted(folder: Path) -> int | None:
    for name in ("owner", "owner.gz"):
        path = folder / name
        try:
            with gzip.open(path) if name.endswith(".gz") else path.open("rb") as file:
                found = _CELLS.search(file.read(4096))
        except (OSError, EOFError):
            continue
        return int(found[1]) if found else _counted(path)
    return None


def _counted(owner: Path) -> int | None:
    """The greatest owner is the last cell; for a mesh that another program made, without a note."""
    from flowcfd.foam.fields import Faces, read_list  # numpy, for such a mesh only

    try:
        owners = read_list(owner)
    except (FlowError, OSError, ValueError):
        return None
    return None if isinstance(owners, Faces) or not len(owners) else int(owners.max()) + 1
