"""A summary of a description as a small HTML table, for notebooks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

_LONG_NUMBER = re.compile(r"\b\d+\.\d{7,}(?:e[-+]?\d+)?")
"""Numbers such as 0.26666666666666666, of which a summary needs six digits."""


def html(title: str, parts: Mapping[str, Any]) -> str:
    """A table of the parts that are there, one row each; the entries of a mapping or list have a row of their own."""
    rows = []
    for name, part in parts.items():
        if isinstance(part, Mapping):
            rows += [(f"{name}.{key}", _short(value)) for key, value in part.items()]
        elif isinstance(part, (list, tuple)):
            rows += [(f"{name}.{index}", _short(value)) for index, value in enumerate(part)]
        elif part is not None:
            rows.append((name, _short(part)))
    body = "".join(
        f"<tr><th style='text-align:left'>{escape(name)}</th>"
        f"<td style='text-align:left'><code>{escape(text)}</code></td></tr>"
        for name, text in rows
    )
    return f"<b>{escape(title)}</b><table>{body}</table>"


def sentences(title: str, lines: Mapping[str, str]) -> str:
    """A table of sentences, one row each, in full."""
    cell = "style='text-align:left;vertical-align:top'"
    rows = (f"<tr><th {cell}>{escape(name)}</th><td {cell}>{escape(text)}</td></tr>" for name, text in lines.items())
    return f"<b>{escape(title)}</b><table>{''.join(rows)}</table>"


def _short(value: object) -> str:
    text = f"{len(value)} characters" if isinstance(value, str) else _LONG_NUMBER.sub(_six_digits, repr(value))
    return text if len(text) <= 160 else text[:157] + "..."


def _six_digits(number: re.Match[str]) -> str:
    return f"{float(number[0]):.6g}"
