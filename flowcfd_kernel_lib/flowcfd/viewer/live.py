"""Live: the plotter behind one view, which shows scenes and is turned by the mouse."""

from __future__ import annotations

import base64
import io
import math
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from flowcfd.errors import ResultError
from flowcfd.scene import Scene
from flowcfd.scene.coarse import triangles
from flowcfd.scene.render import Drawn, draw
from flowcfd.viewer import lod
from flowcfd.viewer.kinds import Spec

if TYPE_CHECKING:
    from PIL import Image

Read = Callable[[Spec], Scene]
RATIO = 0.6
"""Resolution while it moves, of that at rest."""
DENSE = 300_000
"""Beyond so many triangles each pixel has several of them, and smoothed edges would double the time of a picture."""
LEAST = 12
"""The smallest letters [pixels]."""
MOVING, STILL = 70, 92
"""Quality of JPEG."""
LIMIT = 200_000
"""The most bytes of a picture that stays in a notebook."""
UNSHINING = "#define pow(x, y) 0.0\n//VTK::Light::Impl\n#undef pow\n"
"""VTK reckons the shine of each of five lights also where a thing has none: a ninth of a picture of small triangles."""
QUICK, SLOW = 0.012, 0.06
"""A moving picture that took less leaves room for a finer level, one that took more asks for a coarser one [s]."""


class Live:
    """One view's plotter. `plotter` is PyVista's; after changing it, `changed()` sends the picture.

    While it moves, surfaces with many triangles are drawn coarsely, all at a lower resolution, edges not smoothed.
    Functions in `on_rest` are called when the mouse has let go, those in `on_size` when the picture has another size.
    """

    def __init__(self, server: Any, read: Read) -> None:
        import pyvista

        self.server, self.read = server, read
        made: Any = pyvista.Plotter(off_screen=True, window_size=[1000, 560])
        made.enable_trackball_style()
        self.plotter = made
        self.plotter.render_window.SetMultiSamples(0)
        self.drawn: Drawn | None = None
        self.moving = self.closed = False
        self.on_rest: list[Callable[[], None]] = []
        self.on_size: list[Callable[[], None]] = []
        self._delivery: Any = None
        self._size, self._sized = (1000, 560), False
        self._levels, self._finer = lod.Levels(), 0
        self._full: list[tuple[Any, Any]] = []
        self._letters: dict[int, tuple[Any, int]] = {}
        self._held: tuple[tuple[int, int], Any] | None = None
        self._seen_last: tuple[int, float, Any] = (0, 0.0, None)

    @property
    def name(self) -> str:
        """As the page calls it."""
        return str(self._helper.id(self.plotter.render_window))

    def widget(self, **more: Any) -> Any:
        """The picture in the page: trame's VtkRemoteView, which fills the element around it."""
        from trame.widgets import vtk

        from flowcfd.viewer.delivery import Delivery

        self.plotter.render_window.GetInteractor().EnableRenderOff()
        made = vtk.VtkRemoteView(self.plotter.render_window, **more)
        self._helper = made._helper
        self._delivery = Delivery(self)
        self.server.trigger("flowcfd_here")(lambda: None)  # what the page asks to know whether it is answered
        self.server.add_protocol_to_configure(lambda protocol: protocol.registerLinkProtocol(self._delivery))
        return made

    # ---- what is shown

    def show(self, scene: Scene, *, aim: bool = True) -> None:
        """Show another scene; with `aim` from where it says, else as it was turned. Raises what its layers raise."""
        drawn = draw(scene, self.plotter)
        camera = self.plotter.camera.copy()
        self._restore()
        self._levels.clear()
        self.plotter.clear_actors()
        self.plotter.scalar_bars.clear()
        self.plotter.window_size = list(self._size)
        first, self.drawn = self.drawn is None, drawn
        drawn.put()
        for text in self._texts():
            text.SetFontSize(max(LEAST, text.GetFontSize()))
        if aim or first:
            drawn.aim()
            self._sized = False
        else:
            self.plotter.camera = camera
            self.plotter.reset_camera_clipping_range()
        self.changed()

    def changed(self) -> None:
        """Send the picture as it is now."""
        if self._delivery is not None and self.server.running:
            self._delivery.ask()

    push = changed

    def resize(self, width: int, height: int) -> None:
        """The picture's place in the page has this size [pixels]."""
        if (width, height) == self._size and self._sized:
            return
        self._size = (width, height)
        if self.moving:
            return
        self.plotter.window_size = [width, height]
        if self.drawn is not None and not self._sized:  # nobody has turned it yet
            self.show(self.drawn.scene)
        self._sized = True
        for heard in self.on_size:
            heard()

    # ---- moving

    def hold(self) -> None:
        """The mouse is pressed, or a wheel turned; nothing has moved yet."""
        self._held = self.plotter.render_window.GetInteractor().GetEventPosition(), self.plotter.camera.copy()

    def stir(self) -> None:
        """Draw coarsely from when something has moved since the press: a click keeps its sharp picture."""
        if self._held is not None and self._stirred(*self._held):
            self._held = None
            self.move(True)

    def rest(self) -> None:
        """The mouse has let go; where nothing has moved, the camera is exactly what it was."""
        self.stir()
        if self._held is not None:  # VTK turns by nothing at a click, and straightens what is up
            self.plotter.camera.DeepCopy(self._held[1])
            self._held = None
        self.move(False)

    def move(self, moving: bool) -> None:
        """Begin or end to draw coarsely."""
        if moving == self.moving or self.closed:
            return
        self.moving = moving
        if moving:
            self.plotter.disable_anti_aliasing()
            self._replace()
            size = [max(16, round(RATIO * pixels)) for pixels in self._size]
            self._letters = {id(text): (text, text.GetFontSize()) for text in self._texts()}
        else:
            self._restore()
            size = list(self._size)
        self._scale(size)
        for text, pixels in self._letters.values():
            text.SetFontSize(max(4, round(RATIO * pixels)) if moving else pixels)

    def image(self) -> tuple[bytes, tuple[int, int]]:
        """The picture as JPEG, and its width and height [pixels]."""
        picture, made = self._seen(), io.BytesIO()
        picture.save(made, "JPEG", quality=MOVING if self.moving else STILL, subsampling=2 if self.moving else 0)
        return made.getvalue(), picture.size

    def seen(self, after: int = -1, *, rests: float = 0.0) -> tuple[int, bytes]:
        """The number of the last picture that was drawn in full, and it as JPEG of at most LIMIT bytes.

        Nothing is drawn for it. Empty where none is later than `after`, or where it came less than `rests` ago [s].
        """
        number, drawn, picture = self._seen_last
        if number <= after or picture is None or time.monotonic() - drawn < rests:
            return number, b""
        return number, bounded(picture)

    def picture(self) -> str:
        """The picture at rest as PNG in base64; empty where there is nothing to see."""
        if not self.plotter.renderer.actors:
            return ""
        self.move(False)
        made = io.BytesIO()
        self._seen().save(made, "PNG")
        return base64.b64encode(made.getvalue()).decode()

    def page(self) -> str:
        """What is shown as a page that needs nothing from elsewhere. Raises ResultError where no scene is shown."""
        if self.drawn is None:
            raise ResultError("this view has no form that could be shown without Jupyter's proxy")
        with tempfile.TemporaryDirectory(prefix="flowcfd-page-") as folder:
            return self.drawn.scene.save(Path(folder, "scene.html")).read_text()

    def forget(self) -> None:
        """Free what can be made again."""
        self.move(False)
        self._levels.clear()

    def close(self) -> None:
        """Free its memory."""
        self.closed = True
        self._levels.clear()
        self._full.clear()
        self.plotter.close()

    # ---- inside

    def _stirred(self, place: tuple[int, int], before: Any) -> bool:
        """Whether the mouse is elsewhere, or the camera."""
        now, window = self.plotter.camera, self.plotter.render_window
        return window.GetInteractor().GetEventPosition() != place or not np.allclose(
            _sight(now), _sight(before), rtol=1e-9, atol=1e-12
        )

    def _scale(self, size: list[int]) -> None:
        """Another size of what is drawn; the mouse is where it was in it, so that what is dragged does not jump."""
        window = self.plotter.render_window
        before, mouse = window.GetSize(), window.GetInteractor()
        last, now = (
            [math.floor(at * new / old + 0.5) for at, new, old in zip(place, size, before, strict=True)]
            for place in (mouse.GetLastEventPosition(), mouse.GetEventPosition())
        )
        self.plotter.window_size = size
        mouse.SetEventPosition(*last)
        mouse.SetEventPosition(*now)  # which makes the one before the last

    def _seen(self) -> Image.Image:
        """What is drawn now."""
        from PIL import Image
        from vtkmodules.vtkCommonCore import vtkUnsignedCharArray

        if not self.moving and sum(triangles(data) for _, data in self._surfaces()) < DENSE:
            self.plotter.enable_anti_aliasing("ssaa")
        self._spare_shine()
        window, start = self.plotter.render_window, time.perf_counter()
        window.Render()
        width, height = window.GetSize()
        pixels = vtkUnsignedCharArray()
        window.GetPixelData(0, 0, width - 1, height - 1, 0, pixels, 0)
        if self.moving:
            self._pace(time.perf_counter() - start)
        else:
            self._levels.prepare([data for _, data in self._surfaces()])
        upside = Image.frombytes("RGB", (width, height), bytes(memoryview(cast(Any, pixels))))
        found = upside.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        if not self.moving:
            self._seen_last = self._seen_last[0] + 1, time.monotonic(), found
        return found

    def _spare_shine(self) -> None:
        """Tell the shaders of what has no shine; the picture is the same."""
        for actor in self.plotter.renderer.actors.values():
            if actor.IsA("vtkActor") and not actor.GetProperty().GetSpecular():
                shader = actor.GetShaderProperty()
                if not shader.GetNumberOfShaderReplacements():
                    shader.AddFragmentShaderReplacement("//VTK::Light::Impl", True, UNSHINING, False)

    def _surfaces(self) -> Iterator[tuple[Any, Any]]:
        """(mapper, surface) of all that has many triangles."""
        for actor in self.plotter.renderer.actors.values():
            mapper = actor.GetMapper() if hasattr(actor, "GetMapper") else None
            data = None if mapper is None or not actor.GetVisibility() else mapper.GetInputDataObject(0, 0)
            if data is not None and data.IsA("vtkPolyData") and triangles(data) > lod.SMALL:
                yield mapper, data

    def _replace(self) -> None:
        """Put the coarse surfaces in the places of those that they are made of, as far as they are ready."""
        self._restore()
        for mapper, data in self._surfaces():
            levels = self._levels.of(data)
            if levels:
                self._full.append((mapper, data))
                mapper.SetInputDataObject(levels[max(0, len(levels) - 1 - self._finer)])

    def _restore(self) -> None:
        for mapper, data in self._full:
            mapper.SetInputDataObject(data)
        self._full.clear()

    def _pace(self, seconds: float) -> None:
        """A finer level where the pictures come fast, a coarser one where they come slowly."""
        before = self._finer
        if seconds < QUICK:
            self._finer = min(self._finer + 1, len(lod.LEVELS))
        elif seconds > SLOW:
            self._finer = max(self._finer - 1, 0)
        if self._finer != before or self._levels.news():
            self._replace()

    def _texts(self) -> Iterator[Any]:
        """What sets the size of letters [pixels], which does not follow that of the picture."""
        props = self.plotter.renderer.GetViewProps()
        for number in range(props.GetNumberOfItems()):
            prop = props.GetItemAsObject(number)
            for name in ("GetTitleTextProperty", "GetLabelTextProperty", "GetTextProperty"):
                if hasattr(prop, name) and prop.IsA("vtkActor2D") and not prop.IsA("vtkCornerAnnotation"):
                    yield getattr(prop, name)()


def bounded(picture: Image.Image) -> bytes:
    """A picture as JPEG of at most LIMIT bytes: coarser, then smaller, as far as that takes."""
    for quality in (88, 75, 60):
        made = io.BytesIO()
        picture.save(made, "JPEG", quality=quality, subsampling=0)
        if made.tell() <= LIMIT:
            return made.getvalue()
    return bounded(picture.resize((max(1, 2 * picture.width // 3), max(1, 2 * picture.height // 3))))


def _sight(camera: Any) -> list[float]:
    """What a camera shows, as numbers: the way up counts only as far as it turns the picture."""
    seen = camera.GetModelViewTransformMatrix()
    turned = [seen.GetElement(row, column) for row in range(3) for column in range(4)]
    return [*turned, camera.parallel_scale, camera.view_angle]
