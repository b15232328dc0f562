"""What the controls do: each takes a Scene and gives another one, or raises a FlowError and nothing has happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from flowcfd.errors import CaseError, NoSuchField, UnknownName
from flowcfd.scene import Scene
from flowcfd.scene.layers import AXES
from flowcfd.scene.marks import Line, Probe
from flowcfd.scene.paint import Paint
from flowcfd.viewer.scene import state as states
from flowcfd.viewer.scene.choices import _vector

Act = Callable[..., Scene]


def paint(scene: Scene, name: str, value: Any) -> Scene:
    """Change one thing of the paint of the scene; another field has its own range and components."""
    scene = scene.explicit()
    return scene.changed(paint=_repainted(scene, scene.paint, name, value))


def typed(scene: Scene, low: Any, high: Any) -> Scene:
    """A range of the colours that was typed."""
    ends = {"span": "typed", "low": number(low, "lowest"), "high": number(high, "highest")}
    scene = scene.explicit()
    return scene.changed(paint=states.paint({**states.painted(scene.paint), **ends}))


def layer_paint(scene: Scene, number_: int, name: str, value: Any) -> Scene:
    """Change one thing of the paint of a layer; the field "" is that of the scene."""
    layer = _layer(scene, number_)
    made = None if name == "field" and not value else _repainted(scene, layer.paint or scene.paint, name, value)
    return _changed(scene, number_, paint=made)


def layer(scene: Scene, number_: int, name: str, value: Any) -> Scene:
    """Change one value of a layer."""
    given = states.frozen(value)
    usual = getattr(_layer(scene, number_), name)
    if isinstance(usual, float | int) and not isinstance(usual, bool):
        given = type(usual)(number(value, name))
    return _changed(scene, number_, **{name: given})


def plane(scene: Scene, number_: int, normal: Any = None, origin: Any = None) -> Scene:
    """Put a slice or clip elsewhere; its normal an axis or three numbers, its point three numbers [m]."""
    values: dict[str, Any] = {}
    if normal is not None:
        values["normal"] = AXES[normal] if isinstance(normal, str) else _three(normal, "normal")
        if not any(values["normal"]):
            raise CaseError("normal: must not be the zero vector")
        if isinstance(normal, str):
            values["origin"] = None
    if origin is not None:
        values["origin"] = _three(origin, "point")
    return _changed(scene, number_, **values)


def slide(scene: Scene, number_: int, at: Any) -> Scene:
    """Move a slice or clip along its axis to where it is `at` [m]."""
    one: Any = _layer(scene, number_)
    low, high = scene._data.bounds
    origin = [float(f"{part:.6g}") for part in (low + high) / 2] if one.origin is None else list(one.origin)
    origin[int(np.argmax(np.abs(one.normal)))] = float(f"{number(at, 'position'):.5g}")
    return _changed(scene, number_, origin=tuple(origin))


def add(scene: Scene, kind: str) -> Scene:
    """Add a layer that shows something of this scene at once. Raises UnknownName."""
    if kind not in ADDERS:
        raise UnknownName("layer", kind, ADDERS, where="scene")
    return ADDERS[kind](scene.explicit())


def remove(scene: Scene, number_: int) -> Scene:
    """Take a layer away; without any it is the first look again."""
    scene = scene.explicit()
    _layer(scene, number_)
    return scene.changed(layers=(*scene.layers[:number_], *scene.layers[number_ + 1 :]))


def seeds(scene: Scene, number_: int, source: str) -> Scene:
    """Start streamlines from a "patch", a "line" across the middle or a "ball" in it."""
    middle, size = _middle(scene)
    low, high = scene._data.bounds
    values: dict[str, Any] = {"patch": "", "line": None, "ball": None}
    if source == "patch":
        values["patch"] = next((n for n, one in scene._data.patches.items() if one.n_cells), "")
    elif source == "line":
        values["line"] = ((middle[0], float(low[1]), middle[2]), (middle[0], float(high[1]), middle[2]))
    else:
        values["ball"] = (middle, float(f"{size / 8:.3g}"))
    return _changed(scene, number_, **values)


def seed(scene: Scene, number_: int, part: int, axis: int, value: Any) -> Scene:
    """Change one number [m] of the line or the ball that streamlines start from."""
    one: Any = _layer(scene, number_)
    given = number(value, "streamlines")
    if one.ball is not None and part == 1:
        return _changed(scene, number_, ball=(one.ball[0], given))
    points = [list(point) for point in (one.line or (one.ball[0],))]
    points[part][axis] = given
    ends = tuple(tuple(point) for point in points)
    return _changed(scene, number_, **({"line": ends} if one.line else {"ball": (ends[0], one.ball[1])}))


def probe(scene: Scene, *point: Any) -> Scene:
    """Mark one more point [m]."""
    scene, place = scene.explicit(), _three(point, "point")
    for number_, one in enumerate(scene.layers):
        if isinstance(one, Probe):
            return _changed(scene, number_, points=(*one.points, place))
    return scene.probe(place)


def unprobe(scene: Scene, which: int) -> Scene:
    """Take a marked point away."""
    for number_, one in enumerate(scene.layers):
        if isinstance(one, Probe):
            left = (*one.points[:which], *one.points[which + 1 :])
            return _changed(scene, number_, points=left) if left else remove(scene, number_)
    return scene


def line(scene: Scene, a: Sequence[Any], b: Sequence[Any]) -> Scene:
    """A line along which the field is plotted, in the place of an earlier one."""
    scene = scene.explicit()
    ends = _three(a, "a"), _three(b, "b")
    rest = tuple(one for one in scene.layers if not isinstance(one, Line))
    return scene.changed(layers=rest).line(*ends)


def time(scene: Scene, number_: Any) -> Scene:
    """The time of this number among those that are written; the last one stays the last when more are written."""
    times = scene.results.times
    if not times:
        raise CaseError("time: none is written")
    chosen = min(max(int(number_), 0), len(times) - 1)
    return scene.at(times[chosen])


def camera(scene: Scene, view: str) -> Scene:
    """Look from a named direction; what is shown fills the picture."""
    return scene.explicit().camera(view)


def fit(scene: Scene) -> Scene:
    """What is shown fills the picture; the direction stays."""
    scene = scene.explicit()
    return scene.changed(seen=replace(scene.seen, zoom=1.0, near=None))


def edges(scene: Scene) -> Scene:
    """The edges of the mesh on all layers that are painted, or on none where all had them."""
    scene = scene.explicit()
    on = not all(one.edges for one in scene.layers if one.kind in EDGED)
    return scene.changed(layers=tuple(replace(one, edges=on) if one.kind in EDGED else one for one in scene.layers))


def walls(scene: Scene, field: str) -> Scene:
    """The walls by a field that is written on them, such as yPlus or wallShearStress. Raises NoSuchField."""
    output = {"yPlus": "fc.YPlus()", "wallShearStress": "fc.WallShear()"}.get(field, field)
    if field not in scene.fields:
        known = ", ".join(scene.fields) or "none"
        raise NoSuchField(f"{field} is not written at this time; put {output} into the outputs (there are: {known})")
    found = scene._data.patches.items()
    names = [name for name, one in found if one.user_dict.get("type") == "wall" and one.n_cells]
    if not names:
        raise CaseError(f"{field}: there are no walls")
    paint_ = Paint(field, map="viridis")
    bare = scene.changed(layers=(), paint=paint_)
    return bare.surface(*names).outline() if scene._data.plane is None else bare.surface(*names)


def mesh(scene: Scene) -> Scene:
    """The cells of the mesh: the patches, or half of it."""
    if scene._data.plane is not None:
        return scene.changed(layers=()).patches()
    return scene.changed(layers=()).clip("-y", edges=True).outline()


def first(scene: Scene) -> Scene:
    """The first look again."""
    return Scene(scene.results, scene.time, black=scene.black, ruled=scene.ruled).reading(scene)


def vortices(scene: Scene) -> Scene:
    """Vortices: a surface of Q, on which the colour is that of the velocity."""
    return ADDERS["isosurface"](scene.changed(layers=()).outline())


def dark(scene: Scene) -> Scene:
    """Dark, or light again."""
    return scene.dark(not scene.black)


def ruler(scene: Scene) -> Scene:
    """The scale bar, or none."""
    return scene.ruler(not scene.ruled)


ACTIONS: Mapping[str, Act] = {
    made.__name__: made
    for made in (
        paint, typed, layer, layer_paint, plane, slide, add, remove, seeds, seed, probe, unprobe, line, time, camera,
        fit, edges, walls, mesh, first, vortices, dark, ruler,
    )
}  # fmt: skip
"""By name."""
EDGED = ("slice", "surface", "clip", "threshold", "contour", "patches")


def number(value: Any, what: str) -> float:
    """A number from a text field. Raises CaseError."""
    try:
        found = float(str(value).replace(",", "."))
    except ValueError:
        raise CaseError(f"{what}: must be a number (got {str(value)!r})") from None
    if not np.isfinite(found):
        raise CaseError(f"{what}: must be a finite number (got {value!r})")
    return found


def _three(values: Sequence[Any], what: str) -> tuple[float, float, float]:
    if len(values) != 3:
        raise CaseError(f"{what}: must be three numbers (got {values!r})")
    x, y, z = (number(one, what) for one in values)
    return x, y, z


def _layer(scene: Scene, number_: int) -> Any:
    if not 0 <= number_ < len(scene.layers):
        raise CaseError(f"there is no layer {number_ + 1}; there are {len(scene.layers)}")
    return scene.layers[number_]


def _changed(scene: Scene, number_: int, **values: Any) -> Scene:
    made = replace(_layer(scene, number_), **values)
    return scene.changed(layers=(*scene.layers[:number_], made, *scene.layers[number_ + 1 :]))


def _repainted(scene: Scene, before: Paint | None, name: str, value: Any) -> Paint | None:
    shown = states.painted(before)
    if name == "field":
        scene._data.require(value)
        shown = {**shown, "field": value, "span": "auto", "low": None, "high": None}
        if shown["component"] != "magnitude" and not _vector(scene._data, value):
            shown["component"] = "magnitude"
        return states.paint(shown)
    changed: Any = {**shown, name: value}
    return states.paint(changed)


def _middle(scene: Scene) -> tuple[tuple[float, float, float], float]:
    low, high = scene._data.bounds
    x, y, z = (float(f"{one:.4g}") for one in (low + high) / 2)
    return (x, y, z), float(np.linalg.norm(high - low))


def _scalar(scene: Scene) -> str:
    return "p" if "p" in scene.fields else (scene.paint.field if scene.paint else scene.fields[0])


def _iso(scene: Scene) -> Scene:
    """Q where there is a velocity, at a value that leaves a tenth of the cells."""
    field = "Q" if "Q" in scene.fields else _scalar(scene)
    found = np.asarray(scene._data.with_values(field, smooth=True).point_data[field], float)
    values = Paint(field).chosen(found)
    positive = values[values > 0] if field == "Q" and (values > 0).any() else values
    return scene.isosurface(field, float(f"{np.percentile(positive, 80):.3g}"))


def _streams(scene: Scene) -> Scene:
    """From an inlet where there is one, else from a ball in the middle."""
    inlet = next((name for name in scene._data.patches if "inlet" in name.lower()), "")
    if inlet:
        return scene.streamlines(inlet)
    middle, size = _middle(scene)
    return scene.streamlines(ball=(middle, float(f"{size / 4:.3g}")))


def _range(scene: Scene) -> Scene:
    field = scene.paint.field if scene.paint else _scalar(scene)
    found = scene._data.with_values(field, smooth=False)[field]
    values = Paint(field).chosen(np.asarray(found, float))
    low, high = (float(f"{one:.4g}") for one in np.percentile(values, (50, 100)))
    return scene.threshold(field, low, high if high > low else low + 1.0)


def _glyphs(scene: Scene) -> Scene:
    vector = "U" if "U" in scene.fields else next((n for n in scene.fields if _vector(scene._data, n)), "")
    if not vector:
        raise NoSuchField(f"arrows need a vector field; there are: {', '.join(scene.fields) or 'none'}")
    return scene.glyphs(vector)


ADDERS: Mapping[str, Callable[[Scene], Scene]] = {
    "slice": lambda scene: scene.slice("x"),
    "surface": lambda scene: scene.surface(),
    "contour": lambda scene: scene.contour(_scalar(scene), 8),
    "isosurface": _iso, "streamlines": _streams, "glyphs": _glyphs,
    "clip": lambda scene: scene.clip("-y"),
    "threshold": _range,
    "outline": lambda scene: scene.outline(),
    "worst": lambda scene: scene.worst(),
    "patches": lambda scene: scene.patches(),
}  # fmt: skip
