"""Means of correlated series and their confidence."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowcfd.series import autocorrelation_time, even, mean
from flowcfd.series.quantile import normal, student

SEED = 20


def autoregressive(count: int, memory: float, rng: random.Random) -> list[float]:
    """x_n = memory x_(n-1) + noise, past its start."""
    value, found = 0.0, []
    for _ in range(count + 300):
        value = memory * value + rng.gauss(0.0, 1.0)
        found.append(value)
    return found[300:]


@pytest.mark.parametrize(
    ("share", "free", "value"),
    [
        (0.975, 1, 12.7062),
        (0.975, 2, 4.30265),
        (0.975, 3, 3.18245),
        (0.975, 5, 2.57058),
        (0.975, 10, 2.22814),
        (0.975, 30, 2.04227),
        (0.995, 10, 3.16927),
        (0.9, 120, 1.28865),
    ],
)
def test_students_quantiles_are_those_of_the_tables(share: float, free: float, value: float) -> None:
    assert student(share, free) == pytest.approx(value, rel=1e-5)


def test_students_quantile_goes_to_the_normal_one() -> None:
    assert normal(0.975) == pytest.approx(1.959963984540054, abs=1e-12)
    assert normal(0.025) == -normal(0.975)
    assert student(0.975, 1e6) == pytest.approx(normal(0.975), rel=1e-5)


@pytest.mark.parametrize(("count", "memory"), [(50, 0.0), (500, 0.0), (1000, 0.9), (400, 0.5)])
def test_the_interval_covers_the_true_mean_as_often_as_it_says(count: int, memory: float) -> None:
    rng = random.Random(SEED)
    found = [mean(autoregressive(count, memory, rng)) for _ in range(400)]
    covered = sum(abs(one.value) <= one.half_width for one in found) / 400
    assert 0.92 <= covered <= 0.99  # 95 %, of 400 trials: a standard error of 1.1 %


@pytest.mark.parametrize("memory", [0.0, 0.5, 0.9, 0.97])
def test_the_effective_samples_of_an_autoregressive_series_are_those_of_theory(memory: float) -> None:
    rng = random.Random(SEED)
    found = [mean(autoregressive(10_000, memory, rng)).effective for _ in range(40)]
    # of 64 batches a variance is known to 18 %, of 40 such series to 3 %; the sum errs to the safe side, too
    assert sum(found) / 40 == pytest.approx(10_000 * (1 - memory) / (1 + memory), rel=0.15)


def test_the_autocorrelation_time_of_an_autoregressive_series_is_that_of_theory() -> None:
    values = autoregressive(20_000, 0.8, random.Random(SEED))
    assert autocorrelation_time(values) == pytest.approx(9.0, rel=0.1)


def test_a_constant_series_is_known_exactly() -> None:
    found = mean([0.3] * 40)
    assert (found.value, found.half_width, found.effective) == (pytest.approx(0.3), 0.0, 40)


def test_a_period_that_fits_many_times_is_known_well_and_one_that_does_not_badly() -> None:
    wave = [1.0 + math.sin(n / 10) for n in range(6300)]
    assert mean(wave).half_width < 0.06
    assert mean(wave).value == pytest.approx(1.0, abs=mean(wave).half_width)
    part = mean(wave[:50])
    assert part.effective < 10
    assert part.value == pytest.approx(1.0, abs=part.half_width)


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=60),
    st.floats(-1e6, 1e6),
    st.floats(0.01, 100.0),
)
def test_the_interval_moves_and_grows_with_the_values(values: list[float], shift: float, factor: float) -> None:
    plain, moved = mean(values), mean([factor * (value + shift) for value in values])
    scale = 1e-9 * factor * (max(map(abs, values)) + abs(shift) + 1)
    assert moved.value == pytest.approx(factor * (plain.value + shift), abs=scale)
    if max(values) - min(values) > 1e-3 * (1 + max(map(abs, values)) + abs(shift)):
        assert moved.half_width == pytest.approx(factor * plain.half_width, rel=1e-3)


def test_values_at_uneven_times_are_made_even() -> None:
    times = [0.0, 1.0, 1.5, 2.0, 4.0]
    assert even(times, [2 * time for time in times]) == pytest.approx([0.0, 2.0, 4.0, 6.0, 8.0])
    assert even([0.0, 1.0, 2.0], [5.0, 6.0, 8.0]) == [5.0, 6.0, 8.0]


def test_the_mean_of_uneven_samples_is_that_over_time() -> None:
    times = [n / 100 for n in range(100)] + [1.0 + n / 10 for n in range(91)]
    values = [0.0 if time < 1.0 else 1.0 for time in times]
    assert mean(even(times, values)).value == pytest.approx(0.9, abs=0.01)


@pytest.mark.parametrize("values", [[], [1.0]])
def test_too_few_samples_are_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match="at least 2 samples"):
        mean(values)


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95.0])
def test_a_confidence_that_is_no_share_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        mean([1.0, 2.0], confidence=confidence)
