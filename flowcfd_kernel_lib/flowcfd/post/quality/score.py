"""The score of a mesh: 0 to 100, with the parts that it is made of.

Each part is a straight line between what is as good as it gets and what is useless, by its 99th percentile over the
cells: one bad cell in a million is shown beside, but does not decide. The limits are those of checkMesh and of
OpenFOAM's meshQualityDict where these have one; the weights were chosen by hand, and no link to the error of a solution
was shown. So compare scores of meshes of one body, and read the parts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from flowcfd.foam.checkmesh import CheckMesh
from flowcfd.foam.snappylog import SnappyLog

PASSABLE = 49
"""The most that a mesh gets of which a check of plain checkMesh fails."""


@dataclass(frozen=True)
class Part:
    """One part: what it is, its value by which it is marked, the worst one, its mark of 0 to 1 and its weight."""

    name: str
    value: float
    worst: float
    unit: str
    mark: float
    weight: float
    advice: str
    """What makes it better; empty where nothing is to be said."""


@dataclass(frozen=True)
class Score:
    """0 to 100; 0 for a mesh on which nothing should be computed, and why."""

    total: int
    parts: tuple[Part, ...]
    hopeless: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.total} of 100"


_ADVICE = {
    "non-orthogonality": "smaller cells where the surface bends or meets another; more snapping iterations; thinner "
    "layers at the outside (finalLayerThickness); solve with nNonOrthogonalCorrectors 1 to 2",
    "mean non-orthogonality": "a background mesh whose cells are cubes, and fewer jumps of level",
    "skewness": "sharp edges that the mesh does not hold: give them to explicit snapping, one level finer",
    "layers": "one surface level more, or a thinner stack; in a dictionary of your own also featureAngle 130, "
    "nSmoothSurfaceNormals 5 and maxThicknessToMedialRatio 0.6, which fc.Snappy has",
    "severe faces": "see non-orthogonality; limited snGrad and gradient schemes meanwhile",
    "aspect ratio": "long thin cells away from walls: cubes in the background mesh, fewer or thicker layers",
}


def score(
    report: CheckMesh, high: Mapping[str, float], log: SnappyLog | None = None, *, wrong: tuple[str, ...] = ()
) -> Score:
    """The score of a mesh from its report, the 99th percentiles of its metrics and, where it has layers, their log.

    `wrong` is why it is not the mesh that it should be: then its score is 0, however good its cells are.
    """
    hopeless = (*report.hopeless, *wrong)
    parts = tuple(_parts(report, high, log))
    weight = sum(part.weight for part in parts)
    total = 100 * sum(part.weight * part.mark for part in parts) / weight
    if hopeless:
        total = 0.0
    elif not report.ok:
        total = min(total, PASSABLE)
    return Score(int(total), parts, hopeless)


def _parts(report: CheckMesh, high: Mapping[str, float], log: SnappyLog | None) -> Sequence[Part]:
    nothing = float("nan")
    angle, skew, aspect = (high.get(name, nothing) for name in ("non-orthogonality", "skewness", "aspect ratio"))
    inner = max(1, report.internal_faces)
    parts = [
        _part("non-orthogonality", angle, report.non_orthogonality, "°", 50, 85, 25),
        _part("mean non-orthogonality", report.mean_non_orthogonality, report.mean_non_orthogonality, "°", 8, 40, 15),
        _part("severe faces", 100 * report.severe / inner, 100 * report.severe / inner, "%", 0, 2, 10),
        _part("skewness", skew, report.skewness, "", 1, 6, 25),
        _part("aspect ratio", aspect, report.aspect_ratio, "", 20, 1000, 5),
    ]
    if log is not None and log.coverage is not None:
        worst = min(patch.thickness_fraction for patch in log.layers.values())
        parts.append(_part("layers", 100 * log.coverage, 100 * worst, "%", 100, 0, 20))
    return [part for part in parts if np.isfinite(part.mark)]


def _part(name: str, value: float, worst: float, unit: str, good: float, useless: float, weight: float) -> Part:
    """A part whose mark falls from 1 at `good` to 0 at `useless`."""
    mark = float(np.clip((value - useless) / (good - useless), 0, 1)) if not np.isnan(value) else float("nan")
    return Part(name, value, worst, unit, mark, weight, _ADVICE[name] if mark < 0.8 else "")
