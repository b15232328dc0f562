"""A field file as rules ask for it: dimensions, internal value, and what each patch gets by OpenFOAM's precedence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flowcfd.errors import FlowError
from flowcfd.foam.casefiles import Blob
from flowcfd.foam.check import plain
from flowcfd.foam.dictionary import Dimensions, Nonuniform, Tree
from flowcfd.foam.dictionary.paths import regular

if TYPE_CHECKING:
    from flowcfd.foam.check.layout import PatchView
    from flowcfd.foam.check.view import CaseView

HEAD = 4096


@dataclass(frozen=True)
class FieldView:
    """One field of the start time. What a file kept by reference holds is not read: `readable` is false then."""

    path: str
    name: str
    cls: str
    """The class of the head: volVectorField."""
    tree: Tree | None

    @classmethod
    def read(cls, path: str, name: str, case: CaseView) -> FieldView | None:
        """The view of one file; None for what is no field by its head."""
        content = case.files.files[path]
        if isinstance(content, Blob):
            return cls(path, name, "", None)
        found = re.search(r"\bclass\s+(\w+)\s*;", content[:HEAD])
        if found is None or not re.search(r"(?:vol|surface|point)\w+Field", found[1]):
            return None
        return cls(path, name, found[1], case.tree(path))

    @property
    def readable(self) -> bool:
        """Whether its entries are known."""
        return self.tree is not None

    @cached_property
    def dimensions(self) -> Dimensions | None:
        """The dimensions; None when they are absent or unreadable."""
        found = self._get("dimensions")
        return found if isinstance(found, Dimensions) else None

    @cached_property
    def internal(self) -> Any:
        """The internal field: Uniform, or Nonuniform without its values (they are not read here); None if absent."""
        if self.tree is None:
            return None
        try:
            raw = self.tree.raw("internalField") if "internalField" in self.tree else ""
        except FlowError:
            raw = ""
        if raw.startswith("nonuniform"):
            return Nonuniform("", ())
        return self._get("internalField")

    @cached_property
    def boundary(self) -> Mapping[str, Mapping[str, Any]]:
        """The entries of boundaryField as written: by patch, group or regular expression, macros replaced."""
        found = self._boundary.get("boundaryField") if self.tree is not None else None
        if not isinstance(found, dict):
            return {}
        return {name: entries for name, entries in found.items() if isinstance(entries, dict)}

    @cached_property
    def _boundary(self) -> dict[str, Any]:
        assert self.tree is not None
        return plain.of(self.tree)

    @cached_property
    def patterns(self) -> tuple[str, ...]:
        """The keys of boundaryField that are regular expressions, the one that OpenFOAM asks first in front."""
        if self.tree is None:
            return ()
        try:
            level = self.tree.expanded(strict=False).section("boundaryField").level
        except FlowError:
            return ()
        return tuple(name for _, name in level.patterns)

    @cached_property
    def complete(self) -> bool:
        """Whether all entries of boundaryField are known: nothing hangs on code or on a file that is not there."""
        if self.tree is None:
            return False
        try:
            self.tree.expanded()
        except FlowError:
            return False
        return "#if" not in self.tree.source

    def key(self, patch: PatchView) -> str:
        """The key of boundaryField that the patch takes: its name, a group of it, a pattern; "" for none."""
        if patch.name in self.boundary and patch.name not in self.patterns:
            return patch.name
        for group in reversed(patch.groups):
            if group in self.boundary and group not in self.patterns:
                return group
        for pattern in self.patterns:
            expression = regular(pattern)
            if expression and expression.fullmatch(patch.name):
                return pattern
        return ""

    def on(self, patch: PatchView) -> Mapping[str, Any] | None:
        """The entries that the patch takes; None when there are none."""
        key = self.key(patch)
        return self.boundary[key] if key else None

    def _get(self, entry: str) -> Any:
        try:
            return None if self.tree is None else self.tree.get(entry)
        except FlowError:
            return None
