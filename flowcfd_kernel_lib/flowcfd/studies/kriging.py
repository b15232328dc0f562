"""Gaussian process regression about a linear trend (universal kriging), and what it says of its own error.

The hyperparameters (an ARD Matern 5/2 kernel and white noise) are scikit-learn's, by the greatest likelihood of what
the trend leaves. Prediction and leave-one-out errors take the trend's own uncertainty into account (Rasmussen and
Williams 2006, sections 2.7 and 5.4.2; Dubrule 1983). Inputs are shares of the box of the points.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from flowcfd.studies import extras
from flowcfd.studies.measured import Numbers

RESTARTS = 4
FIXED = (0.5, 1.5)
"""Lengths that are tried as they are, in ranges of a parameter."""
LENGTHS = (0.05, 30.0)
"""Bounds of the lengths over which the process changes, in ranges of a parameter."""
VARIANCE, NOISE = (1e-3, 1e4), (1e-8, 2.0)
"""Bounds of the variances of process and noise, in the variance that the trend leaves."""
JITTER = 1e-10


@dataclass(frozen=True)
class Kriging:
    """A fitted process: `kernel` has the covariance without noise in units of `scale` squared.

    `inputs` [n, d] in shares of the box, `values` [n]; `noise` [n] is the variance of each value, `white` the part of
    it that the likelihood found, as a standard deviation.
    """

    inputs: Numbers
    values: Numbers
    noise: Numbers
    kernel: Any
    scale: float
    white: float
    lengths: tuple[float, ...]

    def predict(self, inputs: Numbers) -> tuple[Numbers, Numbers]:
        """Mean and standard deviation [m] of the function, without noise."""
        cross, trend = self._covariance(inputs, self.inputs), _trend(inputs)
        mean = trend @ self._beta + cross @ self._weights
        lost = self._solve(cross.T)
        left = trend - (self._solve(_trend(self.inputs)).T @ cross.T).T
        variance = self.scale**2 * self.kernel.diag(inputs) - np.sum(cross.T * lost, axis=0)
        variance = variance + np.sum((left @ self._certain) * left, axis=1)
        return mean, np.sqrt(np.maximum(variance, 0.0))

    def draws(self, inputs: Numbers, count: int, seed: int) -> Numbers:
        """So many functions that the process holds for possible, at the inputs [count, m]."""
        mean, _ = self.predict(inputs)
        cross, trend = self._covariance(inputs, self.inputs), _trend(inputs)
        left = trend - (self._solve(_trend(self.inputs)).T @ cross.T).T
        covariance = self._covariance(inputs, inputs) - cross @ self._solve(cross.T) + left @ self._certain @ left.T
        root = _root(covariance)
        return np.asarray(mean + np.random.default_rng(seed).standard_normal((count, len(inputs))) @ root.T)

    @cached_property
    def left_out(self) -> tuple[Numbers, Numbers]:
        """Value less prediction at each point by all others, and the standard deviation of that, in closed form."""
        inverse = self._solve(np.eye(len(self.values)))
        part = inverse @ _trend(self.inputs)
        inverse = inverse - part @ self._certain @ part.T
        diagonal = np.maximum(np.diag(inverse), np.finfo(float).tiny)
        return inverse @ self.values / diagonal, np.sqrt(1.0 / diagonal)

    def believing(self, inputs: Numbers, values: Numbers) -> Kriging:
        """The process as if it knew these values too, its hyperparameters unchanged."""
        noise = np.concatenate([self.noise, np.full(len(values), self.white**2 + JITTER * self.scale**2)])
        return Kriging(np.vstack([self.inputs, inputs]), np.concatenate([self.values, values]), noise, self.kernel,
                       self.scale, self.white, self.lengths)  # fmt: skip

    def _covariance(self, one: Numbers, other: Numbers) -> Numbers:
        return np.asarray(self.scale**2 * self.kernel(one, other))

    @cached_property
    def _factor(self) -> Any:
        covariance = self._covariance(self.inputs, self.inputs) + np.diag(self.noise)
        return cho_factor(covariance, lower=True)

    def _solve(self, right: Numbers) -> Numbers:
        return np.asarray(cho_solve(self._factor, right))

    @cached_property
    def _certain(self) -> Numbers:
        """Covariance of the trend's coefficients."""
        trend = _trend(self.inputs)
        return np.asarray(np.linalg.pinv(trend.T @ self._solve(trend)))

    @cached_property
    def _beta(self) -> Numbers:
        return np.asarray(self._certain @ (_trend(self.inputs).T @ self._solve(self.values)))

    @cached_property
    def _weights(self) -> Numbers:
        return self._solve(self.values - _trend(self.inputs) @ self._beta)


def fit(inputs: Numbers, values: Numbers, deviations: Numbers | None = None, *, seed: int = 0) -> Kriging:
    """The process of values [n] at inputs [n, d] in shares of their box.

    `deviations` are standard deviations that are known of the values; what is not known, or nan, counts as none. Of
    processes with noise of any size, with next to none, and of fixed lengths, it is the one that misses points that are
    left out by least: the likelihood of few points takes a bend for noise too easily.
    """
    trend = _trend(inputs)
    rest = values - trend @ np.linalg.lstsq(trend, values, rcond=None)[0]
    scale = max(float(rest.std()), 1e-7 * float(np.ptp(values)), 1e-12 * float(np.abs(values).max()), 1e-300)
    known = np.zeros(len(values)) if deviations is None else np.nan_to_num(deviations)
    made = []
    for noisy, fixed in ((NOISE, None), (None, None), *((None, length) for length in FIXED)):
        kernel = _kernel(len(inputs), inputs.shape[1], noisy, fixed)
        process, white = _fitted(kernel, inputs, rest / scale, (known / scale) ** 2 + JITTER, seed)
        lengths = tuple(float(length) for length in np.atleast_1d(process.k2.length_scale))
        noise = (white + JITTER) * scale**2 + known**2
        made.append(Kriging(inputs, values, noise, process, scale, scale * math.sqrt(white), lengths))
    return min(made, key=lambda one: float(np.sum(one.left_out[0] ** 2)))


def _kernel(points: int, parameters: int, noise: tuple[float, float] | None, length: float | None) -> Any:
    """Variance times a Matern 5/2, and white noise; without bounds noise is next to none, a length is fixed.

    Lengths shorter than points are apart cannot be known.
    """
    kernels = extras.sklearn("gaussian_process.kernels")
    shortest = max(LENGTHS[0], min(0.3, points ** (-1.0 / parameters)))
    bounds = (shortest, LENGTHS[1]) if length is None else "fixed"
    bend = kernels.Matern(np.full(parameters, length or 0.5), bounds, nu=2.5)
    white = kernels.WhiteKernel(NOISE[0], "fixed") if noise is None else kernels.WhiteKernel(1e-3, noise)
    return kernels.ConstantKernel(1.0, VARIANCE) * bend + white


def _fitted(kernel: Any, inputs: Numbers, rest: Numbers, alpha: Numbers, seed: int) -> tuple[Any, float]:
    """scikit-learn's process of what the trend leaves, of variance one: its kernel and the variance of the noise."""
    process = extras.sklearn("gaussian_process")
    convergence = extras.sklearn("exceptions").ConvergenceWarning
    threads = import_module("threadpoolctl")  # comes with scikit-learn
    restarts = RESTARTS if kernel.n_dims > 1 else 0
    made = process.GaussianProcessRegressor(kernel, alpha=alpha, n_restarts_optimizer=restarts, random_state=seed)
    # Matrices so small are slower on many threads than on one, and four times as dear.
    with threads.threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", convergence)  # a length at its bound is an answer: it does not matter
        found = made.fit(inputs, rest).kernel_
    return found.k1, float(found.k2.noise_level)


def _trend(inputs: Numbers) -> Numbers:
    return np.column_stack([np.ones(len(inputs)), inputs - 0.5])


def _root(covariance: Numbers) -> Numbers:
    """A root of a covariance that rounding may have made a little negative."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))
