"""A fresh dictionary file from nested Python mappings, laid out as OpenFOAM's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flowcfd.foam.dictionary import values

_LINE = "// " + "* " * 37 + "//\n"


def dumps(mapping: Mapping[str, Any], *, header: tuple[str, str, str] | None = None) -> str:
    """The text of a dictionary; `header` is (class, object, location) of its FoamFile, the location may be empty.

    Values are written by `flowcfd.foam.dictionary.values.text`: numbers, bool, text as it is, Quoted in quotes,
    sequences as lists, mappings as sub-dictionaries, (name, mapping) pairs of type Named in lists. A key that is a
    regular expression is quoted; None writes `key;`.
    """
    parts = [_header(*header)] if header else []
    previous: Any = None
    for key, value in mapping.items():
        apart = isinstance(value, Mapping) or isinstance(previous, Mapping)
        parts.append("\n" if parts and (apart or (header and len(parts) == 1)) else "")
        parts.append(values.entry(key, value))
        previous = value
    return "".join(parts)


def _header(cls: str, name: str, location: str) -> str:
    fields = {"version": "2.0", "format": "ascii", "class": cls}
    if location:
        fields["location"] = f'"{location}"'
    fields["object"] = name
    lines = "".join(f"    {key:<11} {value};\n" for key, value in fields.items())
    return f"FoamFile\n{{\n{lines}}}\n{_LINE}"
