"""From text to a tree of entries that hold offsets only: one pass, no recursion, nothing copied.

The grammar is that of OpenFOAM's `dictionary` and `primitiveEntry`: a statement is `key value ... ;`, `key { ... }`, a
directive (`#include "x"`) or a macro (`$x`); a value is any run of tokens with balanced brackets up to `;`, and a
brace in it opens a dictionary. What OpenFOAM refuses raises DictionaryError with file, line and column.
"""

from __future__ import annotations

from pathlib import Path

from flowcfd.errors import DictionaryError
from flowcfd.foam.dictionary import grammar
from flowcfd.foam.dictionary.directive import CODE, CONDITIONS, DIRECTIVES, MODES
from flowcfd.foam.dictionary.entry import Entry, place
from flowcfd.foam.dictionary.lists import binary_size, depths, flat_end


class _Frame:
    """A block or value that is not closed yet."""

    __slots__ = ("conditions", "inner", "items", "key", "key_end", "kind", "last", "opened", "start", "value_start")

    def __init__(self, kind: str, key: str, start: int, key_end: int, value_start: int, conditions: int = 0) -> None:
        self.kind, self.key, self.start, self.key_end, self.value_start = kind, key, start, key_end, value_start
        self.conditions = conditions
        self.items: list[Entry] = []
        self.opened: list[int] = []  # brackets open inside a value
        self.inner = kind != "block"
        self.last = value_start  # end of the last token inside a value


__all__ = ["Entry", "place", "scan", "word_end"]


def scan(text: str, path: str | Path | None = None) -> tuple[Entry, ...]:
    """All statements of the text; raises DictionaryError where OpenFOAM's grammar ends."""
    return _Scan(text, path).run()


def word_end(text: str, start: int, stop: int) -> int:
    """End of the word at `start`, whatever the depth of its brackets; -1 when one of them is not closed in it."""
    depth = 0
    for found in grammar.WORD_PART.finditer(text, start, stop):
        sign = found[0]
        if sign == "(":
            depth += 1
        elif sign == ")" and depth:
            depth -= 1
        elif sign == ")" or sign.isspace() or sign in "\"'/;{}":
            return -1 if depth else found.start()
    return -1 if depth else stop


class _Scan:
    def __init__(self, text: str, path: str | Path | None) -> None:
        self.text, self.path = text, path
        self.frames = [_Frame("block", "", 0, 0, 0)]
        self.conditions: list[int] = []
        self.flat_until = 0  # no long run of numbers starts before here
        self.header: dict[str, str] | None = None
        self.binary = False

    def run(self) -> tuple[Entry, ...]:
        pos = 3 if self.text.startswith("\xef\xbb\xbf") else 0  # a byte order mark
        while pos >= 0:
            pos = self._value(pos) if self.frames[-1].inner else self._statements(pos)
        return tuple(self.frames[0].items)

    def error(self, offset: int, message: str, expected: str) -> DictionaryError:
        line, column = place(self.text, offset)
        return DictionaryError(message, path=self.path, line=line, column=column, expected=expected)

    # statements ------------------------------------------------------------------------------------------------

    def _statements(self, pos: int) -> int:
        """Read statements until a value needs a closer look or the text ends (-1); returns where to go on."""
        text, match, new = self.text, grammar.STATEMENT.match, tuple.__new__
        frames = self.frames
        items, sure = frames[-1].items, not self.conditions
        while True:
            found = match(text, pos)
            assert found is not None  # the last alternative takes anything
            kind, spans = found.lastindex, found.regs
            pos = spans[0][1]
            if kind == 3:
                start, key_end = spans[1]
                value_start, stop = spans[2]
                ends = text[stop]
                key = text[start:key_end]
                if ends == "(":
                    stop = 0 if self.binary else flat_end(text, value_start)
                    if stop:
                        pos, ends = stop + 1, ";"
                if ends == ";":
                    items.append(new(Entry, ("value", key, start, key_end, value_start, stop, pos, (), sure)))
                elif ends == "{" and stop == value_start:
                    frames.append(_Frame("block", key, start, key_end, stop, len(self.conditions)))
                    items = frames[-1].items
                else:
                    frames.append(_Frame("value", key, start, key_end, value_start))
                    return value_start
            elif kind == 4:
                self._close(pos)
                if frames[-1].inner:
                    return pos
                items = frames[-1].items
            elif kind == 6:
                pos = self._other(spans[6][0])
                if frames[-1].inner:
                    return pos
                items, sure = frames[-1].items, not self.conditions
            elif kind is None:
                return self._end(pos)

    def _close(self, end: int) -> None:
        frame = self.frames[-1]
        if len(self.frames) == 1:
            raise self.error(end - 1, "unexpected '}', no dictionary is open", "a keyword or the end of the file")
        if len(self.conditions) != frame.conditions:
            raise self.error(end - 1, "'}' between #if and #endif closes what was opened outside", "#endif")
        self.frames.pop()
        parent = self.frames[-1]
        fields = ("block", frame.key, frame.start, frame.key_end, frame.value_start, end, end, tuple(frame.items))
        parent.items.append(tuple.__new__(Entry, (*fields, not self.conditions)))
        parent.last = end
        if len(self.frames) == 1 and self.header is None:
            self._read_header(frame, end)

    def _read_header(self, frame: _Frame, end: int) -> None:
        body = self.text[frame.value_start : end] if frame.key == "FoamFile" else ""
        self.header = {key: value.strip('"') for key, value in grammar.HEADER_WORD.findall(body)}
        self.binary = self.header.get("format") == "binary"

    def _end(self, pos: int) -> int:
        if self.conditions:
            raise self.error(self.conditions[-1], "#if has no #endif", "#endif before the end of the file")
        if len(self.frames) > 1:
            frame = self.frames[-1]
            raise self.error(
                frame.value_start, f"'{{' of {frame.key!r} is never closed", "'}' before the end of the file"
            )
        return -1

    def _other(self, start: int) -> int:
        """A statement that is not simply `key value;` or `key {`; returns where to go on."""
        text, sign = self.text, self.text[start]
        if sign == "#":
            return self._directive(start)
        if sign == "$":
            return self._macro(start)
        key_end = self._key_end(start)
        if key_end:
            found = grammar.TRIVIA.match(text, key_end)
            assert found is not None
            self.frames.append(_Frame("value", text[start:key_end], start, key_end, found.end()))
            return found.end()
        if (sign == "(" or sign.isdigit()) and self._holds_list(sign):
            self.frames.append(_Frame("list", "", start, start, start))
            return start
        if sign == "{":
            raise self.error(start, "'{' without a keyword", "a keyword before it")
        raise self._open_end(start) or self.error(
            start, f"unexpected {sign!r}", "a keyword, a directive, '}' or the end of the file"
        )

    def _open_end(self, start: int) -> DictionaryError | None:
        """The error of a comment or text that never ends, when that is what stands at `start`."""
        for opener, what, end in (
            ("/*", "comment", "'*/'"),
            ("#{", "verbatim text", "'#}'"),
            ('"', "text", "'\"' on the same line"),
        ):
            if self.text.startswith(opener, start):
                return self.error(start, f"the {what} that begins here is never closed", end)
        return None

    def _key_end(self, start: int) -> int:
        """End of the keyword at `start`, whatever the depth of its brackets; 0 if there is none."""
        found = grammar.KEY_HERE.match(self.text, start)
        if found:
            return found.end()
        if grammar.KEY_START.match(self.text, start) is None:
            return 0
        return self._word_end(start)

    def _word_end(self, start: int) -> int:
        end = word_end(self.text, start, len(self.text))
        if end < 0:
            raise self.error(start, "'(' in the word that begins here is not closed", "')' before a blank")
        return end

    def _holds_list(self, sign: str) -> bool:
        """Whether the file may hold a list without a keyword: alone after its header, and no plain dictionary."""
        if len(self.frames) > 1 or any(item.key != "FoamFile" for item in self.frames[0].items):
            return False
        return sign == "(" or (self.header or {}).get("class") != "dictionary"

    # directives and macros -------------------------------------------------------------------------------------

    def _directive(self, start: int) -> int:
        found = grammar.DIRECTIVE_HERE.match(self.text, start)
        name = found[1] if found else ""
        if found is None or name not in DIRECTIVES:
            raise self.error(
                start, f"unknown directive '#{name}'", "one of " + ", ".join(f"#{known}" for known in DIRECTIVES)
            )
        value_start, value_end = self._argument(name, start, found.end())
        end = value_end
        if name not in CONDITIONS and (stop := grammar.BLANKS_END.match(self.text, end)):
            end = stop.end()
        if name in ("if", "ifeq"):
            self.conditions.append(start)
        sure = not self.conditions
        if name == "endif":
            if len(self.conditions) <= self.frames[-1].conditions:
                raise self.error(start, "#endif without #if", "#if or #ifeq before it")
            self.conditions.pop()
        elif name == "else" and len(self.conditions) <= self.frames[-1].conditions:
            raise self.error(start, "#else without #if", "#if or #ifeq before it")
        self.frames[-1].items.append(
            Entry("directive", f"#{name}", start, found.end(), value_start, value_end, end, (), sure)
        )
        return end

    def _argument(self, name: str, start: int, pos: int) -> tuple[int, int]:
        """Where the argument of a directive begins and ends."""
        text = self.text
        if name in ("if", "ifeq"):
            found = grammar.CONDITION.match(text, pos)
            assert found is not None
            value = found[0]
            if not value.strip():
                raise self.error(start, f"#{name} has no condition", "a condition on the same line")
            return pos + len(value) - len(value.lstrip()), pos + len(value.rstrip())
        if name in ("else", "endif") or name in MODES:
            return pos, pos
        skipped = grammar.TRIVIA.match(text, pos)
        if name in CODE and skipped and text.startswith("{", skipped.end()):
            return skipped.end(), self._braces(skipped.end())
        found = grammar.ARGUMENT.match(text, pos)
        if found is None:
            raise self.error(start, f"#{name} has no argument", "a name or text after it")
        return found.span(1)

    def _braces(self, start: int) -> int:
        """End of the raw text in braces that begins at `start`."""
        depth, pos = 0, start
        while found := grammar.BRACES.match(self.text, pos):
            pos = found.end()
            depth += 1 if found[1] == "{" else -1
            if not depth:
                return pos
        raise self.error(start, "'{' is never closed", "'}' before the end of the file")

    def _macro(self, start: int) -> int:
        found = grammar.MACRO_HERE.match(self.text, start)
        if found is None:
            raise self.error(start, "'$' without a name", "a name after '$'")
        pos = found.end()
        skipped = grammar.TRIVIA.match(self.text, pos)
        if skipped and self.text.startswith("{", skipped.end()):
            self.frames.append(_Frame("block", found[0], start, pos, skipped.end(), len(self.conditions)))
            return skipped.end() + 1
        stop = grammar.BLANKS_END.match(self.text, pos)
        end = stop.end() if stop else pos
        self.frames[-1].items.append(Entry("macro", found[0], start, pos, pos, pos, end, (), not self.conditions))
        return end

    # values ----------------------------------------------------------------------------------------------------

    def _value(self, pos: int) -> int:
        """Read a value to its end, or to a block inside it; returns where to go on."""
        text, match, frame = self.text, grammar.STRUCTURE.match, self.frames[-1]
        opened = frame.opened
        word = (pos, pos)  # the last token, where it may name a block
        number = directive = False
        while True:
            found = match(text, pos)
            assert found is not None
            kind = found.lastindex
            if kind is None:
                return self._value_ends_file(frame, found.end())
            start, pos = found.span(kind)
            if kind == 1:
                if not opened:
                    self._finish(frame, pos)
                    return pos
            elif kind == 2:
                opened.append(start)
                pos = self._leap(start, pos)
            elif kind == 3:
                self._shut(frame, start, "(")
            elif kind == 4:
                if directive:
                    pos = self._braces(start)
                elif number and grammar.REPEATED.match(text, start):
                    opened.append(start)
                else:
                    key_start, key_end = word if word[1] > word[0] else (start, start)
                    key = text[key_start:key_end]
                    self.frames.append(_Frame("block", key, key_start, key_end, start, len(self.conditions)))
                    return pos
            elif kind == 5:
                self._shut(frame, start, "{")
            elif kind == 10 and text[pos : pos + 1] == "(":
                pos = self._word_end(start)
            elif kind == 12 or (kind == 11 and text.startswith("/*", start)):
                raise self._open_end(start) or self.error(start, f"unexpected {text[start]!r}", "a value or ';'")
            word = (start, pos) if kind in (8, 10) or (kind == 6 and text[start] == '"') else (pos, pos)
            number, directive = kind == 9, kind == 7
            frame.last = pos

    def _finish(self, frame: _Frame, end: int) -> None:
        self.frames.pop()
        value_end = max(frame.last, frame.value_start)
        fields = (frame.kind, frame.key, frame.start, frame.key_end, frame.value_start, value_end, end)
        self.frames[-1].items.append(Entry(*fields, tuple(frame.items), not self.conditions))

    def _value_ends_file(self, frame: _Frame, pos: int) -> int:
        if frame.opened:
            sign = self.text[frame.opened[-1]]
            raise self.error(
                frame.opened[-1], f"{sign!r} is never closed", f"{')' if sign == '(' else '}'!r} before the end"
            )
        if frame.kind != "list":
            raise self.error(frame.start, f"entry {frame.key!r} has no end", "';' after its value")
        self._finish(frame, frame.last)
        return pos

    def _shut(self, frame: _Frame, offset: int, opener: str) -> None:
        sign = ")" if opener == "(" else "}"
        if not frame.opened:
            line = place(self.text, frame.start)[0]
            what = f"entry {frame.key!r} of line {line}" if frame.key else "the list"
            raise self.error(offset, f"unexpected {sign!r} in {what}", "';' before it" if sign == "}" else "';' or '('")
        if self.text[frame.opened[-1]] != opener:
            line, column = place(self.text, frame.opened[-1])
            raise self.error(offset, f"{sign!r} closes what line {line}, column {column} opened", "the other bracket")
        frame.opened.pop()

    def _leap(self, bracket: int, pos: int) -> int:
        """After `(`: jump over binary data or a long run of numbers."""
        if self.binary:
            return self._binary_end(bracket, pos)
        if pos < self.flat_until:
            return pos
        found = grammar.NUMBERS.match(self.text, pos)
        assert found is not None
        self.flat_until = found.end()
        if found.end() - pos < 4096:
            return pos
        value = found[0]
        end = pos + value.rfind(")") + 1  # what follows the last bracket may be part of a word
        if end <= pos:
            return pos
        lowest, net = depths(self.text[pos:end])
        opened = self.frames[-1].opened
        lists = 0  # brackets that the run may close
        for offset in reversed(opened):
            if self.text[offset] != "(":
                break
            lists += 1
        if -lowest > lists:
            return pos  # it closes too many: let them be counted one by one, to find which
        if net < 0:
            del opened[net:]
        opened.extend([bracket] * net)
        return end

    def _binary_end(self, bracket: int, pos: int) -> int:
        head = self.text[max(self.frames[-1].value_start, bracket - 80) : bracket]
        size = binary_size(head, self.header or {})
        if size is None:
            return pos
        if not self.text.startswith(")", pos + size):
            raise self.error(bracket, f"the binary list does not end with ')' after {size} bytes", "all its bytes")
        return pos + size
