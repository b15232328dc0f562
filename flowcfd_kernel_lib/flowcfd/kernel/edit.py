"""The magics `%%dict` and `%dict`: edit a dictionary with a parse check, shown as a diff; show one."""

from __future__ import annotations

import argparse
import difflib
import shlex
from typing import TYPE_CHECKING, NoReturn

from flowcfd.errors import CaseError, DictionaryError
from flowcfd.foam import dictionary
from flowcfd.foam.dictionary import Tree
from flowcfd.foam.dictionary.scan import Entry, place, scan
from flowcfd.kernel import target

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

CELL = "<cell>"
_PAINT = {"+": "\033[32m", "-": "\033[31m", "@": "\033[36m"}


class _Words(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise CaseError(f"{self.prog}: {message}; usage: {self.usage}")


def edit_cell(shell: InteractiveShell, line: str, cell: str) -> None:
    """%%dict CASE FILE [--delete ENTRY] [--replace]: edit a dictionary; the cell holds the entries to set or add.

    A cell that begins with a FoamFile header (or --replace) is the whole file. `#remove NAME` in the cell, or --delete,
    takes an entry away. The result is parsed first: nothing is written when it does not parse. CASE is a directory, or
    a variable that holds CaseFiles or a Case: then the variable gets a new value.
    """
    options = _parser("%%dict").parse_args(shlex.split(line))
    case = target.find(options.case, shell.user_ns)
    # Lines are counted as the editor counts them: the magic's own line is the first.
    body = "\n" + cell.encode("utf-8").decode("latin-1")
    whole = options.replace or _has_header(body)
    before = case.text(options.file, new=whole)
    after = body.lstrip("\n") if whole else edited(before or "", body, file=options.file)
    for name in options.delete:
        after = dictionary.parse(after, path=options.file).delete(name).text()
    dictionary.parse(after, path=options.file)
    diff = unified(before, after, options.file)
    if not diff:
        print(f"{options.file}: nothing to change")
        return
    case.store(options.file, after)
    print(coloured(diff), end="")


def show(shell: InteractiveShell, line: str) -> None:
    """%dict CASE FILE [ENTRY]: print a dictionary or one entry of it."""
    options = _parser("%dict").parse_args(shlex.split(line))
    text = target.find(options.case, shell.user_ns).text(options.file) or ""
    if options.entry is None:
        print(text.encode("latin-1").decode("utf-8", "replace"), end="")
        return
    print(dictionary.parse(text, path=options.file).raw(options.entry))


def edited(text: str, body: str, *, file: str) -> str:
    """`text` with the entries of `body` set or added, all other bytes kept.

    Raises DictionaryError with the place in the cell for a body that does not parse, or one with directives.
    """
    tree = dictionary.parse(text, path=file)
    for entry in scan(body, CELL):
        tree = _merge(tree, (), entry, body)
    return tree.text()


def _merge(tree: Tree, above: tuple[str, ...], entry: Entry, body: str) -> Tree:
    path = (*above, entry.name)
    if entry.kind == "value":
        value = body[entry.value_start : entry.value_end]
        return tree.set(path, value) if path in tree else tree.add(path, value)
    if entry.kind == "block":
        if path not in tree or not isinstance(tree[path], Tree):
            tree = tree.set(path, {}) if path in tree else tree.add(path, {})
        for inner in entry.items:
            tree = _merge(tree, path, inner, body)
        return tree
    if entry.name == "#remove":
        for name in body[entry.value_start : entry.value_end].strip("() ;").split():
            tree = tree.delete((*above, name.strip('"')))
        return tree
    line, column = place(body, entry.start)
    raise DictionaryError(
        f"{entry.key} cannot be merged into a file",
        path=CELL, line=line, column=column, expected="entries, or the whole file with its FoamFile header",
    )  # fmt: skip


def unified(before: str | None, after: str, file: str) -> str:
    """The change as a unified diff; empty when there is none."""
    names = ("/dev/null" if before is None else f"a/{file}", f"b/{file}")
    lines = difflib.unified_diff(_lines(before or ""), _lines(after), *names, lineterm="")
    return "".join(f"{line}\n" for line in lines)


def coloured(diff: str) -> str:
    """A unified diff with the colours of a terminal, which notebooks show too."""
    painted = []
    for line in diff.splitlines():
        colour = "\033[1m" if line.startswith(("+++", "---")) else _PAINT.get(line[:1], "")
        painted.append(f"{colour}{line}\033[0m\n" if colour else f"{line}\n")
    return "".join(painted)


def _parser(name: str) -> _Words:
    usage = f"{name} CASE FILE " + ("[ENTRY]" if name == "%dict" else "[--delete ENTRY] [--replace]")
    words = _Words(prog=name, usage=usage, add_help=False, allow_abbrev=False)
    words.add_argument("case", metavar="CASE")
    words.add_argument("file", metavar="FILE")
    if name == "%dict":
        words.add_argument("entry", nargs="?", metavar="ENTRY")
    else:
        words.add_argument("--delete", action="append", default=[], metavar="ENTRY")
        words.add_argument("--replace", action="store_true")
    return words


def _has_header(body: str) -> bool:
    return any(entry.kind == "block" and entry.name == "FoamFile" for entry in scan(body, CELL))


def _lines(text: str) -> list[str]:
    return text.encode("latin-1").decode("utf-8", "replace").splitlines()
