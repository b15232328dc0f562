"""Edits of the text under a tree: they change the bytes they must, and what they add can be taken out again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flowcfd.errors import DictionaryError
from flowcfd.foam.dictionary import values
from flowcfd.foam.dictionary.entry import Entry
from flowcfd.foam.dictionary.paths import Level

_LINE_END = re.compile(r"(?:[ \t\r\f\v;]++|/\*(?s:.*?)\*/)*+(?://[^\n]*+)?+(?:\n|\Z)")
_CLEAR_END = re.compile(r"[ \t;]*+(?:\r?\n|\Z)")
_SEPARATOR = re.compile(r"// \* \*[^\n]*+\n(?:[ \t]*+\r?\n)?+")
_LIST = re.compile(r"(?:List<\w+>\s*)?\d*\s*\(", re.ASCII)
_COUNT = re.compile(r"(?:List<\w+>\s*)?(\d+)\s*\(", re.ASCII)


def replaced(text: str, level: Level, entry: Entry, value: Any) -> str:
    """The text with another value in an entry; a value takes the place of the old one and nothing else moves."""
    indent = _indent(text, entry.start)
    listed = _listed(level) or any(entry in item.items for item in level.items if item.kind == "list")
    if listed and not isinstance(value, Mapping):
        raise DictionaryError(f"{entry.name!r} is a dictionary in a list", expected="a mapping")
    if isinstance(value, Mapping):
        start, end, written = entry.key_end, entry.end, _lines(values.block(value, indent), text)
    elif entry.kind == "block":
        start, end, written = entry.key_end, entry.end, f" {values.text(value, indent)};"
    else:
        start, end = value_span(text, entry)
        written = _lines(values.text(value, indent), text)
        if start == end and written:
            start = end = entry.key_end
            written = f" {written}"
    return text[:start] + written + text[end:]


def value_span(text: str, entry: Entry) -> tuple[int, int]:
    """Where the value begins and ends, without the blanks around it."""
    start, end = entry.value_start, entry.value_end
    return start, start + len(text[start:end].rstrip())


def added(text: str, level: Level, name: str, value: Any) -> str:
    """The text with a new entry at the end of a dictionary, in the style of its neighbours."""
    level = _home(text, level, name, value)
    listed = _listed(level)
    siblings = level.holders[-1].items if level.holders else level.items
    place, fresh = _place(text, level, siblings)
    indent = _style_indent(text, level, siblings)
    if listed:
        written = f"{indent}{name}{values.block(value, indent)}\n"
    else:
        written = values.entry(name, value, indent, _style_column(text, siblings))
    if not fresh:
        written = " " + written.strip()
    elif place == len(text) and text and not text.endswith("\n"):  # the last line has no end, and will have none
        written = "\n" + written.removesuffix("\n")
    elif _apart(text, siblings):
        written = "\n" + written
    new = text[:place] + _lines(written, text) + text[place:]
    return _counted(new, level.holders[-1], 1) if listed else new


def deleted(text: str, level: Level, entries: list[Entry]) -> str:
    """The text without the entries: with their lines where they stand alone on them."""
    lists = [item for item in level.items if item.kind == "list"]
    if lists and entries[0] in lists[0].items:
        level = Level(lists[0].items, tuple(lists))
    items = level.holders[-1].items if level.holders else level.items
    for entry in reversed(entries):
        start, end = _cut(text, entry, items)
        text = text[:start] + text[end:]
    return _counted(text, level.holders[-1], -len(entries)) if _listed(level) else text


def _home(text: str, level: Level, name: str, value: Any) -> Level:
    """Where a new entry belongs: the dictionary itself, or the list that the file or value consists of."""
    lists = [item for item in level.items if item.kind == "list"]
    if lists:
        level = Level(lists[0].items, tuple(lists))
    if not _listed(level):
        return level
    if not level.items or not _LIST.match(text, level.holders[-1].value_start):
        raise DictionaryError(f"{name!r} cannot be added to a value", expected="a dictionary or a list of dictionaries")
    if not isinstance(value, Mapping):
        raise DictionaryError(f"{name!r} cannot be added to a list of dictionaries", expected="a mapping")
    return level


def _listed(level: Level) -> bool:
    return bool(level.holders) and level.holders[-1].kind != "block"


def _cut(text: str, entry: Entry, items: tuple[Entry, ...]) -> tuple[int, int]:
    start, end = _line_start(text, entry.start), entry.end
    clear = _CLEAR_END.match(text, end)
    if clear is None or text[start : entry.start].strip(" \t"):
        start = entry.start - (text[entry.start - 1 : entry.start] in (" ", "\t") and entry.start > 0)
        return start, end
    end = clear.end()
    if not text.endswith("\n", start, end):  # the last line has no end: it goes with the end of the line before
        return _before_newline(text, start), end
    before = [item for item in items if item.end <= entry.start]
    if before and (line_end := _LINE_END.match(text, before[-1].end)):
        between = text[line_end.end() : start]
        if between in ("\n", "\r\n"):
            start = line_end.end()
    return start, end


def _place(text: str, level: Level, siblings: tuple[Entry, ...]) -> tuple[int, bool]:
    """Where a new entry goes, and whether on a line of its own."""
    if not siblings and not level.holders:
        return len(text), True
    anchor = siblings[-1].end if siblings else level.holders[-1].value_start + 1
    found = _LINE_END.match(text, anchor)
    if found is None:
        return anchor, False
    place = found.end()
    if siblings and siblings[-1].key == "FoamFile" and (line := _SEPARATOR.match(text, place)):
        place = line.end()
    return place, True


def _style_indent(text: str, level: Level, siblings: tuple[Entry, ...]) -> str:
    if siblings:
        return _indent(text, siblings[-1].start)
    return _indent(text, level.holders[-1].start) + values.INDENT if level.holders else ""


def _style_column(text: str, siblings: tuple[Entry, ...]) -> int:
    """The column of the neighbours' values, counted from the keyword."""
    for entry in reversed(siblings):
        if entry.kind == "value" and "\n" not in text[entry.start : entry.value_start]:
            return entry.value_start - entry.start
    return values.COLUMN


def _apart(text: str, siblings: tuple[Entry, ...]) -> bool:
    """Whether the last two neighbours stand apart by exactly one empty line."""
    if len(siblings) < 2:
        return False
    found = _LINE_END.match(text, siblings[-2].end)
    return found is not None and text[found.end() : _line_start(text, siblings[-1].start)] in ("\n", "\r\n")


def _counted(text: str, holder: Entry, change: int) -> str:
    """The text with the count before a list of dictionaries brought up to date, where there is one."""
    found = _COUNT.match(text, holder.value_start)
    if found is None:
        return text
    return text[: found.start(1)] + str(int(found[1]) + change) + text[found.end(1) :]


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1


def _before_newline(text: str, start: int) -> int:
    if not start:
        return 0
    return start - 2 if text.startswith("\r\n", start - 2) else start - 1


def _indent(text: str, offset: int) -> str:
    line = text[_line_start(text, offset) : offset]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _lines(written: str, text: str) -> str:
    return written.replace("\n", "\r\n") if "\r\n" in text or text.endswith("\r") else written
