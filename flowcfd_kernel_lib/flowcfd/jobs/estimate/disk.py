"""Bytes on the disk: of a mesh, of one written time, of all that a run leaves."""

from __future__ import annotations

import math
from dataclasses import dataclass

from flowcfd.foam.casefiles import Blob
from flowcfd.foam.check.view import CONTROL, CaseView
from flowcfd.jobs.estimate.figure import Figure
from flowcfd.jobs.estimate.told import Probe, Sizes

BLOCK = 4096
"""What the smallest file takes."""
COMPONENTS = {"Scalar": 1, "Vector": 3, "SymmTensor": 6, "Tensor": 9, "SphericalTensor": 1}
DEVELOPED = (1.08, 0.97, 1.5)
"""Size of developed fields in ascii over that of the first ones: expected, least, most."""
COMPRESSED = 0.45
"""Size of a compressed file over that of a plain one."""
LOGS = 2
"""Files of a run, at least, whose size varies by a few letters: the logs of its mesher and its solver."""
LOG_PER_STEP = 700
"""Bytes that a step adds to a log."""


@dataclass(frozen=True)
class Form:
    """How numbers are written."""

    binary: bool
    precision: int = 6
    compressed: bool = False

    def number(self) -> float:
        """Bytes of one number: a double, or digits, sign, point, exponent of some, and a blank."""
        size = 8.0 if self.binary else self.precision + 4.0
        return size * (COMPRESSED if self.compressed else 1.0)

    def label(self, most: float) -> float:
        """Bytes of one label up to `most`."""
        size = 4.0 if self.binary else math.ceil(math.log10(max(10.0, most))) + 1.0
        return size * (COMPRESSED if self.compressed else 1.0)


def form(case: CaseView) -> Form:
    """How a case writes."""
    binary = str(case.get(CONTROL, "writeFormat", "ascii")) == "binary"
    packed = case.get(CONTROL, "writeCompression")
    compressed = case.switch(CONTROL, "writeCompression") or str(packed) == "compressed"
    return Form(binary, int(case.number(CONTROL, "writePrecision") or 6), compressed)


def polymesh(cells: float, planar: bool, form: Form) -> float:
    """The mesh: points, faces, owner and neighbour of hexahedra; `planar`: one cell thick."""
    points, inner, faces = (2.1 * cells, 2 * cells, 4.1 * cells) if planar else (1.1 * cells, 3 * cells, 3.1 * cells)
    corner, label = form.label(points), form.label(cells)
    face = 4 * corner + (4.0 if form.binary else 3.0)
    return points * (3 * form.number() + (0 if form.binary else 2)) + faces * (face + label) + inner * label + 4 * BLOCK


def time(case: CaseView, cells: float, planar: bool) -> float:
    """One written time: the fields of the start, and the flux of every face."""
    how = form(case)
    values = float(2 * cells if planar else 3 * cells)  # phi
    for name, field in case.fields.items():
        count = COMPONENTS.get(field.cls.removeprefix("vol").removesuffix("Field"), 1)
        values += count * cells if name != "phi" else 0
    lines = 0 if how.binary else cells * len(case.fields)
    return values * how.number() + lines + BLOCK * (len(case.fields) + 4)


def same(total: float, source: str) -> Figure:
    """What a run leaves that was done before: logs tell other times, and a letter more may take a whole block."""
    room = max(0.02 * total, LOGS * BLOCK)
    return Figure(total, max(0.0, total - room), total + room, "byte", source)


def by_rule(case: CaseView, cells: float, steps: Figure, kept: Figure, cores: int) -> Figure:
    """All that a run leaves, without a probe."""
    planar = any(patch.type in ("empty", "wedge") for patch in (case.patches or {}).values())
    given = sum(content.size if isinstance(content, Blob) else len(content) for content in case.files.files.values())
    mesh = polymesh(cells, planar, form(case))
    one = time(case, cells, planar)
    fixed = given + BLOCK * len(case.files.files) / 2 + mesh
    if cores > 1:
        fixed, one = fixed + 1.15 * mesh + cores * 10 * BLOCK, 2.05 * one
    total = kept.times(one, "byte").plus(Figure.exact(fixed)).plus(steps.times(LOG_PER_STEP))
    return Figure(total.value, total.low, total.high, "byte", "rule").widened(1.5)


def by_probe(probe: Probe, steps: Figure, kept: Figure, cores: int, how: Form) -> Figure:
    """All that a run leaves, by what the probe left; a divided case is put together again at every time.

    Digits are many where a field has developed, and few where it is still what it was: 0.
    """
    sizes: Sizes = probe.sizes
    fixed, one = float(sizes.case), float(sizes.time + sizes.per_write)
    if cores > 1:
        whole = 0.5 * sizes.case if probe.ranks > 1 else sizes.case
        fixed = sizes.case + (0.0 if probe.ranks > 1 else 1.1 * whole + cores * 10 * BLOCK)
        one = sizes.time * 2.0 + sizes.per_write
    digits = Figure.exact(1.0) if how.binary else Figure(*DEVELOPED)
    total = kept.times(digits).times(one, "byte").plus(Figure.exact(fixed)).plus(steps.times(sizes.per_step))
    total = Figure(total.value, total.low, total.high, "byte", probe.source)
    return total.widened(1.35 if how.compressed else 1.2 if cores > probe.ranks else 1.08)
