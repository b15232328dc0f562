"""Readers of triangles keep the promises of all readers; a new one is a function and a line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import trimesh

from flowcfd.cad.geometry import Geometry
from flowcfd.cad.keeping import kept
from flowcfd.cad.load import UNITS, readers, source
from flowcfd.errors import GeometryError, UnitError
from flowcfd.testing import ReaderSuite

Point = tuple[float, float, float]


def box(low: Point, high: Point) -> trimesh.Trimesh:
    return trimesh.creation.box(bounds=[low, high])


class TestStl(ReaderSuite):
    suffix = "stl"

    def write(self, path: Path, low: Point, high: Point) -> None:
        path.write_text(trimesh.exchange.stl.export_stl_ascii(box(low, high)))


class TestBinaryStl(ReaderSuite):
    suffix = "stl"
    unit = "in"

    def write(self, path: Path, low: Point, high: Point) -> None:
        path.write_bytes(trimesh.exchange.stl.export_stl(box(low, high)))


class TestObj(ReaderSuite):
    suffix = "obj"
    unit = "m"

    def write(self, path: Path, low: Point, high: Point) -> None:
        path.write_text(trimesh.exchange.obj.export_obj(box(low, high)))


def ply(path: Path, unit: str | None) -> Geometry:
    """A reader as a plug-in has it, for a kind of file that we have none for."""
    if unit is None:
        raise UnitError(f"unit: {path.name} does not say its unit; give one of {', '.join(UNITS)}")
    try:
        mesh = trimesh.load(path, file_type="ply", force="mesh")
    except Exception as error:
        raise GeometryError(f"{path.name}: is no PLY ({error})".replace("\n", " ")) from None
    faces = np.zeros(len(mesh.faces), np.int64)
    points = np.asarray(mesh.vertices, np.float64) * UNITS[unit]
    return kept(points, np.asarray(mesh.faces, np.int64), faces, ("body",), label=path.stem, source=source(path, unit))


@pytest.fixture(scope="class")
def plugged_in() -> Iterator[None]:
    readers.register("ply", ply)
    yield
    del readers._parts["ply"]


@pytest.mark.usefixtures("plugged_in")
class TestPlugIn(ReaderSuite):
    suffix = "ply"
    unit = "cm"

    def write(self, path: Path, low: Point, high: Point) -> None:
        path.write_bytes(trimesh.exchange.ply.export_ply(box(low, high)))
