"""Other tables of function objects: y+, wall shear stress, minima and maxima, and any other."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from pathlib import Path
from typing import cast

import numpy as np

from flowcfd.errors import NotYet, ResultError
from flowcfd.foam import tables
from flowcfd.foam.tables import Array, Records
from flowcfd.post.forces import only
from flowcfd.post.table import Table, table

UnitOf = Callable[[str], "str | None"]


def y_plus(case: Path, time_unit: str, slip: frozenset[str]) -> Table:
    """y+ over time: columns (patch, "min" | "max" | "average"). Patches in `slip` have no meaningful one."""
    records = _records(case, "yPlus")
    return _by_word(records, "patch", {}, time_unit, without=slip)


def wall_shear(case: Path, time_unit: str, unit_of: UnitOf) -> Table:
    """Extremes of wall shear over time: columns (patch, "min_x" ... "max_z"), signs as OpenFOAM has them.

    Divided by density [m2/s2] where the flow is incompressible, else [Pa].
    """
    unit = unit_of("wallShearStress") or unit_of("p")
    columns = [f"{end}_{axis}" for end in ("min", "max") for axis in "xyz"]
    units = {} if unit is None else dict.fromkeys(columns, unit)
    return _by_word(_records(case, "wallShearStress"), "patch", units, time_unit)


def min_max(case: Path, time_unit: str, unit_of: UnitOf) -> Table:
    """Minima and maxima of fields over time: columns (field, "min" | "max" | "location(min)_x" ...), as mag(U)."""
    records = _records(case, "fieldMinMax")
    if "field" not in records.columns:
        raise ResultError("fieldMinMax was written without locations: read it with res.function(name)")
    found = _by_word(records, "field", {}, time_unit)
    units: dict[Hashable, str] = {"Time": time_unit}
    for field, column in cast("list[tuple[str, str]]", found.columns.to_list()):
        unit = "m" if column.startswith("location") else unit_of(field.removeprefix("mag(").removesuffix(")"))
        units |= {} if unit is None else {(field, column): unit}
    found.attrs["units"] = units
    return found


def function(case: Path, name: str, time_unit: str, file: str | None = None) -> Table:
    """Any table that function object `name` wrote, by its header; `file` where it wrote several.

    A vector column U gives U_x, U_y, U_z. Raises NotYet, which lists the function objects there are, or ResultError,
    which lists the files.
    """
    known = tables.names(case)
    if name not in known:
        raise NotYet(f"no output of {name!r}; there is: {', '.join(known) or 'none'}")
    stem = only(file, list(known[name]), f"file of {name}")
    records = tables.rows(case, name, stem)
    if records is None:
        raise NotYet(f"no {stem!r} of {name!r}; there is: {', '.join(known[name])}")
    titles = ["Time", *list(records.columns)[1:]]
    columns = dict(zip(titles, records.columns.values(), strict=True))
    return table(columns, index="Time", units={"Time": time_unit})


def _records(case: Path, stem: str) -> Records:
    """The rows of the one function object that writes `stem`."""
    known = [name for name, stems in tables.names(case).items() if stem in stems]
    if len(known) > 1:  # one that was made for a reattachment computes the stress and writes no row of it
        known = [name for name in known if (rows := tables.rows(case, name, stem)) is not None and len(rows.time)]
    if len(known) > 1:
        raise ResultError(f"several wrote {stem}: {', '.join(known)}; read one with res.function(name)")
    name = only(None, known, f"rows of {stem}")
    records = tables.rows(case, name, stem)
    if records is None or not len(records.time):
        raise NotYet(f"no rows of {stem} are written yet")
    return records


def _by_word(
    records: Records, word: str, units: dict[str, str], time_unit: str, without: frozenset[str] = frozenset()
) -> Table:
    """One row a time instead of one a time and `word`; nan where a word was not written at a time."""
    times = np.unique(records.time)
    columns: dict[Hashable, Array] = {"Time": times}
    known: dict[Hashable, str] = {"Time": time_unit}
    for value in dict.fromkeys(records.columns[word].tolist()):
        if value in without:
            continue
        rows = records.columns[word] == value
        places = np.searchsorted(times, records.time[rows])
        for name, values in list(records.columns.items())[1:]:
            if name != word:
                columns[value, name] = _placed(len(times), places, values[rows])
                known |= {(value, name): units.get(name, "")} if units or not name.startswith("location") else {}
    found = table(columns, index="Time", units=known)
    found.columns.names = [word, "value"]
    return found


def _placed(count: int, places: Array, values: Array) -> Array:
    column = np.full(count, np.nan)
    column[places] = values
    return column
