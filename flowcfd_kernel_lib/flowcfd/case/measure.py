"""Measures: the names of single numbers that a run records, such as `Cd`, `body.Cd`, `p[0]` or `reattachment`.

`<output>.<column>`: the output may be left out where only one has the column. A probe's column is its field with the
number of the point, `probes.Ux[3]`; the number may be left out where there is one point.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from flowcfd.errors import CaseError, UnknownName

PATTERN = r"^(?:[A-Za-z]\w*\.)?[A-Za-z][\w()]*(?:\[\d+\])?$"
"""What a measure's name looks like."""

COEFFICIENTS = ("Cd", "Cs", "Cl", "CmRoll", "CmPitch", "CmYaw")
FORCES = ("Fx", "Fy", "Fz", "Mx", "My", "Mz")
REATTACHMENT = "reattachment"
VECTORS = frozenset({"U", "UMean", "wallShearStress"})
"""Fields with three components; a probe's columns are then Ux, Uy and Uz."""


AVERAGES = {"area": "areaAverage", "flow": "weightedAverage"}
"""How OpenFOAM calls the mean of a field over a patch, by what its faces count by."""


def average(weight: str, field: str) -> str:
    """The column of the mean of a field over a patch: "areaAverage(p)"."""
    return f"{AVERAGES[weight]}({field})"


def columns_of(field: str) -> tuple[str, ...]:
    """The columns of a field: itself, or its components."""
    return tuple(field + axis for axis in "xyz") if field in VECTORS else (field,)


def unit(column: str) -> str | None:
    """The unit of a column by its name; None where the name does not tell."""
    name = column.partition("[")[0]
    operation, _, field = name.partition("(")
    if operation in AVERAGES.values():
        name = field.removesuffix(")")
    if name in COEFFICIENTS or name[:2] in ("Cd", "Cl", "Cs", "Cm"):
        return ""
    by_name = {**dict.fromkeys(FORCES[:3], "N"), **dict.fromkeys(FORCES[3:], "N m"), REATTACHMENT: "m", "p": "m^2/s^2"}
    by_name |= dict.fromkeys(("Ux", "Uy", "Uz"), "m/s") | {"k": "m^2/s^2", "nut": "m^2/s"}
    return by_name.get(name.split("_")[0])


def find(name: str, known: Iterable[str], *, where: str = "") -> str:
    """The whole name `<output>.<column>` among those there are that `name` means.

    Raises CaseError for a text that is no name of a measure or means several, UnknownName for one that means none.
    """
    there = list(known)
    if not re.match(PATTERN, name):
        raise CaseError(f"{where + ': ' if where else ''}{name!r} is no name of a measure; write for example 'body.Cd'")
    output, _, column = name.rpartition(".")
    fits = [one for one in there if _fits(one, output, column, there)]
    if len(fits) > 1:
        raise CaseError(f"{where + ': ' if where else ''}which {name!r}? there are: {', '.join(fits)}")
    if not fits:
        raise UnknownName("measure", name, there, where=where)
    return fits[0]


def _fits(one: str, output: str, column: str, there: list[str]) -> bool:
    of, _, own = one.partition(".")
    only = own == f"{column}[0]" and f"{of}.{column}[1]" not in there
    return output in ("", of) and (own == column or only)
