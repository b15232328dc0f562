"""Surfaces through points whose function is known."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import qmc

from flowcfd.case import Blocks, Case, Channel, Incompressible, Inlet, Outlet, Steady, Wall
from flowcfd.errors import CaseError, ResultError, SiteError, UnitError, UnknownName
from flowcfd.studies import Study, kriging, point
from flowcfd.studies.measured import Measured, Outcome, Parameter, matched, short
from flowcfd.studies.surface import Surface, needed, through
from flowcfd.uncertain import Uncertain

pytestmark = pytest.mark.flow

Function = Callable[[np.ndarray], np.ndarray]
SPEED = Parameter("boundaries.inlet.speed", "speed", "m/s", 5.0, 20.0)
LENGTH = Parameter("domain.length", "length", "m", 1.0, 3.0)


def points(
    function: Function,
    parameters: tuple[Parameter, ...],
    count: int,
    *,
    noise: float = 0.0,
    seed: int = 1,
    left: tuple[Outcome, ...] = (),
) -> Measured:
    shares = qmc.LatinHypercube(len(parameters), seed=seed).random(count)
    rows = np.array([one.low for one in parameters]) + shares * np.array([one.high - one.low for one in parameters])
    values = function(rows) + noise * np.random.default_rng(seed).standard_normal(count)
    done = tuple(
        Outcome(n, {one.path: x for one, x in zip(parameters, row, strict=True)}, "Done", Uncertain(value, unit="N"))
        for n, (row, value) in enumerate(zip(rows, values, strict=True))
    )
    return Measured("toy", "body.Fx", (*done, *left), parameters, unit="N")


def surfaced(function: Function, parameters: tuple[Parameter, ...], count: int, **more: object) -> Surface:
    ranges = {one.path: (one.low, one.high) for one in parameters}
    return through(points(function, parameters, count, **more), ranges)  # type: ignore[arg-type]


def branin(x: np.ndarray) -> np.ndarray:
    """On [-5, 10] x [0, 15]."""
    a, b = x[:, 0], x[:, 1]
    return (b - 5.1 / (4 * np.pi**2) * a**2 + 5 / np.pi * a - 6) ** 2 + 10 * (1 - 1 / (8 * np.pi)) * np.cos(a) + 10


def test_a_linear_function_is_exact_from_the_fewest_points() -> None:
    made = surfaced(lambda x: 3 + 2 * x[:, 0] - 7 * x[:, 1], (SPEED, LENGTH), needed(2))
    found = made(speed="36 km/h", length="250 cm")
    assert found.value == pytest.approx(3 + 20 - 17.5, abs=1e-6)
    assert found.unit == "N"
    assert found.kind == "95 % of the surface"
    assert float(made.error) < 1e-6
    assert made.explained == pytest.approx(1, abs=1e-9)
    assert made.notes == ()


def test_a_quadratic_function_is_found_within_its_band() -> None:
    made = surfaced(lambda x: 1 + 0.1 * (x[:, 0] - 12) ** 2, (SPEED,), 8)
    for speed in (6.0, 9.0, 12.0, 18.5):
        found, exact = made(speed=speed), 1 + 0.1 * (speed - 12) ** 2
        assert found.value == pytest.approx(exact, abs=0.02)
        assert found.covers(exact)
    assert made.explained > 0.99


def test_branin_is_predicted_between_its_points_and_the_bands_are_honest() -> None:
    parameters = Parameter("a.one", "one", "", -5.0, 10.0), Parameter("a.two", "two", "", 0.0, 15.0)
    made = surfaced(branin, parameters, 40, seed=3)
    rows = qmc.Sobol(2, seed=9).random(256) * 15 + np.array([-5, 0])
    mean, band = made.at(np.clip(rows, *made.box))
    missed = np.abs(mean - branin(np.clip(rows, *made.box)))
    assert np.sqrt(np.mean(missed**2)) < 0.1 * made.spread
    assert np.mean(missed <= band) > 0.85
    assert made.knows
    # Of 40 points many lie at the rim, where leaving one out is extrapolation: the error is no flattering one.
    assert 0.5 < float(made.error) / np.sqrt(np.mean(missed**2)) < 6


def test_the_error_in_closed_form_is_that_of_leaving_out_each_point() -> None:
    rng = np.random.default_rng(0)
    inputs = rng.random((12, 2))
    values = np.sin(5 * inputs[:, 0]) + inputs[:, 1] ** 2 + 0.05 * rng.standard_normal(12)
    whole = kriging.fit(inputs, values)
    for n in range(12):
        kept = np.arange(12) != n
        rest = kriging.Kriging(
            inputs[kept], values[kept], whole.noise[kept], whole.kernel, whole.scale, whole.white, whole.lengths
        )
        mean, deviation = rest.predict(inputs[[n]])
        assert values[n] - mean[0] == pytest.approx(whole.left_out[0][n], rel=1e-6)
        assert np.hypot(deviation[0], np.sqrt(whole.noise[n])) == pytest.approx(whole.left_out[1][n], rel=1e-6)


def test_the_noise_of_the_values_is_recovered() -> None:
    made = surfaced(lambda x: np.sin(x[:, 0] / 3) + x[:, 1], (SPEED, LENGTH), 80, noise=0.1)
    assert float(made.noise) == pytest.approx(0.1, rel=0.3)
    assert float(made.error) == pytest.approx(0.1, rel=0.4)


def test_a_band_that_is_known_of_the_values_is_no_error_of_the_function() -> None:
    rows = np.linspace(0, 1, 12)[:, None]
    values = 2 * rows[:, 0] + np.array([0.2, -0.2] * 6)
    told = kriging.fit(rows, values, np.full(12, 0.2))
    assert told.white < 0.05
    assert kriging.fit(rows, values).white > 0.1


def test_a_surface_that_knows_nothing_says_so() -> None:
    made = surfaced(lambda x: np.random.default_rng(7).standard_normal(len(x)), (SPEED, LENGTH), 20)
    assert not made.knows
    assert "this surface knows nothing of body.Fx: points left out are missed by" in str(made)
    assert "knows nothing" in made(speed=10, length=2).kind
    assert "knows nothing" in made._repr_html_()


def test_draws_scatter_as_the_band_says() -> None:
    made = surfaced(branin, (Parameter("one", "one", "", -5.0, 10.0), Parameter("two", "two", "", 0.0, 15.0)), 15)
    inputs = np.random.default_rng(0).random((20, 2))
    mean, deviation = made.model.predict(inputs)
    drawn = made.model.draws(inputs, 4000, seed=1)
    np.testing.assert_allclose(drawn.mean(axis=0), mean, atol=0.1 * deviation.max())
    np.testing.assert_allclose(drawn.std(axis=0), deviation, rtol=0.1, atol=1e-3 * deviation.max())


def test_outside_of_what_was_computed_is_refused_or_said() -> None:
    made = surfaced(lambda x: x[:, 0] ** 2, (SPEED,), 6)
    with pytest.raises(
        CaseError, match=r"speed: 25 m/s is outside of what was computed, 5 to 20 m/s; extrapolate=True"
    ):
        made(speed="90 km/h")
    far, near = made(speed=25, extrapolate=True), made(speed=19)
    assert "extrapolated" in far.kind
    assert far.uncertainty is not None and near.uncertainty is not None and far.uncertainty > near.uncertainty
    table = pd.DataFrame({"speed": ["10 m/s", 30.0]})
    with pytest.raises(CaseError, match=r"speed: 30 m/s is outside .* \(1 points\)"):
        made.predict(table)
    found = made.predict(table, extrapolate=True)
    assert list(found["outside"]) == [False, True]
    assert found["value"][0] == pytest.approx(100, rel=0.01)
    assert found["value"].units == "N"


def test_where_points_failed_at_one_end_the_surface_ends() -> None:
    left = tuple(Outcome(20 + n, {SPEED.path: 12.0 + n}, "Failed", None, "it diverged") for n in range(8))
    some = points(lambda x: x[:, 0], (Parameter(SPEED.path, "speed", "m/s", 5.0, 11.0),), 6, left=left)
    made = through(some, {SPEED.path: (5.0, 20.0)})
    assert made.box[1][0] < 13
    assert "left out: 8 failed (point 20: it diverged)" in str(made)
    with pytest.raises(CaseError, match="outside of what was computed"):
        made(speed=18)


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        ({"speed": 10}, CaseError, "surface: needs length too"),
        ({"speed": 10, "lenth": 2}, UnknownName, "unknown parameter 'lenth'; did you mean 'length'"),
        ({"speed": "10 kg", "length": 2}, UnitError, "speed: must be in m/s"),
        ({"speed": float("nan"), "length": 2}, CaseError, "speed: must be a number"),
    ],
)
def test_a_point_that_is_none_is_refused(given: dict[str, object], error: type[Exception], says: str) -> None:
    made = surfaced(lambda x: x[:, 0], (SPEED, LENGTH), 8)
    with pytest.raises(error, match=says):
        made(given)
    assert made({"boundaries.inlet.speed": 10.0}, length=2).value == pytest.approx(10)
    assert made(inlet_speed=10, length=2).value == pytest.approx(10)


def test_names_are_as_short_as_tells_them_from_one_another() -> None:
    assert short(["boundaries.inlet.speed", "boundaries.side.speed", "domain.length"]) == [
        "inlet.speed",
        "side.speed",
        "length",
    ]
    two = tuple(Parameter(f"boundaries.{one}.speed", f"{one}.speed") for one in ("inlet", "side"))
    assert matched(two, "side_speed") is two[1]
    with pytest.raises(CaseError, match=r"speed: may be any of boundaries\.inlet\.speed, boundaries\.side\.speed"):
        matched(two, "speed")


def test_too_few_points_say_how_many_are_needed() -> None:
    left = (Outcome(9, {SPEED.path: 9.0, LENGTH.path: 2.0}, "Running"),)
    found = points(lambda x: x[:, 0], (SPEED, LENGTH), 4, left=left)
    with pytest.raises(
        ResultError, match=r"over 2 parameters needs 6 points that have a value; 4 of 5 have one; left out: 1 run"
    ):
        found.require(needed(2), "surface")


def test_the_whole_of_it_is_repeatable() -> None:
    one, two = (surfaced(branin, (SPEED, LENGTH), 12) for _ in range(2))
    assert one(speed=7, length=2) == two(speed=7, length=2)
    assert one.to_json() == two.to_json()


def test_a_surface_over_words_is_refused(home: Path) -> None:
    case = Case(
        domain=Channel(length=1, height=0.1),
        mesh=Blocks(cells=(10, 10)),
        physics=Incompressible(fluid="water", turbulence="kOmegaSST"),
        boundaries={"inlet": Inlet(speed=1), "outlet": Outlet(), "bottom": Wall(), "top": Wall()},
        solve=Steady(iterations=100),
    )
    study = Study(case, {"physics.turbulence": ["kOmegaSST", "kEpsilon"], SPEED.path: [1, 2, 3]})
    with pytest.raises(CaseError, match=r"surface: is over numbers, and physics\.turbulence are none"):
        study.surface("body.Cd")
    study = Study(case, {SPEED.path: ["1 m/s", "7.2 km/h", 3, 4]}, name="failed")
    study._write({"on": "local", "cores": 1, "resources": {}, "at_once": None, "again": False})
    point.tell(study.path, {"point": 1, "refused": "no mesh"})
    with pytest.raises(
        ResultError, match=r"needs 4 points.*0 of 4 have one; left out: 3 waiting, 1 failed \(point 1: no mesh\)"
    ):
        study.surface("body.Cd")
    with pytest.raises(CaseError, match="must be a name such as"):
        study.surface(3)  # type: ignore[arg-type]


def test_without_scikit_learn_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.gaussian_process.kernels", None)
    with pytest.raises(SiteError, match=r"scikit-learn is not installed: pip install 'flowcfd\[studies\]'"):
        surfaced(lambda x: x[:, 0], (SPEED,), 5)
