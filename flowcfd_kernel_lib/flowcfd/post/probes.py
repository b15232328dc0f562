"""Fields at points over time, as the function object `probes` writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from pathlib import Path

import numpy as np

from flowcfd.errors import NotYet
from flowcfd.foam import tables
from flowcfd.foam.tables import COMPONENTS, Array, Records
from flowcfd.post.forces import only
from flowcfd.post.table import Table, table

_POINT = re.compile(r"Probe (\d+) \(([^)]*)\)")
_OUTSIDE = -1e300
"""What OpenFOAM writes for a probe that is in no cell."""


def names(case: Path) -> list[str]:
    """The probes of a case."""
    return [name for name, stems in tables.names(case).items() if _is_probes(case, name, stems)]


def _is_probes(case: Path, name: str, stems: tuple[str, ...]) -> bool:
    _, path = next(iter(tables.files(case, name, stems[0])), (0.0, None))
    if path is None or path.suffix in (".dat", ".xy", ".vtk", ".vtp"):
        return False
    with path.open("rb") as file:
        return file.read(8).startswith(b"# Probe")


def probes(case: Path, name: str | None, unit_of: Callable[[str], str | None], time_unit: str) -> Table:
    """Fields at the points of `probes`, None for the only one: columns (field, probe), as in `probes.p[0]`.

    A vector gives Ux, Uy, Uz. The points, shape (n, 3) [m], are in `attrs["points"]`; a probe that is in no cell has
    nan. Raises NotYet, which lists the probes there are, also before the first values.
    """
    name = only(name, names(case), "probes")
    stems = tables.names(case).get(name, ())
    columns: dict[Hashable, Array] = {}
    units: dict[Hashable, str] = {"Time": time_unit}
    points: dict[int, list[float]] = {}
    for field in stems:
        records = tables.rows(case, name, field)
        if records is None or not (found := _points(records)):
            continue
        points = found
        if not len(records.time):
            continue
        values = _values(records, len(found))
        times = columns.setdefault("Time", records.time)
        for part, title in enumerate(_titles(field, values.shape[2])):
            units |= {} if (unit := unit_of(field)) is None else {title: unit}
            columns |= {
                (title, probe): _at(times, records.time, values[:, place, part]) for place, probe in enumerate(found)
            }
    if not points:
        raise NotYet(f"no probes {name!r}; there are: {', '.join(names(case)) or 'none'}")
    if not columns:
        raise NotYet(f"probes {name!r} have written no values yet")
    whole = table(columns, index="Time", units=units)
    whole.columns.names = ["field", "probe"]
    whole.attrs["points"] = [points[probe] for probe in sorted(points)]
    return whole


def _points(records: Records) -> dict[int, list[float]]:
    matches = (_POINT.match(comment) for comment in records.comments)
    return {int(match[1]): [float(word) for word in match[2].split()] for match in matches if match}


def _values(records: Records, count: int) -> Array:
    """Shape (times, probes, components); nan for probes outside."""
    values = np.stack([column for name, column in records.columns.items() if name != "Time"], axis=1)
    values = np.where(values <= _OUTSIDE, np.nan, values)
    return values.reshape(len(records.time), count, -1)


def _titles(field: str, width: int) -> list[str]:
    return [field + part for part in COMPONENTS.get(width, ("",) if width == 1 else tuple(map(str, range(width))))]


def _at(times: Array, own: Array, values: Array) -> Array:
    """Values at `times`; nan where there is none."""
    if np.array_equal(times, own):
        return values
    found = np.full(len(times), np.nan)
    _, here, there = np.intersect1d(times, own, return_indices=True)
    found[here] = values[there]
    return found
