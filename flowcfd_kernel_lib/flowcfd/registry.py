"""Named parts that plug-ins can add: a table filled by code here and by entry points of installed packages."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib import metadata
from threading import RLock, get_ident
from typing import Generic, TypeVar, cast

from flowcfd.errors import SiteError, UnknownName

Part = TypeVar("Part")


class Registry(Generic[Part]):
    """Parts of one sort by name.

    Our own parts are registered by the modules named in `modules`, imported on the first look-up; those of other
    packages come from the entry-point group `group`, read on the first name that is not ours.
    """

    def __init__(self, what: str, group: str, load: Callable[[], object] | None = None) -> None:
        self.what, self.group = what, group
        self._load: Callable[[], object] | None = load
        self._parts: dict[str, Part] = {}
        self._foreign_read = False
        self._reading: set[int] = set()
        self._filling = RLock()
        self._full = load is None

    def __repr__(self) -> str:
        return f"<Registry of {self.what}: {', '.join(self.names()) or 'none'}>"

    def register(self, name: str, part: Part) -> Part:
        """Add a part; a second part of the same name is an error of the programmer."""
        if self._parts.get(name, part) is not part:
            raise ValueError(f"{self.what} {name!r} is registered twice")
        self._parts[name] = part
        return part

    def get(self, name: str, *, where: str = "") -> Part:
        """The part of this name; raises UnknownName, which lists those there are."""
        self._own()
        if name not in self._parts:
            self._foreign()
        try:
            return self._parts[name]
        except KeyError:
            raise UnknownName(self.what, name, self._parts, where=where) from None

    def names(self) -> list[str]:
        """All names, sorted."""
        self._own()
        self._foreign()
        return sorted(self._parts)

    def items(self) -> Iterator[tuple[str, Part]]:
        """All names with their parts, sorted by name."""
        return iter([(name, self._parts[name]) for name in self.names()])

    def loaded(self) -> Iterator[tuple[str, Part]]:
        """Our own parts and those of plug-ins that have been read, by name; never raises for a plug-in."""
        self._own()
        return iter([(name, self._parts[name]) for name in sorted(self._parts)])

    def _own(self) -> None:
        """Our own parts; a thread that asks while another fetches them waits, for some of them are a wrong answer."""
        if self._full:
            return
        with self._filling:
            if self._load is not None:  # None: a module that is being loaded asks
                load, self._load = self._load, None
                load()
                self._full = True

    def _foreign(self) -> None:
        """Parts of plug-ins; a thread that asks while another imports them waits for their modules as it imports them.

        No lock of ours is held meanwhile: a plug-in's module that asks while it is imported elsewhere would wait for
        the reader, who waits for the module. Imports have locks of their own, and know of such a ring.
        """
        reader = get_ident()
        if self._foreign_read or reader in self._reading:  # a plug-in that this thread is importing asks
            return
        self._reading.add(reader)
        try:
            entries = metadata.entry_points(group=self.group)
            for entry in entries:
                if entry.name not in self._parts:
                    self._load_foreign(entry)
            self._foreign_read = all(entry.name in self._parts for entry in entries)
        finally:
            self._reading.discard(reader)

    def _load_foreign(self, entry: metadata.EntryPoint) -> None:
        """The part of an entry point; none as long as its module, which this thread is importing, does not have it."""
        try:
            self._parts.setdefault(entry.name, cast(Part, entry.load()))
        except Exception as error:  # a plug-in is foreign code: whatever it raises is a defect of the site
            if not _half_imported(entry.module):
                raise SiteError(f"plug-in {entry.value!r} of group {self.group} cannot be loaded: {error}") from error


def _half_imported(module: str) -> bool:
    """Whether a module is still being imported; to other threads it never seems so, for their import waits."""
    return bool(getattr(getattr(sys.modules.get(module), "__spec__", None), "_initializing", False))
