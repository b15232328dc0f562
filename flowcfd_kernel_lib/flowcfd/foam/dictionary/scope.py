"""A dictionary while it is being read: entries by name, a parent, and OpenFOAM's ways to look a variable up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from flowcfd.foam.dictionary.paths import regular


class Source(NamedTuple):
    """A text and the place it came from; `etc`: it is one of OpenFOAM's own."""

    text: str
    path: str | None
    etc: bool = False


class Plain(NamedTuple):
    """A value: its text, macros replaced, and where it was written. `unsure`: it stands between #if and #endif."""

    text: str
    source: Source
    offset: int
    unsure: bool = False


class Scope:
    """One dictionary that is being filled."""

    __slots__ = ("items", "keys", "parent", "ranks", "turn")

    def __init__(self, parent: Scope | None) -> None:
        self.parent = parent
        self.items: dict[str, Plain | Scope] = {}
        self.keys: dict[str, str] = {}  # as written, with quotes
        self.ranks: dict[str, int] = {}  # of regular-expression keys: the highest is asked first
        self.turn = 0

    def put(self, key: str, item: Plain | Scope) -> None:
        """Define or replace an entry; it keeps its place, and a replaced regular expression goes to the front."""
        name = key.strip('"')
        self.items[name] = item
        self.keys.setdefault(name, key)
        if key.startswith('"'):
            self.turn += 1
            self.ranks[name] = self.turn

    def remove(self, name: str, *, pattern: bool) -> None:
        """Take out an entry, or with `pattern` all whose names match."""
        expression = regular(name) if pattern else None
        for known in [known for known in self.items if known == name or (expression and expression.fullmatch(known))]:
            del self.items[known], self.keys[known]
            self.ranks.pop(known, None)

    def search(self, name: str, *, recursive: bool, patterns: bool) -> Plain | Scope | None:
        """An entry by name: literal before regular expression, here before the parents."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.items:
                return scope.items[name]
            if patterns and scope.ranks:
                for pattern in sorted(scope.ranks, key=scope.ranks.__getitem__, reverse=True):
                    expression = regular(pattern)
                    if expression and expression.fullmatch(name):
                        return scope.items[pattern]
            scope = scope.parent if recursive else None
        return None

    def lookup(self, name: str, *, patterns: bool) -> Plain | Scope | None:
        """A variable: `a`, `a.b`, `.a`, `..a.b`, `:a.b`, `/a/b`, `../a`; as `dictionary::csearchScoped`."""
        if "/" in name:
            return self._slashed(name, patterns)
        scope = self
        if name[:1] in (":", "^"):
            scope, name = self._top(), name[1:]
        return scope._dotted(name, patterns)

    def _dotted(self, name: str, patterns: bool) -> Plain | Scope | None:
        if "." not in name:
            return self.search(name, recursive=True, patterns=patterns)
        scope: Scope | None = self
        if name.startswith("."):
            bare = name.lstrip(".")
            for _ in range(len(name) - len(bare) - 1):
                scope = scope.parent if scope else None
            name = bare
        names = name.split(".")
        while scope is not None:
            for count in range(1, len(names) + 1):  # a keyword may hold dots: the shortest goes first
                item = scope.search(".".join(names[:count]), recursive=False, patterns=patterns)
                if item is not None:
                    break
            else:
                return None
            if count == len(names):
                return item
            scope, names = item if isinstance(item, Scope) else None, names[count:]
        return None

    def _slashed(self, name: str, patterns: bool) -> Plain | Scope | None:
        scope: Plain | Scope | None = self._top() if name.startswith("/") else self
        for step in name.split("/"):
            if not isinstance(scope, Scope):
                return None
            if step == "..":
                scope = scope.parent
            elif step not in ("", "."):
                scope = scope.search(step, recursive=False, patterns=patterns)
        return scope

    def _top(self) -> Scope:
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope


Emitted = tuple[str, Mapping[int, tuple[Source, int]]]


def emit(top: Scope) -> Emitted:
    """The text of an expanded dictionary, and for the offset of each value in it where it was written."""
    pieces: list[str] = []
    origins: dict[int, tuple[Source, int]] = {}
    length = 0
    stack: list[tuple[Scope, Iterator[str]]] = [(top, iter(top.items))]
    while stack:
        scope, names = stack[-1]
        name = next(names, None)
        if name is None:
            stack.pop()
            written = "}\n" if stack else ""
        else:
            item = scope.items[name]
            if isinstance(item, Scope):
                written = f"{scope.keys[name]}\n{{\n"
                stack.append((item, iter(item.items)))
            else:
                written = _line(scope.keys[name], item)
                origins[length + (len("#if 0\n") if item.unsure else 0)] = item.source, item.offset
        pieces.append(written)
        length += len(written)
    return "".join(pieces), origins


def _line(key: str, item: Plain) -> str:
    if item.unsure:
        return f"#if 0\n{key} {item.text}\n;\n#endif\n"
    return f"{key} {item.text}\n;\n" if key else f"{item.text}\n"
