"""Field files (volVectorField, surfaceScalarField, ...): a dictionary whose long lists are numpy arrays."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from flowcfd.errors import DictionaryError
from flowcfd.foam import dictionary
from flowcfd.foam.dictionary import Dimensions, Tree, Uniform, Word
from flowcfd.foam.fields.bulk import write_entries
from flowcfd.foam.fields.element import Arch, Array, Element, element_of_array, element_of_class
from flowcfd.foam.fields.files import write_whole
from flowcfd.foam.fields.scan import BARE, MARK, Scanned, scan
from flowcfd.foam.fields.source import Source, open_source

Path_ = str | tuple[str, ...]
_MARKS = re.compile(MARK.format("[0-9]+") + "|(?P<bare>" + BARE.format("[0-9]+") + ")")


@dataclass(frozen=True, eq=False)
class Field:
    """A field file as a value: its dictionary with each `nonuniform` list taken out into `lists`.

    `tree` holds a word in the place of each list and everything else byte for byte, comments and macros too.
    """

    tree: Tree
    lists: Mapping[str, Array]
    element: Element
    path: Path | None = None

    @property
    def cls(self) -> str:
        """The class of the head: volVectorField."""
        return str(self.tree["FoamFile.class"])

    @property
    def name(self) -> str:
        """The object of the head: U."""
        return str(self.tree.get("FoamFile.object", self.path.name.removesuffix(".gz") if self.path else ""))

    @property
    def format(self) -> Literal["ascii", "binary"]:
        """How lists are written."""
        return "binary" if self.tree.get("FoamFile.format") == "binary" else "ascii"

    def __contains__(self, path: Path_) -> bool:
        """Whether there is a value at a path, by name or by a pattern."""
        return self.tree.get(path) is not None

    @property
    def dimensions(self) -> Dimensions:
        """Exponents of the base units; raises DictionaryError for a file without them."""
        found = self.tree.get("dimensions")
        if not isinstance(found, Dimensions):
            raise DictionaryError(f"dimensions are {found}", path=self.path, expected="[0 1 -1 0 0 0 0] or the like")
        return found

    @cached_property
    def internal(self) -> Array:
        """The values of cells (faces, points): shape (N,) or (N, width); () or (width,) for a uniform field."""
        key = "internalField" if "internalField" in self.tree else "value"
        found = self.value(key)
        if not isinstance(found, np.ndarray):
            raise DictionaryError(
                f"{key} is {found}", path=self.path, expected="'uniform value' or 'nonuniform List<..>'"
            )
        return found

    @property
    def uniform(self) -> bool:
        """Whether the internal field is one value."""
        return self.internal.ndim == len(self.element.shape)

    @cached_property
    def boundary(self) -> Mapping[str, Mapping[str, Any]]:
        """Entries per key of boundaryField (a patch, a group or a pattern), lists and uniform values as arrays."""
        patches = self.tree.keys("boundaryField") if "boundaryField" in self.tree else []
        return MappingProxyType({name: self.entries(("boundaryField", name)) for name in patches})

    def entries(self, path: Path_) -> Mapping[str, Any]:
        """The entries of one sub-dictionary as values; empty for what is no dictionary (a directive)."""
        if not isinstance(self.tree.get(path), Tree):
            return {}
        base = tuple(path.split(".")) if isinstance(path, str) else path
        return {key: self.value((*base, key)) for key in self.tree.keys(base)}

    def value(self, path: Path_) -> Any:
        """The value at a path by OpenFOAM's look-up: an array for a list and for `uniform`, else as the tree has it."""
        found = self.tree.get(path)
        if isinstance(found, Uniform):
            return _uniform(found.value, self.element)
        if isinstance(found, str) and found in self.lists:
            return self.lists[found]
        return found

    def values(self, count: int) -> Array:
        """The values of `count` cells, a uniform one repeated; DictionaryError when there is another number."""
        if self.uniform:
            return np.broadcast_to(self.internal, (count, *self.element.shape))
        if len(self.internal) != count:
            raise DictionaryError(
                f"{self.name} has {len(self.internal)} values", path=self.path, expected=f"{count}, one per cell"
            )
        return self.internal

    def replace(self, path: Path_, value: Any) -> Field:
        """An equal field but for one entry, set or added: `replace("internalField", array)`.

        An array of shape (N,) or (N, width) becomes a list, one value of the field's own shape becomes `uniform`;
        anything else is written as the dictionary does. ValueError for an array that fits no list.
        """
        lists = self.lists
        if isinstance(value, np.ndarray):
            if value.shape == self.element.shape:
                value = Uniform(tuple(value.tolist()) if value.ndim else value.item())
            else:
                element_of_array(value)
                mark = _free_mark(lists)
                lists, value = {**lists, mark: value}, Word(mark)
        tree = self.tree.set(path, value) if path in self.tree else self.tree.add(path, value)
        return replace(self, tree=tree, lists=MappingProxyType(dict(lists)))


def read(path: str | Path, *, memmap: bool = True) -> Field:
    """Read a field file, ascii or binary, plain or .gz (looked for when `path` itself is not there).

    Binary lists are read-only views of the mapped file in its own number types, so nothing is read until it is used;
    `memmap=False` copies them, for files that a running solver may overwrite. Raises DictionaryError.
    """
    source = open_source(path)
    element = element_of_class(source.cls)
    if element is None:
        what = f"class {source.cls!r}" if source.cls else "no FoamFile head with a class"
        raise source.error(f"is no field: {what}", 0, expected="a class such as volVectorField")
    scanned = scan(source, element)
    lists = scanned.lists if memmap else {mark: np.array(values) for mark, values in scanned.lists.items()}
    return Field(_parsed(source, scanned), MappingProxyType(lists), element, source.path)


def create(
    cls: str,
    name: str,
    *,
    dimensions: Sequence[float],
    internal: Array | Sequence[float] | float,
    boundary: Mapping[str, Mapping[str, Any]],
    location: str = "",
) -> Field:
    """A new field: `create("volScalarField", "p", dimensions=(0, 2, -2), internal=0.0, boundary={"inlet": {...}})`.

    `internal` is one value or an array of shape (N,) or (N, width) [SI]; `boundary` maps a patch to its entries, in
    which arrays become `uniform` or `nonuniform` as in `Field.replace`. ValueError for a class that is no field.
    """
    element = element_of_class(cls)
    if element is None:
        raise ValueError(f"{cls!r} is no field class such as volVectorField")
    exponents = Dimensions(*dimensions)
    outline = {"dimensions": exponents, "internalField": Word("none"), "boundaryField": {key: {} for key in boundary}}
    tree = dictionary.parse(dictionary.dumps(outline, header=(cls, name, location)))
    field = Field(tree, MappingProxyType({}), element).replace("internalField", np.asarray(internal, np.float64))
    for patch, entries in boundary.items():
        for key, value in entries.items():
            field = field.replace(("boundaryField", patch, key), value)
    return field


def write(
    path: str | Path,
    field: Field,
    *,
    format: Literal["ascii", "binary"] | None = None,
    compress: bool = False,
    precision: int | None = None,
    arch: Arch | None = None,
) -> Path:
    """Write a field; returns the path written (with .gz when compressed). The file appears whole or not at all.

    `format` None keeps the field's own. `precision` None writes the shortest text that reads back to the same number,
    else that many significant digits; binary lists are exact.
    """
    format = format or field.format
    arch = (arch or Arch()) if format == "binary" else None
    tree = field.tree
    if format != field.format or field.lists:
        tree = _with_head(_with_head(tree, "format", format), "arch", None if arch is None else f'"{arch}"')
    return write_whole(Path(path), _parts(tree.text(), field.lists, arch, precision), compress=compress)


def _parts(
    text: str, lists: Mapping[str, Array], arch: Arch | None, precision: int | None
) -> Iterator[bytes | memoryview]:
    after = 0
    for mark in _MARKS.finditer(text):
        values = lists[mark[0]]
        element = element_of_array(values)
        kind = "" if mark["bare"] else f"List<{element.name}> "
        line = "\n" if len(values) else ""
        yield f"{text[after : mark.start()]}nonuniform {kind}{line}".encode("latin-1")
        yield from write_entries(values, element, arch, precision)
        after = mark.end()
    yield text[after:].encode("latin-1")


def _with_head(tree: Tree, key: str, value: str | None) -> Tree:
    path = ("FoamFile", key)
    if value is None:
        return tree.delete(path) if path in tree else tree
    return tree.set(path, value) if path in tree else tree.add(path, value)


def _uniform(value: Any, element: Element) -> Any:
    """One value as an array; what is no number (a macro that leads nowhere) stays as it is."""
    try:
        return np.array(value, np.float64).reshape(element.shape)
    except (TypeError, ValueError):
        return value


def _free_mark(lists: Mapping[str, Array]) -> str:
    number = len(lists)
    while MARK.format(number) in lists:
        number += 1
    return MARK.format(number)


def _parsed(source: Source, scanned: Scanned) -> Tree:
    """The dictionary; an error's place is that in the file, lists counted."""
    try:
        return dictionary.parse(scanned.text, path=source.path)
    except DictionaryError as error:
        if not error.line:
            raise
        line_start = [0, *(match.end() for match in re.finditer("\n", scanned.text))][error.line - 1]
        message = str(error).removeprefix(f"{error.path}:{error.line}:{error.column}: ")
        message = message.removesuffix(f"; expected {error.expected}")
        at = scanned.offset(line_start + error.column - 1)
        raise source.error(message, at, expected=error.expected) from None
