"""What a page is told of a form: its rows as plain data, in reading order, and which row owns a problem."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from flowcfd.case.spec import Spec
from flowcfd.widgets.form import drafts, texts
from flowcfd.widgets.form.drafts import Draft, Path
from flowcfd.widgets.form.entries import Entry, entries
from flowcfd.widgets.form.sorts import (
    LEAVES,
    Choice,
    Either,
    Flag,
    Free,
    Grid,
    Held,
    Listed,
    Many,
    Named,
    Nested,
    Number,
    OneOf,
    Row,
    Short,
    Sort,
    Triple,
    Whole,
    Word,
    limits,
)

FEW = 2
"""So many fields that are not essential are shown with the others; more are folded."""
NOTHING = "none"
"""What is said of a thing that cannot be given here and is not there: such a row is left out."""
Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """What a form knows besides the model: names to choose from, and what is proposed where nothing is given."""

    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    automatic: Mapping[str, str] = field(default_factory=dict)

    def names(self, path: Path) -> Sequence[str] | None:
        """The names that may be given at a path, by the path (with * for any part) or by its last word."""
        whole = dotted(path)
        for pattern, names in self.choices.items():
            if whole == pattern or fnmatchcase(whole, pattern) or ("." not in pattern and path[-1:] == (pattern,)):
                return names
        return None


def dotted(path: Path) -> str:
    """A path as errors and `Case.replace` write it; a name with dots of its own stands in brackets."""
    text = "".join(f"[{name}]" if "." in name or "[" in name else f".{name}" for name in path)
    return text.removeprefix(".")


def rows(spec: type[Spec], draft: Draft, path: Path, known: Known) -> Data:
    """The fields of a spec, essential ones first, the others to be folded."""
    here = [(one, _row(one, draft.get(one.name), (*path, one.name), known)) for one in entries(spec)]
    shown = [
        (one, row)
        for one, row in here
        if one.place != "hidden" and not (row["sort"] == "held" and row["text"] == NOTHING)
    ]
    more = [row for one, row in shown if one.place == "more"]
    if len(more) <= FEW:
        return {"rows": [row for _, row in shown], "more": []}
    return {"rows": [row for one, row in shown if one.place == "essential"], "more": more}


def _row(one: Entry, draft: Draft, path: Path, known: Known) -> Data:
    """A field with its label, help and way back."""
    made = node(one.sort, draft, path, known, optional=one.optional)
    away = drafts.plain(one, draft) != drafts.plain(one, drafts.default(one))
    ranged = limits(one.sort)
    help_ = f"{one.help} ({ranged})" if ranged and one.help else one.help or ranged
    empty = known.automatic.get(dotted(path)) or _placeholder(one)
    return {
        "placeholder": empty,
        **made,
        "label": one.label,
        "name": one.name,
        "help": help_,
        "required": one.required,
        "back": _back(one, empty) if away and not one.required and not isinstance(one.sort, Held) else "",
        "suggestions": list(made.get("suggestions") or known.names(path) or one.examples),
    }


def _back(one: Entry, empty: str) -> str:
    """Where the way back leads to."""
    if one.default is None:
        return f"back to: {empty}"
    text = texts.shown(one.sort, one.default) if isinstance(one.sort, LEAVES) else ""
    return f"back to {text}" if text else "back to what is usual"


def _placeholder(one: Entry) -> str:
    """What an empty field means, from its own description."""
    if one.required or not (one.optional or one.default is None):
        return "" if one.required else texts.shown(one.sort, one.default)
    found = re.search(r"([^;,(]*?) when not given", one.help)
    if found and found[1].strip():
        return "as proposed" if found[1].strip() == "proposed" else found[1].strip()
    found = re.search(r"(?:none|not given): ([^;,)]+)", one.help)
    return found[1].strip() if found else "not given"


def node(sort: Sort, draft: Draft, path: Path, known: Known, *, optional: bool = False) -> Data:
    """One place of the form."""
    base: Data = {"id": dotted(path), "path": list(path), "label": path[-1] if path else "", "unit": "", "help": ""}
    match sort:
        case OneOf():
            return {**base, **_one_of(sort, draft, path, known, optional)}
        case Nested():
            return {**base, **_nested(sort, draft, path, known, optional)}
        case Short():
            return {**base, **_short(sort, draft, path, known, optional)}
        case Either():
            return {**base, **_either(sort, draft, path, known)}
        case Many():
            return {**base, **_many(sort, draft or [], path, known)}
        case Named():
            return {**base, **_named(sort, draft or {}, path, known)}
        case Row() | Triple():
            return {**base, **_several(sort, draft, path, known)}
        case _:
            return {**base, **_leaf(sort, draft, path, known, optional)}


def _leaf(sort: Sort, draft: Draft, path: Path, known: Known, optional: bool) -> Data:
    names = known.names(path)
    text = texts.shown(sort, draft)
    match sort:
        case Flag():
            return {"sort": "flag", "on": bool(draft)}
        case Choice(options=options):
            return {"sort": "choice", "chosen": text, "options": _options(map(str, options), text, optional)}
        case Word(long=False) if names:
            return {"sort": "choice", "chosen": text, "options": _options(names, text, optional or not text)}
        case Listed(item=Word()) if names:
            chosen = texts.parts(text)
            return {"sort": "checks", "chosen": chosen, "options": list(dict.fromkeys([*names, *chosen]))}
        case Held():
            return {"sort": "held", "text": NOTHING if draft is None else str(draft)}
        case Grid() | Word(long=True):
            return {"sort": "area", "text": text, "unit": _units(sort)}
        case _:
            tall = "area" if isinstance(sort, Word) and "\n" in text else "text"
            digits = isinstance(sort, (Number, Whole))
            return {"sort": tall, "text": text, "unit": _units(sort), "digits": digits, "si": texts.in_si(sort, draft)}


def _options(names: Any, chosen: str, empty: bool) -> list[list[str]]:
    several = list(names)
    more = [] if chosen in several or not chosen else [[chosen, chosen]]
    return [*([["", ""]] if empty else []), *([one, one] for one in several), *more]


def _units(sort: Sort) -> str:
    match sort:
        case Number(quantity=own):
            return pretty(own.unit)
        case Triple(vector=own):
            return pretty(own.unit)
        case Listed(item=item):
            return _units(item)
        case Grid(item=Triple() as item):
            return _units(item)
        case Row(items=items) | Grid(item=Row(items=items)):
            units = [_units(item) for item in items]
            return units[0] if len(set(units)) == 1 else ", ".join(one or "-" for one in units)
    return ""


def pretty(unit: str) -> str:
    """A unit as people write it: m²/s²."""
    return unit.replace("^2", "²").replace("^3", "³").replace("*", "·")


def _several(sort: Sort, draft: Draft, path: Path, known: Known) -> Data:
    """A tuple in one line, or, where its items are tuples themselves, one under the other."""
    if isinstance(sort, Triple):
        cells: list[Sort] = [Free()] * 3
        names: Sequence[str] = "xyz"
    else:
        assert isinstance(sort, Row)
        cells = list(sort.items)
        names = [str(n + 1) for n in range(len(cells))]
        if all(isinstance(one, (Row, Triple)) for one in cells):
            return _stacked(sort, draft, path, known)
    own = draft if isinstance(draft, list) else [None] * len(cells)
    items = [[name, texts.shown(cell, one)] for name, cell, one in zip(names, cells, own, strict=True)]
    axes = isinstance(sort, Triple) and sort.vector.direction
    return {"sort": "inline", "items": items, "unit": _units(sort), "axes": axes}


def _stacked(sort: Row, draft: Draft, path: Path, known: Known) -> Data:
    own = draft if isinstance(draft, list) else [None] * len(sort.items)
    names = "xyz" if len(sort.items) == 3 else [str(n + 1) for n in range(len(sort.items))]
    lines = [
        {**node(item, one, (*path, str(n)), known), "label": names[n]}
        for n, (item, one) in enumerate(zip(sort.items, own, strict=True))
    ]
    return {"sort": "group", "rows": lines, "more": [], "open": draft is not None}


def _nested(sort: Nested, draft: Draft, path: Path, known: Known, optional: bool) -> Data:
    inside: Data = rows(sort.spec, draft, path, known) if isinstance(draft, dict) else {"rows": [], "more": []}
    said = sentence(sort.spec)
    if not optional:
        return {"sort": "group", **inside, "about": said}
    head = {"chosen": "given" if draft is not None else "", "options": [["", ""], ["given", "given"]]}
    return {"sort": "group", **inside, "about": said, "head": head}


def _one_of(sort: OneOf, draft: Draft, path: Path, known: Known, optional: bool) -> Data:
    kinds = [[name, f"{name}: {brief(spec)}"] for name, spec in sort.registry.items()]
    chosen = draft["kind"] if isinstance(draft, dict) else ""
    head = {"chosen": chosen, "options": [*([["", ""]] if optional or not chosen else []), *kinds], "kinds": True}
    if not chosen:
        return {"sort": "group", "rows": [], "more": [], "head": head, "about": ""}
    spec = sort.registry.get(chosen)
    return {"sort": "group", **rows(spec, draft, path, known), "head": head, "about": sentence(spec)}


def _short(sort: Short, draft: Draft, path: Path, known: Known, optional: bool) -> Data:
    options = [["short", "in short"], ["full", "in full"]]
    if isinstance(draft, dict):
        inside = rows(sort.nested.spec, draft, path, known)
        return {"sort": "group", **inside, "head": {"chosen": "full", "options": options}, "about": ""}
    text = texts.shown(Free(), draft)
    return {"sort": "text", "text": text, "head": {"chosen": "short", "options": options}}


def _either(sort: Either, draft: Draft, path: Path, known: Known) -> Data:
    options = [["one", "for all"], ["named", "by name"]]
    if isinstance(draft, dict):
        return {**_named(sort.named, draft, path, known), "head": {"chosen": "named", "options": options}}
    return {**_leaf(sort.one, draft, path, known, False), "head": {"chosen": "one", "options": options}}


def _many(sort: Many, draft: Sequence[Draft], path: Path, known: Known) -> Data:
    lines = []
    for n, one in enumerate(draft):
        line = node(sort.item, one, (*path, str(n)), known)
        lines.append({**line, "label": _title(one, n), "entry": {"up": n > 0, "down": n < len(draft) - 1}})
    add = [[name, f"{name}: {brief(spec)}"] for name, spec in _kinds(sort.item)]
    return {"sort": "group", "rows": lines, "more": [], "add": {"options": add}}


def _kinds(item: Sort) -> list[tuple[str, type[Spec]]]:
    return list(item.registry.items()) if isinstance(item, OneOf) else []


def _title(draft: Draft, n: int) -> str:
    name = texts.shown(Word(), draft.get("name")) if isinstance(draft, dict) else ""
    return name or str(n + 1)


def _named(sort: Named, draft: Mapping[str, Draft], path: Path, known: Known) -> Data:
    names = known.names(path)
    lines = []
    for name in dict.fromkeys([*(names or ()), *draft]):
        line = node(sort.item, draft.get(name), (*path, name), known, optional=name not in draft)
        lines.append({"placeholder": "not given", **line, "label": name, "entry": {"remove": name in draft}})
    return {"sort": "group", "rows": lines, "more": [], **({} if names else {"add": {"typed": True}})}


def sentence(spec: type[Spec]) -> str:
    """The first sentence of what a spec says of itself."""
    text = " ".join((spec.__doc__ or "").split("\n\n")[0].split()).replace("`", "")
    found = re.match(r"(.*?[a-z)\]])\.(?:\s|$)", text)
    return found[1] + "." if found else text


def brief(spec: type[Spec]) -> str:
    """What a spec is, in a few words."""
    text = sentence(spec).rstrip(".")
    return text if len(text) <= 70 else text[:70].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def walk(tree: Data) -> dict[Path, Data]:
    """All places of a form by their paths."""
    found = {tuple(tree["path"]): tree}
    for row in [*tree.get("rows", ()), *tree.get("more", ())]:
        found.update(walk(row))
    return found


def owner(loc: Path, message: str, places: Mapping[Path, Data]) -> tuple[Path, str]:
    """The place that a problem is shown at, and what is said there."""
    at = next(loc[:n] for n in range(len(loc), -1, -1) if loc[:n] in places)
    rest = loc[len(at) :]
    named = re.match(r"(\w+): (.+)", message, re.DOTALL)
    if not rest and named and (*at, named[1]) in places:
        return (*at, named[1]), named[2]
    words = [f"entry {int(one) + 1}" if one.isdecimal() else one for one in rest if one != "kind"]
    return at, f"{', '.join(words)}: {message}" if words else message
