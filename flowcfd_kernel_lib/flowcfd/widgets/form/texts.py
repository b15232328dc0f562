"""Texts of fields: how a value is shown, and what pydantic is given for what was typed."""

from __future__ import annotations

import ast
import math
import re
from dataclasses import dataclass
from typing import Any

from pydantic_core import PydanticCustomError

from flowcfd.widgets.form.sorts import Choice, Free, Grid, Listed, Number, Sort, Whole


@dataclass(frozen=True, slots=True)
class Typed:
    """A text as it was typed."""

    text: str


def read(sort: Sort, text: str) -> Any:
    """A text as pydantic wants it; one that cannot be read stays a text, for its validator to say so."""
    match sort:
        case Whole():
            return int(text) if re.fullmatch(r"\s*[-+]?\d{1,18}\s*", text) else text.strip()
        case Free():
            return _literal(text.strip())
        case Listed(item=item):
            return [read(item, one) for one in parts(text)]
        case Grid(columns=columns):
            return [_cells(columns, line) for line in text.splitlines() if line.strip()]
        case Number():
            return bare(text.strip())
        case Choice(options=options):
            return next((one for one in options if str(one) == text), text)
        case _:
            return text


def bare(text: str) -> float | str:
    """A bare number as SI; a text with a unit as it is."""
    try:
        return float(text) if re.fullmatch(r"[-+.\deE]+", text) else text
    except ValueError:
        return text


def _cells(columns: tuple[Sort, ...], line: str) -> Any:
    cells = parts(line)
    if len(cells) == len(columns):
        return [read(column, cell) for column, cell in zip(columns, cells, strict=True)]
    return cells if len(cells) != 1 else cells[0]


def parts(text: str) -> list[str]:
    """The entries of a line: between commas, semicolons or tabs; of words and bare numbers between spaces too."""
    inner = text.strip().removeprefix("(").removesuffix(")") if text.count("(") == 1 else text
    if re.search(r"[,;\t\n]", inner):
        return [one.strip() for one in re.split(r"[,;\t\n]", inner) if one.strip()]
    words = inner.split()
    numbers = [bool(re.match(r"[-+.]?\d", one)) for one in words]
    return words if all(numbers) or not any(numbers) else [inner.strip()]


def _literal(text: str) -> Any:
    if text in ("true", "yes", "on", "false", "no", "off"):
        return text in ("true", "yes", "on")
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text


def shown(sort: Sort, draft: Any) -> str:
    """The text of a field."""
    if draft is None:
        return ""
    if isinstance(draft, Typed):
        return draft.text
    if isinstance(sort, Grid):
        return "\n".join(", ".join(shown(Free(), one) for one in row) for row in draft)
    if isinstance(sort, Listed) or isinstance(draft, (tuple, list)):
        if isinstance(draft, tuple) and len(draft) == 2 and draft[0] == draft[1] and isinstance(sort, Free):
            return shown(sort, draft[0])  # two equal levels are one
        return ", ".join(shown(Free(), one) for one in draft)
    if isinstance(draft, float):
        unit = sort.quantity.unit if isinstance(sort, Number) else ""
        return _degrees(draft) or number(draft) if unit == "rad" else number(draft)
    return str(draft)


def number(value: float) -> str:
    """A number as people write it, exact."""
    short = f"{value:.12g}"
    return short if float(short) == value else repr(value)


def _degrees(angle: float) -> str:
    """An angle that is a round number of degrees."""
    turned = round(math.degrees(angle), 6)
    return f"{turned:g} deg" if angle and math.isclose(math.radians(turned), angle, rel_tol=1e-12) else ""


def in_si(sort: Sort, draft: Any) -> str:
    """A typed quantity in SI units; empty for one that is not valid, or a bare number."""
    if not isinstance(sort, Number) or not isinstance(draft, Typed) or not re.search(r"[A-Za-zµ°%]", draft.text):
        return ""
    try:
        value = sort.quantity.value(draft.text.strip())
    except PydanticCustomError:
        return ""
    if re.fullmatch(r"[-+.\deE]+\s*" + re.escape(sort.quantity.unit), draft.text.strip()):
        return ""
    return f"{value:.6g}"
