"""Scenes: what is looked at of a result, as a value that draws itself. Pictures and files, no widget."""

from flowcfd.scene.look import view
from flowcfd.scene.scene import Scene

__all__ = ["Scene", "view"]
