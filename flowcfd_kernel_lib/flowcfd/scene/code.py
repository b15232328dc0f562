"""A scene as the Python that makes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import TYPE_CHECKING

from flowcfd.scene.camera import Camera
from flowcfd.scene.layers import Clip, Contour, Glyphs, Layer, Outline, Slice, Streamlines, Surface, Threshold
from flowcfd.scene.marks import Line, Patches, Probe, Worst
from flowcfd.scene.paint import Paint

if TYPE_CHECKING:
    from flowcfd.scene.scene import Scene

AXES = {(1.0, 0.0, 0.0): "x", (0.0, 1.0, 0.0): "y", (0.0, 0.0, 1.0): "z",
        (-1.0, 0.0, 0.0): "-x", (0.0, -1.0, 0.0): "-y", (0.0, 0.0, -1.0): "-z"}  # fmt: skip


def code(scene: Scene) -> str:
    """`fc.view("...").slice("y").color("U")`, a step a line where there are many."""
    steps = [_call("", [repr(scene.of), *([f"time={scene.time!r}"] if scene.time is not None else [])])]
    steps += [_layer(one) for one in scene.layers]
    if scene.paint is not None:
        steps.append(_call("color", _painted(scene.paint)))
    if scene.seen != Camera():
        steps += _camera(scene.seen)
    if scene.pixels is not None:
        steps.append(_call("size", [repr(pixels) for pixels in scene.pixels if pixels]))
    steps += (
        ["dark()"] * scene.black
        + ["ruler()"] * scene.ruled
        + ([_call("title", [repr(scene.words)])] if scene.words else [])
    )
    head, *rest = steps
    whole = f"fc.view{head}" + "".join(f".{step}" for step in rest)
    if len(whole) <= 100:
        return whole
    return "(\n    fc.view" + head + "".join(f"\n    .{step}" for step in rest) + "\n)"


def _layer(layer: Layer) -> str:
    looks = [] if layer.paint is None else _painted(layer.paint, color=True)
    looks += _changed(layer, "edges") + ([f"opacity={layer.opacity!r}"] if layer.opacity != 1 else [])
    return _call(layer.kind, [*_own(layer), *looks])


def _own(layer: Layer) -> list[str]:
    """The arguments of a layer's own, without those that are as usual."""
    match layer:
        case Slice() | Clip():
            return [_axis(layer.normal), *([f"at={layer.origin!r}"] if layer.origin is not None else [])]
        case Surface():
            return [*map(repr, layer.patches), *([f"plain={layer.colour!r}"] if layer.colour else [])]
        case Contour():
            return [repr(layer.field), repr(list(layer.values)) if layer.values else repr(layer.count)]
        case Streamlines():
            given = {"from_": layer.patch, "line": layer.line, "ball": layer.ball}
            plain = [f"plain={layer.colour!r}"] if layer.colour else []
            own = [f"{name}={value!r}" for name, value in given.items() if value]
            return own + _changed(layer, "count", "width") + plain
        case Glyphs():
            return [repr(layer.field), *_changed(layer, "count", "scale")]
        case Threshold():
            return [repr(layer.field), repr(layer.low), repr(layer.high)]
        case Probe():
            return [repr(point) for point in layer.points]
        case Line():
            return [repr(layer.a), repr(layer.b), *_changed(layer, "count")]
        case Worst():
            return [repr(layer.metric), *_changed(layer, "count")]
        case Outline() | Patches():
            return []
    raise NotImplementedError(layer.kind)


def _changed(layer: Layer, *names: str) -> list[str]:
    usual = {one.name: one.default for one in fields(layer)}
    return [f"{name}={getattr(layer, name)!r}" for name in names if getattr(layer, name) != usual[name]]


def _painted(paint: Paint, *, color: bool = False) -> list[str]:
    found = [f"color={paint.field!r}" if color else repr(paint.field)]
    usual = Paint(paint.field)
    for name in ("component", "map", "range", "log", "cells"):
        value = getattr(paint, name)
        if value != getattr(usual, name):
            found.append(f"{name}={value!r}")
    return found


def _camera(camera: Camera) -> list[str]:
    looks = [repr(camera.view)] if camera.view else [repr(camera.direction)] if camera.direction else []
    if not looks and camera.near is None:
        return [_call("zoom", [repr(camera.zoom)])]
    looks += [f"zoom={camera.zoom!r}"] if camera.zoom != 1 else []
    looks += [f"near={camera.near!r}"] if camera.near is not None else []
    looks += [f"up={camera.up!r}"] if camera.up is not None else []
    return [_call("camera", looks)]


def _axis(normal: tuple[float, float, float]) -> str:
    return repr(AXES.get(normal, normal))


def _call(name: str, arguments: Iterable[str]) -> str:
    return f"{name}({', '.join(arguments)})"
