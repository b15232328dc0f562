"""The points of a sweep: a design over the parameters of a notebook."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from flowcfd.errors import CaseError, UnknownName
from flowcfd.studies import design as designs
from flowcfd.studies.design import Axis, Values
from flowcfd.sweeps.glue import plain
from flowcfd.sweeps.notebook import Notebook


def points(
    notebook: Notebook, space: Mapping[str, object], design: str | Path, number: int | None, seed: int
) -> list[Values]:
    """The values of the parameters at each point.

    Raises UnknownName for a parameter that the notebook does not set, CaseError for an empty list or range, for points
    that stand twice, and for values that a notebook cannot be given.
    """
    if isinstance(design, Path) or str(design).endswith(".csv"):
        if space:
            raise CaseError("space: a design from a file has its parameters in the file")
        path = Path(design)
        found = designs.read_csv(path)
        require(notebook, found[0], where=str(path))
    else:
        require(notebook, space, where="space")
        if not space:
            known = ", ".join(notebook.parameters)
            raise CaseError(f"space: must have one parameter or more, such as {{'speed': (5, 20)}}; there are: {known}")
        axes = [_axis(notebook, name, given) for name, given in space.items()]
        found = designs.spread(axes, str(design), number, seed)
    return _once([{name: _plain(name, value) for name, value in values.items()} for values in found])


def require(notebook: Notebook, names: Mapping[str, object], *, where: str) -> None:
    """UnknownName for a name that the parameters cell does not set; papermill would only warn."""
    for name in names:
        if name not in notebook.parameters:
            raise UnknownName("parameter", name, notebook.parameters, where=where)


def parsed(words: str) -> tuple[str, object]:
    """What `NAME=5:20` (a range), `NAME=0,4,8` (a list) or `NAME=5` on a command line says."""
    name, equals, text = words.partition("=")
    if not equals or not name.strip() or not text.strip():
        raise CaseError(f"--set: must be NAME=LOW:HIGH or NAME=VALUE,VALUE,... (got {words!r})")
    ends = text.split(":")
    if len(ends) == 2 and all(isinstance(_value(end), int | float) for end in ends):
        low, high = map(_value, ends)
        return name.strip(), (low, high)
    values = [_value(part) for part in text.split(",")]
    if any(value == "" for value in values):
        raise CaseError(f"--set {name}: a value is missing between the commas (got {text!r})")
    return name.strip(), values


def _axis(notebook: Notebook, name: str, given: Any) -> Axis:
    given = given.tolist() if hasattr(given, "tolist") else given
    if isinstance(given, tuple) and len(given) == 2:
        low, high = given
        for end in given:
            if isinstance(end, bool) or not isinstance(end, Real):
                raise CaseError(f"space.{name}: the ends of a range must be numbers (got {end!r}); or give a list")
        if not low < high:
            raise CaseError(f"space.{name}: the range must rise (got {low!r} to {high!r})")
        # 10.0 in the parameters cell says that 5 to 20 are no whole numbers.
        whole = all(isinstance(end, Integral) for end in given) and not isinstance(notebook.parameters[name], float)
        return Axis(name, low=float(low), high=float(high), whole=whole)
    if not isinstance(given, Sequence) or isinstance(given, str) or not given:
        raise CaseError(f"space.{name}: must be a list of values or a pair (low, high) (got {given!r})")
    return Axis(name, choices=tuple(given))


def _plain(name: str, value: object) -> Any:
    try:
        return plain(name, value)
    except CaseError:
        raise CaseError(
            f"space.{name}: must be numbers, texts or lists of such, as a cell can be given (got {value!r})"
        ) from None


def _once(found: list[Values]) -> list[Values]:
    """Each point once, in order: a range of whole numbers has fewer values than a design may have points."""
    return list({json.dumps(values, sort_keys=True): values for values in found}.values())


def _value(text: str) -> Any:
    text = text.strip()
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return {"true": True, "false": False, "none": None}.get(text.lower(), text)
