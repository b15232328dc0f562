"""Pictures: PNG that a notebook shows and that is saved, and the directions from which things are looked at."""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flowcfd.errors import CaseError
from flowcfd.given import given_path

if not os.environ.get("DISPLAY"):  # else VTK tries X first, and complains to people that there is none
    os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")

Vector = tuple[float, float, float]
Floats = NDArray[np.float64]
VIEWS: Mapping[str, tuple[Vector, Vector]] = {
    "x": ((1, 0, 0), (0, 0, 1)), "-x": ((-1, 0, 0), (0, 0, 1)),
    "y": ((0, 1, 0), (0, 0, 1)), "-y": ((0, -1, 0), (0, 0, 1)),
    "z": ((0, 0, 1), (0, 1, 0)), "-z": ((0, 0, -1), (0, 1, 0)),
    "iso": ((-1.0, -1.3, 0.8), (0, 0, 1)), "back": ((1.0, -1.3, 0.8), (0, 0, 1)),
    "below": ((-1.0, -1.3, -0.8), (0, 0, 1)),
    "iso-y": ((-1.0, 0.8, 1.3), (0, 1, 0)), "back-y": ((1.0, 0.8, 1.3), (0, 1, 0)),
}  # fmt: skip
"""To the one who looks, and what is up. "iso", "back" and "below" are for things with z up, with "-y" behind for y."""


@dataclass(frozen=True)
class Picture:
    """A picture as PNG, and in words what is on it; a notebook shows it."""

    png: bytes = field(repr=False)
    words: str = ""

    @classmethod
    def of(cls, image: Any, words: str = "") -> Picture:
        """The picture of an array (height, width, 3 or 4) of numbers from 0 to 255, or from 0 to 1."""
        from matplotlib.image import imsave

        made = io.BytesIO()
        imsave(made, np.ascontiguousarray(image), format="png")
        return cls(made.getvalue(), words)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height [pixels]."""
        width, height = struct.unpack(">II", self.png[16:24])
        return width, height

    def save(self, path: str | Path) -> Path:
        """Write it into a file of the kind .png; CaseError for another, and where there is no folder."""
        file = png_file(path)
        file.write_bytes(self.png)
        return file

    def __repr__(self) -> str:
        width, height = self.size
        return f"<Picture {width} x {height}{': ' * bool(self.words)}{self.words}>"

    def _repr_png_(self) -> bytes:
        return self.png


def png_file(path: str | Path, what: str = "picture") -> Path:
    """A path that a picture can be written to; CaseError where it cannot, before anybody has waited for the picture."""
    file = given_path(path, what)
    if file.suffix.lower() != ".png":
        raise CaseError(f"{what}: must be a file of the kind .png (got {file.name!r})")
    if not file.absolute().parent.is_dir():
        raise CaseError(f"{what}: there is no folder {file.absolute().parent}")
    return file


def frame(direction: Vector, up: Vector) -> tuple[Floats, Floats, Floats]:
    """Unit vectors to the one who looks, to the right and upwards."""
    away = np.asarray(direction, float) / np.linalg.norm(direction)
    right = np.cross(np.asarray(up, float), away)
    right /= np.linalg.norm(right)
    return away, right, np.cross(away, right)
