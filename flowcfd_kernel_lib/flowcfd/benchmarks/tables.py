"""Published tables and single values, shipped with their sources in `data/index.json`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from flowcfd.errors import UnknownName

if TYPE_CHECKING:
    import pandas

_DATA = resources.files("flowcfd.benchmarks") / "data"


@dataclass(frozen=True, slots=True)
class Published:
    """One published value, its stated uncertainty (None where none is stated) and where it is from."""

    name: str
    value: float
    uncertainty: float | None
    unit: str
    source: str

    def __str__(self) -> str:
        band = "" if self.uncertainty is None else f" +- {self.uncertainty:g}"
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.value:g}{band}{unit} ({self.source})"


def published(name: str) -> Published:
    """A published value such as "driver_seegmiller.reattachment"; UnknownName lists those there are."""
    values = _index()["values"]
    if name not in values:
        raise UnknownName("published value", name, values)
    return Published(name=name, **values[name])


def reference(name: str) -> pandas.DataFrame:
    """A published table such as "ghia1982_u" with its columns as printed.

    `attrs["source"]` names the publication, `attrs["units"]` the unit of each column, `attrs["note"]` known misprints.
    UnknownName lists the tables there are.
    """
    tables = _index()["tables"]
    if name not in tables:
        raise UnknownName("published table", name, tables)
    import pandas

    about = tables[name]
    with (_DATA / about["file"]).open(encoding="utf-8") as file:
        table = pandas.read_csv(file, comment="#")
    table.attrs.update(source=about["source"], units=about["units"], note=about.get("note", ""))
    return table


@cache
def _index() -> dict[str, Any]:
    index: dict[str, Any] = json.loads((_DATA / "index.json").read_text(encoding="utf-8"))
    return index
