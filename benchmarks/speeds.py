"""How fast this machine is at what training consists of, measured now.

Each figure is the best of several tries, of loops compiled by Numba or, where that is faster, of
NumPy's vectorised functions and BLAS: what a perfect program could reach on one core.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

Array = npt.NDArray[np.float64]

_TRIES = 40  # short ones, so that some of them meet no other program
_MANY = 4096  # numbers at a time; they stay in the first cache


@njit(cache=True, error_model="numpy")
def _exp_loop(z: Array, out: Array) -> None:
    for i in range(z.size):
        out[i] = math.exp(z[i])


@njit(cache=True, error_model="numpy")
def _tanh_loop(z: Array, out: Array) -> None:
    for i in range(z.size):
        out[i] = math.tanh(z[i])


@njit(cache=True, error_model="numpy")
def _log_loop(z: Array, out: Array) -> None:
    for i in range(z.size):
        out[i] = math.log(z[i])


@njit(cache=True, error_model="numpy")
def _sqrt_loop(z: Array, out: Array) -> None:
    for i in range(z.size):
        out[i] = math.sqrt(z[i])


@njit(cache=True, error_model="numpy")
def _divide_loop(z: Array, out: Array) -> None:
    for i in range(z.size):
        out[i] = 1.5 / z[i]


@njit(cache=True, fastmath=True, error_model="numpy")
def _product_loop(W: Array, x: Array, out: Array, times: int) -> None:
    """Each product is of the one before, as in a recurrence."""
    for _ in range(times):
        for i in range(W.shape[0]):
            total = 0.0
            for j in range(W.shape[1]):
                total += W[i, j] * x[j]
            out[i] = total
        x, out = out, x


@njit(cache=True, fastmath=True, error_model="numpy")
def _update_loop(p: Array, m: Array, g: Array, times: int) -> None:
    for _ in range(times):
        for i in range(p.size):
            m[i] = 0.9 * m[i] + 0.1 * g[i]
            p[i] -= 0.001 * m[i]


@dataclass(frozen=True)
class Speeds:
    """single: ns an operation, one number at a time with the C library's functions. vector: ns an
    operation with the processor's vector units full. gemm: Gflop/s of a matrix product."""

    single: Mapping[str, float]
    vector: Mapping[str, float]
    gemm: float

    def gemv(self, numbers: int) -> float:
        """Gflop/s of matrix-vector products whose matrices have so many numbers together."""
        side = max(16, round(math.sqrt(numbers)))
        W = np.random.default_rng(0).standard_normal((side, side)) / math.sqrt(side)
        x, out = np.ones(side), np.zeros(side)
        times = 1 + 10**5 // W.size
        loop = _best(_product_loop, W, x, out, times) / times
        library = _best(np.matmul, W, x, out)
        return 2e-9 * W.size / min(loop, library)

    def stream(self, numbers: int) -> float:
        """GB/s of an update that reads and writes arrays of so many numbers."""
        p, m, g = (np.ones(max(numbers, 64)) for _ in range(3))
        times = 1 + 10**5 // p.size
        return 8e-9 * 5 * p.size * times / _best(_update_loop, p, m, g, times)

    def __str__(self) -> str:
        single = ", ".join(f"{key} {value:.2f}" for key, value in self.single.items())
        vector = ", ".join(f"{key} {value:.2f}" for key, value in self.vector.items())
        return (
            f"ns an operation, one at a time: {single}; with vectors full: {vector}. "
            f"Matrix product {self.gemm:.0f} Gflop/s, matrix-vector in cache "
            f"{self.gemv(64 * 64):.1f} Gflop/s, update of 10^6 numbers {self.stream(10**6):.1f} GB/s."
        )


def measure_speeds() -> Speeds:
    """A few seconds of measuring."""
    generator = np.random.default_rng(0)
    z = generator.uniform(0.1, 3.0, _MANY)
    out = np.zeros(_MANY)
    loops = {"exp": _exp_loop, "tanh": _tanh_loop, "log": _log_loop, "sqrt": _sqrt_loop,
             "divide": _divide_loop}  # fmt: skip
    vectors: dict[str, Callable[..., Any]] = {
        "exp": np.exp, "tanh": np.tanh, "log": np.log, "sqrt": np.sqrt,
        "divide": lambda z, out: np.divide(1.5, z, out=out),
    }  # fmt: skip
    single = {key: 1e9 * _best(loop, z, out) / _MANY for key, loop in loops.items()}
    vector = {
        key: min(1e9 * _best(function, z, out) / _MANY, single[key])
        for key, function in vectors.items()
    }
    A, B = generator.standard_normal((2, 512, 512))
    C = np.zeros((512, 512))
    return Speeds(single, vector, 2e-9 * 512**3 / _best(np.matmul, A, B, C))


def _best(function: Callable[..., Any], *arguments: Any) -> float:
    """Seconds of one call, at the best of several tries of about a millisecond."""
    function(*arguments)
    start = time.perf_counter()
    function(*arguments)
    once = max(time.perf_counter() - start, 1e-7)
    calls = max(1, int(0.001 / once))
    best = math.inf
    for _ in range(_TRIES):
        start = time.perf_counter()
        for _ in range(calls):
            function(*arguments)
        best = min(best, (time.perf_counter() - start) / calls)
    return best
