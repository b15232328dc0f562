"""How a mesh is divided among ranks: the decomposeParDict of a run."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Sequence
from pathlib import Path

_SAMPLE = 20_000
"""About so many points are looked at."""

_NUMBER = rb"([-+0-9.eE]+)"
_POINT = re.compile(rb"\(\s*" + rb"\s+".join([_NUMBER] * 3) + rb"\s*\)")
_HEAD = re.compile(rb"\n\s*(\d+)\s*\(")
_FLAT = re.compile(rb"type\s+(empty|wedge)\s*;")


_FRESH = """FoamFile
{{
    version     2.0;
    format      ascii;
    class       dictionary;
    location    "system";
    object      decomposeParDict;
}}

{entries}
"""


def write(case: Path, cores: int, method: str) -> None:
    """Write system/decomposeParDict; what an existing one says of other things (constraints, regions) stays."""
    path = case / "system" / "decomposeParDict"
    entries: dict[str, object] = {"numberOfSubdomains": cores, "method": method}
    if method == "ptscotch":
        entries["libs"] = "(ptscotchDecomp)"
    else:
        entries["coeffs"] = {"n": f"({' '.join(map(str, factors(cores, *box(case))))})"}
    text = _merged(path, entries) if path.is_file() else _FRESH.format(entries=_listed(entries))
    path.write_bytes(text.encode("latin-1"))


def _merged(path: Path, entries: dict[str, object]) -> str:
    from flowcfd.foam import dictionary  # slow to import, and most cases bring no decomposeParDict

    tree = dictionary.read(path)
    names = tree.keys()
    for key in ("coeffs", "libs", *(name for name in names if name.endswith("Coeffs"))):
        tree = tree.delete(key) if key in tree else tree
    for key, value in entries.items():
        tree = tree.set(key, value) if key in tree else tree.add(key, value)
    return tree.text()


def _listed(entries: dict[str, object]) -> str:
    return "\n".join(
        f"{key} {{ {_listed(value)} }}" if isinstance(value, dict) else f"{key} {value};"
        for key, value in entries.items()
    )


def factors(cores: int, lengths: Sequence[float], flat: Sequence[bool] = (False, False, False)) -> tuple[int, int, int]:
    """The numbers of parts along x, y and z whose product is `cores` and whose cuts have the least area in all.

    `lengths` [m] are the sides of the mesh's box; along a `flat` direction (one cell thick) nothing is cut. Of equal
    choices the first in x, then y, is taken.
    """
    if all(flat):
        flat = (False, False, False)
    sides = [max(length, 1e-12) for length in lengths]

    def area(parts: tuple[int, int, int]) -> float:
        return sum((n - 1) * math.prod(sides) / side for n, side in zip(parts, sides, strict=True))

    choices = [
        (i, j, cores // i // j)
        for i in _divisors(cores)
        for j in _divisors(cores // i)
        if not any(n > 1 and thin for n, thin in zip((i, j, cores // i // j), flat, strict=True))
    ]
    return min(choices, key=lambda parts: (area(parts), [-n for n in parts]))


def box(case: Path) -> tuple[tuple[float, float, float], tuple[bool, bool, bool]]:
    """The sides of the mesh's box [m], and along which of them the mesh is one cell thick.

    From a sample of the points. A direction is one cell thick when all points share two coordinates there and the
    mesh has an empty or wedge patch.
    """
    polymesh = case / "constant" / "polyMesh"
    columns = _points(polymesh / "points")
    if not columns[0]:
        return (1.0, 1.0, 1.0), (False, False, False)
    boundary = polymesh / "boundary"
    planar = boundary.is_file() and _FLAT.search(boundary.read_bytes()) is not None
    x, y, z = (max(column) - min(column) for column in columns)
    thin = [planar and _two(column) for column in columns]
    return (x, y, z), (thin[0], thin[1], thin[2])


def _two(column: Sequence[float]) -> bool:
    """Whether there are only two values, but for rounding."""
    low, high = min(column), max(column)
    return all(min(value - low, high - value) <= 1e-6 * (high - low) for value in column)


def _points(path: Path) -> tuple[Sequence[float], Sequence[float], Sequence[float]]:
    """A sample of the points of a mesh, by coordinate; empty when the file is none that we can read fast."""
    try:
        content = path.read_bytes()
    except OSError:
        return (), (), ()
    head = _HEAD.search(content)
    if head is None:
        return (), (), ()
    count = int(head[1])
    stride = max(1, count // _SAMPLE)
    if b"binary" in content[: head.start()]:
        numbers = array("f" if b"scalar=32" in content[: head.start()] else "d")
        numbers.frombytes(content[head.end() : head.end() + 3 * count * numbers.itemsize])
        return tuple(numbers[axis :: 3 * stride] for axis in range(3))  # type: ignore[return-value]
    lines = content[head.end() :].splitlines()[::stride]
    found = [match.groups() for line in lines if (match := _POINT.search(line))]
    x, y, z = ([float(point[axis]) for point in found] for axis in range(3))
    return x, y, z


def _divisors(number: int) -> list[int]:
    return [n for n in range(1, number + 1) if number % n == 0]
