"""When a quantity has settled, and when it has not."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcfd.series import Settling, limit, mean_settled, mser, settled, trend

OVER = 50
WITHIN = 0.005


def stop(series: Callable[[int], float], most: int = 6000, *, every: int = 5, **options: object) -> Settling | None:
    """How it settles when it is looked at every few samples; None when it never does."""
    values: list[float] = []
    for n in range(most):
        values.append(series(n))
        if n % every == 0:
            found = settled(values[-2 * OVER :], over=OVER, **{"within": WITHIN, "relative": True, **options})  # type: ignore[arg-type]
            if found.ok:
                return found
    return None


@given(
    constant=st.floats(2.0, 25 * OVER),
    start=st.floats(-3.0, 3.0),
    end=st.floats(0.01, 100.0),
    sign=st.sampled_from((-1, 1)),
)
@settings(max_examples=60, deadline=None)
def test_a_decay_stops_nearer_to_its_limit_than_the_band(constant: float, start: float, end: float, sign: int) -> None:
    end *= sign
    found = stop(lambda n: end * (1 + start * math.exp(-n / constant)), 40 * int(constant) + 4 * OVER, every=20)
    assert found is not None
    assert found.mean == pytest.approx(end, rel=1.05 * WITHIN)
    assert abs(found.mean - end) <= 1.05 * found.uncertainty + 1e-12 * abs(end)


@given(rate=st.floats(0.04, 20.0), sign=st.sampled_from((-1, 1)))
@settings(max_examples=40, deadline=None)
def test_a_linear_creep_never_settles(rate: float, sign: int) -> None:
    """As long as it would leave the band within 25 windows."""
    creep = sign * rate * WITHIN / OVER
    values = [1.0 + creep * n for n in range(2 * OVER)]
    found = settled(values, within=WITHIN, relative=True, over=OVER)
    assert not found.ok
    assert "drifts by" in found.why or "creeps by" in found.why


def test_a_drag_that_falls_by_a_thousandth_an_iteration_has_not_settled() -> None:
    assert stop(lambda n: 0.412 - 7e-4 * n, 400) is None


def test_noise_within_the_band_settles_and_beyond_it_does_not() -> None:
    rng = random.Random(4)
    quiet = stop(lambda n: 1.0 + 0.001 * rng.gauss(0, 1), 3 * OVER)
    assert quiet is not None
    assert quiet.mean == pytest.approx(1.0, abs=0.001)
    loud = settled([1.0 + 0.03 * math.sin(n) for n in range(2 * OVER)], within=WITHIN, relative=True, over=OVER)
    assert (loud.ok, loud.why) == (False, "oscillates by ±3 %")


@given(period=st.floats(4.0, 8.0 * OVER), phase=st.floats(0.0, 6.28))
@settings(max_examples=60, deadline=None)
def test_an_oscillation_of_four_times_the_band_never_settles_not_even_where_it_turns(
    period: float, phase: float
) -> None:
    """Of periods up to four windows and of any phase."""
    period = min(period, 4.0 * OVER)
    assert stop(lambda n: 1.0 + 4 * WITHIN * math.sin(phase + 2 * math.pi * n / period), 900, every=3) is None


def test_a_damped_oscillation_settles_on_its_limit() -> None:
    found = stop(lambda n: 2.0 + 0.5 * math.exp(-n / 60) * math.cos(n / 7))
    assert found is not None
    assert found.mean == pytest.approx(2.0, rel=WITHIN)


def test_a_quantity_around_zero_settles_within_an_amount_and_not_within_a_share() -> None:
    values = [1e-4 * math.sin(n) for n in range(628)]
    assert settled(values, within=2e-4, relative=False, over=OVER).ok
    assert not settled(values, within=WITHIN, relative=True, over=OVER).ok
    zero = settled([0.0, *[1e-9, -1e-9] * OVER], within=WITHIN, relative=True, over=OVER)
    assert "its mean is zero" in zero.why


def test_two_windows_are_needed() -> None:
    found = settled([1.0] * (2 * OVER - 1), within=WITHIN, relative=True, over=OVER)
    assert (found.ok, found.why) == (False, "99 of the 100 samples that two windows need are there")


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_values_that_are_no_numbers_have_not_settled(bad: float) -> None:
    assert not settled([1.0] * (2 * OVER - 1) + [bad], within=WITHIN, relative=True, over=OVER).ok
    assert not mean_settled([1.0] * (2 * OVER - 1) + [bad], within=WITHIN, relative=True, over=OVER).ok


def test_a_window_of_few_samples_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 10 samples"):
        settled([1.0] * 20, within=WITHIN, relative=True, over=9)


@given(st.floats(-5, 5), st.floats(0.1, 5), st.floats(1.0, 400.0))
def test_the_limit_of_an_exponential_decay_is_exact(end: float, start: float, constant: float) -> None:
    values = [end + start * math.exp(-n / constant) for n in range(60)]
    assert limit(values) == pytest.approx(end, abs=1e-6)


def test_a_trend_is_seen_and_noise_is_not_called_one() -> None:
    rng = random.Random(5)
    assert trend([n + rng.gauss(0, 5) for n in range(200)]) < 0.001
    alarms = sum(trend([rng.gauss(0, 1) for _ in range(120)]) < 0.05 for _ in range(300))
    assert alarms / 300 < 0.09  # 5 %, of 300 trials: a standard error of 1.3 %
    assert trend([3.0] * 100) == 1.0


@given(st.integers(0, 40), st.floats(3.0, 50.0))
def test_the_initial_transient_is_dropped_and_the_rest_is_kept(seed: int, height: float) -> None:
    rng = random.Random(seed)
    values = [height * math.exp(-n / 20) + rng.gauss(0, 0.5) for n in range(600)]
    dropped = mser(values)
    assert dropped % 5 == 0
    assert height * math.exp(-dropped / 20) < 1.0  # what is left of the transient is of the size of the noise
    assert dropped < 300


def test_a_series_without_a_transient_keeps_nearly_all() -> None:
    rng = random.Random(6)
    dropped = [mser([rng.gauss(0, 1) for _ in range(500)]) for _ in range(50)]
    assert sum(dropped) / 50 < 100
    assert mser([1.0] * 500) == 0


def test_a_transient_that_is_not_over_takes_more_than_half() -> None:
    values = [float(n) for n in range(400)]
    assert mser(values) > 200
    found = mean_settled(values, within=1.0, relative=True, over=OVER)
    assert (found.ok, found.why) == (
        False,
        "the initial transient is not over (MSER-5 drops more than half of the samples)",
    )


def test_short_series_drop_nothing_and_a_batch_has_a_size() -> None:
    assert mser([5.0, 1.0, 1.0, 1.0]) == 0
    with pytest.raises(ValueError, match="batch"):
        mser([1.0], batch=0)


def test_the_mean_of_shedding_settles_after_the_transient_when_its_interval_is_small_enough() -> None:
    def drag(n: int) -> float:
        return 1.35 - 0.8 * math.exp(-n / 80) + 0.01 * math.sin(n / 5)

    values = [drag(n) for n in range(300)]
    early = mean_settled(values, within=0.0002, relative=True, over=OVER)
    assert not early.ok
    late = mean_settled([drag(n) for n in range(8000)], within=0.0002, relative=True, over=OVER)
    assert late.ok
    assert late.dropped >= 300
    assert late.mean == pytest.approx(1.35, rel=0.0002)
    assert "at 95 % confidence" in late.why


def test_a_mean_of_few_independent_samples_has_not_settled() -> None:
    wave = [2.0 + math.sin(n / 30) for n in range(400)]  # two periods
    found = mean_settled(wave, within=0.9, relative=True, over=OVER)
    assert not found.ok
    assert "independent ones only" in found.why


def test_an_unsteady_flow_that_becomes_steady_settles_as_an_iteration_does() -> None:
    decay = [1.0 + math.exp(-n / 30) for n in range(600)]
    assert 2 * mser(decay) > len(decay)
    found = mean_settled(decay, within=WITHIN, relative=True, over=OVER)
    assert (found.ok, found.why) == (True, "does not vary any more: within 0.05 % over the last 50 samples")
    assert not mean_settled(decay[:150], within=WITHIN, relative=True, over=OVER).ok


def test_a_wake_that_begins_to_swing_slowly_has_not_settled_before() -> None:
    """As the drag of a cylinder at Re 100: a plateau, a slow rise to another one, with an oscillation that grows."""

    def drag(n: int) -> float:
        swing = 1 / (1 + math.exp(-(n - 900) / 120))
        return 1.12 + math.exp(-n / 30) + 0.22 * swing + 0.01 * swing * math.sin(n / 12)

    values = [drag(n) for n in range(4000)]
    stops = [n for n in range(400, 4000, 20) if mean_settled(values[:n], within=0.01, relative=True, over=200).ok]
    assert stops
    assert stops[0] > 1500
    assert mean_settled(values[: stops[0]], within=0.01, relative=True, over=200).mean == pytest.approx(1.34, rel=0.01)
