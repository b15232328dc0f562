"""Cameras: from where a scene is looked at."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from flowcfd.errors import CaseError, UnknownName
from flowcfd.given import positive
from flowcfd.picture import VIEWS, Vector, frame


@dataclass(frozen=True)
class Camera:
    """A view by name or by the direction from which it looks; what is shown fills the picture, `zoom` times.

    `near` is a box (low, high) in x, y and z [m] that it looks at instead of all that is shown.
    """

    view: str = ""
    direction: Vector | None = None
    up: Vector | None = None
    zoom: float = 1.0
    near: tuple[tuple[float, float], tuple[float, float], tuple[float, float]] | None = None

    def __post_init__(self) -> None:
        if self.view and self.view not in VIEWS:
            raise UnknownName("view", self.view, VIEWS, where="camera")
        positive(self.zoom, "zoom")
        if self.up is not None and (self.view or self.direction is not None):
            eye = self.direction or VIEWS[self.view][0]
            if float(np.linalg.norm(np.cross(eye, self.up))) <= 1e-9 * math.hypot(*eye) * math.hypot(*self.up):
                raise CaseError(f"up: must not lie along the view (got {self.up} and {eye})")

    def place(
        self, plotter: Any, bounds: Any, *, flat: Vector | None,
        below: float = 0.0, above: float = 0.0, beside: float = 0.0,
    ) -> None:  # fmt: skip
        """Put the camera of a plotter; `flat` is the normal of the plane where all that is shown lies in one.

        So many pixels `below`, `above` and on both sides together `beside` stay free.
        """
        away, _, upwards = frame(*self.looks(flat))
        low, high = self._box(bounds)
        centre, size = (low + high) / 2, float(np.linalg.norm(high - low)) or 1.0
        width, height = self.spans(bounds, flat=flat)
        across, tall = plotter.window_size
        pixel = (
            max(height / max(tall - below - above, 1.0), width / max(across - beside, 1.0), 1e-12) / self.zoom
        )  # [m]
        centre = centre - 0.5 * (below - above) * pixel * upwards
        plotter.camera.focal_point = tuple(centre)
        plotter.camera.position = tuple(centre + 3 * size * away)
        plotter.camera.up = tuple(upwards)
        plotter.enable_parallel_projection()
        plotter.camera.parallel_scale = 0.5 * tall * pixel
        plotter.reset_camera_clipping_range()

    @classmethod
    def of(
        cls, plotter: Any, bounds: Any, *, flat: Vector | None,
        below: float = 0.0, above: float = 0.0, beside: float = 0.0,
    ) -> Camera:  # fmt: skip
        """The camera that would be placed where a plotter's is, such as after it was turned by the mouse."""
        seen = plotter.camera
        away = np.asarray(seen.position, float) - np.asarray(seen.focal_point, float)
        direction, up = _rounded(away / np.linalg.norm(away)), _rounded(np.asarray(seen.up, float))
        turned = cls(direction=direction)
        if abs(float(np.dot(frame(direction, turned.looks(flat)[1])[2], up))) < 0.9999:
            turned = cls(direction=direction, up=up)
        across, tall = plotter.window_size
        pixel = 2 * seen.parallel_scale / max(tall, 1)
        centre = np.asarray(seen.focal_point, float) + 0.5 * (below - above) * pixel * frame(*turned.looks(flat))[2]
        low, high = turned._box(bounds)
        if np.linalg.norm(np.cross(centre - (low + high) / 2, away / np.linalg.norm(away))) > 2 * pixel:
            half = 0.25 * float(np.linalg.norm(high - low)) or 0.5
            x, y, z = ((_short(one - half), _short(one + half)) for one in centre)
            turned = replace(turned, near=(x, y, z))
        width, height = turned.spans(bounds, flat=flat)
        zoom = max(height / max(tall - below - above, 1.0), width / max(across - beside, 1.0), 1e-12) / pixel
        return replace(turned, zoom=float(f"{zoom:.4g}"))

    def spans(self, bounds: Any, *, flat: Vector | None) -> tuple[float, float]:
        """Width and height [m] of what is looked at, with some room around it."""
        _, right, above = frame(*self.looks(flat))
        low, high = self._box(bounds)
        corners = np.array([[(low, high)[k][n] for n, k in enumerate(one)] for one in np.ndindex(2, 2, 2)])
        room = 1.06 if flat is None else 1.03
        return room * float(np.ptp(corners @ right)), room * float(np.ptp(corners @ above))

    def _box(self, bounds: Any) -> tuple[np.ndarray, np.ndarray]:
        box = np.array(bounds if self.near is None else [end for pair in self.near for end in pair], float)
        return box[0::2], box[1::2]

    def looks(self, flat: Vector | None) -> tuple[Vector, Vector]:
        """The direction to the eye, and what is up."""
        if self.direction is not None:
            steep = abs(self.direction[2])
            standing = (0.0, 1.0, 0.0) if steep > 0.999 * float(np.linalg.norm(self.direction)) else (0.0, 0.0, 1.0)
            return self.direction, self.up or standing
        if self.view:
            direction, up = VIEWS[self.view]
            return direction, self.up or up
        if flat is not None:
            along = int(np.argmax(np.abs(flat)))
            facing = tuple(-one if along == 1 else one for one in flat)
            return (facing[0], facing[1], facing[2]), self.up or ((0, 1, 0) if along == 2 else (0, 0, 1))
        direction, up = VIEWS["iso"]
        return direction, self.up or up


def _rounded(vector: np.ndarray) -> Vector:
    x, y, z = (round(float(one), 4) + 0.0 for one in vector)
    return x, y, z


def _short(value: float) -> float:
    """Six digits are more than anybody sees."""
    return float(f"{value:.6g}")
