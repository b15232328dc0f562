"""Values that are read off a scene at its probes and along its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from flowcfd.errors import CaseError
from flowcfd.scene.marks import Line, Probe

if TYPE_CHECKING:
    from flowcfd.post.table import Table
    from flowcfd.scene.scene import Scene


def probed(scene: Scene) -> Table:
    """The points of all probes with all written fields; CaseError where there are none."""
    points = [point for layer in scene.layers if isinstance(layer, Probe) for point in layer.points]
    if not points:
        raise CaseError("scene: has no probe; scene.probe((x, y, z)) puts one into it")
    return scene.results.sample_points(np.reshape(points, (-1, 3)), time=scene.time)


def profile(scene: Scene, line: Line) -> Table:
    """All written fields along a line."""
    return scene.results.sample_line(line.a, line.b, line.count, time=scene.time)
