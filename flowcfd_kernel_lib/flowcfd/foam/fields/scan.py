"""Takes the long lists out of a dictionary-like file: a text with marks in their place, and the arrays."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flowcfd.foam.fields.bulk import read_entries
from flowcfd.foam.fields.element import Array, Element, element
from flowcfd.foam.fields.source import BLANK, Source

MARK = "__list{}__"
BARE = "__bare{}__"
"""The mark of a list that does not name its element, `nonuniform 0()`."""

_LIST = re.compile(
    rb'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\])*"|#\{.*?#\}|\bnonuniform\b' + BLANK + rb"(?:List<(\w+)>)?", re.S
)
_OPENING = re.compile(BLANK + rb"[\d({]", re.S)


@dataclass(frozen=True, slots=True)
class Scanned:
    """The text with marks, the arrays by mark, and for each mark (offset in text, bytes of the file it hides more)."""

    text: str
    lists: dict[str, Array]
    hidden: tuple[tuple[int, int], ...]

    def offset(self, at: int) -> int:
        """The offset in the file of an offset in the text."""
        return at + sum(more for begin, more in self.hidden if begin < at)


def scan(source: Source, kind: Element) -> Scanned:
    """All `nonuniform` lists of a file; `kind` is the element of those that do not name theirs.

    Comments, quoted texts and code are passed over. Raises DictionaryError with the place in the file.
    """
    parts: list[bytes] = []
    lists: dict[str, Array] = {}
    hidden: list[tuple[int, int]] = []
    after = at = length = 0
    while found := _LIST.search(source.data, at):
        at = found.end()
        if not found[0].startswith(b"nonuniform") or not (found[1] or _OPENING.match(source.data, at)):
            continue
        inner = kind if found[1] is None else element(found[1].decode("latin-1"), where=str(source.path))
        mark = (BARE if found[1] is None else MARK).format(len(lists))
        lists[mark], at = read_entries(source, at, inner)
        parts += [source.data[after : found.start()], mark.encode()]
        length += found.start() - after
        hidden.append((length, at - found.start() - len(mark)))
        length += len(mark)
        after = at
    parts.append(source.data[after:])
    return Scanned(b"".join(parts).decode("latin-1"), lists, tuple(hidden))
