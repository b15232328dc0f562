"""Colours and letters of boundaries: told apart by people who see no red and green, and in print without colour.

The colours are those of Okabe and Ito (Color Universal Design, 2008), lighter where letters stand on them.
"""

from __future__ import annotations

from typing import NamedTuple


class Sign(NamedTuple):
    """How a kind of boundary looks: the colour of its faces, its letters, and the colour of letters on it."""

    colour: str
    letters: str
    ink: str = "#ffffff"


SIGNS = {
    "Inlet": Sign("#0072b2", "IN"),
    "Outlet": Sign("#b84e00", "OUT"),
    "Wall": Sign("#8b96a3", "W", "#10161d"),
    "Slip": Sign("#56b4e9", "SL", "#10161d"),
    "Symmetry": Sign("#009e73", "SYM", "#10161d"),
    "Cyclic": Sign("#cc79a7", "CYC", "#10161d"),
    "Empty": Sign("#d8dee6", "2D", "#10161d"),
    "Wedge": Sign("#e6d8b8", "WDG", "#10161d"),
    "FarField": Sign("#f0e442", "FAR", "#10161d"),
}
"""By the kind of the boundary; `sign` gives one for those that plug-ins add."""
OTHERS = ("#e69f00", "#a6761d", "#7b6fb0", "#66a61e")
NONE = Sign("#f1f3f6", "?", "#10161d")
"""Of a patch without a boundary."""
CHOSEN = "#ff9f1c"
"""Of what is selected."""
PATCHES = ("#4c8bc9", "#e9a13b", "#58a668", "#c4618c", "#8d77c4", "#cfc04f", "#4fb0b5", "#d9785a", "#8a9a5b", "#b38cc7",
           "#6f7f92", "#a9795a")  # fmt: skip
"""One after the other where patches are coloured by their names."""


def sign(kind: str) -> Sign:
    """How a kind of boundary looks; "" is none."""
    if not kind:
        return NONE
    other = OTHERS[sum(map(ord, kind)) % len(OTHERS)]
    return SIGNS.get(kind) or Sign(other, kind[:3].upper(), "#10161d")
