"""Whether the sizes of a case fit each other: the mesh, the surfaces that it is cut from, and the turbulence."""

from __future__ import annotations

import gzip
import math
import re
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING

from flowcfd.foam.casefiles import Blob
from flowcfd.foam.check import flow, layout, plain
from flowcfd.foam.check.finding import Finding, Mend

if TYPE_CHECKING:
    from flowcfd.foam.check.layout import MeshView
    from flowcfd.foam.check.view import CaseView

MUCH = 100.0
"""How many times larger than its background mesh a surface may be before another unit is the likely reason."""
FINE = 30_000.0
"""How many of its turbulence lengths a domain may be long before another unit is the likely reason."""
LARGE = 10.0
"""The length [m] of a domain below which nobody mistook millimetres for metres."""
HIGH = 3000.0
"""The y+ that nobody means the smallest cells of a mesh to have: wall functions end at 300."""
CALM = 5.0
"""The eddy viscosity of a far field, in those of the fluid, below which its length scale says nothing of the body."""
THICK = 100.0
"""The same in lengths of the turbulence, where y+ is not known."""
C_MU = 0.09
READ = 500_000
"""Bytes of a surface that are looked at."""
HEAD = 84
"""Bytes before the triangles of a binary STL."""
_VERTEX = re.compile(rb"^\s*(?:vertex|v)\s+(\S+)\s+(\S+)\s+(\S+)", re.MULTILINE)


def mismatches(case: CaseView) -> Iterator[Finding]:
    """Signs that a length is in millimetres."""
    block = layout.block_file(case)
    mesh = case.mesh or (layout.block_mesh(case, block) if block else None)
    if mesh is None:
        return
    yield from _surfaces(case, mesh)
    if case.mesh is not None:
        yield from _turbulence(case, case.mesh, block)


def _surfaces(case: CaseView, mesh: MeshView) -> Iterator[Finding]:
    own = max(mesh.lengths)
    if "system/snappyHexMeshDict" not in case.files or layout.meshed(case.files):
        return
    for path, content in case.files.files.items():
        if path.startswith("constant/triSurface/") and re.search(r"\.(?:stl|obj)(?:\.gz)?\Z", path, re.IGNORECASE):
            size = _extent(content)
            if size is not None and size > MUCH * own > 0:
                yield case.finding(
                    "warning",
                    f"the surface is {size:.4g} long and the background mesh {own:.4g} m: is it in millimetres? "
                    "OpenFOAM reads metres (surfaceTransformPoints -scale 0.001 makes them)",
                    path,
                )


def _extent(content: str | Blob) -> float | None:
    """The greatest extent of the first vertices of a surface, STL or OBJ; None for another format."""
    if isinstance(content, str):
        raw = content[:READ].encode("latin-1")
    else:
        try:
            with content.source.open("rb") as file:
                packed = file.read(2) == b"\x1f\x8b"
            with gzip.open(content.source) if packed else content.source.open("rb") as file:
                raw = file.read(READ)
        except (OSError, EOFError):
            return None
    try:
        points = _packed(raw) or [tuple(map(float, found.groups())) for found in _VERTEX.finditer(raw)]
    except ValueError:
        return None
    return max(max(axis) - min(axis) for axis in zip(*points, strict=True)) if points else None


def _packed(raw: bytes) -> list[tuple[float, ...]]:
    """The vertices of a binary STL: 80 bytes, a number, then triangles of 50 bytes; none for a text."""
    if len(raw) < HEAD or b"\0" not in raw[:HEAD]:
        return []
    whole = min(int.from_bytes(raw[80:HEAD], "little"), (len(raw) - HEAD) // 50)
    numbers = [one[3:] for one in struct.iter_unpack("<12f2x", raw[HEAD : HEAD + 50 * whole])]
    return [one[n : n + 3] for one in numbers for n in (0, 3, 6) if all(map(math.isfinite, one))]


def _turbulence(case: CaseView, mesh: MeshView, block: str) -> Iterator[Finding]:
    length = turbulence_length(case)
    if not length:
        return
    long = max(mesh.lengths)
    if long > LARGE and long / length > FINE and _coarse(case, mesh, length):
        file = "" if layout.meshed(case.files) else block
        yield case.finding(
            "warning",
            f"the domain is {long:.4g} m long, {long / length:.2g} times the length scale of the turbulence that it "
            f"starts with ({length:.2g} m): is the geometry in millimetres?",
            file,
            _scale(case, file),
            mend=Mend.of("set scale 0.001", file, {_scale(case, file): 0.001}) if file else None,
        )


def _coarse(case: CaseView, mesh: MeshView, length: float) -> bool:
    """Whether even the smallest cells are too large for the flow; a far field is as long, but fine about its body."""
    if mesh.smallest is None:
        return True
    nu, speed = flow.viscosity(case), flow.speed(case)
    if nu and nu > 0 and speed:
        k = _uniform(case, "k") or 0.0
        calm = C_MU**0.25 * math.sqrt(k) * length < CALM * nu
        y_plus = 0.5 * min(mesh.smallest) * 0.05 * speed / nu  # the friction velocity is some 5 % of the speed
        return y_plus > HIGH * (3 if calm else 1)
    return min(mesh.smallest) > THICK * length


def _scale(case: CaseView, block: str) -> str:
    if not block:
        return ""
    return "scale" if "scale" in case.expanded(block) else "convertToMeters"


def turbulence_length(case: CaseView) -> float | None:
    """The length scale [m] of the initial turbulence, l = Cmu^0.75 k^1.5 / epsilon or k^0.5 / (Cmu^0.25 omega)."""
    k = _uniform(case, "k")
    if not k:
        return None
    if (epsilon := _uniform(case, "epsilon")) and case.model.endswith(("psilon", "KE")):
        return float(C_MU**0.75 * k**1.5 / epsilon)
    if (omega := _uniform(case, "omega")) and "Omega" in case.model:
        return float(math.sqrt(k) / (C_MU**0.25 * omega))
    return None


def _uniform(case: CaseView, name: str) -> float | None:
    field = case.fields.get(name)
    value = plain.number(field.internal) if field else None
    return value if value and value > 0 else None
