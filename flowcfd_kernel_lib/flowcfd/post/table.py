"""Table and Signal: pandas' DataFrame and Series with units and a mean over the last rows in mind."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any, cast

import pandas as pd


class Signal(pd.Series):
    """One quantity over time; `units` is its unit as text ("" for a pure number, None where it is not known)."""

    @property
    def _constructor(self) -> Callable[..., Signal]:
        return Signal

    @property
    def _constructor_expanddim(self) -> Callable[..., Table]:
        return Table

    @property
    def units(self) -> str | None:
        """The unit, for instance "m/s"."""
        return _unit(self.attrs.get("units"), self.name)

    def last(self, n: int) -> Signal:
        """The last `n` times, or all where there are fewer: `Cd.last(200).mean()`."""
        return cast(Signal, _last(self, n))


class Table(pd.DataFrame):
    """Quantities over time; `units` maps the columns, and the index by its name, to units as text.

    A column is an attribute too, in lower case as well where that is no other column: `forces.Cd`, `forces.cd`.
    """

    @property
    def _constructor(self) -> Callable[..., Table]:
        return Table

    @property
    def _constructor_sliced(self) -> Callable[..., Signal]:
        return Signal

    @property
    def units(self) -> Mapping[Hashable, str]:
        """The unit of each column whose unit is known."""
        return cast(Mapping[Hashable, str], self.attrs.get("units", {}))

    def last(self, n: int) -> Table:
        """The rows of the last `n` times, or all where there are fewer."""
        return cast(Table, _last(self, n))

    def titled(self) -> pd.DataFrame:
        """The same with the units that are known in the titles, "speed [m/s]"; columns of two levels as they are."""
        plain = pd.DataFrame(self)
        if isinstance(self.columns, pd.MultiIndex) or not isinstance(self.units, Mapping):
            return plain
        titles = {name: f"{name} [{unit}]" for name, unit in self.units.items() if unit}
        plain = plain.rename(columns=titles)
        plain.index.names = [titles.get(name, name) for name in self.index.names]
        return plain

    def _repr_html_(self) -> str | None:
        return cast("str | None", self.titled()._repr_html_())  # type: ignore[operator]

    def __getattr__(self, name: str) -> Any:  # type: ignore[misc]  # final in the stubs only
        try:
            return super().__getattr__(name)
        except AttributeError:
            if name.startswith("_"):
                raise
            top = self.columns.get_level_values(0).unique()
            found = [column for column in top if str(column).lower() == name]
            if len(found) != 1:
                raise AttributeError(f"no column {name!r}; there are: {', '.join(map(str, top))}") from None
            return self[found[0]]

    def __getitem__(self, key: Any) -> Any:
        part = super().__getitem__(key)
        if isinstance(part, Table) and isinstance(self.columns, pd.MultiIndex) and isinstance(key, str):
            # the columns of the part have lost their first level, by which the units are known
            unit = self.units.get(key)
            part.attrs["units"] = {} if unit is None else dict.fromkeys(part.columns, unit)
        return part


def table(columns: Mapping[Any, Any], *, index: str, units: Mapping[Hashable, str]) -> Table:
    """A Table of columns of equal length, one of which becomes the index; keys of two parts make two levels."""
    frame = Table({name: values for name, values in columns.items() if name != index})
    frame.index = pd.Index(columns[index], name=index)
    frame.attrs["units"] = dict(units)
    return frame


def _unit(units: object, name: Hashable) -> str | None:
    if isinstance(units, str):
        return units
    if not isinstance(units, Mapping):
        return None
    found = units.get(name)
    if found is None and isinstance(name, tuple):
        found = units.get(name[0])
    return cast("str | None", found)


def _last(rows: Any, n: int) -> Any:
    if n < 1:
        raise ValueError(f"last: n must be at least 1 (got {n})")
    if rows.index.is_unique:
        return rows.tail(n)
    times = rows.index.unique()[-n:]
    return rows[rows.index.isin(times)]
