"""Published tables and single values, shipped with their sources in `data/index.json`."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from flowcfd.errors import ResultError, UnknownName

if TYPE_CHECKING:
    import pandas

_DATA = resources.files("flowcfd.benchmarks") / "data"
_MEND = "install FlowCFD again"


class Damaged(ResultError):
    """Published values that are missing, or not as they were shipped: nothing can be compared with them."""


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
    """A published value such as "driver_seegmiller.reattachment".

    UnknownName lists those there are; Damaged, a ResultError, names one that is not as it was shipped.
    """
    values = _index()["values"]
    if name not in values:
        raise UnknownName("published value", name, values)
    about = dict(values[name])
    shipped = about.pop("sha256", "none")
    found = Published(name=name, **about)
    if fingerprint(found) != shipped:
        raise Damaged(
            f"{_DATA / 'index.json'}: {name} is not as it was shipped: "
            f"sha256 {fingerprint(found)}, expected {shipped}; {_MEND}"
        )
    return found


def fingerprint(value: Published) -> str:
    """What the index holds of a published value to see that no digit of it was changed: a SHA-256, in hexadecimal."""
    said = json.dumps([value.name, value.value, value.uncertainty, value.unit, value.source])
    return hashlib.sha256(said.encode()).hexdigest()


def reference(name: str) -> pandas.DataFrame:
    """A published table such as "ghia1982_u" with its columns as printed.

    `attrs["source"]` names the publication, `attrs["licence"]` its terms, `attrs["units"]` the unit of each column,
    `attrs["note"]` known misprints. UnknownName lists the tables there are; Damaged, a ResultError, names a
    file that is missing or not as it was shipped.
    """
    tables = _index()["tables"]
    if name not in tables:
        raise UnknownName("published table", name, tables)
    import pandas

    about = tables[name]
    table = pandas.read_csv(io.BytesIO(_shipped(about["file"], about["sha256"])), comment="#")
    table.attrs.update(
        source=about["source"], licence=about["licence"], units=about["units"], note=about.get("note", "")
    )
    return table


def _shipped(name: str, sha256: str) -> bytes:
    """A file of published values, as it was shipped; Damaged for any other."""
    file = _DATA / name
    try:
        content = file.read_bytes()
    except OSError as error:
        raise Damaged(f"{file}: the published values cannot be read: {error.strerror or error}; {_MEND}") from None
    if (found := hashlib.sha256(content).hexdigest()) != sha256:
        raise Damaged(
            f"{file}: not the published values that were shipped: sha256 {found[:12]}..., expected {sha256[:12]}...; "
            f"{_MEND}"
        )
    return content


@cache
def _index() -> dict[str, Any]:
    try:
        index: dict[str, Any] = json.loads((_DATA / "index.json").read_bytes())
    except (OSError, ValueError) as error:
        raise Damaged(f"{_DATA / 'index.json'}: the index of published values is damaged: {error}; {_MEND}") from None
    return index
