"""The typed reading of a value: made on access, so that a file costs nothing for what nobody asks."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from flowcfd.foam.dictionary import grammar
from flowcfd.foam.dictionary.dimensions import dimensions
from flowcfd.foam.dictionary.entry import Entry
from flowcfd.foam.dictionary.scan import word_end
from flowcfd.foam.dictionary.values import (
    Dimensioned,
    Dimensions,
    Named,
    Nonuniform,
    Quoted,
    Stream,
    Uniform,
    Verbatim,
    Word,
)

_INTEGER = re.compile(r"[-+]?\d+\Z", re.ASCII)
_SCALAR = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\Z", re.ASCII)
_SIMPLE = re.compile(r"[A-Za-z_][\w.:+*-]*\Z", re.ASCII)
LARGEST = 50_000_000  # values that `N{v}` may stand for

Fail = Callable[[int, str, str], NoReturn]


def read(text: str, entry: Entry, section: Callable[[Entry], Any], fail: Fail) -> Any:
    """The value of an entry: int, float, Word, Quoted, Dimensions, tuple, ... or Stream when there are several.

    `section` makes the value of a block inside it; `fail(offset, message, expected)` raises DictionaryError.
    """
    simple = text[entry.value_start : entry.value_end].strip()
    if _SIMPLE.match(simple):
        return Word(simple)
    if _SCALAR.match(simple):
        return number(simple)
    return _whole(_Reader(text, entry, section, fail).run())


def number(text: str) -> int | float:
    """A number, int where it is written as one."""
    return int(text) if _INTEGER.match(text) else float(text)


class _Reader:
    """Tokens of one value, gathered into lists without recursion."""

    def __init__(self, text: str, entry: Entry, section: Callable[[Entry], Any], fail: Fail) -> None:
        self.text, self.entry, self.section, self.fail = text, entry, section, fail
        self.blocks = {block.value_start: block for block in entry.items}
        self.top: list[Any] = []
        self.stack: list[tuple[list[Any], bool]] = []  # what is around, and whether a count stands directly before
        self.count_end = -1  # where the last number ended
        self.word_start = -1  # where the last word began

    def run(self) -> list[Any]:
        pos, end, match = self.entry.value_start, self.entry.value_end, grammar.TOKEN.match
        while True:
            found = match(self.text, pos, end)
            if found is None or found.lastindex is None:
                return self.top
            kind = found.lastindex
            start, pos = found.span(kind)
            token = found[kind]
            if kind == 1:
                self.top.append(number(token))
                self.count_end = pos
            elif kind == 7:
                if self.text.startswith("(", pos):  # deeper brackets than the expression holds
                    pos = word_end(self.text, start, end)
                self.top.append(Word(self.text[start:pos]))
                self.word_start = start
            elif kind == 6:
                pos = self._bracket(token, start, pos)
            elif kind == 2:
                self.top.append(Quoted(token[1:-1].replace('\\"', '"')))
                self.word_start = start
            elif kind == 3:
                self.top.append(Verbatim(token[2:-2]))
            elif kind == 4:
                self.fail(start, f"the value needs {token!r}, which is kept but never executed", "a plain value")
            elif kind == 5:
                self.fail(start, f"{token!r} is not defined here", "the name of an earlier entry")
            else:
                self.top.append(Word(token))

    def _bracket(self, sign: str, start: int, pos: int) -> int:
        if sign == "(":
            self._push(start)
        elif sign == ")":
            items, counted = self._pop()
            if counted and self.top[-1] == len(items):
                self.top.pop()
            self.top.append(tuple(items))
        elif sign == "[":
            return self._dimensions(start, pos)
        elif sign == "{":
            return self._block(start, pos)
        elif sign == "}":
            items, _ = self._pop()
            count = self.top.pop() if self.top else None
            if not isinstance(count, int) or not 0 <= count <= LARGEST:
                self.fail(start, f"a list of {count} values", f"a whole number, at most {LARGEST}")
            self.top.append(tuple(items) * count)
        else:
            self.top.append(Word(sign))
        return pos

    def _push(self, start: int) -> None:
        self.stack.append((self.top, start == self.count_end and isinstance(self.top[-1], int)))
        self.top = []

    def _pop(self) -> tuple[list[Any], bool]:
        items = self.top
        self.top, counted = self.stack.pop()
        return items, counted

    def _dimensions(self, start: int, pos: int) -> int:
        stop = self.text.find("]", pos, self.entry.value_end)
        if stop < 0:
            self.fail(start, "'[' is never closed", "']'")
        inner = self.text[pos:stop]
        found = dimensions(inner)
        if found is None:
            self.fail(start, f"[{inner}] are no dimensions", "5 or 7 exponents, or units like [m^2/s]")
        self.top.append(found)
        return stop + 1

    def _block(self, start: int, pos: int) -> int:
        block = self.blocks.get(start)
        if block is None:
            self._push(start)
            return pos
        named = bool(block.key) and block.start == self.word_start and bool(self.top)
        name = self.top.pop() if named else Word("")
        self.top.append(Named(name, self.section(block)))
        return block.end


def _whole(items: Sequence[Any]) -> Any:
    """What the parts of a value mean together."""
    if len(items) == 1:
        return items[0]
    if len(items) > 1 and isinstance(items[0], Word):
        if items[0] == "uniform":
            return Uniform(_whole(items[1:]))
        if items[0] == "nonuniform":
            kind = items[1][5:-1] if isinstance(items[1], Word) and items[1].startswith("List<") else ""
            values = _whole(items[2:] if kind else items[1:])
            return Nonuniform(kind, values if isinstance(values, tuple) else ())
        if items[0].startswith("List<"):
            return _whole(items[1:])
    if len(items) == 2 and isinstance(items[0], int) and type(items[1]) is tuple and items[0] == len(items[1]):
        return items[1]
    if len(items) == 2 and isinstance(items[0], Dimensions):
        return Dimensioned("", items[0], items[1])
    if len(items) == 3 and isinstance(items[1], Dimensions) and isinstance(items[0], Word):
        return Dimensioned(items[0], items[1], items[2])
    return Stream(items)
