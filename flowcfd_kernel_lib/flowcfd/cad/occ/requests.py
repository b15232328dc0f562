"""What is asked of OpenCASCADE: each reads a shape from a file, and writes a shape and its triangles into a folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flowcfd.cad.occ import Unusable, feature, healing, making, reading
from flowcfd.cad.occ import flow as flows
from flowcfd.cad.occ.shape import joined, opened, written


def read(path: str, folder: str, unit: str | None) -> dict[str, Any]:
    """A CAD file: its shape in metres, with the names and colours of its faces."""
    suffix = Path(path).suffix.lower()
    if suffix in (".step", ".stp"):
        body, units = reading.step(path)
    elif suffix in (".iges", ".igs"):
        body, units = reading.iges(path)
    else:
        body, units = reading.brep(path, unit)
    return {"units": units, **written(body, Path(folder))}


def make(kind: str, sizes: Mapping[str, Any], folder: str) -> dict[str, Any]:
    """A body of the project's own, by its sizes."""
    return {"units": "millimetre", **written(making.body(kind, sizes), Path(folder))}


def heal(path: str, folder: str, tolerance: float) -> dict[str, Any]:
    """Sew faces that do not hold together, put right what can be, and turn the solids' outsides outwards."""
    before = opened(Path(path))
    after, said = healing.heal(before, tolerance * 1000)
    return {"said": said, **written(after, Path(folder))}


def join(paths: Sequence[str], folder: str) -> dict[str, Any]:
    """Several shapes as one; their triangles are known."""
    joined([Path(path) for path in paths], Path(folder))
    return {"parts": len(paths)}


def flow(
    path: str, folder: str, caps: Sequence[tuple[str, Sequence[float], Sequence[float]]], wall: str
) -> dict[str, Any]:
    """The space behind the openings of a shape, which are found again by their boxes [m]."""
    wanted = [(name, [1000 * value for value in low], [1000 * value for value in high]) for name, low, high in caps]
    return written(flows.volume(opened(Path(path)), wanted, wall), Path(folder))


def features(path: str, largest: float) -> dict[str, Any]:
    """Holes, fillets, chamfers and small faces up to a size [m]."""
    return {"features": [one.to_json() for one in feature.features(opened(Path(path)), largest * 1000)]}


def defeature(path: str, folder: str, groups: Sequence[Sequence[int]]) -> dict[str, Any]:
    """Remove groups of faces: all at once, or, where that is refused, one after the other."""
    body = opened(Path(path))
    count = len(body.faces)
    if any(not 0 <= face < count for group in groups for face in group):
        raise Unusable(f"faces: must be 0 to {count - 1}")
    after, refused = feature.removed(body, groups)
    return {"refused": refused, **written(after, Path(folder))}
