"""Scene: what is shown of a result, built step by step; every step gives another Scene."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from html import escape
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from flowcfd.errors import CaseError, FlowError, ResultError
from flowcfd.given import colour, given_path, positive, whole
from flowcfd.scene import given
from flowcfd.scene.camera import Camera
from flowcfd.scene.data import Data
from flowcfd.scene.given import Position
from flowcfd.scene.layers import (
    AXES,
    Clip,
    Contour,
    Glyphs,
    Layer,
    Outline,
    Slice,
    Streamlines,
    Surface,
    Threshold,
    Vector,
)
from flowcfd.scene.marks import Line, Patches, Probe, Worst
from flowcfd.scene.paint import Paint
from flowcfd.units import si

if TYPE_CHECKING:
    from flowcfd.post.open import Results
    from flowcfd.post.table import Table

MOST_VALUES = 200
"""Contours beyond it take minutes, and nobody can tell them apart."""


@dataclass(frozen=True, eq=False)
class Scene:
    """What is shown of the results of a run at one time, as a value: `view(res).slice("y").color("U")`.

    Every method gives another Scene; nothing is drawn before it is shown, saved or asked for its `png`. `code` is the
    Python that makes it, `to_json` all of it as data.
    """

    results: Results
    time: float | None = None
    layers: tuple[Layer, ...] = ()
    paint: Paint | None = None
    seen: Camera = field(default_factory=Camera)
    pixels: tuple[int, int] | None = None
    """Width and height; None: as wide as usual. The height 0: as high as what is shown needs."""
    black: bool = False
    words: str = ""
    ruled: bool = False

    # ---- what is shown

    def slice(self, normal: str | Position = "z", at: str | float | Position | None = None, **looks: Any) -> Scene:
        """A plane: its normal, "x", "y", "z" or a vector; `at` a point on it, or how far along the axis [m]."""
        return self._with(Slice(normal=given.direction(normal), origin=self._on(normal, at), **given.looks(looks)))

    def surface(self, *patches: str, plain: str = "", **looks: Any) -> Scene:
        """Patches or groups, without names the body or the walls; `plain` is one colour for them instead of a field."""
        for name in patches:
            if not isinstance(name, str):
                raise CaseError(f"surface: give names of patches, surface('inlet', 'outlet') (got {name!r})")
        return self._with(Surface(patches=tuple(patches), colour=colour(plain, "plain"), **given.looks(looks)))

    def contour(self, of: str = "p", values: Iterable[float] | int | None = None, **looks: Any) -> Scene:
        """The surfaces (in two dimensions: lines) where a field has these values, or so many over its range."""
        if values is None or isinstance(values, Integral):
            count = 10 if values is None else whole(values, "contour: values", 1, MOST_VALUES)
            return self._with(Contour(field=of, count=count, **given.looks(looks)))
        return self._with(Contour(field=of, values=given.numbers("values", values), **given.looks(looks)))

    def isosurface(self, of: str, value: float, **looks: Any) -> Scene:
        """The surface where a field, such as "Q" or "lambda2", has one value."""
        return self.contour(of, [value], **looks)

    def streamlines(
        self,
        from_: str = "",
        *,
        line: Sequence[Position] | None = None,
        ball: tuple[Position, str | float] | None = None,
        count: int = 60,
        width: float = 2.0,
        plain: str = "",
        **looks: Any,
    ) -> Scene:
        """Lines along the velocity from a patch, from a line between two points, or a ball of (centre, radius).

        `plain` is one colour for them instead of a field.
        """
        if sum(map(bool, (from_, line is not None, ball is not None))) != 1:
            raise CaseError("streamlines: give one of from_ (a patch), line (two points) or ball (centre, radius)")
        if not isinstance(from_, str):
            raise CaseError(f"streamlines: from_ must be the name of a patch (got {from_!r})")
        for what, pair in (("line: must be two points", line), ("ball: must be (centre, radius)", ball)):
            if pair is not None and (not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2):
                raise CaseError(f"{what} (got {pair!r})")
        ends = None if line is None else (given.point(line[0]), given.point(line[1]))
        if ends is not None and ends[0] == ends[1]:
            raise CaseError(f"line: its two points must differ (got {line!r})")
        round_ = None if ball is None else (given.point(ball[0]), positive(si(ball[1], "m"), "ball: radius"))
        seeds: dict[str, Any] = {
            "patch": from_,
            "line": ends,
            "ball": round_,
            "count": whole(count, "count", 1, 100_000),
        }
        looked = {"width": positive(width, "width"), "colour": colour(plain, "plain"), **given.looks(looks)}
        return self._with(Streamlines(**seeds, **looked))

    def glyphs(self, of: str = "U", count: int = 400, scale: float = 1.0, **looks: Any) -> Scene:
        """Arrows along a vector field, at so many cells."""
        size = positive(scale, "scale")
        return self._with(Glyphs(field=of, count=whole(count, "count", 1), scale=size, **given.looks(looks)))

    def clip(self, normal: str | Position = "-y", at: str | float | Position | None = None, **looks: Any) -> Scene:
        """The cells behind a plane, given as for a slice; with `edges=True` whole cells and their edges: the mesh."""
        return self._with(Clip(normal=given.direction(normal), origin=self._on(normal, at), **given.looks(looks)))

    def _on(self, normal: str | Position, at: str | float | Position | None) -> Vector | None:
        """A point on a plane [m]."""
        if isinstance(at, str | Real):
            return given.along(given.direction(normal), at, *self._data.bounds)
        return None if at is None else given.point(at)  # type: ignore[arg-type]  # a float is a Real

    def threshold(self, of: str, low: float, high: float, **looks: Any) -> Scene:
        """The cells in which a field lies in a range."""
        low, high = given.numbers("threshold", (low, high), 2)
        if not low < high:
            raise CaseError(f"threshold: the range must rise (got {low:g} to {high:g})")
        return self._with(Threshold(field=of, low=low, high=high, **given.looks(looks)))

    def outline(self) -> Scene:
        """The edges of the domain."""
        return self._with(Outline())

    def probe(self, *points: Position, **looks: Any) -> Scene:
        """Mark points [m] with the value that is there; `scene.probed` is the table of them."""
        return self._with(Probe(points=tuple(given.point(one) for one in points), **given.looks(looks)))

    def line(self, a: Position, b: Position, count: int = 101) -> Scene:
        """A line from `a` to `b` [m] along which fields are read off; `scene.profiles` are the tables of them."""
        return self._with(Line(a=given.point(a), b=given.point(b), count=whole(count, "count", 2, 1_000_000)))

    def worst(self, metric: str = "non-orthogonality", count: int = 50) -> Scene:
        """The worst cells of the mesh by a metric of checkMesh, which is run once; see `fc.quality`."""
        return self._with(Worst(metric=metric, count=whole(count, "count", 1)))

    def patches(self, **looks: Any) -> Scene:
        """The patches of the mesh, each in a colour of its own, with their names; needs no fields."""
        return self._with(Patches(**given.looks(looks)))

    def middle(self) -> Scene:
        """The plane along flow and height through the body, near it; in two dimensions that of the case."""
        data = self._data
        across = data.across
        low, high = data.body or data.bounds
        made = self._with(Slice(normal=AXES["xyz"[across]], origin=given.middle_of(low, high)))
        return made.changed(seen=Camera(near=data.near))

    # ---- how it is shown

    def color(
        self,
        of: str,
        component: str = "magnitude",
        *,
        map: str = "",
        range: tuple[float, float] | Literal["times"] | None = None,
        log: bool = False,
        cells: bool = False,
    ) -> Scene:
        """Colour all that has no colour of its own by a field.

        `range` in its unit, "times": over all that are written; `cells`: not smoothed.
        """
        return self.changed(paint=given.painted(of, component, map=map, range=range, log=log, cells=cells))

    def at(self, time: float | None) -> Scene:
        """The same at another time [s or iterations], None: the last; NotYet lists the times when it is drawn."""
        return self.changed(time=given.moment(time))

    def camera(
        self,
        view: str | Position = "",
        *,
        zoom: float = 1.0,
        near: Sequence[Sequence[float]] | None = None,
        up: Position | None = None,
    ) -> Scene:
        """From where: "iso", "back", "x", "-y", ... or the direction to the eye; `near` is a box to look at [m].

        Without a view: straight at a plane or a two-dimensional case, else "iso".
        """
        box = None if near is None else given.box(near)
        above = None if up is None else given.direction(up)
        where: dict[str, Any] = {"view": view} if isinstance(view, str) else {"direction": given.direction(view)}
        return self.changed(seen=Camera(**where, zoom=zoom, near=box, up=above))

    def zoom(self, times: float) -> Scene:
        """Nearer, or with less than one further away."""
        return self.changed(seen=replace(self.seen, zoom=self.seen.zoom * positive(times, "zoom")))

    def size(self, width: int, height: int = 0) -> Scene:
        """The picture's size [pixels]; the height 0 is that which what is shown needs."""
        known = all(isinstance(one, Integral) for one in (width, height))
        if not known or not (16 <= width <= 8000 and (height == 0 or 16 <= height <= 8000)):
            raise CaseError(f"size: must be 16 to 8000 pixels (got {width} x {height})")
        return self.changed(pixels=(int(width), int(height)))

    def dark(self, on: bool = True) -> Scene:
        """On black."""
        return self.changed(black=on)

    def ruler(self, on: bool = True) -> Scene:
        """With a scale bar: a round length in the corner."""
        return self.changed(ruled=on)

    def title(self, words: str) -> Scene:
        """A line above."""
        if not isinstance(words, str):
            raise CaseError(f"title: must be text (got {words!r})")
        return self.changed(words=words)

    # ---- what comes of it

    @property
    def fields(self) -> list[str]:
        """The fields that can be shown at this time; empty where nothing is written."""
        try:
            return self._data.fields
        except ResultError:
            return []

    @property
    def place(self) -> str:
        """Where its last plane lies, such as "y = 0.1 m"; empty where there is none."""
        planes = [layer for layer in self.layers if isinstance(layer, Slice)]
        if not planes:
            return ""
        normal, origin = planes[-1].normal, planes[-1].origin or tuple(np.mean(self._data.bounds, axis=0))
        along = max(range(3), key=lambda n: abs(normal[n]))
        if max(map(abs, normal)) < 1:
            return f"through ({' '.join(f'{value:.4g}' for value in origin)}) with normal {normal}"
        return f"{'xyz'[along]} = {origin[along]:.4g} m"

    @property
    def probed(self) -> Table:
        """The points of all probes with all fields that are written: x, y, z [m], p, Ux, ...; nan outside."""
        from flowcfd.scene.sampled import probed

        return probed(self)

    @property
    def profiles(self) -> list[Table]:
        """For each line a table: x, y, z, distance [m] and all fields that are written."""
        from flowcfd.scene.sampled import profile

        return [profile(self, layer) for layer in self.layers if isinstance(layer, Line)]

    @cached_property
    def png(self) -> bytes:
        """The picture. Raises NotYet, NoSuchField, UnknownName, ResultError."""
        from flowcfd.scene.render import png

        return png(self)

    def save(self, path: str | Path) -> Path:
        """Write .png, .svg, .pdf, .html (turns in the browser, needs nothing else), .gltf or .vtm; returns the path."""
        from flowcfd.scene.render import save

        return save(self, given_path(path, "save"))

    @property
    def code(self) -> str:
        """The Python that makes this scene; running it gives an equal one."""
        from flowcfd.scene.code import code

        return code(self)

    def to_json(self) -> dict[str, Any]:
        """All of it as data; `Scene.from_json` reads it."""
        return {
            "of": self.of,
            "time": self.time, "paint": None if self.paint is None else asdict(self.paint),
            "layers": [{"kind": one.kind, **asdict(one)} for one in self.layers], "camera": asdict(self.seen),
            "size": None if self.pixels is None else list(self.pixels), "dark": self.black, "title": self.words,
            "ruler": self.ruled,
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Scene:
        """A scene from data; raises CaseError, and UnknownName for a layer that is not known."""
        from flowcfd.scene.look import view

        try:
            scene = view(data["of"])
            return replace(
                scene, time=given.moment(data["time"]), paint=given.read_paint(data["paint"]),
                seen=Camera(**given.tuples(data["camera"])),
                layers=tuple(given.read_layer(one) for one in data["layers"]),
                pixels=None if data["size"] is None else tuple(data["size"]),
                black=data["dark"], words=data["title"], ruled=data.get("ruler", False),
            )  # fmt: skip
        except (KeyError, TypeError) as error:
            raise CaseError(f"scene: not what a Scene writes: {error}") from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scene) and json.dumps(self.to_json()) == json.dumps(other.to_json())

    def __hash__(self) -> int:
        return hash(json.dumps(self.to_json()))

    def __repr__(self) -> str:
        shown = [layer.kind for layer in self.layers] or ["first look"]
        return f"<Scene of {self.results.case.parent.name}: {', '.join(shown)}>"

    def _repr_html_(self) -> str:
        try:
            picture = self.png
        except FlowError as error:
            known = ", ".join(self.fields) or "none yet"
            return f"<div><b>{escape(str(error))}</b></div><div>fields: {escape(known)}</div>"
        source = base64.b64encode(picture).decode()
        return (
            f'<img alt="{escape(self.code, quote=True)}" style="max-width:100%" src="data:image/png;base64,{source}">'
        )

    # ---- inside

    @cached_property
    def _data(self) -> Data:
        return Data(self.results, self.time)

    def changed(self, **values: Any) -> Scene:
        """With other values of its fields, and what was read already; `changed(layers=...)`."""
        return replace(self, **values).reading(self)

    def explicit(self) -> Scene:
        """The same with the layers, the paint and the camera of a first look written out, to be changed one by one."""
        from flowcfd.scene.render import explicit

        return explicit(self)

    def reading(self, other: Scene) -> Scene:
        """Itself, with what another scene of the same results has read."""
        if "_data" in other.__dict__ and self.of == other.of:
            if self.time == other.time:
                self.__dict__["_data"] = other._data
            else:
                self._data.follow(other._data)
        return self

    @property
    def of(self) -> str:
        """The folder of the run, or of the case that is none."""
        return str(self.results.run.path if self.results.run is not None else self.results.case)

    def _with(self, layer: Layer) -> Scene:
        return self.changed(layers=(*self.layers, layer))
