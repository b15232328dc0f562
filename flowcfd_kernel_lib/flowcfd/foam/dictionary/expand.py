"""What OpenFOAM makes of a dictionary while it reads it: macros, includes, merged and removed entries. Code never runs.

The result is a text without macros, which the tree reads again. `#calc`, `#eval` and `#codeStream` stay where they
are, entries between #if and #endif are marked: asking for one of these raises. What could not be followed (a missing
include, code between entries) is a problem, with its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flowcfd.errors import DictionaryError
from flowcfd.foam.dictionary import grammar, include
from flowcfd.foam.dictionary.directive import CODE, MODES
from flowcfd.foam.dictionary.entry import Entry, place
from flowcfd.foam.dictionary.scan import scan
from flowcfd.foam.dictionary.scope import Plain, Scope, Source, emit

LARGEST = 20_000_000  # characters that macros may grow to (or 8 times the file), against a few that double themselves
ENTRY = 200  # characters that a copied entry counts for
_INNER = re.compile(r"\$(?:\{([^{}$]*)\}|([\w.:/^-]+))", re.ASCII)
_FUNCTION = re.compile(r"([^\s(]+)\s*(?:\((.*)\))?\Z", re.DOTALL)


@dataclass(frozen=True)
class Expanded:
    """The text after expansion, where its values were written (by offset), and what could not be followed."""

    text: str
    origins: Mapping[int, tuple[Source, int]]
    problems: tuple[DictionaryError, ...]


@dataclass
class _Frame:
    entries: Iterator[Entry]
    scope: Scope
    source: Source


def expand(
    source: Source, entries: tuple[Entry, ...], root: include.Root | None, environment: Mapping[str, str]
) -> Expanded:
    """Expand the statements of a file."""
    root = include.case_root(source.path) if root is None else root
    return _Expander(root, environment, source.path, max(LARGEST, 8 * len(source.text))).run(source, entries)


@dataclass
class _Expander:
    root: include.Root
    environment: Mapping[str, str]
    path: str | None
    largest: int
    mode: str = "merge"
    grown: int = 0
    problems: list[DictionaryError] = field(default_factory=list)
    frames: list[_Frame] = field(default_factory=list)

    def run(self, source: Source, entries: tuple[Entry, ...]) -> Expanded:
        top = Scope(None)
        self.frames.append(_Frame(iter(entries), top, source))
        while self.frames:
            frame = self.frames[-1]
            entry = next(frame.entries, None)
            if entry is None:
                self.frames.pop()
            elif entry.kind == "directive":
                self._directive(entry, frame)
            elif entry.kind == "macro":
                self._merge_macro(entry, frame)
            elif not entry.sure:
                self._unsure(entry, frame)
            elif entry.kind == "block":
                self._block(entry, frame)
            else:
                self._define(entry, frame)
        return Expanded(*emit(top), tuple(self.problems))

    # entries ---------------------------------------------------------------------------------------------------

    def _define(self, entry: Entry, frame: _Frame) -> None:
        start, end = entry.value_start, entry.value_end
        value = self._replaced(start, end, frame.scope, frame.source).strip()
        if "$" in frame.source.text[start:end] and not _whole(value):
            message = f"the macros in {entry.name!r} do not make a value"
            self._problem(frame.source, entry.start, message, "macros that stand for values here")
            value = frame.source.text[start:end].strip()
        self._put(frame, entry, entry.key, Plain(value, frame.source, entry.start))

    def _put(self, frame: _Frame, entry: Entry, key: str, item: Plain) -> None:
        if key.strip('"') in frame.scope.items:
            if self.mode in ("protect", "warn"):
                return
            if self.mode == "error":
                self._problem(
                    frame.source, entry.start, f"entry {key!r} is there already", "no duplicate (#inputMode error)"
                )
                return
        frame.scope.put(key, item)

    def _unsure(self, entry: Entry, frame: _Frame) -> None:
        end = entry.end - 1 if frame.source.text[entry.end - 1] == ";" else entry.end
        text = frame.source.text[entry.key_end : end].strip()
        frame.scope.put(entry.key, Plain(text, frame.source, entry.start, unsure=True))

    def _block(self, entry: Entry, frame: _Frame) -> None:
        key = entry.key
        if key.startswith("$"):
            key = self._replaced(entry.start, entry.key_end, frame.scope, frame.source)
            if not grammar.KEY_HERE.fullmatch(key):
                self._problem(frame.source, entry.start, f"{entry.key!r} is no keyword", "the name of a word")
                return
        scope = self._open(frame.scope, key)
        if scope is not None:
            self.frames.append(_Frame(iter(entry.items), scope, frame.source))

    def _open(self, scope: Scope, key: str) -> Scope | None:
        """The dictionary to fill: a new one, or the one that is there, to merge into; None where it is protected."""
        known = scope.items.get(key.strip('"'))
        if known is not None and self.mode in ("protect", "warn", "error"):
            return None
        if isinstance(known, Scope):
            if self.mode == "overwrite":
                known.items.clear()
                known.ranks.clear()
            return known
        fresh = Scope(scope)
        scope.put(key, fresh)
        return fresh

    # macros ----------------------------------------------------------------------------------------------------

    def _merge_macro(self, entry: Entry, frame: _Frame) -> None:
        if not entry.sure:
            self._problem(
                frame.source,
                entry.start,
                f"{entry.key!r} stands between #if and #endif",
                "an entry without a condition",
            )
            return
        item = frame.scope.lookup(self._name(entry.key, frame.scope), patterns=True)
        if isinstance(item, Scope):
            self._merge(frame.scope, item)
        elif item is not None:
            self._problem(
                frame.source, entry.start, f"{entry.key!r} is no dictionary to merge", "the name of a dictionary"
            )

    def _merge(self, target: Scope, origin: Scope) -> None:
        """Copy all entries of one dictionary into another, by the current mode."""
        work = [(target, origin, list(origin.items))]
        while work:
            into, source, names = work.pop()
            for name in names:
                item, key = source.items[name], source.keys[name]
                if isinstance(item, Scope):
                    inner = self._open(into, key)
                    if inner is not None and inner is not item:
                        work.append((inner, item, list(item.items)))
                elif name not in into.items or self.mode in ("merge", "overwrite", "default"):
                    into.put(key, item)
                self._grow(ENTRY + (len(item.text) if isinstance(item, Plain) else 0))

    def _grow(self, size: int) -> None:
        self.grown += size
        if self.grown > self.largest:
            message = f"macros grow beyond {self.largest} characters"
            raise DictionaryError(message, path=self.path, expected="macros that do not multiply each other")

    def _name(self, macro: str, scope: Scope) -> str:
        """The variable that `$x`, `${x}`, `${${x}}` or `${_${x}}` means."""
        if not macro.startswith("${"):
            return macro[1:]
        name = macro[2:-1]
        while "$" in name:
            inner = _INNER.search(name)
            if inner is None:
                break
            value = self._text_of(inner[1] or inner[2] or "", scope)
            name = name[: inner.start()] + (value if value is not None else "") + name[inner.end() :]
        return name

    def _text_of(self, name: str, scope: Scope) -> str | None:
        """The tokens that a variable stands for; None when there is none."""
        item = scope.lookup(name, patterns=False) if name else None
        if isinstance(item, Plain):
            return None if item.unsure else item.text
        if isinstance(item, Scope):
            return emit(item)[0]
        return self.environment.get(name)

    def _replaced(self, start: int, end: int, scope: Scope, source: Source) -> str:
        """The text between two offsets with its macros replaced; what is not defined stays as it is."""
        text = source.text
        if "$" not in (piece := text[start:end]) and "#" not in piece:
            return piece
        pieces, kept, pos = [], start, start
        included = ""
        while (found := grammar.TOKEN.match(text, pos, end)) and found.lastindex:
            begin, pos = found.span(found.lastindex)
            value = None
            if found.lastindex == 5:
                value = self._text_of(self._name(found[5], scope), scope)
            elif found.lastindex == 4 and found[4][1:] in ("include", "includeIfPresent", "sinclude", "includeEtc"):
                argument = grammar.ARGUMENT.match(text, pos, end)
                if argument:
                    included = found[4][1:]
                    value = self._included_value(included, argument, scope, source)
                    pos = argument.end()
            if value is not None:
                self._grow(len(value))
                pieces += [text[kept:begin], value]
                kept = pos
        return "".join([*pieces, text[kept:end]])

    def _included_value(self, kind: str, argument: re.Match[str], scope: Scope, source: Source) -> str:
        found = self._load(kind, argument[1], argument.start(1), scope, source)
        if found is None:
            return ""
        body = [item for item in self._scanned(found) if item.kind == "list"]
        start = body[0].start if body else 0
        return found.text[start:].rstrip().removesuffix(";")

    # directives ------------------------------------------------------------------------------------------------

    def _directive(self, entry: Entry, frame: _Frame) -> None:
        kind = entry.key[1:]
        text = frame.source.text[entry.value_start : entry.value_end]
        if kind in ("if", "ifeq", "else", "endif", "message"):
            return
        if not entry.sure or kind in CODE:
            why = (
                "is kept but never executed" if entry.sure else "stands between #if and #endif, which is not evaluated"
            )
            self._problem(frame.source, entry.start, f"{entry.key} {why}", "entries that can be read without it")
        elif kind == "inputMode" or kind in MODES:
            mode = text if kind == "inputMode" else kind
            self.mode = mode if mode in MODES and mode != "default" else "merge"
        elif kind == "remove":
            for found in grammar.TOKEN.finditer(text):
                if found.lastindex in (2, 7):
                    name = found[found.lastindex]
                    frame.scope.remove(name.strip('"'), pattern=name.startswith('"'))
        elif kind == "includeFunc":
            self._include_function(entry, text, frame)
        else:
            self._include(kind, entry, text, frame)

    def _include(self, kind: str, entry: Entry, text: str, frame: _Frame) -> None:
        found = self._load(kind, text, entry.start, frame.scope, frame.source)
        if found is None:
            return
        if any(other.source.path == found.path for other in self.frames if other.source.path):
            self._problem(frame.source, entry.start, f"{found.path} includes itself", "an end of the includes")
            return
        entries = self._scanned(found)
        self.frames.append(_Frame((item for item in entries if item.key != "FoamFile"), frame.scope, found))

    def _load(self, kind: str, text: str, offset: int, scope: Scope, source: Source) -> Source | None:
        name = self._filled(text.strip('"'), scope)
        try:
            return include.include_etc(name) if kind.endswith("Etc") else include.include(name, source, self.root)
        except include.Missing as missing:
            if kind in ("includeIfPresent", "sinclude", "sincludeEtc") and "outside" not in str(missing):
                return None
            self._problem(source, offset, f"#{kind}: {missing}", "a file inside the case or OpenFOAM's etc")
            return None

    def _filled(self, name: str, scope: Scope) -> str:
        """A file name with its variables replaced."""
        case = {"FOAM_CASE": "<case>", "FOAM_ETC": "<etc>", "FOAM_CASENAME": "<case>"}
        return _INNER.sub(
            lambda found: self._plain(found[1] or found[2], scope) or case.get(found[1] or found[2]) or found[0], name
        )

    def _plain(self, name: str, scope: Scope) -> str:
        return (self._text_of(name, scope) or "").strip('"')

    def _include_function(self, entry: Entry, text: str, frame: _Frame) -> None:
        """`#includeFunc name(a, b, key=value)`: a sub-dictionary of that name, from the template, with its fields."""
        text = text.strip('"')
        parsed = _FUNCTION.match(text)
        assert parsed is not None  # the scanner saw a word
        name, inside = parsed[1], parsed[2]
        try:
            found = include.function_object(name, frame.source, self.root)
        except include.Missing as missing:
            self._problem(frame.source, entry.start, f"#includeFunc: {missing}", "a function object in system or etc")
            return
        scope = self._open(frame.scope, text)
        if scope is None:
            return
        entries = self._scanned(found)
        own = [item for item in entries if item.kind == "block" and item.key == name]
        arguments = scan(_arguments(inside), None) if inside else ()
        given = Source(_arguments(inside) if inside else "", found.path)
        self.frames.append(_Frame(iter(arguments), scope, given))
        self.frames.append(_Frame(iter(own[-1].items if own else entries), scope, found))

    def _scanned(self, source: Source) -> tuple[Entry, ...]:
        """The statements of an included file; none, and a problem, when it cannot be read."""
        try:
            return scan(source.text, source.path)
        except DictionaryError as error:
            self.problems.append(error)
            return ()

    def _problem(self, source: Source, offset: int, message: str, expected: str) -> None:
        line, column = place(source.text, offset)
        self.problems.append(DictionaryError(message, path=source.path, line=line, column=column, expected=expected))


def _whole(value: str) -> bool:
    """Whether a text is one value, with nothing after it."""
    try:
        entries = scan(f"x {value}\n;")
    except DictionaryError:
        return False
    return len(entries) == 1 and entries[0].end == len(value) + 4


def _arguments(inside: str) -> str:
    """`U, p, name=value` as entries: field, fields and name, as `functionObjectList::readFunctionObject` adds them."""
    parts, depth, begin = [], 0, 0
    for place_, sign in enumerate(inside + ","):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and not depth:
            parts.append(inside[begin:place_].strip())
            begin = place_ + 1
    named = [part.partition("=")[::2] for part in parts if "=" in part]
    fields = [part for part in parts if part and "=" not in part]
    lines = [f"field {fields[0]};\n"] if len(fields) == 1 else []
    lines += [f"fields ({' '.join(fields)});\n"] if fields else []
    return "".join([*lines, *(f"{name.strip()} {value.strip()};\n" for name, value in named)])
