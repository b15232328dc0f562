"""Viewer: a Scene that lives in the page."""

from __future__ import annotations

from flowcfd.errors import CaseError
from flowcfd.scene import Scene
from flowcfd.viewer.way import way
from flowcfd.widgets.frame import Frame

LEAST = 120
"""So many pixels a picture with its toolbar needs."""


class Viewer(Frame):
    """A scene to turn and to change by its toolbar: `viewer = fc.Viewer(fc.view(res).slice("y")); viewer`.

    `scene` is what it shows, with all that the toolbar did; setting it changes the page. What cannot be shown is said
    in the page, and another scene set is the way back. CaseError for what is no Scene.
    """

    def __init__(self, scene: Scene, *, height: int = 560) -> None:
        where = _scene(scene).results
        label = f"3-D view of {where.case.parent.name if where.run else where.case.name}"
        if not isinstance(height, int) or height < LEAST:
            raise CaseError(f"Viewer: the height must be {LEAST} pixels or more (got {height!r})")
        super().__init__("scene", scene.to_json(), label=label, height=height, way=way())

    @property
    def scene(self) -> Scene:
        """What is shown now, with all that the toolbar did."""
        return Scene.from_json(self.look())

    @scene.setter
    def scene(self, scene: Scene) -> None:
        self.show(_scene(scene).to_json())

    def still(self) -> bytes:
        """Drawn by this process: who has no page needs no other for it."""
        return self.scene.png

    @property
    def code(self) -> str:
        """The Python that makes what is shown."""
        return self.scene.code


def _scene(given: object) -> Scene:
    if not isinstance(given, Scene):
        raise CaseError(f"Viewer: must be given a Scene, such as fc.view(run).slice('y') (got {type(given).__name__})")
    return given
