"""The functions of the language on single numbers, compiled: what generated loops call.

Imported only where Numba is installed.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from numba import njit

from rnntui.compile.exponential import f_exp

Array = npt.NDArray[np.float64]

_compiled = njit(cache=True, nogil=True, error_model="numpy")


@_compiled
def f_relu(z: float) -> float:
    """max(z, 0), NaN for NaN."""
    return z if z > 0 or math.isnan(z) else 0.0


@_compiled
def f_softplus(z: float) -> float:
    """log(1 + exp(z))."""
    return f_relu(z) + math.log1p(f_exp(-abs(z)))


@_compiled
def f_log(z: float) -> float:
    """Natural logarithm; -inf at 0, NaN below."""
    return np.log(z)


@_compiled
def f_sqrt(z: float) -> float:
    """Square root; NaN below 0."""
    return np.sqrt(z)


@_compiled
def f_abs(z: float) -> float:
    """Absolute value."""
    return abs(z)


@_compiled
def f_sign(z: float) -> float:
    """-1, 0 or 1; NaN for NaN."""
    return z if math.isnan(z) else 1.0 if z > 0 else -1.0 if z < 0 else 0.0


@_compiled
def f_heaviside(z: float) -> float:
    """0 below 0, 1 above, 1/2 at 0."""
    return z if math.isnan(z) else 1.0 if z > 0 else 0.0 if z < 0 else 0.5


@_compiled
def f_minimum(a: float, b: float) -> float:
    """The smaller; NaN if either is."""
    return a if a < b or math.isnan(a) else b


@_compiled
def f_maximum(a: float, b: float) -> float:
    """The larger; NaN if either is."""
    return a if a > b or math.isnan(a) else b


@_compiled
def f_xdivy(x: float, y: float) -> float:
    """x / y, and 0 where x is 0."""
    return 0.0 if x == 0 else x / y


@_compiled
def f_xlogy(x: float, y: float) -> float:
    """x · log y, and 0 where x is 0."""
    return 0.0 if x == 0 else x * np.log(y)


@_compiled
def f_cross_entropy(y: float, target: float) -> float:
    """One component's term of the cross-entropy."""
    return -f_xlogy(target, y)


@_compiled
def f_binary_cross_entropy(y: float, target: float) -> float:
    """One component's binary cross-entropy."""
    return -(f_xlogy(target, y) + f_xlogy(1.0 - target, 1.0 - y))


@_compiled
def f_kl_divergence(y: float, target: float) -> float:
    """One component's term of the divergence."""
    return f_xlogy(target, target) - f_xlogy(target, y)


@_compiled
def f_binary_kl_divergence(y: float, target: float) -> float:
    """One component's binary divergence."""
    rest = 1.0 - target
    ones = f_xlogy(target, target) - f_xlogy(target, y)
    return ones + (f_xlogy(rest, rest) - f_xlogy(rest, 1.0 - y))


@_compiled
def _exponentials(z: Array, out: Array) -> tuple[float, float]:
    """exp(z - max z) into `out`; the largest component, and their sum."""
    largest = z[0]
    for i in range(z.shape[0]):
        if z[i] > largest or math.isnan(z[i]):
            largest = z[i]
    total = 0.0
    for i in range(z.shape[0]):
        out[i] = f_exp(z[i] - largest)
    for i in range(z.shape[0]):
        total += out[i]
    return largest, total


@_compiled
def f_softmax(z: Array, out: Array) -> None:
    """softmax(z) into `out`."""
    _, total = _exponentials(z, out)
    for i in range(z.shape[0]):
        out[i] /= total


@_compiled
def f_log_softmax(z: Array, out: Array) -> None:
    """log softmax(z) into `out`."""
    largest, total = _exponentials(z, out)
    for i in range(z.shape[0]):
        out[i] = z[i] - largest - np.log(total)


@_compiled
def f_layer_norm(z: Array, out: Array) -> None:
    """(z - mean) / sqrt(variance + 1e-5) into `out`."""
    n = z.shape[0]
    mean = 0.0
    for i in range(n):
        mean += z[i]
    mean /= n
    variance = 0.0
    for i in range(n):
        variance += (z[i] - mean) * (z[i] - mean)
    spread = np.sqrt(variance / n + 1e-5)
    for i in range(n):
        out[i] = (z[i] - mean) / spread


@_compiled
def f_softmax_over_time(z: Array, out: Array) -> None:
    """softmax of each row of z into the rows of `out`: the exponentials of all rows in one loop."""
    steps, length = z.shape
    for t in range(steps):
        largest = z[t, 0]
        for i in range(length):
            if z[t, i] > largest or math.isnan(z[t, i]):
                largest = z[t, i]
        for i in range(length):
            out[t, i] = z[t, i] - largest
    components = out.reshape(out.size)
    for j in range(components.size):
        components[j] = f_exp(components[j])
    for t in range(steps):
        total = 0.0
        for i in range(length):
            total += out[t, i]
        for i in range(length):
            out[t, i] /= total


@_compiled
def f_log_softmax_over_time(z: Array, out: Array) -> None:
    """log softmax of each row of z into the rows of `out`."""
    for t in range(z.shape[0]):
        f_log_softmax(z[t], out[t])


@_compiled
def f_layer_norm_over_time(z: Array, out: Array) -> None:
    """layer_norm of each row of z into the rows of `out`."""
    for t in range(z.shape[0]):
        f_layer_norm(z[t], out[t])
