"""The judge of the mesh."""

from __future__ import annotations

import numpy as np

from flowcfd.post.verdict.evidence import Evidence
from flowcfd.post.verdict.judge import Judgement, amber, green, judge, percent, red


@judge("mesh quality")
def quality(seen: Evidence) -> Judgement:
    """Non-orthogonality, skewness, volumes and growth of the cells, by the formulas of checkMesh.

    Red: a cell without volume, non-orthogonality of 90 degrees or more. Amber: faces above 70 degrees, skewness above 4
    (both the limits of checkMesh, OpenFOAM 1912), or more than 1 % of faces between cells whose volumes differ more
    than tenfold. Long thin cells at walls are as they should be: the aspect ratio is not judged.
    """
    mesh = seen.mesh
    angles, growth = mesh.non_orthogonality(), mesh.growth()
    skewness = np.concatenate(
        [mesh.skewness, *(patch.skewness for patch in mesh.patches.values() if patch.kind != "empty")]
    )
    angle = float(angles.max(initial=0.0))
    skew = float(skewness.max(initial=0.0))
    uneven = float((growth > 10).mean()) if len(growth) else 0.0
    details = {"non_orthogonality": angle, "mean_non_orthogonality": float(angles.mean()) if len(angles) else 0.0,
               "above_70": int((angles > 70).sum()), "skewness": skew, "smallest_volume": float(mesh.volumes.min()),
               "uneven": uneven, "cells": len(mesh.volumes)}  # fmt: skip
    limit = "70°, skewness 4"
    value = f"{angle:.0f}°, {skew:.2g}"
    if mesh.volumes.min() <= 0:
        return red(f"{(mesh.volumes <= 0).sum()} cells have no or a negative volume", value, limit, details=details)
    if angle >= 90:
        return red(
            f"{(angles >= 90).sum()} faces look backwards (non-orthogonality {angle:.0f} degrees)",
            value,
            limit,
            details=details,
        )
    said = []
    if angle > 70:
        said.append(
            f"{details['above_70']} of {len(angles)} faces are more than 70 degrees non-orthogonal (up to {angle:.0f})"
        )
    if skew > 4:
        said.append(f"{(skewness > 4).sum()} faces are skewed by more than 4 (up to {skew:.1f})")
    if uneven > 0.01:
        said.append(f"{percent(uneven)} of the faces lie between cells whose volumes differ more than tenfold")
    if said:
        return amber("; ".join(said), value, limit, details=details)
    return green(f"{len(mesh.volumes)} cells, non-orthogonality up to {angle:.0f} degrees, skewness up to {skew:.2g}",
                 value, limit, details=details)  # fmt: skip
