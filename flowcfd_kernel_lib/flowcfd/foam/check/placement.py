"""What lies where it does nothing, or is taken for what it is not: regions outside, halves that differ, a part."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from flowcfd.case.around import Outside
from flowcfd.case.case import Case
from flowcfd.case.enclosure import BODY
from flowcfd.case.output import Forces
from flowcfd.case.snappy import BodyMesh
from flowcfd.errors import GeometryError
from flowcfd.foam.check.finding import Finding
from flowcfd.foam.meshers.bodysurface import triangles

ALIKE = 0.01
"""Where moments about the plane, over volume and extents, are larger than this, halves are no mirror images."""


def findings(case: Case) -> Iterator[Finding]:
    """What is found of regions, of half models and of forces."""
    yield from _outside(case)
    yield from _lopsided(case)
    yield from _part(case)


def _part(case: Case) -> Iterator[Finding]:
    """Forces on `body` where that is one of several patches: all that nobody named, and not the whole body."""
    space = case.space
    if not isinstance(space, Outside) or space.body is None or BODY not in space.patches:
        return
    walls = [name for name in space.patches if name not in space.rims]
    for number, one in enumerate(case.outputs):
        if isinstance(one, Forces) and one.patches == (BODY,) and len(walls) > 1:
            whole = repr(space.body.label) if space.body.label in space.groups else ", ".join(map(repr, walls))
            text = (
                f"{BODY!r} is one of {len(walls)} patches of {space.body.label} here, so these are the forces on a "
                f"part of it; all of it is {whole}"
            )
            yield Finding("warning", "forces-of-a-part", text, field=f"outputs.{number}.patches")


def _outside(case: Case) -> Iterator[Finding]:
    """A region of finer cells that no part of the domain is in: a coordinate in another unit, or a box that moved."""
    mesh, space = case.mesh, case.space
    if not isinstance(mesh, BodyMesh) or not space.holds_body:
        return
    box = space.bounds
    for number, region in enumerate(mesh.refine):
        if region.bounds is None or box is None:
            continue
        for axis, (low, high), (start, end) in zip("xyz", region.bounds, box, strict=True):
            if high <= start or low >= end:
                text = (
                    f"refines nothing: it is at {axis} = {low:g} to {high:g} m, the domain at {start:g} to {end:g} m;"
                    " look at the unit, or leave it out"
                )
                yield Finding("warning", "region-outside", text, field=f"mesh.refine.{number}")
                break


def _lopsided(case: Case) -> Iterator[Finding]:
    """Half a model of a body whose halves differ computes the flow around another body: the half and its image.

    Told by what must vanish of a body that is its own mirror image: the first moment about the plane, and the products
    of inertia across it.
    """
    space = case.space
    if not isinstance(space, Outside) or space.body is None or not 1e-6 < 1 - space.share < 1 - 1e-6:
        return
    try:
        corners = triangles(space.body).corners
    except GeometryError:
        return  # a run says that it is not there any more
    axis, extent = space.lateral, space.body.extent
    middle = np.array([0.5 * (low + high) for low, high in space.body.bounds])
    middle[axis] = space.middle
    corners = (corners - middle) / np.array(extent)
    volumes = np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6
    total, sums = float(volumes.sum()), corners.sum(axis=1)
    if not total > 0:
        return
    first = float((volumes * sums[:, axis]).sum()) / 4 / total
    products = np.einsum("i,ij,i->j", volumes, sums, sums[:, axis])
    products += np.einsum("i,ikj,ik->j", volumes, corners, corners[:, :, axis])
    off = max(abs(first), *(abs(float(value)) / 20 / total for other, value in enumerate(products) if other != axis))
    if off > ALIKE:
        name, label = "xyz"[axis], space.body.label
        text = (
            f"half a model is computed, but {label} is not the same on both sides of {name} = {space.middle:.4g} m; "
            "say half=False, mirror= where its plane of symmetry is, or turn it: geometry.turned(...)"
        )
        yield Finding("warning", "half-of-no-mirror-image", text, field="domain.half")
