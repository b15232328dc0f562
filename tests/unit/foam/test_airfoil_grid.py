"""C-grids around airfoils: the shape of the wall, the sizes of cells, and the faces that OpenFOAM reads."""

from __future__ import annotations

import re

import numpy as np
import pytest

from flowcfd.case import Airfoil, Case, CGrid, FarField, Fluid, Forces, Incompressible, Steady, Wall
from flowcfd.errors import CaseError
from flowcfd.foam import dictionary
from flowcfd.foam.meshers import cgrid, section
from flowcfd.foam.render import render

SECTIONS = ("0006", "0012", "0024", "2412", "4415")


def naca0012(x):
    """The formula of NASA's Turbulence Modeling Resource, with the sharp trailing edge."""
    return 0.594689181 * (
        0.298222773 * np.sqrt(x) - 0.127125232 * x - 0.357907906 * x**2 + 0.291984971 * x**3 - 0.105174606 * x**4
    )


def built(mesh=None, domain=None, angle="10 deg", **solve):
    return Case(
        domain=domain or Airfoil("0012"),
        mesh=mesh or CGrid((16, 8, 16), first_cell="0.1 mm"),
        physics=Incompressible(Fluid(nu=1 / 6e6), "SpalartAllmaras", start="uniform"),
        boundaries={"airfoil": Wall(treatment="resolved"), "farfield": FarField(speed="1 m/s", angle=angle)},
        solve=Steady(10, **solve),
        outputs=[Forces("airfoil", speed=1, area=0.1, length=1)],
    )


@pytest.fixture(scope="module")
def rendered():
    """The files of the plain case."""
    return render(built())


def areas(points):
    """Twice the signed areas of the cells: the cross products of their diagonals."""
    one, other = points[1:, 1:] - points[:-1, :-1], points[:-1, 1:] - points[1:, :-1]
    return one.real * other.imag - one.imag * other.real


def rows(files, name, pattern=r"\(([^()]*)\)"):
    body = files.text(f"constant/polyMesh/{name}").split("\n(\n", 1)[1]
    return np.array([[float(word) for word in row.split()] for row in re.findall(pattern, body)])


def labels(files, name):
    return np.array(files.text(f"constant/polyMesh/{name}").split("\n(\n", 1)[1].split("\n)")[0].split(), int)


def test_the_wall_of_a_naca_0012_lies_on_the_published_formula_and_closes_at_the_trailing_edge():
    mesh = CGrid((40, 16, 24), first_cell=1e-5)
    wall = cgrid.grid(Airfoil("0012"), mesh)[16:-16, 0]
    assert np.abs(np.abs(wall.imag) - naca0012(np.clip(wall.real, 0, 1))).max() < 1e-9
    assert abs(wall[0] - 1) < 1e-9
    assert abs(wall[-1] - 1) < 1e-9
    assert np.all(wall[:40].imag <= 0)
    assert np.all(wall[41:].imag >= 0)


@pytest.mark.parametrize("digits", SECTIONS)
def test_cells_are_not_folded_and_nearly_right_angled(digits):
    points = cgrid.grid(Airfoil(digits), CGrid((40, 16, 32), first_cell=1e-5))
    assert areas(points).min() > 0
    along, out = points[1:-1, :] - points[:-2, :], points[:, 1:] - points[:, :-1]
    cosine = np.abs((along[:, :-1] * out[:-2].conj()).real) / np.abs(along[:, :-1] * out[:-2])
    assert np.degrees(np.arcsin(cosine.max())) < 40


def test_the_first_cells_have_the_asked_height_at_the_trailing_edge_and_less_at_the_nose():
    points = cgrid.grid(Airfoil("0012"), CGrid((80, 32, 64), first_cell=1e-5))
    heights = np.abs(points[:, 1] - points[:, 0])
    assert heights[32] == pytest.approx(1e-5, rel=0.25)
    assert heights[112] < 0.3 * heights[32]


def test_cells_grow_gently_where_the_flow_needs_it():
    sizes = np.diff(cgrid.outwards(64, 5e-6, 500**0.5))
    ratio = sizes[1:] / sizes[:-1]
    assert ratio.max() < 1.8
    assert ratio.min() > 0.999
    assert sizes.sum() == pytest.approx(500**0.5)
    assert sizes[0] == pytest.approx(5e-6, rel=0.25)


def test_the_far_field_is_as_far_away_as_asked():
    points = cgrid.grid(Airfoil("0012", far=50), CGrid((20, 12, 20), first_cell=1e-4))
    outer = np.concatenate([points[:, -1], points[0], points[-1]])
    assert np.abs(outer).min() == pytest.approx(50, rel=0.03)


def test_a_refined_grid_is_of_the_same_family():
    coarse = CGrid((20, 12, 24), first_cell=1e-4)
    fine = coarse.refined(2)
    assert fine.cells == (40, 24, 48)
    a, b = (cgrid.grid(Airfoil("0012"), mesh) for mesh in (coarse, fine))
    near = slice(12, -12)
    shared = b[24:-24:2, 0]
    assert np.abs(shared - a[near, 0]).max() < 5e-3  # every other point of the finer wall


def test_the_mesh_has_one_cell_between_front_and_back_and_all_its_faces_point_outwards(rendered):
    points, owner, neighbour = rows(rendered, "points"), labels(rendered, "owner"), labels(rendered, "neighbour")
    faces = rows(rendered, "faces").astype(int)
    assert owner.max() + 1 == 2 * (16 + 8) * 16
    assert np.all(neighbour > owner[: len(neighbour)])
    order = list(zip(owner[: len(neighbour)].tolist(), neighbour.tolist(), strict=True))
    assert order == sorted(order)
    corners = points[faces]
    area = 0.5 * np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    total, volume = np.zeros((owner.max() + 1, 3)), np.zeros(owner.max() + 1)
    flux = (area * corners.mean(axis=1)).sum(axis=1) / 3
    np.add.at(total, owner, area)
    np.add.at(volume, owner, flux)
    np.subtract.at(total, neighbour, area[: len(neighbour)])
    np.subtract.at(volume, neighbour, flux[: len(neighbour)])
    assert np.abs(total).max() < 1e-6 * np.abs(area).max()  # closed
    assert volume.min() > 0


def test_the_patches_are_those_of_the_domain(rendered):
    text = rendered.text("constant/polyMesh/boundary")
    found = re.findall(r"(\w+) \{ type (\w+); nFaces (\d+);", text)
    assert found == [
        ("airfoil", "wall", "32"),
        ("farfield", "patch", str(48 + 2 * 16)),
        ("frontAndBack", "empty", str(2 * 48 * 16)),
    ]
    assert rendered.steps == ("simpleFoam",)


def test_lift_and_drag_turn_with_the_flow():
    control = dictionary.parse(render(built(angle="90 deg")).text("system/controlDict"))
    drag, lift = (np.array(control[f"functions.forcesCoeffs.{name}"], float) for name in ("dragDir", "liftDir"))
    assert drag == pytest.approx([0, 1, 0], abs=1e-12)
    assert lift == pytest.approx([-1, 0, 0], abs=1e-12)


def test_wall_distances_are_exact_in_a_c_grid_unless_the_case_says_otherwise(rendered):
    exact, wave = rendered, render(built(wall_distance="meshWave"))
    assert "exactDistance" in exact.text("system/fvSchemes")
    assert "fvMotionSolvers" in exact.text("system/controlDict")
    assert "meshWave" in wave.text("system/fvSchemes")
    assert "fvMotionSolvers" not in wave.text("system/controlDict")


def test_turbulence_is_convected_as_the_case_says():
    assert "div(phi,nuTilda) bounded Gauss upwind;" in render(built(turbulence_convection="upwind")).text(
        "system/fvSchemes"
    )


def test_an_outline_gives_the_wall_of_the_section_that_it_was_taken_from():
    points = section.four_digit("0012")(np.cos(np.linspace(0, np.pi, 161)))
    points[[0, 80, -1]] = 1, 0, 1
    domain = Airfoil(outline=[(z.real, z.imag) for z in points])
    wall = cgrid.grid(domain, CGrid((30, 12, 20), first_cell=1e-4))[12:-12, 0]
    assert np.abs(np.abs(wall.imag) - naca0012(np.clip(wall.real, 0, 1))).max() < 1e-5


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Airfoil(), "Airfoil: give either section (four digits) or outline (points)"),
        (lambda: Airfoil("12"), "Airfoil.section: "),
        (lambda: Airfoil("0000"), "Airfoil: section: the last two digits are the thickness"),
        (lambda: Airfoil("2012"), "Airfoil: section: camber and its place are both zero or both not"),
        (lambda: Airfoil(outline=[(1, 0)] * 3), "Airfoil: outline: needs at least 20 points (got 3)"),
        (lambda: FarField(), "FarField: give either velocity or speed"),
        (lambda: FarField((1, 0, 0), angle="3 deg"), "FarField: angle: is given with speed"),
        (lambda: built(CGrid((4, 8, 16), first_cell=1e-4)), "mesh.cells.0: must be at least 8 (got 4)"),
        (lambda: built(CGrid((16, 8, 16), first_cell=0.2)), "mesh.first_cell: must not exceed a twentieth"),
    ],
)
def test_what_makes_no_grid_is_refused_with_the_reason(make, message):
    with pytest.raises(CaseError) as caught:
        make()
    assert message in str(caught.value)


def test_cells_that_cannot_begin_with_the_asked_size_are_refused():
    with pytest.raises(CaseError, match=r"mesh\.first_cell: does not go with 2000 cells"):
        cgrid.outwards(2000, 0.5, 22.0)
