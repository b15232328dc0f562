"""Live: the plotter behind one view, which shows scenes and is turned by the mouse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flowcfd.scene import Scene
from flowcfd.scene.render import Drawn, draw
from flowcfd.viewer.kinds import Spec

Read = Callable[[Spec], Scene]


class Live:
    """One view's plotter. `plotter` is PyVista's; after changing it `push()` sends the picture."""

    def __init__(self, server: Any, read: Read) -> None:
        import pyvista

        self.server, self.read = server, read
        self.plotter: Any = pyvista.Plotter(off_screen=True, window_size=[1000, 560])
        self.plotter.enable_trackball_style()
        self.drawn: Drawn | None = None
        self._widget: Any = None

    def widget(self, **more: Any) -> Any:
        """The picture in the page: trame's VtkRemoteView, which fills the element around it."""
        from trame.widgets import vtk

        self.plotter.render()
        self._widget = vtk.VtkRemoteView(
            self.plotter.render_window, interactive_ratio=1, interactive_quality=60, still_quality=95, **more
        )
        return self._widget

    def show(self, scene: Scene, *, aim: bool = True) -> None:
        """Show another scene; with `aim` from where it says, else as it was turned. Raises what its layers raise."""
        camera = self.plotter.camera.copy()
        drawn = draw(scene, self.plotter)
        self.plotter.clear_actors()
        self.plotter.scalar_bars.clear()
        drawn.put()
        if aim or self.drawn is None:
            drawn.aim()
        else:
            self.plotter.camera = camera
        self.drawn = drawn
        self.push()

    def push(self) -> None:
        """Send the picture as it is now."""
        if self._widget is not None:
            self._widget.update()

    def close(self) -> None:
        """Free its memory."""
        self.plotter.close()
