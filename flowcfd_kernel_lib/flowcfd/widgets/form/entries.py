"""Entries: what a field of a spec is to a form, found from its type, its metadata and, last, its JSON schema."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BeforeValidator, TypeAdapter
from pydantic.errors import PydanticSchemaGenerationError, PydanticUserError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from flowcfd.case.body import Body
from flowcfd.case.quantities import Quantity, Vector
from flowcfd.case.spec import Kinds, Spec
from flowcfd.widgets.form.sorts import (
    SINGLE,
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
)

Place = Literal["essential", "more", "hidden"]


@dataclass(frozen=True, eq=False)
class Entry:
    """A field of a spec: its sort, whether None may be given, and what people read of it."""

    name: str
    sort: Sort
    optional: bool
    required: bool
    default: Any
    label: str
    help: str
    place: Place
    examples: tuple[str, ...] = ()


@cache
def entries(spec: type[Spec]) -> tuple[Entry, ...]:
    """The fields of a spec that a form shows or holds, in their order."""
    return tuple(_entry(spec, name, info) for name, info in spec.model_fields.items() if name != "kind")


def entry(spec: type[Spec], name: str) -> Entry | None:
    """A field of a spec by its name."""
    return next((one for one in entries(spec) if one.name == name), None)


def _entry(spec: type[Spec], name: str, info: FieldInfo) -> Entry:
    sort, optional = sort_of(info.annotation, info.metadata)
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, Mapping) else {}
    required = info.is_required()
    default = None if required else info.get_default(call_default_factory=True, validated_data={})
    return Entry(
        name=name,
        sort=sort,
        optional=optional,
        required=required,
        default=None if default is PydanticUndefined else default,
        label=info.title or name.replace("_", " ").strip().capitalize(),
        help=_sentence(info.description or ""),
        place=_place(spec, name, info, extra.get("form")),
        examples=tuple(str(one) for one in info.examples or ()),
    )


def _sentence(text: str) -> str:
    """A description as it begins a line."""
    plain = text.replace("`", "")
    first = plain.partition(" ")[0].strip(",;:")
    return plain[0].upper() + plain[1:] if len(first) > 1 and first.isalpha() and first.islower() else plain


def _place(spec: type[Spec], name: str, info: FieldInfo, wish: object) -> Place:
    limits = {type(one): one for one in info.metadata}
    ge, le = limits.get(Ge), limits.get(Le)
    if wish in ("essential", "more", "hidden"):
        return wish
    if ge is not None and le is not None and ge.ge == le.le:  # there is nothing to choose
        return "hidden"
    return "essential" if info.is_required() or name in spec.leading or spec.root else "more"


def sort_of(annotation: Any, metadata: Sequence[Any] = ()) -> tuple[Sort, bool]:
    """The sort of a type with its metadata, and whether None may be given."""
    notes = list(metadata)
    while get_origin(annotation) is Annotated:
        annotation, *inner = get_args(annotation)
        notes = [*_flat(inner), *notes]
    if get_origin(annotation) in (Union, types.UnionType) and type(None) in get_args(annotation):
        rest = [one for one in get_args(annotation) if one is not type(None)]
        joined = rest[0] if len(rest) == 1 else Union[tuple(rest)]  # noqa: UP007
        return sort_of(joined, notes)[0], True
    return _sort(annotation, notes), False


def _flat(notes: Sequence[Any]) -> Iterator[Any]:
    for one in notes:
        if isinstance(one, FieldInfo):
            yield from one.metadata
        else:
            yield one


def _sort(annotation: Any, notes: Sequence[Any]) -> Sort:
    for note in notes:
        match note:
            case Quantity():
                return Number(note)
            case Vector():
                return Triple(note)
            case Kinds():
                return OneOf(note.registry)
    own = _of_schema(annotation, notes) if any(map(_reads_itself, notes)) else None
    return own or _of_type(annotation, notes)


def _reads_itself(note: Any) -> bool:
    """Whether it is somebody's own way to read a field, not one of pydantic's."""
    kind = note if isinstance(note, type) else type(note)
    return hasattr(kind, "__get_pydantic_core_schema__") and not kind.__module__.startswith("pydantic")


def _of_type(annotation: Any, notes: Sequence[Any]) -> Sort:
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return Choice(parts)
    if origin in (tuple, list) or annotation in (tuple, list):
        return _sequence(parts)
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        item = sort_of(parts[1])[0]
        return Named(Word(long=True) if item == Word() and not any(notes_of(parts[1])) else item)
    if not isinstance(annotation, type):
        return Free()
    if issubclass(annotation, Body):
        return Held()
    if issubclass(annotation, Spec):
        reads = next((one.func for one in notes if isinstance(one, BeforeValidator)), None)
        return Nested(annotation) if reads is None else Short(Nested(annotation), reads)
    if issubclass(annotation, bool):
        return Flag()
    if issubclass(annotation, int):
        return Whole(_limits(notes))
    if issubclass(annotation, float):
        return Number(Quantity())
    return Word() if issubclass(annotation, str) else Free()


def notes_of(annotation: Any) -> Iterator[Any]:
    """Patterns and lengths that a text has to keep to."""
    for one in getattr(annotation, "__metadata__", ()):
        yield from one.metadata if isinstance(one, FieldInfo) else ()


def _sequence(parts: tuple[Any, ...]) -> Sort:
    if (len(parts) == 2 and parts[1] is Ellipsis) or len(parts) == 1:
        item = sort_of(parts[0])[0]
        if isinstance(item, SINGLE):
            return Listed(item)
        flat = isinstance(item, Triple) or (isinstance(item, Row) and all(isinstance(o, SINGLE) for o in item.items))
        return Grid(item) if flat else Many(item)
    return Row(tuple(sort_of(one)[0] for one in parts)) if parts else Free()


def _of_schema(annotation: Any, notes: Sequence[Any]) -> Sort | None:
    """The sort of what reads itself: from what it says in its JSON schema."""
    try:
        schema = TypeAdapter(Annotated[(annotation, *notes)]).json_schema()
    except (PydanticSchemaGenerationError, PydanticUserError):
        return None
    return _described(schema)


def _described(schema: Mapping[str, Any]) -> Sort:
    several = schema.get("anyOf")
    if several:
        by_name = next((one for one in several if one.get("type") == "object"), None)
        rest = [one for one in several if one is not by_name]
        one = _described(rest[0]) if len(rest) == 1 else Free()
        if by_name is None:
            return one
        item = by_name.get("additionalProperties")
        return Either(one, Named(_described(item) if isinstance(item, Mapping) else Free()))
    kind = schema.get("type")
    if "enum" in schema:
        return Choice(tuple(schema["enum"]))
    if kind == "number" or kind == ["number", "string"]:
        limits = {
            "gt": schema.get("exclusiveMinimum"),
            "ge": schema.get("minimum"),
            "lt": schema.get("exclusiveMaximum"),
            "le": schema.get("maximum"),
        }
        return Number(Quantity(schema.get("unit", ""), **limits))
    simple: dict[Any, Sort] = {"boolean": Flag(), "string": Word(), "integer": Whole()}
    return simple.get(kind if isinstance(kind, str) else "", Free())


def _limits(notes: Sequence[Any]) -> str:
    said = []
    for one in notes:
        match one:
            case Gt(gt=0):
                said.append("positive")
            case Ge(ge=0):
                said.append("not negative")
            case Gt():
                said.append(f"more than {one.gt:,}".replace(",", " "))
            case Ge():
                said.append(f"at least {one.ge:,}".replace(",", " "))
            case Lt():
                said.append(f"less than {one.lt:,}".replace(",", " "))
            case Le():
                said.append(f"at most {one.le:,}".replace(",", " "))
    return ", ".join(said)
