"""FATAL ERRORs: their words, the place that they name, and the catalogue's entry for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from flowcfd.foam.faults import suspect
from flowcfd.foam.faults.entries import search
from flowcfd.foam.faults.fault import Fault

LONGEST: Final = 600
"""Characters of a message that no entry of the catalogue puts into words."""

MOST: Final = 12
"""How many valid names a message lists in full; of more it names the nearest."""

_LARGEST: Final = 10_000_000
"""Size [bytes] of a file that is searched for the place of a message that names none."""

_FATAL: Final = re.compile(
    r"^--> FOAM FATAL (?P<io>IO )?ERROR *:?[^\n]*\n(?P<body>.*?)"
    r"(?=^FOAM (?:parallel run )?(?:exiting|aborting)|^--> FOAM FATAL|\Z)",
    re.MULTILINE | re.DOTALL,
)
_PLACE: Final = re.compile(
    r"^file: (?P<path>.+?)(?:\.? at line (?P<at>\d+)| from line (?P<first>\d+) to line \d+)?\.?$", re.MULTILINE
)
_ORIGIN: Final = re.compile(r"^\s*From function |^file: ", re.MULTILINE)
_NAMED: Final = re.compile(r'(?:file|Cannot read \w+ from|in dictionary|IOstream|^) ?"(?P<path>[^"\n]*/[^"\n]+)"', re.M)
_NAMES: Final = re.compile(r"\n\s*\d+\s*\n?\(\n(.*?)\n\)", re.DOTALL)
_VALID: Final = re.compile(r"(?:[Vv]alid|[Kk]nown|[Aa]vailable|enumeration)[^(]*?\b\d+\s*\(\s*([^()]*?)\s*\)")
_QUOTED_LINE: Final = re.compile(r"\bon line (\d+)")


def fault(text: str, case: Path | None) -> Fault | None:
    """The first FATAL ERROR in what was printed; None when there is none."""
    found = _FATAL.search(text)
    if found is None:
        return None
    body = found["body"]
    file, line, entry = _place(body, case)
    words = _words(body)
    kind = "input" if found["io"] or file else "fatal"
    known = search("fatal", words, case)
    said = _one_line(words)
    if known is None:
        return Fault(kind, said, file, line, entry, said=said)
    recipe, caught = known
    valid = _valid(body, caught.get("name", ""))
    if recipe.where and not file:
        line = line or int(caught.get("at", 0))
        word, _, _ = entry.partition(".")  # of a dictionary in memory
        file = _holding(word or caught.get("name", ""), 0 if word else line, recipe.where, case)
    values = {"file": file, "entry": entry, "object": Path(file).name, "said": said, **caught}
    told = recipe.fault(
        values, kind=kind, file=file or recipe.file.format_map(values), line=line, entry=entry, valid=valid, said=said
    )
    if told.name in ("unequal-dimensions", "different-dimensions") and not told.file and case is not None:
        told = suspect.named(told, case)
    if told.kind == "disk" or not told.file:  # a line of a file that could not be written, or in memory only
        told = replace(told, line=0)
    return replace(told, mend=told.mend or _choose(caught.get("name", ""), valid))


def _place(body: str, case: Path | None) -> tuple[str, int, str]:
    """File, line and entry that the message names; empty and 0 where it does not."""
    place = _PLACE.search(body)
    named = place or _NAMED.search(body)
    file, entry = _inside(named["path"], case) if named else ("", "")
    line = int(place["at"] or place["first"] or 0) if place else 0
    if inner := _QUOTED_LINE.search(body):
        line = int(inner[1])
    return file, line, entry


def _holding(name: str, line: int, where: str, case: Path | None) -> str:
    """The file of the case that holds `name` at or just above `line`; empty when there is none, or more than one."""
    found = []
    for path in sorted(case.glob(where)) if case is not None and name else ():
        if path.is_file() and path.stat().st_size <= _LARGEST:
            text = path.read_text("latin-1").splitlines()
            if any(name in each for each in (text[max(line - 3, 0) : line] if line else text)):
                found.append(path.relative_to(case).as_posix() if case is not None else "")
    return found[0] if len(found) == 1 else ""


def _words(body: str) -> str:
    """The words between header and place; the long lists that some bring in one line each."""
    origin = _ORIGIN.search(body)
    words = body[: origin.start()] if origin else body
    return _NAMES.sub(lambda names: " " + ", ".join(names[1].split()), words).strip()


def _one_line(words: str) -> str:
    message = re.sub(r"\s*\n\s*", " ", re.sub(r"\n\s*\n", "\n", words))
    return message if len(message) <= LONGEST else f"{message[:LONGEST].rsplit(' ', 1)[0]} ..."


def _valid(body: str, name: str) -> tuple[str, ...]:
    """The names that the message lists as possible, the nearest to `name` first."""
    listed = _VALID.search(body)
    if listed is None:
        return ()
    from difflib import SequenceMatcher

    def likeness(other: str) -> float:
        return -SequenceMatcher(None, name.lower(), other.lower()).ratio()

    return tuple(sorted(dict.fromkeys(listed[1].split()), key=likeness) if name else listed[1].split())


def _choose(name: str, valid: Sequence[str]) -> str:
    """What to write in place of an unknown name."""
    if not valid:
        return ""
    from difflib import get_close_matches

    near = get_close_matches(name, valid, n=1, cutoff=0.6)
    if len(valid) <= MOST:
        there = f"there are: {', '.join(valid)}"
    else:
        there = f"the nearest of {len(valid)} are: {', '.join(valid[:5])}"
    return f"did you mean {near[0]}? {there}" if near else there


def _inside(path: str, case: Path | None) -> tuple[str, str]:
    """File and entry of `<case>/0/p.boundaryField.walls`; a field's own name may hold dots (alpha.water)."""
    folder, _, name = path.rpartition("/")
    words = name.split(".")
    lengths = range(len(words), 0, -1)
    base = Path(case or "", folder)
    size = next((n for n in lengths if (base / ".".join(words[:n])).is_file()), 0)
    if not size:
        size = 2 if words[0] == "alpha" and len(words) > 1 else 1
        if not folder:  # `file: boxToCell.fieldValues`: a dictionary in memory, no file
            return "", path
    file = f"{folder}/{'.'.join(words[:size])}" if folder else ".".join(words[:size])
    return file, ".".join(words[size:])
