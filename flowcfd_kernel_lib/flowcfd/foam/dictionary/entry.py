"""One statement of a dictionary, by offsets into its text."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """One statement, by offsets into the text.

    `kind` is "value", "block" (a dictionary), "directive", "macro" or "list" (the content of a file that has no
    keyword). `items` are the statements of a block, or the blocks inside a value. `sure` is false between #if and
    #endif, where it takes an evaluation to know whether the entry counts.
    """

    kind: str
    key: str
    start: int
    key_end: int
    value_start: int
    value_end: int
    end: int
    items: tuple[Entry, ...]
    sure: bool

    @property
    def name(self) -> str:
        """The keyword without its quotes."""
        return self.key[1:-1] if self.key.startswith('"') else self.key


def place(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
