"""Products with large matrices, compiled: what generated loops call where a layer is wide.

Sums may be taken in another order than written, so that several terms are added at once; for one
machine and build it is always the same order. Imported only where Numba is installed.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

Array = npt.NDArray[np.float64]

_compiled = njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})

_LONG = 16  # timesteps from which on turning the arrays round is won back


@_compiled
def f_matvec(matrix: Array, vector: Array, out: Array) -> None:
    """matrix @ vector into `out`, four rows at a time."""
    rows, columns = matrix.shape
    whole = rows - rows % 4
    for i in range(0, whole, 4):
        a = b = c = d = 0.0
        for k in range(columns):
            v = vector[k]
            a += matrix[i, k] * v
            b += matrix[i + 1, k] * v
            c += matrix[i + 2, k] * v
            d += matrix[i + 3, k] * v
        out[i], out[i + 1], out[i + 2], out[i + 3] = a, b, c, d
    for i in range(whole, rows):
        a = 0.0
        for k in range(columns):
            a += matrix[i, k] * vector[k]
        out[i] = a


@_compiled
def f_matvec_transposed(matrix: Array, vector: Array, out: Array) -> None:
    """matrix.T @ vector into `out`, four rows at a time, so that the matrix is read in order."""
    rows, columns = matrix.shape
    whole = rows - rows % 4
    out[:] = 0.0
    for i in range(0, whole, 4):
        a, b, c, d = vector[i], vector[i + 1], vector[i + 2], vector[i + 3]
        for k in range(columns):
            out[k] += (
                a * matrix[i, k]
                + b * matrix[i + 1, k]
                + c * matrix[i + 2, k]
                + d * matrix[i + 3, k]
            )
    for i in range(whole, rows):
        a = vector[i]
        for k in range(columns):
            out[k] += a * matrix[i, k]


@_compiled
def f_add_outer(left: Array, right: Array, total: Array) -> None:
    """total += Σ_t left[t] ⊗ right[t]; left: (T, n), right: (T, m), total: (n, m)."""
    if left.shape[0] < _LONG:
        _add_row_by_row(left, right, total)
    else:
        _add_in_blocks(left.T.copy(), right.T.copy(), total)


@_compiled
def _add_row_by_row(left: Array, right: Array, total: Array) -> None:
    steps, rows = left.shape
    columns = right.shape[1]
    whole = steps - steps % 4
    for i in range(rows):
        for t in range(0, whole, 4):
            a, b, c, d = left[t, i], left[t + 1, i], left[t + 2, i], left[t + 3, i]
            for k in range(columns):
                total[i, k] += (
                    a * right[t, k]
                    + b * right[t + 1, k]
                    + c * right[t + 2, k]
                    + d * right[t + 3, k]
                )
        for t in range(whole, steps):
            a = left[t, i]
            for k in range(columns):
                total[i, k] += a * right[t, k]


@_compiled
def _add_in_blocks(left: Array, right: Array, total: Array) -> None:
    """Both with time last: blocks of 4×4 sums that stay in registers while time goes by."""
    rows, steps = left.shape
    columns = right.shape[0]
    whole_rows, whole_columns = rows - rows % 4, columns - columns % 4
    for i in range(0, whole_rows, 4):
        for k in range(0, whole_columns, 4):
            aa = ab = ac = ad = 0.0
            ba = bb = bc = bd = 0.0
            ca = cb = cc = cd = 0.0
            da = db = dc = dd = 0.0
            for t in range(steps):
                a, b, c, d = left[i, t], left[i + 1, t], left[i + 2, t], left[i + 3, t]
                e, f, g, h = right[k, t], right[k + 1, t], right[k + 2, t], right[k + 3, t]
                aa += a * e
                ab += a * f
                ac += a * g
                ad += a * h
                ba += b * e
                bb += b * f
                bc += b * g
                bd += b * h
                ca += c * e
                cb += c * f
                cc += c * g
                cd += c * h
                da += d * e
                db += d * f
                dc += d * g
                dd += d * h
            _add_four(total, i, k, aa, ab, ac, ad)
            _add_four(total, i + 1, k, ba, bb, bc, bd)
            _add_four(total, i + 2, k, ca, cb, cc, cd)
            _add_four(total, i + 3, k, da, db, dc, dd)
    for i in range(rows):
        for k in range(whole_columns if i < whole_rows else 0, columns):
            a = 0.0
            for t in range(steps):
                a += left[i, t] * right[k, t]
            total[i, k] += a


@_compiled
def _add_four(total: Array, i: int, k: int, a: float, b: float, c: float, d: float) -> None:
    total[i, k] += a
    total[i, k + 1] += b
    total[i, k + 2] += c
    total[i, k + 3] += d


@_compiled
def f_all_finite(array: Array) -> bool:
    """Whether no component of a flat array is NaN or infinite."""
    check = 0.0
    for i in range(array.shape[0]):
        check += array[i] * 0.0
    return check == 0.0
