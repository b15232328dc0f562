"""What Tab offers in cells of `%%foam` and `%%dict`: cases, files, entries, applications."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowcfd.errors import FlowError
from flowcfd.foam import dictionary, install
from flowcfd.kernel import target, where

if TYPE_CHECKING:
    from IPython.core.completer import CompletionContext, SimpleMatcherResult
    from IPython.core.interactiveshell import InteractiveShell

_NOISE = re.compile(r'/\*.*?(?:\*/|\Z)|//[^\n]*|#\{.*?(?:#\}|\Z)|"(?:\\.|[^"\\])*"', re.DOTALL)
_BLOCK = re.compile(r"""(?P<name>"(?:\\.|[^"\\])*"|[^\s{}();"]+)\s*\{|"(?:\\.|[^"\\])*"|(?P<open>\{)|(?P<close>\})""")


def match(shell: InteractiveShell, context: CompletionContext) -> SimpleMatcherResult:
    """The names that fit before the cursor; nothing where we do not know better than IPython."""
    before = "\n".join([*context.full_text.split("\n")[: context.cursor_line], context.text_until_cursor])
    fragment = re.split(r"[\s;(]", before)[-1]
    try:
        found = _candidates(before, fragment, shell.user_ns)
    except FlowError:  # a case that is not there or does not parse has nothing to offer
        found = []
    from IPython.core.completer import SimpleCompletion

    names = sorted({name for name in found if name.startswith(fragment)})
    return {
        "completions": [SimpleCompletion(name, type="flowcfd") for name in names],
        "matched_fragment": fragment,
        "suppress": bool(names),
    }


def _candidates(before: str, fragment: str, namespace: dict[str, Any]) -> Iterable[str]:
    head, newline, body = before.partition("\n")
    cell = head.startswith("%%")
    line = head if cell else before.rpartition("\n")[2].lstrip()
    magic, *words = line.split(" ")
    words = [word for word in words if word]
    if cell and newline:
        return _in_body(magic, words, body, fragment, namespace)
    position = len(words) - (1 if fragment else 0)
    if magic == "%foam":
        return _applications() if position == 0 else _paths(Path.cwd(), fragment)
    if position == 0:
        return [*_cases(magic, namespace), *_paths(Path.cwd(), fragment, folders=True)]
    if magic == "%%foam":
        return []
    case = target.find(words[0], namespace)
    if position == 1:
        return case.files()
    return _dotted(dictionary.parse(case.text(words[1]) or "", path=words[1]))


def _in_body(magic: str, words: list[str], body: str, fragment: str, namespace: dict[str, Any]) -> Iterable[str]:
    if magic == "%%foam":
        # The first word of a command is an application; any other may be a file of the case.
        if re.search(r"(?:^|[\n;|&])\s*$", body.removesuffix(fragment)):
            return _applications()
        return _paths(where.directory(words[0] if words else "", namespace), fragment)
    if len(words) < 2 or not re.search(r"(?:^|[;{}\n])\s*$", body.removesuffix(fragment)):
        return []
    tree = dictionary.parse(target.find(words[0], namespace).text(words[1]) or "", path=words[1])
    path = nesting(body.removesuffix(fragment))
    return tree.keys(path) if not path or path in tree else []


def nesting(body: str) -> tuple[str, ...]:
    """The names of the sub-dictionaries that are open at the end of `body`."""
    blank = _NOISE.sub(lambda noise: noise[0] if noise[0].startswith('"') else " ", body)
    path: list[str] = []
    for brace in _BLOCK.finditer(blank):
        if brace["close"]:
            del path[-1:]
        elif brace["open"] or brace["name"]:
            path.append((brace["name"] or "").strip('"'))
    return tuple(path)


def _cases(magic: str, namespace: dict[str, Any]) -> list[str]:
    names = target.variables(namespace)
    if magic == "%%foam":
        names += [
            n for n, v in namespace.items() if not n.startswith("_") and isinstance(getattr(v, "case", None), Path)
        ]
    return names


def _applications() -> list[str]:
    return install.find().applications()


def _paths(root: Path, fragment: str, *, folders: bool = False) -> list[str]:
    """Files and folders under `root` that begin with `fragment`; folders end with a slash."""
    parent = fragment.rpartition("/")[0]
    folder = root / Path(parent).expanduser() if parent or not fragment.startswith("/") else Path("/")
    if not folder.is_dir():
        return []
    lead = f"{parent}/" if "/" in fragment else ""
    inside = [path for path in folder.iterdir() if not path.name.startswith(".")]
    return [f"{lead}{p.name}{'/' if p.is_dir() else ''}" for p in inside if p.is_dir() or not folders]


def _dotted(tree: dictionary.Tree, above: tuple[str, ...] = ()) -> list[str]:
    """Every entry of a dictionary as a dotted path, sub-dictionaries before what is in them."""
    names = []
    for key in tree.keys(above):
        path = (*above, key)
        names.append(".".join(path))
        if isinstance(tree.get(path), dictionary.Tree):
            names += _dotted(tree, path)
    return names
