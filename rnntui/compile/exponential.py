"""The exponential function and what is made of it without branches, so that a loop of it fills the
machine's vectors.

Imported only where Numba is installed.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

_ROUND = (
    6755399441055744.0  # 1.5 · 2**52: adding it leaves the nearest whole number in the low bits
)
_ROUND_BITS = int(np.float64(_ROUND).view(np.int64))
_LOG2_E = 1.4426950408889634
_LN_2 = (6.93147180369123816490e-1, 1.90821492927058770002e-10)  # in two parts, the first short
_LARGEST, _SMALLEST = 710.0, -746.0  # beyond these the value is inf and 0
_SATURATED = 20.0  # from here on tanh is 1 in float64
_TAYLOR = tuple(1.0 / math.factorial(k) for k in range(14))  # enough for |r| ≤ ln 2 / 2

# a call would keep a loop from being vectorised
_inlined = njit(
    cache=True, nogil=True, error_model="numpy", forceinline=True, fastmath={"contract"}
)


@intrinsic
def _bits_of(context: Any, value: Any) -> Any:
    """The bits of a double, as an integer."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), generate


@intrinsic
def _double_of(context: Any, value: Any) -> Any:
    """The double that has these bits."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), generate


@_inlined
def _reduced(z: float) -> tuple[float, int]:
    """r and n with z = n·ln 2 + r and |r| ≤ ln 2 / 2."""
    shifted = z * _LOG2_E + _ROUND
    n = shifted - _ROUND
    r = (z - n * _LN_2[0]) - n * _LN_2[1]
    return r, _bits_of(shifted) - _ROUND_BITS  # type: ignore[call-arg]  # the context is Numba's own


@_inlined
def _expm1_of_small(r: float) -> float:
    """exp(r) - 1 for |r| ≤ ln 2 / 2: Taylor's sum, in pairs that do not wait for each other."""
    s = r * r
    q = s * s
    low = (_TAYLOR[2] + _TAYLOR[3] * r) + s * (_TAYLOR[4] + _TAYLOR[5] * r)
    middle = (_TAYLOR[6] + _TAYLOR[7] * r) + s * (_TAYLOR[8] + _TAYLOR[9] * r)
    high = (_TAYLOR[10] + _TAYLOR[11] * r) + s * (_TAYLOR[12] + _TAYLOR[13] * r)
    return r + s * (low + q * (middle + q * high))


@_inlined
def _power_of_two(n: int) -> float:
    """2**n for -1022 ≤ n ≤ 1023."""
    return _double_of((n + 1023) << 52)  # type: ignore[call-arg]


@_inlined
def f_exp(z: float) -> float:
    """exp(z), off by hardly more than a unit in the last place; inf where it overflows, NaN for NaN."""
    c = z if z < _LARGEST else _LARGEST
    c = c if c > _SMALLEST else _SMALLEST
    r, n = _reduced(c)
    half = n >> 1  # two factors, so that neither overflows before the product does
    value = (1.0 + _expm1_of_small(r)) * _power_of_two(half) * _power_of_two(n - half)
    return value if z == z else z


@_inlined
def f_sigmoid(z: float) -> float:
    """1 / (1 + exp(-z)); where exp(-z) overflows to inf, 0 is what is left."""
    return 1.0 / (1.0 + f_exp(-z))


@_inlined
def f_tanh(z: float) -> float:
    """Hyperbolic tangent, off by less than 3 units in the last place: e / (e + 2) with e = exp(2|z|) - 1."""
    a = abs(z)
    r, n = _reduced(2.0 * (a if a < _SATURATED else _SATURATED))
    scale = _power_of_two(n)
    e = scale * _expm1_of_small(r) + (scale - 1.0)
    value = math.copysign(e / (e + 2.0), z)
    return value if z == z else z
