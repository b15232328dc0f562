"""The names that OpenFOAM knows: boundary conditions, models, function objects, solvers, schemes, by its own word.

The lists are those of data/known_1912.json, which tools/known_lists.py gets from the programs themselves. A name that
is not in them may still come from a library of the user's own: see `foreign_libraries`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from flowcfd.foam.check import plain

if TYPE_CHECKING:
    from flowcfd.foam.check.view import CaseView

VERSION = "1912"


@cache
def names(what: str) -> frozenset[str]:
    """One list: scalar_boundaries, vector_boundaries, functions, fv_options, symmetric_solvers, libraries, ..."""
    return frozenset(_all()[what])


@cache
def models(kind: str, *, compressible: bool = False) -> frozenset[str]:
    """The turbulence models of "RAS" or "LES"; for "laminar" the laminar ones."""
    if kind == "laminar":
        return names("laminar_models")
    return frozenset(_all()["compressible_models" if compressible else "incompressible_models"].get(kind, ()))


@cache
def libraries_of(function: str) -> tuple[str, ...]:
    """The libraries that bring a type of function object, the usual one first; () for one that is not known."""
    brings: dict[str, list[str]] = _all()["functions_by_library"]
    return tuple(sorted((name for name, types in brings.items() if function in types), key=_usual))


def _usual(library: str) -> tuple[bool, int, str]:
    return not library.endswith(("FunctionObjects", "forces", "sampling")), len(library), library


def nearest(name: str, known: Iterable[str], *, alike: float = 0.6) -> str:
    """The known name that is most like it; "" when none is `alike` (1: the same)."""
    from difflib import get_close_matches  # slow to import, and needed for findings only

    return next(iter(get_close_matches(name, list(known), n=1, cutoff=alike)), "")


def hint(name: str, known: Iterable[str]) -> str:
    """What to say of a name that is not known: "; did you mean 'noSlip'?", or nothing."""
    near = nearest(name, known)
    return f"; did you mean {near!r}?" if near else ""


def foreign_libraries(case: CaseView) -> bool:
    """Whether the case loads libraries that are not OpenFOAM's own, which may bring any name."""
    from flowcfd.foam.check.view import CONTROL

    loaded = set(libraries(case.get(CONTROL, "libs")))
    loaded |= {name for function in case.functions.values() for name in libraries(function.get("libs"))}
    return bool(loaded - names("libraries")) or not case.complete(CONTROL)


def unseen(libraries: Iterable[str]) -> bool:
    """Whether one of OpenFOAM's libraries is among them of which nothing is known (it loads into its solver only)."""
    brings = _all()["functions_by_library"]
    return any(library in names("libraries") and library not in brings for library in libraries)


def libraries(value: Any) -> tuple[str, ...]:
    """The libraries that a `libs` entry names, without `lib` and `.so`."""
    return tuple(name.removesuffix(".so").removeprefix("lib") for name in plain.words(value))


@cache
def _all() -> dict[str, Any]:
    file = files("flowcfd.foam.check") / f"data/known_{VERSION}.json"
    whole: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return whole
