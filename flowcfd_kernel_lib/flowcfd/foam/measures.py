"""The measures that a case's function objects write: what each is called, where it stands, and how often it comes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowcfd.case.measure import COEFFICIENTS as NAMES
from flowcfd.case.measure import FORCES, REATTACHMENT, columns_of, find
from flowcfd.errors import DictionaryError
from flowcfd.foam import dictionary
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.dictionary import Tree
from flowcfd.foam.outputs import COEFFICIENTS, DIRECTION, ORIGIN, WITHIN
from flowcfd.foam.samples import Source

Entries = Mapping[str, Any]
_X = (1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Written:
    """One measure: its source, and how many iterations or steps lie between two of its samples.

    `every` is None where it is written by time or with the fields, so that the number of steps is not known.
    """

    source: Source
    every: int | None


def measures(case: CaseFiles | Path) -> dict[str, Written]:
    """The measures of a case by their names, `<output>.<column>`; what the control dictionary says, without running."""
    functions = _functions(case)
    found: dict[str, Written] = {}
    for name, entries in functions.items():
        own = name.removesuffix(COEFFICIENTS) if name.removesuffix(COEFFICIENTS) in functions else name
        for column, source in _sources(name, entries):
            found[f"{own}.{column}"] = Written(source, _every(entries))
    return found


def measure(case: CaseFiles | Path, name: str, *, where: str = "") -> tuple[str, Written]:
    """The measure that `name` means, and its whole name; UnknownName, which lists those there are, for none."""
    known = measures(case)
    whole = find(name, known, where=where)
    return whole, known[whole]


def steady(files: CaseFiles) -> bool:
    """Whether Time counts iterations."""
    path = "system/fvSchemes"
    return path in files and "steadyState" in str(_tree(files.text(path), path, files).get("ddtSchemes.default", ""))


def _functions(case: CaseFiles | Path) -> dict[str, Entries]:
    path = "system/controlDict"
    try:
        if isinstance(case, CaseFiles):
            tree = _tree(case.text(path), path, case)
        else:
            tree = dictionary.read(case / path).expanded(strict=False)
        given = tree.get("functions")
        functions = given.to_dict() if isinstance(given, Tree) else {}
    except (DictionaryError, OSError):
        return {}
    return {name: entries for name, entries in functions.items() if isinstance(entries, dict)}


def _tree(text: str, path: str, files: CaseFiles) -> Tree:
    return dictionary.parse(text, path=path, root=files.files).expanded(strict=False)


def _sources(name: str, entries: Entries) -> Iterator[tuple[str, Source]]:
    """The columns that a function object of this type writes."""
    kind = str(entries.get("type", ""))
    if kind == "forceCoeffs":
        yield from ((column, Source(name, "coefficient", column)) for column in NAMES)
    elif kind == "forces":
        for place, column in enumerate(FORCES):
            yield column, Source(name, "force" if place < 3 else "moment", place % 3)
    elif kind in ("probes", "patchProbes"):
        yield from _probes(name, entries)
    elif kind in ("surfaceFieldValue", "volFieldValue"):
        operation = str(entries.get("operation", "none"))
        if operation != "none":
            columns = [f"{operation}({field})" for field in _words(entries.get("fields"))]
            yield from ((column, Source(name, kind, column)) for column in columns)
    elif kind == "surfaces" and DIRECTION in entries:
        patch = next(iter(_patches(entries)), "")
        direction, origin = _vector(entries[DIRECTION]), _vector(entries.get(ORIGIN, (0.0, 0.0, 0.0)))
        near = entries.get(WITHIN)
        yield (
            REATTACHMENT,
            Source(
                name,
                f"wallShearStress_{patch}.raw",
                0,
                direction or _X,
                origin or (0.0, 0.0, 0.0),
                float(near) if isinstance(near, (int, float)) else None,
            ),
        )


def _probes(name: str, entries: Entries) -> Iterator[tuple[str, Source]]:
    places = entries.get("probeLocations")
    count = len(places) if isinstance(places, tuple) else 0
    for field in _words(entries.get("fields")):
        columns = columns_of(field)
        for probe in range(count):
            for part, column in enumerate(columns):
                yield f"{column}[{probe}]", Source(name, field, probe * len(columns) + part)


def _every(entries: Entries) -> int | None:
    control = str(entries.get("writeControl", entries.get("outputControl", "timeStep")))
    interval = entries.get("writeInterval", entries.get("outputInterval", 1))
    return interval if control == "timeStep" and isinstance(interval, int) and interval > 0 else None


def _words(value: object) -> list[str]:
    return [str(word) for word in value] if isinstance(value, Iterable) and not isinstance(value, str) else []


def _patches(entries: Entries) -> list[str]:
    """The names of the sampled surfaces: a dictionary, or a list of named dictionaries."""
    given = entries.get("surfaces")
    if isinstance(given, dict):
        return list(given)
    return [str(getattr(one, "name", one)) for one in given] if isinstance(given, tuple) else []


def _vector(value: object) -> tuple[float, float, float] | None:
    if isinstance(value, tuple) and len(value) == 3 and all(isinstance(part, (int, float)) for part in value):
        x, y, z = map(float, value)
        return x, y, z
    return None
