"""The exponential function without branches, so that a loop of it fills the machine's vectors.

Imported only where Numba is installed.
"""

from __future__ import annotations

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
_LN_2 = (6.93145751953125e-1, 1.42860682030941723212e-6)  # in two parts, the first exact times n
_LARGEST, _SMALLEST = 710.0, -746.0  # beyond these the value is inf and 0


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


@njit(cache=True, nogil=True, error_model="numpy")
def f_exp(z: float) -> float:
    """exp(z) within 2 units in the last place; inf where it overflows, NaN for NaN.

    Cephes (Moshier 1989): z = n·ln 2 + r, a rational function of r, times 2**n (in two factors,
    so that neither overflows before the product does).
    """
    c = z if z < _LARGEST else _LARGEST
    c = c if c > _SMALLEST else _SMALLEST
    shifted = c * _LOG2_E + _ROUND
    n = shifted - _ROUND
    r = (c - n * _LN_2[0]) - n * _LN_2[1]
    s = r * r
    odd = r * ((1.26177193074810590878e-4 * s + 3.02994407707441961300e-2) * s + 1.0)
    even = (3.00198505138664455042e-6 * s + 2.52448340349684104192e-3) * s
    even = (even + 2.27265548208155028766e-1) * s + 2.0
    value = 1.0 + 2.0 * (odd / (even - odd))
    whole = _bits_of(shifted) - _ROUND_BITS  # type: ignore[call-arg]  # the context is Numba's own
    half = whole >> 1
    value *= _double_of((half + 1023) << 52)
    value *= _double_of((whole - half + 1023) << 52)
    return value if z == z else z
