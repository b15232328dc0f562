"""What stands behind a keyword, as Python values; `text` writes any of them as OpenFOAM reads it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, NamedTuple

from flowcfd.errors import DictionaryError
from flowcfd.foam.dictionary.scan import scan

INDENT = "    "
COLUMN = 16  # where OpenFOAM's own files begin a value, counted from the keyword
_PLAIN_KEY = re.compile(r"[A-Za-z_#$\x80-\xff][^\s\"'/;{}|?\\]*+\Z", re.ASCII)
_PLAIN_TEXT = re.compile(r"[^;{}\"'#$/()\\]*+\Z")
_PATTERN_KEY = re.compile(r"\.[*+?]|\|")


class Word(str):
    """A bare word: `Gauss`, `div(phi,U)`, `hePsiThermo<...>`."""

    __slots__ = ()


class Quoted(str):
    r"""A text in double quotes; the value is what stands between them, with `\"` read as `"`."""

    __slots__ = ()


class Verbatim(str):
    """The text between `#{` and `#}`."""

    __slots__ = ()


class Dimensions(NamedTuple):
    """Exponents of the seven base units, in OpenFOAM's order."""

    mass: float = 0
    length: float = 0
    time: float = 0
    temperature: float = 0
    moles: float = 0
    current: float = 0
    luminous: float = 0


@dataclass(frozen=True, slots=True)
class Dimensioned:
    """A value with dimensions, `nu [0 2 -1 0 0 0 0] 1e-05`; the name is empty when none is written."""

    name: str
    dimensions: Dimensions
    value: Any


@dataclass(frozen=True, slots=True)
class Uniform:
    """`uniform value`."""

    value: Any


@dataclass(frozen=True, slots=True)
class Nonuniform:
    """`nonuniform List<kind> ( ... )`; the kind is empty for `nonuniform 0()`."""

    kind: str
    values: tuple[Any, ...]


class Named(NamedTuple):
    """A dictionary in a list, with the word that leads it; the word is empty when there is none."""

    name: str
    entries: Any


class Stream(tuple[Any, ...]):
    """Several values side by side, `Gauss linear corrected`."""

    __slots__ = ()

    def __str__(self) -> str:
        return text(self)


def key_text(key: str) -> str:
    """A keyword as it is written: quoted when it is a regular expression or no plain word."""
    if '"' in key.strip('"') or "\n" in key or not key.strip('"'):
        raise DictionaryError(f"{key!r} is no keyword", expected="a word or a regular expression")
    if key.startswith('"') or (_PLAIN_KEY.match(key) and not _PATTERN_KEY.search(key)):
        return key
    return f'"{key}"'


def text(value: Any, indent: str = "") -> str:
    """The value as OpenFOAM reads it; `indent` is that of the line it begins on.

    A str is written as it is, Quoted in quotes; None writes nothing; a Mapping becomes a block in braces. Raises
    DictionaryError for what OpenFOAM has no way to write (nan, infinity, other objects).
    """
    if isinstance(value, str):
        return _string(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Real):
        return _number(float(value))
    return _compound(value, indent)


def _one(written: str) -> str:
    """The text, when it is one value and nothing more; a `;` too many must not become another entry."""
    if _PLAIN_TEXT.match(written):
        return written
    try:
        entries = scan(f"x {written};")
    except DictionaryError:
        entries = ()
    if len(entries) != 1 or entries[0].kind != "value" or entries[0].end != len(written) + 3:
        raise DictionaryError(f"{written!r} is no value", expected="balanced brackets and no ';' outside of braces")
    return written


def _compound(value: Any, indent: str) -> str:
    if isinstance(value, Mapping):
        return block(value, indent)
    if isinstance(value, Dimensions):
        return f"[{' '.join(_number(exponent) for exponent in value)}]"
    if isinstance(value, Dimensioned):
        return " ".join(filter(None, (value.name, text(value.dimensions), text(value.value, indent))))
    if isinstance(value, Uniform):
        return f"uniform {text(value.value, indent)}"
    if isinstance(value, Nonuniform):
        kind = f"List<{value.kind}> " if value.kind else ""
        return f"nonuniform {kind}{len(value.values)}{_list(value.values, indent)}"
    if isinstance(value, Named):
        return f"{value.name}{text(value.entries, indent)}"
    if isinstance(value, Stream):
        return " ".join(text(item, indent) for item in value)
    if isinstance(value, Sequence):
        return _list(value, indent)
    if hasattr(value, "tolist"):  # a numpy array or scalar, without importing numpy
        return text(value.tolist(), indent)
    if hasattr(value, "to_dict"):
        return block(value.to_dict(), indent)
    raise DictionaryError(f"{value!r} cannot be written", expected="a number, text, sequence or mapping")


def block(entries: Mapping[str, Any], indent: str) -> str:
    """A mapping as a block in braces that begins on a line of its own."""
    lines = "".join(entry(key, value, indent + INDENT) for key, value in entries.items())
    return f"\n{indent}{{\n{lines}{indent}}}"


def entry(key: str, value: Any, indent: str = "", column: int = COLUMN) -> str:
    """One entry with its line end; `column` is where the value begins, counted from the keyword."""
    name = key_text(key)
    if isinstance(value, Mapping):
        return f"{indent}{name}{block(value, indent)}\n"
    written = text(value, indent)
    if name.startswith("#"):
        return f"{indent}{name} {written}".rstrip() + "\n"
    if not written:
        return f"{indent}{name};\n"
    gap = "" if written.startswith("\n") else " " * max(1, column - len(name))
    return f"{indent}{name}{gap}{written};\n"


def _list(values: Sequence[Any], indent: str) -> str:
    """A list on one line, or one item a line when an item is a list, a block or a long text."""
    inner = indent + INDENT
    items = [text(value, inner).lstrip() for value in values]
    if not any(isinstance(value, Named | Mapping | list | tuple) for value in values):
        return f"({' '.join(items)})"
    if len(items) <= 3 and sum(map(len, items)) < 60 and not any("\n" in item for item in items):
        return f"({' '.join(items)})"
    lines = "\n".join(inner + item for item in items)
    return f"\n{indent}(\n{lines}\n{indent})"


def _number(value: float) -> str:
    if not math.isfinite(value):
        raise DictionaryError(f"{value} cannot be written", expected="a finite number")
    written = float.__repr__(float(value))
    return written.removesuffix(".0")


def _string(value: str) -> str:
    if isinstance(value, Quoted):
        value = '"' + value.replace('"', '\\"') + '"'
    elif isinstance(value, Verbatim):
        value = "#{" + value + "#}"
    return _one(str(value))
