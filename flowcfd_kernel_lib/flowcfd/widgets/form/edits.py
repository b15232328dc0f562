"""Edits of a draft: what a click or a text does to the place where it happens."""

from __future__ import annotations

from typing import Any

from pydantic_core import PydanticCustomError

from flowcfd.errors import CaseError, UnknownName
from flowcfd.widgets.form import drafts, texts
from flowcfd.widgets.form.drafts import Draft
from flowcfd.widgets.form.entries import entry
from flowcfd.widgets.form.sorts import Either, Many, Named, Nested, OneOf, Row, Short, Sort, Triple
from flowcfd.widgets.form.texts import Typed


def given(sort: Sort, old: Draft, what: Any) -> Draft:
    """The draft of a place at which a text, a value, or None for what is usual, was given."""
    if isinstance(sort, OneOf) and isinstance(what, str):
        return drafts.of_kind(sort, what, old) if what else None
    if isinstance(sort, Nested) and what == "given":
        return old if isinstance(old, dict) else drafts.fresh(sort)
    if isinstance(sort, Nested) and what == "":
        return None
    if isinstance(sort, Short) and what in ("short", "full"):
        return shortened(sort, old) if what == "short" else full(sort, old)
    if isinstance(sort, Either) and what in ("one", "named"):
        return spread(sort, old) if what == "named" else gathered(sort, old)
    if isinstance(sort, Triple) and isinstance(what, str) and what:
        return _vector(sort, what)
    if isinstance(sort, (Many, Named, Nested, Row)) and isinstance(what, str):
        return _several(sort, what)
    return Typed(what) if isinstance(what, str) else drafts.drafted(sort, what)


def _vector(sort: Triple, text: str) -> Draft:
    """The components of a vector from one text: an axis, or three numbers."""
    try:
        return list(sort.vector.value(text))
    except PydanticCustomError as error:
        raise CaseError(error.message()) from None


def _several(sort: Sort, text: str) -> Draft:
    """The entries of a tuple from one text; raises CaseError for what is no single value."""
    entries = texts.parts(text)
    if isinstance(sort, Row) and len(entries) == len(sort.items):
        return [Typed(one) for one in entries]
    number = f"{len(sort.items)} values" if isinstance(sort, Row) else "a value of its own kind, not a text"
    raise CaseError(f"must be {number} (got {text[:60]!r})")


def full(sort: Short, old: Draft) -> Draft:
    """A spec field by field, from its short text where that can be read."""
    if isinstance(old, dict):
        return old
    try:
        fields = sort.reads(drafts.given(sort, old))
        return drafts.drafted(sort.nested, sort.nested.spec.model_validate(fields))
    except Exception:  # a validator of a plug-in may raise anything; then nothing is known of the fields
        return drafts.fresh(sort.nested)


def shortened(sort: Short, old: Draft) -> Draft:
    """The short text of a spec; empty where it has none."""
    if not isinstance(old, dict):
        return old
    try:
        made = drafts.drafted(sort, sort.nested.spec.model_validate(drafts.given(sort.nested, old)))
    except CaseError:
        return Typed("")
    return made if isinstance(made, Typed) else Typed("")


def spread(sort: Either, old: Draft) -> Draft:
    """Values by name instead of one for all."""
    return old if isinstance(old, dict) else {}


def gathered(sort: Either, old: Draft) -> Draft:
    """One value for all instead of values by name: the first of them."""
    return next(iter(old.values()), Typed("")) if isinstance(old, dict) else old


def back(sort: Sort, old: Draft, name: str) -> Draft:
    """A field as it is when nobody touches it."""
    inner = drafts.active(sort, old)
    one = entry(inner.spec, name) if isinstance(inner, Nested) else None
    if one is None:
        return {key: value for key, value in old.items() if key != name} if isinstance(old, dict) else old
    return {**old, name: drafts.default(one)}


def added(sort: Sort, old: Draft, name: str) -> Draft:
    """A list with one entry more, of this kind; a mapping with one name more."""
    inner = drafts.active(sort, old)
    if isinstance(inner, Named):
        return {**(old or {}), name: drafts.fresh(inner.item)} if name and name not in (old or {}) else old
    if not isinstance(inner, Many):
        raise UnknownName("list", name, [])
    several = list(old or [])
    if isinstance(inner.item, OneOf):
        return [*several, _alone(inner.item, drafts.of_kind(inner.item, name), several)]
    return [*several, drafts.fresh(inner.item)]


def _alone(sort: OneOf, new: dict[str, Draft], others: list[Draft]) -> Draft:
    """An entry whose name no other has."""
    taken = {texts.shown(sort, one.get("name")) for one in others if isinstance(one, dict)}
    name = texts.shown(sort, new.get("name"))
    if not name or name not in taken:
        return new
    n = next(n for n in range(2, len(others) + 3) if f"{name}{n}" not in taken)
    return {**new, "name": f"{name}{n}"}


def removed(old: Draft, name: str) -> Draft:
    """A list or a mapping without one entry."""
    if isinstance(old, list):
        return [one for n, one in enumerate(old) if str(n) != name]
    return {key: one for key, one in (old or {}).items() if key != name}


def moved(old: Draft, name: str, by: int) -> Draft:
    """A list with one entry moved by so many places, as far as it goes."""
    several, at = list(old), int(name)
    several.insert(max(0, min(len(old) - 1, at + by)), several.pop(at))
    return several
