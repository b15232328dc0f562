"""Patches picked on the body: named, coloured by their boundaries, and given boundaries."""

from flowcfd.widgets.patches.patches import Patches, patches

__all__ = ["Patches", "patches"]
