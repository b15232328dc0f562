"""What the controls show of a scene, as plain data, and back: both ways without loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Literal, TypedDict

from flowcfd.errors import CaseError, UnknownName
from flowcfd.scene import Scene
from flowcfd.scene.camera import Camera
from flowcfd.scene.kinds import LAYERS
from flowcfd.scene.layers import Layer
from flowcfd.scene.paint import Paint


class Painted(TypedDict):
    """A paint; the field "" is none of its own. `low` and `high` count where `span` is "typed"."""

    field: str
    component: str
    map: str
    span: Literal["auto", "typed", "times"]
    low: float | None
    high: float | None
    log: bool
    cells: bool


class State(TypedDict):
    """All of a scene but of what it is."""

    time: float | None
    paint: Painted
    layers: list[dict[str, Any]]
    camera: dict[str, Any]
    size: list[int] | None
    dark: bool
    ruler: bool
    title: str


def state(scene: Scene) -> State:
    """A scene as the controls show it."""
    return {
        "time": scene.time, "paint": painted(scene.paint), "layers": [_layer(one) for one in scene.layers],
        "camera": asdict(scene.seen), "size": None if scene.pixels is None else list(scene.pixels),
        "dark": scene.black, "ruler": scene.ruled, "title": scene.words,
    }  # fmt: skip


def scene(shown: State, before: Scene) -> Scene:
    """The scene that the controls show, of the results of another one. Raises CaseError, UnknownName."""
    return before.changed(
        time=shown["time"], paint=paint(shown["paint"]), layers=tuple(layer(one) for one in shown["layers"]),
        seen=Camera(**frozen(shown["camera"])), pixels=frozen(shown["size"]), black=shown["dark"],
        ruled=shown["ruler"], words=shown["title"],
    )  # fmt: skip


def painted(of: Paint | None) -> Painted:
    """A paint as data."""
    own = of or Paint("")
    span: Literal["auto", "typed", "times"] = (
        "auto" if own.range is None else "times" if own.range == "times" else "typed"
    )
    low, high = own.range if own.range is not None and own.range != "times" else (None, None)
    return {
        "field": own.field, "component": own.component, "map": own.map, "span": span, "low": low, "high": high,
        "log": own.log, "cells": own.cells,
    }  # fmt: skip


def paint(of: Mapping[str, Any]) -> Paint | None:
    """The paint that data say; None without a field. Raises CaseError where a typed range is not two numbers."""
    if not of["field"]:
        return None
    span: Any = {"auto": None, "times": "times"}.get(of["span"])
    if of["span"] == "typed":
        if of["low"] is None or of["high"] is None:
            raise CaseError("color: a typed range needs its lowest and its highest value")
        span = (float(of["low"]), float(of["high"]))
    return Paint(of["field"], of["component"], map=of["map"], range=span, log=of["log"], cells=of["cells"])


def layer(of: Mapping[str, Any]) -> Layer:
    """The layer that data say. Raises CaseError, UnknownName."""
    if of["kind"] not in LAYERS:
        raise UnknownName("layer", str(of["kind"]), LAYERS, where="scene")
    values = {name: frozen(value) for name, value in of.items() if name not in ("kind", "paint")}
    try:
        return LAYERS[of["kind"]](paint=paint(of["paint"]), **values)
    except TypeError as error:
        raise CaseError(f"{of['kind']}: {error}") from None


def frozen(value: Any) -> Any:
    """Lists as tuples, as layers have them."""
    if isinstance(value, Mapping):
        return {name: frozen(one) for name, one in value.items()}
    return tuple(frozen(one) for one in value) if isinstance(value, list | tuple) else value


def _layer(of: Layer) -> dict[str, Any]:
    return {"kind": of.kind, **asdict(of), "paint": painted(of.paint)}
