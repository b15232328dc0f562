"""The app of kind "scene": one Scene, shown by the picture and by the controls, changed by both and by the kernel."""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from flowcfd.errors import CaseError, FlowError
from flowcfd.scene import Scene
from flowcfd.scene.marks import Line, Probe
from flowcfd.scene.paint import Paint
from flowcfd.viewer.scene import files, page, picks, plots
from flowcfd.viewer.scene.actions import ACTIONS
from flowcfd.viewer.scene.choices import choices, fixed
from flowcfd.viewer.scene.playback import Playback
from flowcfd.viewer.scene.state import state as shown

if TYPE_CHECKING:
    from flowcfd.viewer.kinds import Spec, Tell
    from flowcfd.viewer.live import Live

WHOLE = frozenset({"first", "time", "dark", "ruler"})
"""Actions that leave a first look what it is; before all others its layers are written out."""
STATIC = Path(__file__).parent / "static"


class SceneApp:
    """A scene with its controls. `act(name, *arguments)` is what every control does."""

    def __init__(self, server: Any, live: Live, spec: Spec, tell: Tell) -> None:
        self._live, self._tell, self._state = live, tell, server.state
        self._server = server
        self.scene: Scene = live.read(spec)
        self._offered: dict[str, tuple[str, bytes]] = {}
        self._playback = Playback(self._ahead, self._frame, self._played)
        self._handle = picks.Handle(live.plotter, self._dragged)
        self._dragging: int | None = None
        self._next: Scene | None = None
        self._state.update(
            {"fixed": fixed(), "sentence": "", "said": False, "mode": "", "first": None, "playing": False,
             "drawer": True, "over": False, "offered": None, "drag": -1, "typedPoint": {"x": "", "y": "", "z": ""},
             "panels": ["colour", "layers"]}
        )  # fmt: skip
        self._start()
        live.on_rest.append(self.turned)

    def _start(self) -> None:
        """The first picture; where a layer cannot be drawn, the sentence and the controls to put that right."""
        try:
            self._live.show(self.scene)
        except FlowError as error:
            _ = self.scene._data.cells  # without a mesh there is nothing to control
            self._say(error)
        self._refresh()

    # ---- what the render process asks

    def spec(self) -> Spec:
        """The scene as JSON."""
        return self.scene.to_json()

    def replace(self, spec: Spec) -> None:
        """Show another scene, which the kernel has made. Raises FlowError and shows what it showed."""
        self._playback.stop()
        self._show(self._live.read(spec), told=False)

    # ---- what the controls do

    def act(self, name: str, *arguments: Any) -> None:
        """Do one of the actions; where it cannot be done, a sentence says why and the scene stays."""
        with self._state:
            try:
                self._playback.stop()
                self._show(ACTIONS[name](self.scene if name in WHOLE else self.scene.explicit(), *arguments))
            except FlowError as error:
                self._say(error)
                self._refresh()

    def play(self) -> None:
        """Play the times, or stay where it is."""
        with self._state:
            if self._playback.playing:
                self._playback.stop()
                self._state.playing = False
                return
            count = len(self._state.choices["times"])
            if count < 2:
                self._say(CaseError("there is one time only; nothing to play"))
                return
            self._state.playing = True
            self._playback.start(self._state.choices["time"], count)

    def point(self, mode: str, x: float, y: float) -> None:
        """A click into the picture while probes or lines are set."""
        with self._state:
            try:
                place = picks.inside(self.scene._data.cells, picks.picked(self._live.plotter, x, y))
                if mode == "probe":
                    self._show(ACTIONS["probe"](self.scene, *place))
                elif self._state.first is None:
                    self._state.first = list(place)
                else:
                    first, self._state.first = self._state.first, None
                    self._show(ACTIONS["line"](self.scene, first, place))
            except FlowError as error:
                self._say(error)

    def drag(self, number: int) -> None:
        """Handles on the plane of a layer, or away from it."""
        with self._state:
            self._handle.hide()
            self._dragging = None if self._dragging == number else number
            self._handles()
            self._live.push()

    def turned(self) -> None:
        """The camera rests after the mouse has turned it: it is the scene's."""
        if self._live.drawn is None:
            return
        seen = self._live.drawn.turned()
        if seen == self.scene.seen:
            return
        with self._state:
            self.scene = self.scene.explicit().changed(seen=seen)
            self._refresh()
            self._changed()

    def export(self, suffix: str) -> None:
        """Make a file and offer it to the page."""
        with self._state:
            try:
                self._offer(files.name(self.scene, suffix), files.content(self._sized(), suffix))
            except FlowError as error:
                self._say(error)

    def picture(self) -> None:
        """The picture as it is seen."""
        from flowcfd.picture import Picture

        with self._state:
            made = Picture.of(self._live.plotter.screenshot(return_img=True))
            self._offer(files.name(self.scene, ".png"), made.png)

    def table(self) -> None:
        """The values along the line, with all fields, as a file."""
        with self._state:
            try:
                self._offer(f"{Path(self.scene.of).name}-line.csv", self.scene.profiles[0].to_csv(index=False).encode())
            except FlowError as error:
                self._say(error)

    def taken(self, number: str) -> Any:
        """The file that was offered, for the page, once."""
        _, content = self._offered.pop(number)
        return self._server.protocol.addAttachment(content)

    def write(self) -> None:
        """The code into the notebook."""
        self._tell({"flowcfd": "code", "code": self.scene.code})

    # ---- inside

    def _show(self, scene: Scene, *, told: bool = True) -> None:
        scene = scene.reading(self.scene)
        try:
            self._live.show(scene, aim=scene.seen != self.scene.seen or scene.pixels != self.scene.pixels)
        except FlowError:
            with suppress(FlowError):
                self._live.show(self.scene, aim=False)
            raise
        self.scene = scene
        with self._state:
            self._state.said = False
            self._refresh()
            if self._dragging is not None:
                self._handles()
        if told:
            self._changed()

    def _changed(self) -> None:
        self._tell({"flowcfd": "changed", "spec": self.scene.to_json()})

    def _refresh(self) -> None:
        """The controls show what the scene has."""
        paint, whole = self._paint(), self._explicit()
        self._state.update(
            {"shown": shown(whole), "choices": choices(whole, paint), "code": self.scene.code,
             "probes": self._probes(paint), "plot": self._plot(paint),
             "range": self._range()}
        )  # fmt: skip

    def _explicit(self) -> Scene:
        """With the layers of a first look, which the controls show too."""
        try:
            return self.scene.explicit()
        except FlowError:
            return self.scene

    def _paint(self) -> Paint | None:
        return self.scene.paint or self._explicit().paint

    def _range(self) -> dict[str, float]:
        """Where the colours end now, which a typed range starts from."""
        for bar in self._live.plotter.scalar_bars.values():
            low, high = bar.GetLookupTable().GetTableRange()
            return {"low": float(f"{low:.4g}"), "high": float(f"{high:.4g}")}
        return {"low": 0.0, "high": 1.0}

    def _probes(self, paint: Paint | None) -> list[dict[str, Any]]:
        points = [point for one in self.scene.layers if isinstance(one, Probe) for point in one.points]
        if not points or paint is None:
            return []
        values = paint.chosen(self.scene._data.sample(points, paint.field))
        unit = self.scene._data.unit(paint.field)
        return [
            {"where": "(" + ", ".join(f"{one:g}" for one in point) + ") m",
             "value": f"{value:.6g} {unit}".strip() if np.isfinite(value) else "outside of the flow"}
            for point, value in zip(points, values, strict=True)
        ]  # fmt: skip

    def _plot(self, paint: Paint | None) -> str:
        lines = [one for one in self.scene.layers if isinstance(one, Line)]
        if not lines or paint is None:
            return ""
        line, data = lines[0], self.scene._data
        share = np.linspace(0, 1, line.count)[:, None]
        places = np.asarray(line.a) + share * (np.asarray(line.b) - np.asarray(line.a))
        found = data.sample(places.tolist(), paint.field)
        length = float(np.linalg.norm(np.subtract(line.b, line.a)))
        label = paint.label(data.unit(paint.field), vector=found.ndim == 2)
        return plots.plot(share[:, 0] * length, paint.chosen(found), label)

    def _say(self, error: FlowError) -> None:
        self._state.sentence, self._state.said = str(error), True

    def _sized(self) -> Scene:
        """The scene in the size of the picture that is seen, where none was asked for."""
        wide, tall = self._live.plotter.window_size
        return self.scene if self.scene.pixels is not None else self.scene.changed(pixels=(int(wide), int(tall)))

    def _offer(self, name: str, content: bytes) -> None:
        number = secrets.token_hex(8)
        self._offered = {number: (name, content)}
        self._state.offered = {"name": name, "number": number}

    def _ahead(self, number: int) -> None:
        """Read a time of the playback, while the loop draws; what is wrong with it is said when it is shown."""
        with suppress(FlowError):
            paint, scene = self._paint(), ACTIONS["time"](self.scene, number)
            if paint is not None:
                scene._data.with_values(paint.field, smooth=not paint.cells)
            self._next = scene

    def _frame(self, number: int) -> bool:
        """One time of the playback; False where it cannot be shown."""
        with self._state:
            try:
                scene = ACTIONS["time"](self.scene, number)
                scene = scene if self._next is None else scene.reading(self._next)
                self._live.show(scene, aim=False)
            except FlowError as error:
                self._say(error)
                return False
            self.scene = scene
            self._state.choices = {**self._state.choices, "time": number}
        return True

    def _played(self) -> None:
        self._next = None
        with self._state:
            self._state.playing = False
            self._refresh()
        self._changed()

    def _handles(self) -> None:
        number = self._dragging
        layers = self.scene.layers
        if number is None or number >= len(layers) or layers[number].kind not in ("slice", "clip"):
            self._handle.hide()
            self._dragging, self._state.drag = None, -1
            return
        card = self._state.choices["cards"][number]
        low, high = self.scene._data.bounds
        self._handle.show(card["normal"], card["origin"], np.ravel([low, high], "F"))
        self._state.drag = number

    def _dragged(self, normal: Any, origin: Any) -> None:
        if self._dragging is not None:
            self.act("plane", self._dragging, list(normal), list(origin))


def build(server: Any, live: Live, spec: Spec, tell: Tell) -> SceneApp:
    """The page: a toolbar, the picture, a drawer with panels, the times."""
    server.enable_module(
        {"serve": {"__flowcfd_scene": str(STATIC)}, "scripts": ["__flowcfd_scene/scene.js"],
         "styles": ["__flowcfd_scene/scene.css"]}
    )  # fmt: skip
    app = SceneApp(server, live, spec, tell)
    server.trigger("taken")(app.taken)
    page.layout(server, live, app)
    return app
