"""Products with large matrices, compiled: what generated loops call where a layer is wide; for one
timestep, or for all at once.

Sums may be taken in another order than written, so that several terms are added at once; for one
machine and build it is always the same order. Imported only where Numba is installed.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from rnntui.compile.matmul_microkernel import add_product

Array = npt.NDArray[np.float64]

_compiled = njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})


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
    add_product(left.T, right, total)


@_compiled
def f_matvec_transposed_over_time(matrix: Array, vectors: Array, out: Array) -> None:
    """out[t] = matrix.T @ vectors[t] for all t."""
    out[:] = 0.0
    add_product(vectors, matrix, out)


@_compiled
def f_matvec_over_time(matrix: Array, vectors: Array, out: Array) -> None:
    """out[t] = matrix @ vectors[t] for all t: blocks of 4×4 sums that stay in registers."""
    steps, columns = vectors.shape
    rows = matrix.shape[0]
    whole_steps, whole_rows = steps - steps % 4, rows - rows % 4
    for t in range(0, whole_steps, 4):
        for i in range(0, whole_rows, 4):
            aa = ab = ac = ad = 0.0
            ba = bb = bc = bd = 0.0
            ca = cb = cc = cd = 0.0
            da = db = dc = dd = 0.0
            for k in range(columns):
                a, b, c, d = vectors[t, k], vectors[t + 1, k], vectors[t + 2, k], vectors[t + 3, k]
                e, f, g, h = matrix[i, k], matrix[i + 1, k], matrix[i + 2, k], matrix[i + 3, k]
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
            _set_four(out, t, i, aa, ab, ac, ad)
            _set_four(out, t + 1, i, ba, bb, bc, bd)
            _set_four(out, t + 2, i, ca, cb, cc, cd)
            _set_four(out, t + 3, i, da, db, dc, dd)
    for t in range(steps):
        for i in range(whole_rows if t < whole_steps else 0, rows):
            a = 0.0
            for k in range(columns):
                a += vectors[t, k] * matrix[i, k]
            out[t, i] = a


@_compiled
def _set_four(out: Array, t: int, i: int, a: float, b: float, c: float, d: float) -> None:
    out[t, i], out[t, i + 1], out[t, i + 2], out[t, i + 3] = a, b, c, d


@_compiled
def f_all_finite(array: Array) -> bool:
    """Whether no component of a vector is NaN or infinite."""
    check = 0.0
    for i in range(array.shape[0]):
        check += array[i] * 0.0
    return check == 0.0
