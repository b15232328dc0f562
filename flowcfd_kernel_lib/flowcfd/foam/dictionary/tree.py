"""The tree of a dictionary: an immutable value over its text, with values by path and edits that return a new tree."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

from flowcfd.errors import DictionaryError
from flowcfd.foam.dictionary import edit, typed
from flowcfd.foam.dictionary.directive import Directive, directives
from flowcfd.foam.dictionary.entry import Entry, place
from flowcfd.foam.dictionary.expand import expand
from flowcfd.foam.dictionary.include import Root
from flowcfd.foam.dictionary.paths import Found, Level, find, parts
from flowcfd.foam.dictionary.scan import scan
from flowcfd.foam.dictionary.scope import Source

Where = str | Sequence[str]
_YES = frozenset(("true", "yes", "on", "y", "t"))
_NO = frozenset(("false", "no", "off", "n", "f", "none"))


@dataclass(frozen=True)
class Tree:
    """A dictionary file, or one of the dictionaries in it.

    `tree["solvers.p.tolerance"]` is what OpenFOAM would find there, typed; a sub-dictionary is a Tree again. A path
    is a text with dots, or a sequence of names where a name must be taken exactly. Two trees of one text are equal.
    """

    source: str = field(repr=False)
    path: str | None = field(default=None, compare=False)
    root: Root | None = field(default=None, compare=False, repr=False)
    names: tuple[str, ...] = ()
    level: Level = field(default_factory=lambda: Level(()), compare=False, repr=False)
    whole: Tree | None = field(default=None, compare=False, repr=False)
    origins: Mapping[int, tuple[Source, int]] | None = field(default=None, compare=False, repr=False)

    def text(self) -> str:
        """The text, byte for byte; of a sub-dictionary what stands between its braces."""
        if not self.names:
            return self.source
        return "".join(self.source[entry.value_start + 1 : entry.value_end - 1] for entry in self.level.holders)

    def __getitem__(self, path: Where) -> Any:
        tree, found = self._effective(path)
        if found is None:
            for problem in (self.whole or self)._read_problems():
                raise problem
            self._unknown(path)
        return tree._value(found)

    def get(self, path: Where, default: Any = None) -> Any:
        """The value at a path, or the default where there is none."""
        tree, found = self._effective(path)
        return default if found is None else tree._value(found)

    def resolve(self, path: Where, *, environment: Mapping[str, str] | None = None) -> Any:
        """As `tree[path]`, but strict: anything in the file that cannot be followed raises DictionaryError.

        `environment` holds the variables that macros may fall back on.
        """
        expanded = self.expanded(environment=environment)
        return expanded[path]

    def expanded(self, *, environment: Mapping[str, str] | None = None, strict: bool = True) -> Tree:
        """The tree after OpenFOAM's reading: macros and includes replaced, duplicates merged, entries removed.

        With `strict` a missing include, code between entries and the like raise DictionaryError.
        """
        whole = self.whole or self
        made = whole._expansion if environment is None else whole._expand(environment)
        if strict and made[1]:
            raise made[1][0]
        return made[0]._at(self.names) if self.names else made[0]

    def __contains__(self, path: object) -> bool:
        """Whether the entry is written here, under its own keyword."""
        return isinstance(path, str | Sequence) and self._find(path, patterns=False) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def keys(self, path: Where = ()) -> list[str]:
        """The names of the entries, without quotes, in the order of the text."""
        return list((self.section(path) if path else self).level.names)

    def section(self, path: Where) -> Tree:
        """The sub-dictionary at a path, as written here; raises DictionaryError where there is none."""
        found = self._find(path, patterns=True)
        if found is None:
            self._unknown(path)
        self._inside(found)
        return self._section(found)

    def raw(self, path: Where) -> str:
        """The value as it is written, macros and code included."""
        start, end = edit.value_span(self.source, self._written(path).last)
        return self.source[start:end]

    def position(self, path: Where) -> tuple[int, int]:
        """Line and column of the entry that counts, both from 1."""
        return place(self.source, self._written(path).last.start)

    def directives(self) -> list[Directive]:
        """All that OpenFOAM would act on while reading, in the order of the text; nothing of it is done here.

        Kinds: include, includeIfPresent, sinclude, includeEtc, sincludeEtc, includeFunc, inputMode, remove, calc, eval,
        codeStream, if, ifeq, else, endif and the modes by name.
        """
        return directives(self.source, self.level.items)

    def switch(self, path: Where, default: bool) -> bool:
        """A yes/no entry as bool: true, yes, on, y, t or false, no, off, n, f, none."""
        value = self.get(path)
        if value is None:
            return default
        word = str(value).lower()
        if word in _YES or value == 1:
            return True
        if word in _NO or value == 0:
            return False
        line, column = self.position(path)
        raise DictionaryError(
            f"{path}: {value} is no switch", path=self.path, line=line, column=column, expected="on or off"
        )

    def to_dict(self) -> dict[str, Any]:
        """All that OpenFOAM would find here, as nested Python dictionaries of typed values.

        Raises DictionaryError for a value that needs code and for an include that cannot be followed.
        """
        whole: dict[str, Any] = {}
        waiting = [(self if self._settled else self.expanded(), whole)]
        while waiting:
            tree, target = waiting.pop()
            for name in tree.level.names:
                value = tree._value(Found((name,), tree.level, tree.level.exact(name)))
                if isinstance(value, Tree):
                    inner: dict[str, Any] = {}
                    waiting.append((value, inner))
                    value = inner
                target[name] = value
        return whole

    # edits -----------------------------------------------------------------------------------------------------

    def set(self, path: Where, value: Any) -> Tree:
        """Equal, but for the value of one entry that is written here; all other bytes stay."""
        found = self._written(path)
        entry = self._editable(found).last
        with self._named(path):
            text = edit.replaced(self.source, found.level, entry, value)
        return self._edited(text)

    def add(self, path: Where, value: Any) -> Tree:
        """Equal, with one more entry at the end of its dictionary, in the style of its neighbours.

        Missing dictionaries on the way are added too. Deleting what was added gives the same bytes as before.
        """
        if path in self:
            line, column = self.position(path)
            raise DictionaryError(
                f"entry {path!r} exists", path=self.path, line=line, column=column, expected="set, or another name"
            )
        level, rest = self._deepest(path)
        if any(not holder.sure for holder in level.holders):
            self._fail(level.holders[-1].start, f"the dictionary of {path!r} depends on #if", "one without a condition")
        for name in reversed(rest[1:]):
            value = {name: value}
        with self._named(path):
            text = edit.added(self.source, level, rest[0], value)
        return self._edited(text)

    def delete(self, path: Where) -> Tree:
        """Equal, without an entry (all its duplicates), and without its lines where it stood alone on them."""
        found = self._written(path)
        entries = self._editable(found).level.names[found.names[-1]]
        return self._edited(edit.deleted(self.source, found.level, entries))

    @contextmanager
    def _named(self, path: Where) -> Iterator[None]:
        """What is wrong with a new value is said with the file and the entry that it was for."""
        try:
            yield
        except DictionaryError as error:
            message = str(error).removeprefix("<text>: ").removesuffix(f"; expected {error.expected}")
            entry = ".".join((*self.names, *parts(path)[0]))
            raise DictionaryError(f"{entry}: {message}", path=self.path, expected=error.expected) from None

    def _edited(self, text: str) -> Tree:
        if (self.whole or self).origins is not None:
            raise DictionaryError(
                "an expanded dictionary is not edited", path=self.path, expected="the tree as written"
            )
        whole = parse(text, path=self.path, root=self.root)
        return whole.section(self.names) if self.names else whole

    def _editable(self, found: Found) -> Found:
        for entry in found.level.names[found.names[-1]]:
            if not entry.sure:
                self._fail(entry.start, f"{entry.name!r} depends on #if", "an entry without a condition")
        return found

    def _deepest(self, path: Where) -> tuple[Level, tuple[str, ...]]:
        """The deepest dictionary on the way to a path, and the names that are missing."""
        names, exact = parts(path)
        for count in range(len(names) - 1, 0, -1):
            found = find(self.level, names[:count], exact=exact, patterns=False)
            if found:
                return self._inside(found), names[count:]
        return self.level, names

    def _inside(self, found: Found) -> Level:
        if not (found.last.kind == "block" or found.last.items):
            self._fail(found.last.start, f"{'.'.join(found.names)!r} is no dictionary", "'{'")
        return found.level.inside(found.entries)

    # expansion -------------------------------------------------------------------------------------------------

    @cached_property
    def _plain(self) -> bool:
        """Whether nothing in the file could need expansion."""
        return "$" not in self.source and "#" not in self.source

    @property
    def _settled(self) -> bool:
        """Whether the entries are what OpenFOAM would find: nothing to expand, or expanded."""
        whole = self.whole or self
        return whole.origins is not None or whole._plain

    @cached_property
    def _expansion(self) -> tuple[Tree, tuple[DictionaryError, ...]]:
        return self._expand({})

    def _expand(self, environment: Mapping[str, str]) -> tuple[Tree, tuple[DictionaryError, ...]]:
        made = expand(Source(self.source, self.path), self.level.items, self.root, environment)
        level = Level(scan(made.text, self.path))
        return Tree(made.text, self.path, self.root, (), level, origins=made.origins), made.problems

    def _read_problems(self) -> tuple[DictionaryError, ...]:
        return () if self._plain or self.origins is not None else self._expansion[1]

    def _effective(self, path: Where) -> tuple[Tree, Found | None]:
        """The tree in which OpenFOAM would find the path, and where."""
        if self._settled:
            return self, self._find(path, patterns=True)
        tree = (self.whole or self)._expansion[0]._at(self.names)
        return tree, tree._find(path, patterns=True)

    def _at(self, names: tuple[str, ...]) -> Tree:
        return self.section(names) if names else self

    # look-up ---------------------------------------------------------------------------------------------------

    def _find(self, path: Where, *, patterns: bool) -> Found | None:
        names, exact = parts(path)
        found = find(self.level, names, exact=exact, patterns=False)
        return found or (find(self.level, names, exact=exact, patterns=True) if patterns else None)

    def _written(self, path: Where) -> Found:
        found = self._find(path, patterns=False)
        if found is None:
            self._unknown(path)
        return found

    def _value(self, found: Found) -> Any:
        entry = found.last
        if not entry.sure:
            self._fail_in(entry)(
                entry.start, f"{entry.name!r} depends on #if, which is not evaluated", "an entry without a condition"
            )
        if entry.kind == "block":
            return self._section(found)
        return typed.read(self.source, entry, lambda block: self._block(found, block), self._fail_in(entry))

    def _section(self, found: Found) -> Tree:
        return Tree(
            self.source,
            self.path,
            self.root,
            (*self.names, *found.names),
            found.level.inside(found.entries),
            self.whole or self,
        )

    def _block(self, found: Found, block: Entry) -> Tree:
        level = found.level.inside((block,))
        return Tree(
            self.source, self.path, self.root, (*self.names, *found.names, block.name), level, self.whole or self
        )

    def _fail_in(self, entry: Entry) -> typed.Fail:
        """How to fail inside an entry: at its own place, which in an expanded text is that of the original."""
        origins = (self.whole or self).origins
        if origins is None:
            return self._fail
        source, offset = origins.get(entry.start, (Source(self.source, self.path), entry.start))

        def fail(_: int, message: str, expected: str) -> NoReturn:
            line, column = place(source.text, offset)
            raise DictionaryError(message, path=source.path, line=line, column=column, expected=expected)

        return fail

    def _fail(self, offset: int, message: str, expected: str) -> NoReturn:
        line, column = place(self.source, offset)
        raise DictionaryError(message, path=self.path, line=line, column=column, expected=expected)

    def _unknown(self, path: Where) -> NoReturn:
        names = parts(path)[0]
        level, rest = self._deepest(path)
        known, passed = list(level.names), (*self.names, *names[: len(names) - len(rest)])
        near = get_close_matches(rest[0], known, n=1)
        inside = f" in {'.'.join(passed)!r}" if passed else ""
        hint = f"did you mean {near[0]!r}? " if near else ""
        there = ", ".join(known) or "none"
        raise DictionaryError(f"no entry {'.'.join(rest)!r}{inside}; {hint}there are: {there}", path=self.path)


def parse(text: str, *, path: str | Path | None = None, root: Root | None = None) -> Tree:
    """The tree of a text (decoded as latin-1, so that every byte survives).

    `path` names the file in messages and is where its includes are looked for; `root` is the directory that includes
    must not leave (default: the file's own). Raises DictionaryError with line, column and what was expected.
    """
    return Tree(text, None if path is None else str(path), root, (), Level(scan(text, path)))


def read(file: Path, *, root: Root | None = None) -> Tree:
    """The tree of a file, packed (.gz) or not; raises DictionaryError when it cannot be read."""
    try:
        content = file.read_bytes()
        content = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    except (OSError, EOFError) as error:
        raise DictionaryError(f"cannot be read: {error}", path=file) from None
    return parse(content.decode("latin-1"), path=file, root=root)
