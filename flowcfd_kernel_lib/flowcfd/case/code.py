"""A case as the Python that makes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flowcfd.case.body import Body
from flowcfd.case.spec import Spec

if TYPE_CHECKING:
    from flowcfd.case.case import Case

WIDTH = 110
"""What is longer than this gets a line for each of its parts."""


def code(case: Case, *, geometry: str = "") -> str:
    """`fc.Case(...)` with what differs from the defaults; running it gives an equal case.

    `geometry` is what stands for its body, such as the name of a variable; when not given the kept one by its digest.
    """
    return _shown(case, 0, geometry)


def python(value: Any, indent: int = 0) -> str:
    """A part of a case as source, such as a boundary; its lines after the first are indented by so many steps."""
    return _shown(value, indent)


def _shown(value: Any, indent: int, geometry: str = "") -> str:
    """A value as source; its lines after the first are indented by so many steps."""
    if isinstance(value, Body):
        return geometry or f"fc.Geometry.kept({value.digest!r})"
    if isinstance(value, Spec):
        return _spec(value, indent, geometry)
    if isinstance(value, Mapping):
        parts = [f"{key!r}: {_shown(one, indent + 1)}" for key, one in value.items()]
        return _joined("{", parts, "}", indent)
    if isinstance(value, tuple | list):
        parts = [_shown(one, indent + 1) for one in value]
        return _joined("(", parts, ",)" if len(parts) == 1 else ")", indent)
    return repr(value)


def _spec(spec: Spec, indent: int, geometry: str = "") -> str:
    """A call of its class; a mapping for one of a plug-in, or of a part that has no public name."""
    parts = [(name, _shown(value, indent + 1, geometry)) for name, value in spec.__repr_args__()]
    name = type(spec).__name__
    if _public(type(spec)):
        return _joined(f"fc.{name}(", [f"{key}={text}" for key, text in parts], ")", indent)
    kind = [f"'kind': {spec.kind!r}"] if "kind" in type(spec).model_fields else []  # type: ignore[attr-defined]
    return _joined("{", [*kind, *(f"{key!r}: {text}" for key, text in parts)], "}", indent)


def _public(spec: type[Spec]) -> bool:
    import flowcfd  # the root looks at this layer when it is asked for a name

    return getattr(flowcfd, spec.__name__, None) is spec


def _joined(begin: str, parts: list[str], end: str, indent: int) -> str:
    line = f"{begin}{', '.join(parts)}{end}"
    if len(line) + 4 * indent <= WIDTH and "\n" not in line:
        return line
    inner, outer = " " * 4 * (indent + 1), " " * 4 * indent
    return begin + "".join(f"\n{inner}{part}," for part in parts) + f"\n{outer}{end.lstrip(',')}"
