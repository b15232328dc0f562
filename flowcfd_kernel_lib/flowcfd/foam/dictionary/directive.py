"""Directives: what OpenFOAM would act on while it reads a dictionary."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter

from flowcfd.foam.dictionary import grammar
from flowcfd.foam.dictionary.entry import Entry

INCLUDES = ("include", "includeIfPresent", "sinclude", "includeEtc", "sincludeEtc", "includeFunc")
MODES = ("merge", "overwrite", "protect", "warn", "error", "default")
CODE = ("calc", "eval", "codeStream")
CONDITIONS = ("if", "ifeq", "else", "endif")
DIRECTIVES = (*INCLUDES, *MODES, *CODE, *CONDITIONS, "inputMode", "remove", "message")


@dataclass(frozen=True, slots=True)
class Directive:
    """Something that OpenFOAM would act on while reading: `kind` is "include", "calc", "if", ...; text as written."""

    kind: str
    line: int
    column: int
    text: str


def directives(text: str, entries: Iterable[Entry]) -> list[Directive]:
    """All directives in the order of the text, those inside of values too."""
    if "#" not in text:
        return []
    breaks = [found.start() for found in re.finditer("\n", text)]
    found = []
    for kind, start, end in sorted(_places(text, entries), key=itemgetter(1)):
        line = bisect_left(breaks, start)
        column = start - (breaks[line - 1] if line else -1)
        found.append(Directive(kind, line + 1, column, text[start:end]))
    return found


def _places(text: str, entries: Iterable[Entry]) -> Iterator[tuple[str, int, int]]:
    """Kind, start and end of all directives."""
    waiting = list(entries)
    while waiting:
        entry = waiting.pop()
        if entry.kind == "directive":
            yield entry.key[1:], entry.start, entry.value_end
        elif entry.kind == "block":
            waiting.extend(entry.items)
        elif text.find("#", entry.value_start, entry.value_end) >= 0:
            pos = entry.value_start
            while (found := grammar.TOKEN.match(text, pos, entry.value_end)) and found.lastindex:
                start, pos = found.span(found.lastindex)
                if found.lastindex == 4:
                    yield text[start + 1 : pos], start, entry.value_end
