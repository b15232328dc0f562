"""Edits: dotted paths into a description, and the description with some values replaced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel

from flowcfd.case.quantities import Quantity, Vector
from flowcfd.errors import CaseError, UnknownName

REGION = "fluid"
"""The name of the single region that a case has today."""
OPEN = ("boundaries", "files", "solve.residuals", "solve.relaxation", "mesh.surface", "mesh.controls")
"""The places where names may be added and taken away."""


def steps(path: str) -> tuple[str, ...]:
    """The names along a dotted path, without the region's.

    `regions.fluid.boundaries.inlet` is `boundaries.inlet`: a case has one region today, and a path that names it
    stays valid when there are several. A name with dots of its own (a file's) stands in brackets: `files[0/U.orig]`.
    Raises UnknownName for another region.
    """
    parts: list[str] = []
    rest = path
    while rest:
        if rest.startswith("["):
            name, closed, rest = rest[1:].partition("]")
            if not closed:
                raise CaseError(f"{path}: a bracket is not closed")
        else:
            end = min((at for at in (rest.find("."), rest.find("[")) if at >= 0), default=len(rest))
            name, rest = rest[:end], rest[end:]
        rest = rest.removeprefix(".")
        parts.append(name)
    if parts[:1] == ["regions"] and len(parts) > 1:
        if parts[1] != REGION:
            raise UnknownName("region", parts[1], [REGION], where="regions")
        parts = parts[2:]
    if not parts or not all(parts):
        raise CaseError(f"{path!r} is no path; write for example 'boundaries.inlet.speed'")
    return tuple(parts)


def value(data: Any, path: str) -> Any:
    """What is at a path of a description (a spec or a dict); raises UnknownName, which lists what exists there."""
    at: tuple[str, ...] = ()
    for name in steps(path):
        data = _child(data, name, at)
        at = (*at, name)
    return data


def unit(data: Any, path: str) -> str:
    """The SI unit of what is at a path of a description; empty where it has none, or is no quantity."""
    *above, name = steps(path)
    at: tuple[str, ...] = ()
    for each in above:
        data = _child(data, each, at)
        at = (*at, each)
    field = type(data).model_fields.get(name) if isinstance(data, BaseModel) else None
    kinds = [] if field is None else [*field.metadata, *(part for kind in get_args(field.annotation) for part in (
        getattr(kind, "__metadata__", ())))]  # fmt: skip
    return next((kind.unit for kind in kinds if isinstance(kind, (Quantity, Vector))), "")


def edited(data: Mapping[str, Any], changes: Mapping[str, object]) -> dict[str, Any]:
    """A copy of a description with the values at some paths replaced, in the order given.

    A boundary, a file or an entry of a list is added by naming it (a list: by the index after the last) and taken
    away by None. Raises UnknownName for a path that does not exist.
    """
    result = dict(data)
    for path, new in changes.items():
        result = _set(result, steps(path), _plain(new), ())
    return result


def _plain(new: object) -> object:
    """A number or an array of numpy as Python's own: designs of studies give such."""
    return new.tolist() if hasattr(new, "tolist") else new


def _set(data: Any, path: tuple[str, ...], new: object, at: tuple[str, ...]) -> Any:
    name, rest = path[0], path[1:]
    if isinstance(data, (list, tuple)):
        return _set_entry(list(data), path, new, at)
    if data is None and at:  # an optional part that is not there so far: its own class says what it may hold
        data = {}
    elif not isinstance(data, dict):
        raise UnknownName("path", name, [], where=".".join(at))
    elif name not in data and not (_open(at) and (not rest)):
        raise UnknownName("path", name, data, where=".".join(at))
    if rest:
        return {**data, name: _set(data.get(name), rest, new, (*at, name))}
    if new is None and _open(at):
        if name not in data:
            raise UnknownName("path", name, data, where=".".join(at))
        return {key: old for key, old in data.items() if key != name}
    return {**data, name: new}


def _set_entry(entries: list[Any], path: tuple[str, ...], new: object, at: tuple[str, ...]) -> list[Any]:
    name, rest = path[0], path[1:]
    if not rest and new is not None and name == str(len(entries)):
        return [*entries, new]
    index = _index(entries, name, at)
    if rest:
        changed = [_set(entries[index], rest, new, (*at, name))]
    else:
        changed = [] if new is None else [new]
    return [*entries[:index], *changed, *entries[index + 1 :]]


def _index(entries: list[Any], name: str, at: tuple[str, ...]) -> int:
    """The place of an entry by its index or by its own `name`."""
    if name.isdecimal() and int(name) < len(entries):
        return int(name)
    names = [str(_field(entry, "name") or index) for index, entry in enumerate(entries)]
    if name not in names:
        raise UnknownName("entry", name, {*names, *map(str, range(len(entries)))}, where=".".join(at))
    return names.index(name)


def _child(data: Any, name: str, at: tuple[str, ...]) -> Any:
    if isinstance(data, (list, tuple)):
        return data[_index(list(data), name, at)]
    known = (
        list(type(data).model_fields)
        if isinstance(data, BaseModel)
        else list(data)
        if isinstance(data, Mapping)
        else []
    )
    if name not in known:
        raise UnknownName("path", name, known, where=".".join(at))
    return _field(data, name)


def _field(data: Any, name: str) -> Any:
    return data.get(name) if isinstance(data, Mapping) else getattr(data, name, None)


def _open(at: tuple[str, ...]) -> bool:
    return ".".join(at) in OPEN
