"""What a case's own files say about its results: solver, steady or not, units of fields, walls with slip."""

from __future__ import annotations

import re
from pathlib import Path

from flowcfd.errors import DictionaryError, ResultError
from flowcfd.foam import dictionary
from flowcfd.foam.dictionary import Tree
from flowcfd.foam.fields.source import open_source
from flowcfd.post import layout
from flowcfd.post.units import unit

_DIMENSIONS = re.compile(rb"\bdimensions\s+\[([^\]]*)\]\s*;")


def application(case: Path) -> str:
    """The solver that controlDict names; empty where none is named."""
    return str(_tree(case / "system/controlDict").get("application", ""))


def steady(case: Path) -> bool:
    """Whether Time counts iterations."""
    return "steadyState" in str(_tree(case / "system/fvSchemes").get("ddtSchemes.default", ""))


def writing(case: Path) -> tuple[str, float | None]:
    """What writeControl and writeInterval say [time steps or s]; None where no number is given."""
    control = _tree(case / "system/controlDict")
    interval = control.get("writeInterval")
    return str(control.get("writeControl", "timeStep")), interval if isinstance(interval, (int, float)) else None


def unit_of(case: Path, field: str) -> str | None:
    """The unit of a field by the dimensions in its newest file; None when no file is there."""
    for file in _files(case, field):
        source = open_source(file)
        if found := _DIMENSIONS.search(source.data[source.body : source.body + 4096]):
            return unit([float(exponent) for exponent in found[1].split()])
    return None


def _files(case: Path, field: str) -> list[Path]:
    try:
        newest = layout.parts(case, None)[0].fields()
    except ResultError:
        newest = {}
    files = [newest.get(field), case / "0" / field, case / "0.orig" / field]
    return [
        file for file in files if file is not None and (file.is_file() or file.with_name(file.name + ".gz").is_file())
    ]


def slip(case: Path) -> frozenset[str]:
    """The patches on which U slips; wall functions and y+ mean nothing there."""
    for file in _files(case, "U")[-1:]:
        boundary = _tree(file).get("boundaryField")
        if isinstance(boundary, Tree):
            return frozenset(patch for patch in boundary if str(boundary.get((patch, "type"), "")) == "slip")
    return frozenset()


def cells(case: Path) -> int | None:
    """The number of cells by the note in the mesh's head, over all processors; None when no mesh is written."""
    homes = [case, *sorted(case.glob("processor*"))]
    counts = [_count(home / "constant/polyMesh/owner") for home in homes]
    if counts[0] is not None:
        return counts[0]
    known = [count for count in counts[1:] if count is not None]
    return sum(known) if known else None


def _count(owner: Path) -> int | None:
    try:
        note = open_source(owner).head.get("note", "")
    except DictionaryError:
        return None
    found = re.search(r"nCells:\s*(\d+)", note)
    return int(found[1]) if found else None


def _tree(file: Path) -> Tree:
    try:
        return dictionary.read(file)
    except (DictionaryError, OSError):
        return dictionary.parse("")
