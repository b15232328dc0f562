"""What a section is made of: words, tables, figures and marks. A template turns them into a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Shade = Literal["green", "amber", "red", "grey"]


_POWERS = dict(zip("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True))


def typeset(cell: object) -> str:
    """A cell as it is printed: units as people write them, m^2/s as m²/s."""
    return re.sub(r"(?<=[A-Za-z])\^(-?\d)", lambda found: "".join(_POWERS[one] for one in found[1]), str(cell))


@dataclass(frozen=True)
class Words:
    """A paragraph."""

    text: str
    soft: bool = False
    """Whether it is an aside."""

    def to_json(self, figures: Figures) -> dict[str, Any]:
        """For a template."""
        return {"kind": "words", **asdict(self)}


@dataclass(frozen=True)
class Rows:
    """A table; without a head the first column names what the second says. `numbers` are columns that stand right."""

    rows: Sequence[Sequence[str]]
    head: Sequence[str] = ()
    numbers: Sequence[int] = ()
    caption: str = ""

    def to_json(self, figures: Figures) -> dict[str, Any]:
        """For a template."""
        rows = [[typeset(cell) for cell in row] for row in self.rows]
        return {
            "kind": "rows", "rows": rows, "head": [typeset(cell) for cell in self.head], "numbers": list(self.numbers),
            "caption": self.caption, "columns": max((len(row) for row in rows), default=0),
        }  # fmt: skip


@dataclass(frozen=True)
class Marks:
    """Judgements: (shade, name, sentence)."""

    marks: Sequence[tuple[Shade, str, str]]

    def to_json(self, figures: Figures) -> dict[str, Any]:
        """For a template."""
        return {"kind": "marks", "marks": [list(mark) for mark in self.marks]}


@dataclass(frozen=True)
class Figure:
    """A picture: `content` is PNG or SVG; `share` of the page's width that it takes."""

    content: bytes
    caption: str
    share: float = 1.0

    @property
    def suffix(self) -> str:
        """The kind of its content."""
        return "png" if self.content.startswith(b"\x89PNG") else "svg"

    def to_json(self, figures: Figures) -> dict[str, Any]:
        """For a template; the content is put aside under a name."""
        return {"kind": "figure", "file": figures.add(self), "caption": self.caption, "share": self.share}


Block = Words | Rows | Marks | Figure


@dataclass
class Figures:
    """The pictures of a report by the names that its pages use."""

    files: dict[str, bytes] = field(default_factory=dict)

    def add(self, figure: Figure) -> str:
        """Keep a picture; its name."""
        name = f"figure_{len(self.files) + 1}.{figure.suffix}"
        self.files[name] = figure.content
        return name
