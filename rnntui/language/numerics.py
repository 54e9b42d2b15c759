"""The values of the functions of the language, over NumPy arrays and scalars.

They also take all timesteps at once, in a leading axis: functions of a vector work along the last
axis, and those that sum over components are told which axes those are.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Axes = tuple[int, ...] | None  # all axes but that of time, or None: all

LAYER_NORM_EPSILON = 1e-5
_erf = np.frompyfunc(math.erf, 1, 1)


def sigmoid(z: Array) -> Array:
    """1 / (1 + exp(-z)); where exp(-z) overflows to inf, 0 is what is left."""
    return np.asarray(1.0 / (1.0 + np.exp(-z)))[()]


def softplus(z: Array) -> Array:
    """log(1 + exp(z)), without overflow."""
    return np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))


def softmax(z: Array) -> Array:
    """exp(z) / Σ exp(z), shifted by the largest component."""
    e = np.exp(z - np.maximum.reduce(z, axis=-1, keepdims=True))
    return np.asarray(e / np.add.reduce(e, axis=-1, keepdims=True))


def log_softmax(z: Array) -> Array:
    """log(softmax(z)), without underflow."""
    shifted = z - np.maximum.reduce(z, axis=-1, keepdims=True)
    total = np.add.reduce(np.exp(shifted), axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(total))


def layer_norm(z: Array) -> Array:
    """(z - mean(z)) / sqrt(var(z) + 1e-5), without gain or bias (Ba et al. 2016; PyTorch's epsilon)."""
    centred = z - np.mean(z, axis=-1, keepdims=True)
    variance = np.mean(centred * centred, axis=-1, keepdims=True)
    return np.asarray(centred / np.sqrt(variance + LAYER_NORM_EPSILON))


def xlogy(x: Array, y: Array) -> Array:
    """x * log(y), and 0 where x is 0, so that 0·log 0 is 0."""
    return np.where(np.equal(x, 0.0), 0.0, x * np.log(y))


def xdivy(x: Array, y: Array) -> Array:
    """x / y, and 0 where x is 0: the derivative of xlogy."""
    return np.where(np.equal(x, 0.0), 0.0, x / y)


def concat(*parts: Array) -> Array:
    """Scalars and vectors end to end, or matrices with their rows one below the other."""
    if parts[0].ndim == 2 if isinstance(parts[0], np.ndarray) else False:
        return np.concatenate(parts)
    return np.concatenate([np.atleast_1d(part) for part in parts])


def total(z: Array, axes: Axes = None) -> Any:
    """The sum of all components; over time, of each timestep's."""
    return np.add.reduce(z, axis=axes)


def norm(z: Array, axes: Axes = None) -> Any:
    """The Euclidean norm of all components."""
    return np.sqrt(total(z * z, axes))


def largest(z: Array, axes: Axes = None) -> Any:
    """The largest component; NaN if one is."""
    return np.maximum.reduce(z, axis=axes)


def smallest(z: Array, axes: Axes = None) -> Any:
    """The smallest component; NaN if one is."""
    return np.minimum.reduce(z, axis=axes)


def place_of_largest(z: Array, axes: Axes = None) -> Any:
    """The place of the largest component, the first of several, counted row by row from 0."""
    if axes is None:
        return np.float64(np.argmax(z))
    return np.argmax(z.reshape(len(z), -1), axis=1).astype(np.float64)


def cumulative(z: Array) -> Array:
    """The sums of the first components, along the last axis."""
    return np.asarray(np.add.accumulate(z, axis=-1))


def erf(z: Array) -> Array:
    """The error function."""
    return np.asarray(_erf(z), np.float64)[()]


def cross_entropy(y: Array, target: Array, axes: Axes = None) -> Any:
    """−Σ target·log y."""
    return np.negative(total(xlogy(target, y), axes))


def binary_cross_entropy(y: Array, target: Array, axes: Axes = None) -> Any:
    """−Σ (target·log y + (1 − target)·log(1 − y))."""
    return np.negative(total(xlogy(target, y) + xlogy(1.0 - target, 1.0 - y), axes))


def kl_divergence(y: Array, target: Array, axes: Axes = None) -> Any:
    """Σ target·(log target − log y)."""
    return total(xlogy(target, target) - xlogy(target, y), axes)


def binary_kl_divergence(y: Array, target: Array, axes: Axes = None) -> Any:
    """Binary cross-entropy less the target's own entropy; exactly 0 where y is the target."""
    rest, other = 1.0 - target, 1.0 - y
    ones = xlogy(target, target) - xlogy(target, y)
    return total(ones + (xlogy(rest, rest) - xlogy(rest, other)), axes)


def squared_error(y: Array, target: Array, axes: Axes = None) -> Any:
    """½ Σ (y − target)²."""
    error = y - target
    return 0.5 * total(error * error, axes)


def mean_squared_error(y: Array, target: Array, axes: Axes = None) -> Any:
    """The mean of (y − target)²."""
    error = y - target
    return np.mean(error * error, axis=axes)


def one_hot(index: float, size: float) -> Array:
    """A vector of `size` with 1 at `index` and 0 elsewhere."""
    vector = np.zeros(int(size))
    vector[int(index)] = 1.0
    return vector


def zeros(*shape: float) -> Array:
    """A vector or matrix of zeros."""
    return np.zeros([int(n) for n in shape])


def ones(*shape: float) -> Array:
    """A vector or matrix of ones."""
    return np.ones([int(n) for n in shape])
