"""Forces, moments and their coefficients over time."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path

import numpy as np

from flowcfd.errors import NotYet, ResultError
from flowcfd.foam import tables
from flowcfd.foam.outputs import COEFFICIENTS
from flowcfd.foam.tables import Array
from flowcfd.post.table import Table, table

_STEMS = {"coefficient": "", "forceCoeffs": "", "force": "F", "moment": "M"}
"""The files of forces and forceCoeffs, and the letter that their totals get."""


def names(case: Path) -> list[str]:
    """The forces of a case; those that only belong to another as its coefficients are not counted."""
    found = [name for name, stems in tables.names(case).items() if any(stem in _STEMS for stem in stems)]
    return [name for name in found if not (name.endswith(COEFFICIENTS) and name.removesuffix(COEFFICIENTS) in found)]


def forces(case: Path, name: str | None, time_unit: str) -> Table:
    """Forces over time, of the function objects `name` and `<name>Coeffs` together; None for the only one.

    Columns, as far as they were written: Cd Cs Cl CmRoll CmPitch CmYaw and their front and rear parts [1];
    Fx Fy Fz [N], Mx My Mz [N m], and of pressure and friction alone Fx_pressure, Fx_viscous, ... Raises NotYet,
    which lists the forces there are.
    """
    name = only(name, names(case), "forces")
    columns: dict[str, Array] = {}
    for folder in (name, name + COEFFICIENTS):
        for stem, letter in _STEMS.items():
            if records := tables.rows(case, folder, stem):
                columns = _merged(
                    columns, {_title(column, letter): values for column, values in records.columns.items()}
                )
    if not columns:
        raise NotYet(f"no forces {name!r}; there are: {', '.join(names(case)) or 'none'}")
    units: dict[Hashable, str] = {column: {"F": "N", "M": "N m"}.get(column[0], "") for column in columns}
    return table(columns, index="Time", units={**units, "Time": time_unit})


def only(name: str | None, known: list[str], what: str) -> str:
    """`name`, or where it is None the only one that is known."""
    if name is not None:
        return name
    if not known:
        raise NotYet(f"no {what} are written")
    if len(known) > 1:
        raise ResultError(f"which {what}? there are: {', '.join(known)}")
    return known[0]


def _title(column: str, letter: str) -> str:
    """`total_x` of a force is Fx, `pressure_x` is Fx_pressure; a coefficient keeps its name."""
    part, _, axis = column.partition("_")
    if not letter or part not in ("total", "pressure", "viscous", "porous", "internal"):
        return column
    return f"{letter}{axis}" if part == "total" else f"{letter}{axis}_{part}"


def _merged(left: Mapping[str, Array], right: Mapping[str, Array]) -> dict[str, Array]:
    """Columns of both over the times of both; nan where one has no row."""
    if not left or (len(left["Time"]) == len(right["Time"]) and np.array_equal(left["Time"], right["Time"])):
        return {**left, **right}
    times = np.union1d(left["Time"], right["Time"])
    merged: dict[str, Array] = {"Time": times}
    for side in (left, right):
        places = np.searchsorted(times, side["Time"])
        for column, values in side.items():
            if column != "Time":
                merged[column] = np.full(len(times), np.nan)
                merged[column][places] = values
    return merged
