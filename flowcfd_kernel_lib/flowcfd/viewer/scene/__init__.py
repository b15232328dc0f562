"""The view of a scene with its controls: toolbar, panels, time, probes and lines, its code."""

from flowcfd.viewer.scene.app import build

__all__ = ["build"]
