"""The layers there are, by kind."""

from __future__ import annotations

from collections.abc import Mapping

from flowcfd.scene.layers import Clip, Contour, Glyphs, Layer, Outline, Slice, Streamlines, Surface, Threshold
from flowcfd.scene.marks import Line, Patches, Probe, Worst

LAYERS: Mapping[str, type[Layer]] = {
    made.kind: made
    for made in (
        Slice, Surface, Contour, Streamlines, Glyphs, Clip, Threshold, Outline, Probe, Line, Worst, Patches,
    )
}  # fmt: skip
"""By kind."""
