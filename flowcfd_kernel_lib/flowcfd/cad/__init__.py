"""Geometry: from a CAD file or a surface of triangles to a body with named patches."""

from flowcfd.cad.geometry import Geometry, Patch, Source
from flowcfd.cad.load import load
from flowcfd.cad.placing import together
from flowcfd.cad.selectors import Faces, Facing, Inside, Near

__all__ = ["Faces", "Facing", "Geometry", "Inside", "Near", "Patch", "Source", "load", "together"]
