"""The suite for meshers around a body, and the body that it meshes.

class TestCubes(MesherSuite):
    mesh = Cubes("0.5 m", surface=2)
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from flowcfd import jobs
from flowcfd.case.body import Body, BodyPatch
from flowcfd.case.case import Case
from flowcfd.case.domain import Domain
from flowcfd.case.mesh import Mesh
from flowcfd.case.physics import Fluid, Incompressible
from flowcfd.case.solve import Steady
from flowcfd.case.tunnel import WindTunnel
from flowcfd.errors import GeometryError
from flowcfd.foam import checkmesh, dictionary
from flowcfd.foam.check.gates import check
from flowcfd.foam.render import render
from flowcfd.post.quality import quality
from flowcfd.settings import settings

if TYPE_CHECKING:
    import pytest

Point = tuple[float, float, float]
SIDES = ("front", "back", "right", "left", "under", "roof")
"""The patches of a brick: -x, +x, -y, +y, -z, +z."""
_CORNERS = ((0, 4, 7, 3), (1, 2, 6, 5), (0, 1, 5, 4), (3, 7, 6, 2), (0, 3, 2, 1), (4, 5, 6, 7))


def brick(low: Point, high: Point, *, names: tuple[str, ...] = SIDES, label: str = "brick") -> Body:
    """A box with six named patches; its surface is kept in this home as that of a loaded geometry is."""
    bounds = tuple(zip(low, high, strict=True))
    text = "".join(_solids(low, high, names))
    digest = hashlib.sha256(f"{label}{text}".encode()).hexdigest()
    folder = settings().home / "geometry" / digest[:24]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "surface.stl").write_text(text)
    x, y, z = (end - start for start, end in bounds)
    areas = (y * z, x * z, x * y)
    sides: dict[str, Any] = {}
    for number, name in enumerate(names):
        axis, last = divmod(number, 2)
        flat = [pair if n != axis else (pair[last],) * 2 for n, pair in enumerate(bounds)]
        normal = [0.0 if n != axis else 2.0 * last - 1.0 for n in range(3)]
        sides[name] = BodyPatch(area=areas[axis], bounds=tuple(flat), normal=tuple(normal))
    return Body(
        label=label, digest=digest, surface=hashlib.sha256(text.encode()).hexdigest(), size=len(text),
        source="flowcfd.testing", volume=x * y * z, area=2 * sum(areas), bounds=bounds, frontal=areas,
        inside=tuple(0.5 * (start + end) for start, end in bounds), patches=sides,
    )  # fmt: skip


def _solids(low: Point, high: Point, names: tuple[str, ...]) -> Iterator[str]:
    (x, y, z), (a, b, c) = low, high
    corners = [(x, y, z), (a, y, z), (a, b, z), (x, b, z), (x, y, c), (a, y, c), (a, b, c), (x, b, c)]
    for name, (p, q, r, s) in zip(names, _CORNERS, strict=True):
        yield f"solid {name}\n"
        for facet in ((p, q, r), (p, r, s)):
            rows = "".join("   vertex {:.9g} {:.9g} {:.9g}\n".format(*corners[corner]) for corner in facet)
            yield f" facet normal 0 0 0\n  outer loop\n{rows}  endloop\n endfacet\n"
        yield f"endsolid {name}\n"


class MesherSuite:
    """What every mesher around a body promises. A subclass names a `mesh` that makes some thousand cells of a brick.

    The brick is 1 m long, wide and high and hangs in a tunnel of 8 x 6 x 6 m.
    """

    mesh: ClassVar[Mesh]
    domain: ClassVar[Domain] = WindTunnel(length="8 m", width="6 m", height="6 m", upstream="2.5 m", ground=False)

    def case(self, mesh: Mesh | None = None) -> Case:
        """The case around the brick."""
        body = brick((-0.5, -0.5, -0.5), (0.5, 0.5, 0.5))
        return Case(
            name="brick", geometry=body, domain=self.domain, mesh=mesh or self.mesh,
            physics=Incompressible(fluid=Fluid(nu=1e-5), turbulence="kOmegaSST"),
            boundaries=self.domain.around(body).boundaries(speed="10 m/s"),  # type: ignore[attr-defined]
            solve=Steady(iterations=10),
        )  # fmt: skip

    def test_equal_cases_render_to_equal_bytes_and_finer_meshes_to_others(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """So that equal cases are one run, and equal meshes are made once."""
        with _home(tmp_path, monkeypatch):
            case = self.case()
            assert render(Case.from_json(case.to_json())) == render(case)
            finer = case.mesh.refined(2)  # type: ignore[attr-defined]
            assert finer.refined(0.5) == case.mesh, "a family goes both ways"
            assert render(self.case(finer)).digest != render(case).digest

    def test_its_files_are_dictionaries_that_execute_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What is rendered can be read, edited and checked as any case."""
        with _home(tmp_path, monkeypatch):
            files = render(self.case())
            for path in files:
                if path.startswith("system/") and not path.endswith("meshExpected"):
                    tree = dictionary.parse(files.text(path), path=path)
                    assert not list(tree.directives()), path
            assert len(files.steps) > 1
            assert not check(files, dry_run=False).errors

    def test_a_surface_that_is_gone_is_told_before_anything_is_written(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """With the way out: load it again."""
        with _home(tmp_path, monkeypatch) as home:
            case = self.case()
            for stl in home.glob("geometry/*/surface.stl"):
                stl.unlink()
            try:
                render(case)
            except GeometryError as error:
                assert "load" in str(error)
            else:
                raise AssertionError("a case without its surface was rendered")

    def test_a_brick_becomes_a_mesh_with_its_patches_and_volume(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """By the real mesher, in a run."""
        with _home(tmp_path, monkeypatch):
            case = self.case()
            run = jobs.mesh(case, wait=True)
            assert run.state == "Done", run.why
            report = checkmesh.parse((run.case / "log.checkMesh").read_text("latin-1"))
            assert report.ok and report.regions == 1, report.failures
            faces = {name: patch.faces for name, patch in report.patches.items()}
            assert set(faces) == set(case.space.patches) and all(faces.values()), faces
            assert abs(report.volume - 287.0) < 0.02, "the tunnel without the brick"
            assert quality(run).score.total > 50


@contextmanager
def _home(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty home for one test."""
    monkeypatch.setenv("FLOWCFD_HOME", str(folder / "home"))
    settings.cache_clear()
    try:
        yield folder / "home"
    finally:
        settings.cache_clear()
