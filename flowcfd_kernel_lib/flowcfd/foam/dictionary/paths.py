"""Paths into a tree, and the look-up of one level by OpenFOAM's precedence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

from flowcfd.foam.dictionary.entry import Entry

_DOT = re.compile(r"\.(?![*+?])")
_BRACKET = re.compile(r"[()\[\]\"]")


def parts(path: str | Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """The names of a path, and whether they are exact.

    A text is cut at its dots but for those in brackets or quotes and those of `.*`; its parts may have to be joined
    again, because a keyword may hold dots ("alpha.water"). A sequence names every level exactly.
    """
    if not isinstance(path, str):
        return tuple(str(name) for name in path), True
    found, depth, begin, quoted = [], 0, 0, False
    for place, sign in enumerate(path):
        if sign == '"':
            quoted = not quoted
        elif sign in "([":
            depth += 1
        elif sign in ")]":
            depth -= 1
        elif sign == "." and depth <= 0 and not quoted and place > begin and _DOT.match(path, place):
            found.append(path[begin:place])
            begin = place + 1
    return (*(part.strip('"') for part in found), path[begin:].strip('"')), False


class Found(NamedTuple):
    """What a path leads to: the names passed, the level it stands on, and the entries that count for it."""

    names: tuple[str, ...]
    level: Level
    entries: tuple[Entry, ...]

    @property
    def last(self) -> Entry:
        """The entry that counts: the last one written."""
        return self.entries[-1]


class Level:
    """The entries of one dictionary, merged from all blocks that bear its name."""

    def __init__(self, items: Iterable[Entry], holders: tuple[Entry, ...] = ()) -> None:
        self.items, self.holders = tuple(items), holders
        self._inside: dict[str, Level] = {}

    @cached_property
    def names(self) -> dict[str, list[Entry]]:
        """All entries by name in the order of their first appearance; a nameless block has its number as name."""
        names: dict[str, list[Entry]] = {}
        for entry in self.entries():
            name = entry.name or str(len(names))
            names.setdefault(name, []).append(entry)
        return names

    def entries(self) -> list[Entry]:
        """Values and blocks; those in a list without a keyword count as entries of the level."""
        found: list[Entry] = []
        for entry in self.items:
            if entry.kind in ("value", "block"):
                found.append(entry)
            elif entry.kind == "list":
                found.extend(entry.items)
        return found

    @cached_property
    def patterns(self) -> list[tuple[re.Pattern[str], str]]:
        """The regular-expression keys, the one that OpenFOAM asks first in front: the last one defined."""
        quoted = [(_rank(entries), name) for name, entries in self.names.items() if entries[0].key.startswith('"')]
        return [(expression, name) for _, name in sorted(quoted, reverse=True) if (expression := regular(name))]

    def exact(self, name: str) -> tuple[Entry, ...]:
        """The entries that count for a name written just so."""
        return counting(self.names.get(name, ()))

    def matched(self, name: str) -> tuple[Entry, ...]:
        """The entries whose regular-expression key matches the name."""
        for expression, pattern in self.patterns:
            if expression.fullmatch(name):
                return self.exact(pattern)
        return ()

    def inside(self, entries: tuple[Entry, ...]) -> Level:
        """The level inside entries that are dictionaries (or a list of dictionaries)."""
        name = f"{entries[0].start}:{entries[-1].start}"
        if name not in self._inside:
            self._inside[name] = Level([item for entry in entries for item in entry.items], entries)
        return self._inside[name]


def counting(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Of entries with one name, those that count: the last value, or the dictionaries after the last value, merged."""
    count = len(entries)
    while count and entries[count - 1].kind == "block":
        count -= 1
    return tuple(entries[count:]) or tuple(entries[-1:])


def find(level: Level, names: tuple[str, ...], *, exact: bool, patterns: bool) -> Found | None:
    """Where the names lead.

    With dots to be joined (not `exact`) keywords written just so go first, the longest in front; then `patterns`, and
    of these only the shortest name that matches, because an expression such as ".*" would match any rest of the path.
    """
    if len(names) == 1:
        entries = level.exact(names[0]) or (level.matched(names[0]) if patterns else ())
        return Found(names, level, entries) if entries else None
    waiting = [_Step(level, 0, (), ())]
    while waiting:
        step = waiting.pop()
        if step.begin == len(names):
            return Found(step.passed, step.level, step.entries)
        level = step.level.inside(step.entries) if step.entries else step.level
        counts = range(1, 2 if exact else len(names) - step.begin + 1)
        found: list[_Step] = []
        for count in counts if patterns else ():
            name = ".".join(names[step.begin : step.begin + count])
            if level.exact(name):
                break
            if entries := level.matched(name):
                found.append(_Step(level, step.begin + count, (*step.passed, name), entries))
                break
        for count in counts:
            name = ".".join(names[step.begin : step.begin + count])
            if entries := level.exact(name):
                found.append(_Step(level, step.begin + count, (*step.passed, name), entries))
        waiting.extend(found)
    return None


class _Step(NamedTuple):
    """Some names are used up: they lead to the entries, which stand on the level."""

    level: Level
    begin: int
    passed: tuple[str, ...]
    entries: tuple[Entry, ...]


def regular(pattern: str) -> re.Pattern[str] | None:
    """A POSIX extended expression, as OpenFOAM's keys are, for Python; None when it is none."""
    for posix, python in (
        ("[:alpha:]", "A-Za-z"),
        ("[:digit:]", "0-9"),
        ("[:alnum:]", "A-Za-z0-9"),
        ("[:space:]", r"\s"),
    ):
        pattern = pattern.replace(posix, python)
    try:
        return re.compile(pattern)
    except re.error:
        return None


def _rank(entries: Sequence[Entry]) -> int:
    """A dictionary keeps its place when another is merged into it; a value that is replaced takes the new one."""
    return counting(entries)[0].start
