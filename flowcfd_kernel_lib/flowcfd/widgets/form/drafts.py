"""Drafts: what is in a form, valid or not, as plain data; every edit gives another draft.

A field that nobody touched holds its value, so no bit of it is lost; one that was typed into holds its text. Specs and
values by name are dicts, lists and fixed tuples are lists, None is what is not given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from flowcfd.case.spec import Spec
from flowcfd.errors import CaseError, UnknownName
from flowcfd.widgets.form.entries import Entry, entries, entry
from flowcfd.widgets.form.sorts import (
    Either,
    Flag,
    Free,
    Many,
    Named,
    Nested,
    Number,
    OneOf,
    Row,
    Short,
    Sort,
    Triple,
    Word,
)
from flowcfd.widgets.form.texts import Typed, bare, read

Path = tuple[str, ...]
Draft = Any


class Absent:
    """What is left out of a description, so that the default counts."""


ABSENT = Absent()


def drafted(sort: Sort, value: Any) -> Draft:
    """The draft of a value."""
    if value is None or isinstance(value, Typed):
        return value
    match sort:
        case Short():
            return _shortened(sort, value) or drafted(sort.nested, value)
        case Nested() | OneOf() if isinstance(value, Spec):
            spec = type(value)
            made: dict[str, Draft] = {one.name: drafted(one.sort, getattr(value, one.name)) for one in entries(spec)}
            return {"kind": value.kind, **made} if isinstance(sort, OneOf) else made  # type: ignore[attr-defined]
        case Either():
            return drafted(sort.named if isinstance(value, Mapping) else sort.one, value)
        case Named():
            return {str(name): drafted(sort.item, one) for name, one in value.items()}
        case Many():
            return [drafted(sort.item, one) for one in value]
        case Row():
            return [drafted(item, one) for item, one in zip(sort.items, value, strict=True)]
        case Triple():
            return list(value)
        case _:
            return value


def _shortened(sort: Short, value: Any) -> Typed | None:
    """The short text of a spec, where its name is one that gives it back."""
    name = getattr(value, "name", None)
    if not isinstance(name, str):
        return None
    try:
        fields = sort.reads(name)
        return Typed(name) if isinstance(fields, Mapping) and type(value)(**fields) == value else None
    except (CaseError, PydanticCustomError):
        return None


def fresh(sort: Sort) -> Draft:
    """The draft of what has to be given and is not given yet."""
    match sort:
        case Nested():
            return {one.name: default(one) for one in entries(sort.spec)}
        case Many():
            return []
        case Named():
            return {}
        case Row():
            return [fresh(item) for item in sort.items]
        case Flag():
            return False
        case _:
            return None


def default(one: Entry) -> Draft:
    """The draft of a field that was not touched."""
    return fresh(one.sort) if one.required else drafted(one.sort, one.default)


def of_kind(sort: OneOf, kind: str, before: Draft = None) -> Draft:
    """The draft of a kind; fields of the same name and sort as before keep what they had."""
    spec = sort.registry.get(kind)
    made = {"kind": kind, **fresh(Nested(spec))}
    old: type[Spec] | None = sort.registry.get(before["kind"]) if isinstance(before, dict) else None
    for one in entries(spec):
        had = None if old is None else entry(old, one.name)
        if had is not None and had.sort == one.sort and not (isinstance(one.sort, Word) and one.name == "name"):
            touched = plain(had, before[one.name]) != plain(had, default(had))
            made[one.name] = before[one.name] if touched else made[one.name]
    return made


def active(sort: Sort, draft: Draft) -> Sort:
    """The sort that counts for this draft, where there are several ways to give something."""
    match sort:
        case Either():
            return sort.named if isinstance(draft, dict) else sort.one
        case Short():
            return sort.nested if isinstance(draft, dict) else Free()
        case OneOf():
            return Nested(sort.registry.get(draft["kind"])) if isinstance(draft, dict) else sort
        case _:
            return sort


def child(sort: Sort, draft: Draft, name: str) -> Sort:
    """The sort of a part of a draft; raises UnknownName for one that is not there."""
    match active(sort, draft):
        case Nested(spec=spec):
            found = entry(spec, name)
            if found is not None:
                return found.sort
            raise UnknownName(f"field of {spec.__name__}", name, [one.name for one in entries(spec)])
        case Named(item=item):
            return item
        case Many(item=item) if _place(name, draft):
            return item
        case Row(items=items) if _place(name, items):
            return items[int(name)]
        case Triple(vector=vector) if name in ("0", "1", "2"):
            from flowcfd.case.quantities import Quantity

            return Number(Quantity(vector.unit))
    raise UnknownName("path", name, [str(n) for n in range(len(draft))] if isinstance(draft, list) else [])


def _place(name: str, several: Sequence[Any] | None) -> bool:
    return name.isdecimal() and int(name) < len(several or ())


def edited(sort: Sort, draft: Draft, path: Path, change: Callable[[Sort, Draft], Draft]) -> Draft:
    """The draft with what is at a path changed; what has to be there for it is made."""
    if not path:
        return change(sort, draft)
    if draft is None:
        draft = fresh(sort.nested if isinstance(sort, Short) else sort)
        draft = ["", "", ""] if isinstance(sort, Triple) else draft
    name, rest = path[0], path[1:]
    inner = child(sort, draft, name)
    if isinstance(draft, list):
        place = int(name)
        return [edited(inner, one, rest, change) if n == place else one for n, one in enumerate(draft)]
    new = edited(inner, draft.get(name), rest, change)
    return {**draft, name: new}


def plain(one: Entry, draft: Draft) -> Any:
    """What pydantic is given for a field; ABSENT where the default counts, or where something is missing."""
    if draft is None or draft == Typed(""):
        return None if one.optional else ABSENT
    return given(one.sort, draft)


def given(sort: Sort, draft: Draft) -> Any:
    """What pydantic is given for a draft."""
    match active(sort, draft):
        case Nested(spec=spec) if isinstance(draft, dict):
            made = {one.name: plain(one, draft.get(one.name)) for one in entries(spec)}
            kind = {"kind": draft["kind"]} if "kind" in draft else {}
            return {**kind, **{name: one for name, one in made.items() if one is not ABSENT}}
        case Named(item=item) if isinstance(draft, dict):
            return {name: given(item, one) for name, one in draft.items() if one is not None}
        case Many(item=item) if isinstance(draft, list):
            return [given(item, one) for one in draft]
        case Row(items=items) if isinstance(draft, list):
            return [given(item, one) for item, one in zip(items, draft, strict=True)]
        case Triple() if isinstance(draft, list):
            return [bare(one.text.strip()) if isinstance(one, Typed) else one for one in draft]
        case leaf:
            return read(leaf, draft.text) if isinstance(draft, Typed) else draft


def checked(spec: type[Spec], what: Any) -> tuple[Any, list[tuple[Path, str]]]:
    """The value of a description, or None and its problems by path."""
    try:
        return spec.__pydantic_validator__.validate_python(what), []
    except ValidationError as error:
        found = error.errors(include_url=False)
        return None, [(tuple(str(one) for one in problem["loc"]), problem["msg"]) for problem in found]


def merged(sort: Sort, old: Draft, new: Draft) -> Draft:
    """A new draft that keeps the texts of the old one where both mean the same."""
    if isinstance(old, dict) and isinstance(new, dict) and old.get("kind") == new.get("kind"):
        names = {name: active(sort, new) for name in new}
        return {
            name: merged(child(at, new, name), old[name], one) if name in old and name != "kind" else one
            for (name, one), at in zip(new.items(), names.values(), strict=True)
        }
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [merged(child(sort, new, str(n)), a, b) for n, (a, b) in enumerate(zip(old, new, strict=True))]
    return old if isinstance(old, Typed) and _same(sort, old, new) else new


def _same(sort: Sort, typed: Typed, value: Any) -> bool:
    meant = read(sort, typed.text)
    if isinstance(sort, Number):
        try:
            return bool(sort.quantity.value(meant) == value)
        except PydanticCustomError:
            return False
    return bool(meant == value or (isinstance(value, tuple) and isinstance(meant, list) and tuple(meant) == value))
