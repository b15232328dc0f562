"""The suite for readers of geometry.

class TestPly(ReaderSuite):
    suffix = "ply"

    def write(self, path, low, high):
        ...  # the box between two corners
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from flowcfd.cad.geometry import Geometry
from flowcfd.cad.load import UNITS, load, readers
from flowcfd.errors import FlowError, GeometryError, UnitError
from flowcfd.settings import settings

if TYPE_CHECKING:
    import pytest

Point = tuple[float, float, float]
LOW, HIGH = (1.0, 2.0, 3.0), (3.0, 5.0, 7.0)
"""Corners of the box that is read: sizes 2, 3 and 4 in the unit of the file."""
NEAR = 1e-6
"""Files of single precision are not more exact."""


class ReaderSuite:
    """What every reader promises. A subclass names the `suffix` and writes a box between two corners into a file.

    `unit` is what a user has to say of such a file; None: the file knows its own, which is `own`.
    """

    suffix: ClassVar[str]
    unit: ClassVar[str | None] = "mm"
    own: ClassVar[str] = "mm"

    def write(self, path: Path, low: Point, high: Point) -> None:
        """Write the box between two corners, in the unit of the file."""
        raise NotImplementedError

    def test_it_is_known_by_its_suffix(self) -> None:
        """So that `flowcfd.load` and the command line find it."""
        assert self.suffix in readers.names()

    def test_a_box_is_read_in_metres_and_turned_outwards(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Volume, area and corners of the box; a volume that is not negative has its normals outside."""
        with _home(tmp_path, monkeypatch):
            box, metre = self._loaded(tmp_path / "box"), UNITS[self.unit or self.own]
            assert box.watertight, str(box.watertight)
            assert box.volume is not None
            assert math.isclose(box.volume, 24 * metre**3, rel_tol=NEAR)
            assert math.isclose(box.area, 52 * metre**2, rel_tol=NEAR)
            for found, given in zip(box.bounds, (LOW, HIGH), strict=True):
                assert all(
                    math.isclose(one, metre * other, rel_tol=NEAR) for one, other in zip(found, given, strict=True)
                )

    def test_its_patches_have_names_that_openfoam_takes(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Letters, digits and underscores, no digit first; each patch has an area."""
        with _home(tmp_path, monkeypatch):
            patches = self._loaded(tmp_path / "box").patches
            assert patches
            assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) for name in patches)
            assert all(patch.area > 0 for patch in patches.values())

    def test_equal_files_are_one_geometry_that_is_kept(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """By its digest, which any process opens again; a case can be laid around it."""
        with _home(tmp_path, monkeypatch):
            one, other = self._loaded(tmp_path / "one"), self._loaded(tmp_path / "other")
            larger = self._loaded(tmp_path / "larger", high=(3.0, 5.0, 8.0))
            assert one.digest == other.digest != larger.digest
            assert math.isclose(one.body().volume or 0.0, one.volume or 1.0, rel_tol=NEAR)
            assert Geometry.kept(one.digest).digest == one.digest

    def test_what_is_no_such_file_is_refused_in_one_line(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Empty, not there, and full of something else: the error names the file."""
        with _home(tmp_path, monkeypatch):
            for name, content in (("empty", b""), ("else", b"\x00\x01no geometry\xff" * 50), ("gone", None)):
                file = tmp_path / f"{name}.{self.suffix}"
                if content is not None:
                    file.write_bytes(content)
                said = _refusal(file, self.unit)
                assert name in said, said
                assert "\n" not in said

    def test_the_unit_is_asked_for_where_the_file_does_not_know_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A unit is never guessed; one that the file says itself is not given."""
        with _home(tmp_path, monkeypatch):
            file = tmp_path / f"box.{self.suffix}"
            self.write(file, LOW, HIGH)
            try:
                load(file, "m" if self.unit is None else None)
            except UnitError as error:
                assert file.name in str(error)
            else:
                raise AssertionError("a unit that is missing, or not wanted, was not refused")

    def _loaded(self, stem: Path, high: Point = HIGH) -> Geometry:
        file = stem.with_suffix(f".{self.suffix}")
        self.write(file, LOW, high)
        return load(file, self.unit)


def _refusal(file: Path, unit: str | None) -> str:
    try:
        load(file, unit)
    except GeometryError as error:
        return str(error)
    except FlowError as error:
        raise AssertionError(f"must be a GeometryError (got {type(error).__name__}: {error})") from None
    raise AssertionError(f"{file.name} was read")


@contextmanager
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A home of its own for what is kept."""
    monkeypatch.setenv("FLOWCFD_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    try:
        yield
    finally:
        settings.cache_clear()
