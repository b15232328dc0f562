"""Find small features of a CAD body, and remove them."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from pathlib import Path

from flowcfd.cad.geometry import Feature, Geometry
from flowcfd.cad.lengths import length
from flowcfd.cad.load import of_shape
from flowcfd.cad.occ import process
from flowcfd.errors import CaseError, GeometryError


def features(geometry: Geometry, largest: float) -> list[Feature]:
    """The features up to a size [m]."""
    _require(geometry)
    if not largest > 0:
        raise CaseError(f"largest: must be above 0 (got {largest:g} m)")
    answer, _ = process.ask("find features of", {"path": str(geometry.path), "largest": largest}, label=geometry.label)
    return [
        Feature(
            str(one["kind"]),
            float(one["size"]),
            tuple(one["faces"]),
            (one["at"][0], one["at"][1], one["at"][2]),
            geometry.digest,
        )
        for one in answer["features"]
    ]


def defeature(geometry: Geometry, what: str | float | Sequence[Feature]) -> Geometry:
    """The body without them; those that OpenCASCADE refuses are still there, and are told."""
    _require(geometry)
    chosen: Sequence[Feature]
    if isinstance(what, (str, int, float)):
        chosen = features(geometry, length("what", what))
    elif not isinstance(what, Sequence) or any(not isinstance(one, Feature) for one in what):
        raise CaseError("what: must be a size, such as '2 mm', or a list of features of geometry.features()")
    else:
        chosen = _of_this(geometry, [one for one in what if isinstance(one, Feature)])
    if not chosen:
        return geometry
    with tempfile.TemporaryDirectory(prefix="flowcfd-cad-") as made:
        groups = [list(one.faces) for one in chosen]
        answer, _ = process.ask(
            "defeature", {"path": str(geometry.path), "folder": made, "groups": groups}, label=geometry.label
        )
        refused = [chosen[number] for number in answer["refused"]]
        said = [f"{len(chosen) - len(refused)} of {len(chosen)} features removed"]
        if geometry.volume and answer["volume"]:
            said.append(f"the volume has changed by {answer['volume'] / geometry.volume - 1:+.3%}")
        said += [f"{told(one)} cannot be removed, and is still there" for one in refused]
        if len(refused) == len(chosen):
            return _told(geometry, said)
        step = f"{len(chosen) - len(refused)} features removed"
        return of_shape(Path(made), answer, label=geometry.label, source=geometry.source.after(step), said=tuple(said))


def _of_this(geometry: Geometry, what: Sequence[Feature]) -> list[Feature]:
    """The same features by the faces of this geometry: those of an earlier one are found again by their places."""
    if all(one.of == geometry.digest for one in what):
        return list(what)
    there = features(geometry, 1.001 * max(one.size for one in what))
    (low, high) = geometry.bounds
    near = 1e-6 * math.dist(low, high)
    found = []
    for one in what:
        same = [
            other for other in there
            if other.kind == one.kind and abs(other.size - one.size) <= near and math.dist(other.at, one.at) <= near
        ]  # fmt: skip
        if not same:
            raise CaseError(f"what: {geometry.label} has no {told(one)}; geometry.features() lists those that it has")
        found.append(same[0])
    return found


def told(feature: Feature) -> str:
    """A feature in words."""
    x, y, z = feature.at
    by = {"hole": "diameter", "fillet": "radius"}.get(feature.kind, "width")
    return f"{feature.kind} of {by} {1000 * feature.size:.3g} mm at ({x:.4g} {y:.4g} {z:.4g})"


def _require(geometry: Geometry) -> None:
    if not geometry.cad:
        raise GeometryError(f"{geometry.label}: is made of triangles; features are known of CAD files only")


def _told(geometry: Geometry, said: Sequence[str]) -> Geometry:
    from dataclasses import replace

    return replace(geometry, said=tuple(said))
