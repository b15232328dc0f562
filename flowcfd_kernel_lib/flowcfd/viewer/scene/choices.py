"""What the controls offer for a scene: fields, patches, times, ranges, and a card for each layer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from flowcfd.errors import FlowError, ResultError
from flowcfd.scene import Scene
from flowcfd.scene.data import Data
from flowcfd.scene.layers import Layer
from flowcfd.scene.paint import COMPONENTS, Paint
from flowcfd.viewer.scene.state import painted

ICONS: Mapping[str, tuple[str, str]] = {
    "slice": ("mdi-box-cutter", "Slice"), "surface": ("mdi-texture-box", "Patches by field"),
    "contour": ("mdi-chart-bell-curve-cumulative", "Contours"), "isosurface": ("mdi-blur", "Isosurface"),
    "streamlines": ("mdi-weather-windy", "Streamlines"), "glyphs": ("mdi-arrow-top-right-thick", "Arrows"),
    "clip": ("mdi-content-cut", "Clip"), "threshold": ("mdi-filter-outline", "Threshold"),
    "outline": ("mdi-cube-outline", "Outline"), "worst": ("mdi-alert-octagon-outline", "Worst cells"),
    "patches": ("mdi-palette-outline", "Patches by colour"), "probe": ("mdi-eyedropper", "Probes"),
    "line": ("mdi-chart-line", "Line"),
}  # fmt: skip
"""Kinds of layers in the order of the menu: icon and title. An isosurface is a contour of one value."""
ADDED = [kind for kind in ICONS if kind not in ("probe", "line")]
MAPS = {
    "": "Automatic", "turbo": "Turbo", "viridis": "Viridis (even)", "cividis": "Cividis (even)",
    "magma": "Magma (even)", "coolwarm": "Cool to warm (diverging)", "RdBu_r": "Blue to red (diverging)",
    "gray": "Grey", "Blues": "Blues",
}  # fmt: skip
"""The maps of the menu; "even" ones are perceptually uniform."""
VIEWS = {"iso": "Isometric", "back": "From behind", "x": "From +x", "-x": "From -x", "y": "From +y", "-y": "From -y",
         "z": "From +z", "-z": "From -z"}  # fmt: skip


def choices(scene: Scene, paint: Paint | None) -> dict[str, Any]:
    """What can be chosen now, as plain data; `paint` is the one in use."""
    data = scene._data
    try:
        fields, times = data.fields, data.results.times
    except ResultError:
        fields, times = [], []
    low, high = data.bounds
    return {
        "fields": fields, "vectors": [name for name in fields if _vector(data, name)], "times": times,
        "time": times.index(scene.time) if scene.time in times else len(times) - 1,
        "patches": [{"name": name, "type": one.user_dict.get("type", "")} for name, one in data.patches.items()],
        "bounds": [low.tolist(), high.tolist()], "flat": data.plane is not None,
        "seconds": data.results._time_unit == "s",
        "unit": data.unit(paint.field) if paint is not None and paint.field else "",
        "used": painted(paint), "gradient": gradient(paint.colours) if paint is not None and paint.field else "",
        "cards": [card(scene, one) for one in scene.layers],
    }  # fmt: skip


def fixed() -> dict[str, Any]:
    """What is offered whatever the scene is."""
    from flowcfd.post.quality.quality import WORST

    return {
        "maps": [{"title": title, "value": name, "look": gradient(name or "turbo")} for name, title in MAPS.items()],
        "components": list(COMPONENTS), "metrics": list(WORST),
        "added": [{"kind": kind, "icon": ICONS[kind][0], "title": ICONS[kind][1]} for kind in ADDED],
        "views": [{"value": name, "title": title} for name, title in VIEWS.items()],
    }  # fmt: skip


def card(scene: Scene, layer: Layer) -> dict[str, Any]:
    """What the panel of a layer shows beside its values: its title, where its plane lies, what a field reaches."""
    kind = "isosurface" if layer.kind == "contour" and len(getattr(layer, "values", ())) == 1 else layer.kind
    icon, title = ICONS[kind]
    found: dict[str, Any] = {"kind": kind, "icon": icon, "title": title, "painted": layer.painted}
    if layer.kind in ("slice", "clip"):
        found |= _plane(scene, layer)
        found["title"] = f"{title}, {found['where']}"
    if layer.kind in ("contour", "threshold"):
        found |= _span(scene, layer.field)  # type: ignore[attr-defined]
        found["title"] = f"{title} of {layer.field}"  # type: ignore[attr-defined]
    return found


def _plane(scene: Scene, layer: Any) -> dict[str, Any]:
    low, high = scene._data.bounds
    origin = tuple(((low + high) / 2).tolist()) if layer.origin is None else layer.origin
    along = int(np.argmax(np.abs(layer.normal)))
    straight = sum(1 for one in layer.normal if one) == 1
    where = f"{'xyz'[along]} = {origin[along]:.4g} m" if straight else "tilted"
    return {
        "axis": "xyz"[along] if straight else "free", "at": float(f"{origin[along]:.6g}"), "low": float(low[along]),
        "high": float(high[along]), "step": float((high[along] - low[along]) / 200), "where": where,
        "origin": list(origin), "normal": list(layer.normal),
    }  # fmt: skip


def _span(scene: Scene, field: str) -> dict[str, Any]:
    """The range of a field at this time, of vectors that of their magnitude; 0 to 1 where it is not there."""
    try:
        low, high = scene._data._ends(scene._data.time_shown, Paint(field)) or (0.0, 1.0)
    except FlowError:
        low, high = 0.0, 1.0
    high = high if high > low else low + 1.0
    return {"low": low, "high": high, "step": (high - low) / 200, "unit": scene._data.unit(field)}


def _vector(data: Data, field: str) -> bool:
    if field == "vorticity":
        return True
    return field in data.cells.cell_data and np.asarray(data.cells.cell_data[field]).ndim == 2


@cache
def gradient(name: str) -> str:
    """A colour map as CSS."""
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    return "linear-gradient(90deg," + ",".join(to_hex(colormaps[name](n / 8)) for n in range(9)) + ")"
