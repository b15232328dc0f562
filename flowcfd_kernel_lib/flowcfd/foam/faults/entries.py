"""The catalogue of failures: data in `catalogue.toml`, read when it is first needed.

An entry of `on = "fatal"` is searched in the words of a FATAL ERROR, `"text"` in all that was printed when there was
none, `"stack"` in the frames of a floating point exception, `"warning"` in the log of a run that ended well. The others
(`"state"`) have no pattern: code recognises them by numbers and takes their words from here. The groups of a pattern
are the names in the templates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flowcfd.foam.faults.fault import Fault


@dataclass(frozen=True, slots=True)
class Entry:
    """One known failure."""

    name: str
    cause: str
    """Template of the message."""
    mend: str = ""
    """Template of what to do."""
    on: str = "fatal"
    kind: str = ""
    """Kind of the Fault; empty: "input" where a file is named, else "fatal"."""
    pattern: str = ""
    file: str = ""
    """Template of the file it is about, for messages that name none."""
    where: str = ""
    """Files of the case (a glob), of which the one that holds the pattern's `name` is the file it is about."""
    exists: str = ""
    """Template of a file of the case without which the entry does not apply."""
    example: str = ""
    """What provokes it."""

    def search(self, text: str) -> re.Match[str] | None:
        """Where the pattern is found."""
        return re.search(self.pattern, text) if self.pattern else None

    def matches(self, text: str) -> Iterator[re.Match[str]]:
        """All places where the pattern is found."""
        return re.finditer(self.pattern, text)

    def fault(self, values: Mapping[str, object], *, kind: str = "fatal", **known: object) -> Fault:
        """The Fault with its templates filled; `known` are more of its attributes."""
        words = _Words(values)
        return Fault(
            self.kind or kind,
            _line(self.cause.format_map(words)),
            mend=_line(self.mend.format_map(words)),
            name=self.name,
            **known,  # type: ignore[arg-type]
        )


@cache
def catalogue() -> Mapping[str, Entry]:
    """All entries by name, in the order in which they are tried."""
    import tomllib  # most runs end without a failure or a trouble, and need no catalogue

    with Path(__file__).with_name("catalogue.toml").open("rb") as file:
        entries = [Entry(**raw) for raw in tomllib.load(file)["fault"]]
    return {entry.name: entry for entry in entries}


def search(on: str, text: str, case: Path | None = None) -> tuple[Entry, dict[str, str]] | None:
    """The first entry of this sort whose pattern is found, and what the pattern caught."""
    for entry in catalogue().values():
        if entry.on == on and (found := entry.search(text)):
            caught = {name: value or "" for name, value in found.groupdict().items()}
            if not entry.exists or (case is not None and (case / entry.exists.format_map(_Words(caught))).exists()):
                return entry, caught
    return None


class _Words(dict[str, object]):
    """What a template may name; a name that nothing is known of is a question mark."""

    def __missing__(self, key: str) -> str:
        return "?"


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
