"""What the function objects `sets` and `surfaces` sampled while the solver ran: lines as tables, slices as surfaces."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt

from flowcfd.errors import NotYet, ResultError
from flowcfd.foam import tables
from flowcfd.foam.fields.element import Element, element_of_class
from flowcfd.foam.fields.source import open_source
from flowcfd.post import layout, setup
from flowcfd.post.table import Table

if TYPE_CHECKING:
    import pyvista

_SURFACES = (".vtp", ".vtk")


def names(case: Path, suffixes: Sequence[str]) -> list[str]:
    """The function objects that wrote files with one of these suffixes."""
    return [name for name in tables.names(case) if any(_files(case, name, suffixes).values())]


def line(case: Path, name: str | None, time: float | None = None, part: str | None = None) -> Table:
    """Fields along a line that was sampled at `time` (None: the last): columns x, y, z, p, Ux, ... in its order.

    Where only one coordinate was written it is `along` [m]. `part` names a set where the function object has several.
    Raises NotYet, which lists the lines or the times there are, and ResultError, which lists the sets.
    """
    fields = _elements(case)
    found = _at(case, name, (".xy",), time, "lines")
    sets: dict[str, list[tuple[Path, tuple[str, ...]]]] = {}
    for path in found:
        own, inside = _split(path.stem, fields)
        sets.setdefault(own, []).append((path, inside))
    if part is None and len(sets) > 1:
        raise ResultError(f"which set? there are: {', '.join(sets)}")
    if part is not None and part not in sets:
        raise NotYet(f"no set {part!r}; there are: {', '.join(sets)}")
    columns: dict[str, npt.NDArray[np.float64]] = {}
    units: dict[str, str] = {}
    for path, inside in sets[next(iter(sets)) if part is None else part]:
        values = np.loadtxt(path, ndmin=2).T
        labels = [label for field in inside for label in fields[field].names(field)]
        places = ["x", "y", "z"] if len(values) - len(labels) == 3 else ["along"]
        if len(places) + len(labels) != len(values):
            raise ResultError(f"{path}: {len(values)} columns, but {', '.join(inside)} have {len(labels)}")
        columns |= dict(zip([*places, *labels], values, strict=True))
        units |= dict.fromkeys(places, "m")
        for field in inside:
            units |= dict.fromkeys(fields[field].names(field), setup.unit_of(case, field) or "")
    whole = Table(columns)
    whole.attrs["units"] = units
    return whole


def surface(case: Path, name: str | None, time: float | None = None, part: str | None = None) -> pyvista.PolyData:
    """A surface that was sampled at `time` (None: the last), with its fields.

    Raises NotYet, which lists the surfaces or the times there are, and ResultError where there are several.
    """
    import pyvista

    found = {path.stem: path for path in _at(case, name, _SURFACES, time, "surfaces")}
    if part is None and len(found) > 1:
        raise ResultError(f"which surface? there are: {', '.join(found)}")
    if part is not None and part not in found:
        raise NotYet(f"no surface {part!r}; there are: {', '.join(found)}")
    return cast("pyvista.PolyData", pyvista.read(found[next(iter(found)) if part is None else part]))


def _at(case: Path, name: str | None, suffixes: Sequence[str], time: float | None, what: str) -> list[Path]:
    """The files of one time."""
    known = names(case, suffixes)
    if name is None and len(known) > 1:
        raise ResultError(f"which {what}? there are: {', '.join(known)}")
    if not known or (name is not None and name not in known):
        raise NotYet(f"no {what} {name or 'are written'}; there are: {', '.join(known) or 'none'}")
    times = {start: files for start, files in _files(case, name or known[0], suffixes).items() if files}
    if time is None:
        return times[max(times)]
    if time not in times:
        raise NotYet(f"no {what} at {time:g}; there are: {', '.join(f'{at:g}' for at in sorted(times))}")
    return times[time]


def _files(case: Path, name: str, suffixes: Sequence[str]) -> dict[float, list[Path]]:
    return {
        start: sorted(path for path in folder.iterdir() if path.suffix in suffixes)
        for start, folder in tables.starts(case, name).items()
    }


def _elements(case: Path) -> Mapping[str, Element]:
    """What a value of each field is (scalar, vector, ...), by the last time and the first."""
    known: dict[str, Element] = {}
    for time in layout.times(case)[-1:] + layout.times(case)[:1]:
        for name, path in layout.parts(case, time)[0].fields().items():
            if element := element_of_class(open_source(path).cls):
                known.setdefault(name, element)
    return known


def _split(stem: str, fields: Mapping[str, Element]) -> tuple[str, tuple[str, ...]]:
    """Set and fields of `middle_p_k`; set and fields may have underscores themselves."""
    for cut in (match.start() for match in re.finditer("_", stem)):
        if inside := _segmented(stem[cut + 1 :], fields):
            return stem[:cut], inside
    raise ResultError(f"{stem}.xy: no fields of the case are named in it; there are: {', '.join(fields) or 'none'}")


def _segmented(text: str, fields: Mapping[str, Element]) -> tuple[str, ...]:
    if text in fields:
        return (text,)
    for field in sorted(fields, key=len, reverse=True):
        if text.startswith(f"{field}_") and (rest := _segmented(text[len(field) + 1 :], fields)):
            return (field, *rest)
    return ()
