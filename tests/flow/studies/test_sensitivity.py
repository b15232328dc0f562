"""Sensitivities of functions whose indices are known."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import qmc

from flowcfd.case import Blocks, Case, Channel, Incompressible, Inlet, Outlet, Steady, Wall
from flowcfd.errors import CaseError, ResultError, SiteError, UnknownName
from flowcfd.studies import Study, point
from flowcfd.studies.measured import Measured, Outcome, Parameter
from flowcfd.studies.sensitivity import Sensitivity, morris, sensitivity, sobol
from flowcfd.studies.surface import Surface, through
from flowcfd.uncertain import Uncertain

pytestmark = pytest.mark.flow

SPEED, LENGTH, NU = "boundaries.inlet.speed", "domain.length", "physics.fluid.nu"


def surfaced(function: Callable[[np.ndarray], np.ndarray], ranges: list[tuple[float, float]], count: int) -> Surface:
    parameters = tuple(Parameter(f"a.x{n}", f"x{n}", "", low, high) for n, (low, high) in enumerate(ranges))
    shares = qmc.Sobol(len(ranges), seed=2).random(count)
    rows = shares * np.array([high - low for low, high in ranges]) + np.array([low for low, _ in ranges])
    done = tuple(
        Outcome(n, dict(zip((one.path for one in parameters), row, strict=True)), "Done", Uncertain(float(value)))
        for n, (row, value) in enumerate(zip(rows, function(rows), strict=True))
    )
    return through(Measured("toy", "y", done, parameters), {one.path: (one.low, one.high) for one in parameters})


def ishigami(x: np.ndarray) -> np.ndarray:
    """a = 7, b = 0.1 on [-pi, pi]^3 (Ishigami and Homma 1990)."""
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


@pytest.fixture(scope="module")
def many() -> Sensitivity:
    """The indices of Ishigami's function by 128 points."""
    return sobol(surfaced(ishigami, [(-np.pi, np.pi)] * 3, 128))


def test_the_indices_of_ishigami_are_inside_their_bands(many: Sensitivity) -> None:
    found = many
    exact = {"x0": (0.3139, 0.5576), "x1": (0.4424, 0.4424), "x2": (0.0, 0.2437)}
    for one in found.effects:
        first, total = exact[one.parameter.name]
        assert abs(one.first - first) <= max(one.first_band, 0.02)
        assert one.total_band is not None
        assert abs(one.total - total) <= max(one.total_band, 0.02)
        assert one.first_band < 0.15
    assert found.ranking == ("x0", "x1", "x2")
    assert found.total == pytest.approx(0.7563, abs=0.05)
    assert "what parameters do together" in str(found)
    assert list(found.table.columns) == ["S1", "S1 band", "ST", "ST band"]


def test_the_indices_of_a_linear_function_are_its_squared_slopes() -> None:
    found = sobol(surfaced(lambda x: 1 + x[:, 0] + 2 * x[:, 1] + 4 * x[:, 2], [(0, 1)] * 3, 16))
    assert found.ranking == ("x2", "x1", "x0")
    for one, exact in zip(found.effects, (16 / 21, 4 / 21, 1 / 21), strict=True):
        assert one.first == pytest.approx(exact, abs=0.01)
        assert one.total == pytest.approx(exact, abs=0.01)
    assert "each parameter acts alone" in str(found)


def test_few_points_make_wide_bands_and_the_surface_says_what_it_knows(many: Sensitivity) -> None:
    few = sobol(surfaced(ishigami, [(-np.pi, np.pi)] * 3, 16))
    assert max(one.first_band for one in few.effects) > 2 * max(one.first_band for one in many.effects)
    assert "this surface knows" in str(few)
    assert "on the surface of 16 points" in few.by


def test_indices_are_repeatable() -> None:
    on = surfaced(ishigami, [(-np.pi, np.pi)] * 3, 32)
    assert sobol(on).to_json() == sobol(on).to_json()


def test_what_does_not_vary_has_no_sensitivity() -> None:
    with pytest.raises(ResultError, match="y is the same at all points"):
        sobol(surfaced(lambda x: np.ones(len(x)), [(0, 1)] * 2, 8))


@pytest.mark.parametrize("samples", [0, 1, True, 2.5, 10**6])
def test_the_number_of_samples_is_a_number(samples: int) -> None:
    with pytest.raises(CaseError, match="samples: must be 2 to"):
        sobol(surfaced(lambda x: x[:, 0], [(0, 1)] * 2, 8), samples=samples)


@pytest.fixture
def case(home: Path) -> Case:
    return Case(
        domain=Channel(length=1, height=0.1),
        mesh=Blocks(cells=(10, 10)),
        physics=Incompressible(fluid={"nu": 1e-3}),
        boundaries={"inlet": Inlet(speed=1), "outlet": Outlet(), "bottom": Wall(), "top": Wall()},
        solve=Steady(iterations=100),
    )


def computed(study: Study, function: Callable[[float, float, float], float], failed: tuple[int, ...] = ()) -> Measured:
    """What a study would have measured, were its measure this function."""
    names = ("speed", "length", "nu")
    paths = (SPEED, LENGTH, NU)
    outcomes = tuple(
        Outcome(n, values, "Failed", None, "it diverged")
        if n in failed
        else Outcome(n, values, "Done", Uncertain(function(*(values[path] for path in paths)), unit="N"))
        for n, values in enumerate(study.values)
    )
    return Measured("toy", "F", outcomes, tuple(map(Parameter, paths, names)), unit="N")


def test_the_elementary_effects_of_a_linear_function_are_its_slopes_over_the_ranges(case: Case) -> None:
    study = Study(case, {SPEED: (1.0, 3.0), LENGTH: (1.0, 2.0), NU: (1e-3, 2e-3)}, design="morris", points=20)
    found = morris(computed(study, lambda u, x, nu: 5 * u - 30 * x + 1000 * nu), study)
    assert found.ranking == ("length", "speed", "nu")
    assert [one.first for one in found.effects] == pytest.approx([30, 10, 1])
    assert [one.mean for one in found.effects] == pytest.approx([-30, 10, 1])
    assert [one.total for one in found.effects] == pytest.approx([0, 0, 0], abs=1e-9)
    assert found.table["mu*"].units == "N"
    assert found.notes == ()


def test_a_path_with_a_failed_point_is_left_out_and_said(case: Case) -> None:
    study = Study(case, {SPEED: (1.0, 3.0), LENGTH: (1.0, 2.0), NU: (1e-3, 2e-3)}, design="morris", points=20)
    found = morris(computed(study, lambda u, x, nu: u * x, failed=(5,)), study)
    assert "of 4 paths of 4 runs" in found.by
    assert "left out: 1 paths, for of their points 1 failed (point 5: it diverged)" in str(found)
    assert found.effects[-1].first == pytest.approx(0, abs=1e-9)
    assert found.effects[0].total > 0, "a product is no sum"
    with pytest.raises(ResultError, match="Morris needs 2 paths of 4 points that all have a value; 1 of 5 have"):
        morris(computed(study, lambda u, x, nu: u, failed=(1, 5, 9, 13)), study)


def test_what_cannot_be_analysed_says_what_can(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    study = Study(case, {SPEED: (1.0, 3.0)}, design="lhs", points=4)
    with pytest.raises(UnknownName, match=r"unknown method 'saltelli'; .*morris, sobol"):
        study.sensitivity("body.Cd", method="saltelli")
    with pytest.raises(CaseError, match=r"Morris takes the points of a study of design='morris' \(got 'lhs'\)"):
        study.sensitivity("body.Cd", method="morris")
    study._write({"on": "local", "cores": 1, "resources": {}, "at_once": None, "again": False})
    point.tell(study.path, {"point": 1, "refused": "no mesh"})
    with pytest.raises(ResultError, match="needs 4 points that have a value; 0 of 4 have one"):
        study.sensitivity("body.Cd")
    monkeypatch.setitem(sys.modules, "SALib.analyze.sobol", None)
    with pytest.raises(SiteError, match="SALib is not installed"):
        sensitivity(study, "body.Cd")
