"""Trees as nested dicts of plain values, without what only code could tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flowcfd.errors import FlowError
from flowcfd.foam.dictionary import Dimensioned, Named, Tree, Uniform

LONGEST = 20_000
"""Characters of a value that is still read; a longer one is a list of numbers, which no rule asks for."""


def of(tree: Tree) -> dict[str, Any]:
    """What OpenFOAM would find in the dictionary; entries that depend on code or conditions are left out."""
    whole: dict[str, Any] = {}
    waiting = [(_expanded(tree), whole)]
    while waiting:
        level, target = waiting.pop()
        for name in level.level.names:
            value = _value(level, name)
            if isinstance(value, Tree):
                target[name] = {}
                waiting.append((value, target[name]))
            elif value is not None:
                target[name] = value
    return whole


def _expanded(tree: Tree) -> Tree:
    try:
        return tree if (tree.whole or tree).origins is not None else tree.expanded(strict=False)
    except FlowError:
        return tree


def _value(level: Tree, name: str) -> Any:
    try:
        entries = level.level.exact(name)
        if entries and entries[-1].kind == "value" and entries[-1].value_end - entries[-1].value_start > LONGEST:
            return None
        return level.get((name,))
    except FlowError:
        return None


def number(value: Any) -> float | None:
    """A number: itself, that of `uniform 1`, or that of a dimensioned value; None for anything else."""
    if isinstance(value, Uniform | Dimensioned):
        value = value.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def vector(value: Any) -> tuple[float, float, float] | None:
    """Three numbers, those of `uniform (1 0 0)` too; None for anything else."""
    if isinstance(value, Uniform | Dimensioned):
        value = value.value
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 3:
        return None
    found = [number(part) for part in value]
    return None if any(part is None for part in found) else (float(value[0]), float(value[1]), float(value[2]))


def words(value: Any) -> tuple[str, ...]:
    """The words of a list, of one word alone too; () for anything else."""
    if isinstance(value, str):
        return (str(value),)
    if not isinstance(value, tuple) or isinstance(value, Named):
        return ()
    return tuple(str(part) for part in value if isinstance(part, str))
