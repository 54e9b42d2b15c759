"""The inner loop of a product of matrices, as explicit vector instructions.

A tile of the result stays in the machine's registers while the sum goes by; compilers do not find
this by themselves. Imported only where Numba is installed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import binding, ir
from numba import njit, types
from numba.extending import intrinsic

Array = npt.NDArray[np.float64]

_WIDE = bool(binding.get_host_cpu_features().get("avx512f"))
_VECTOR = 8 if _WIDE else 4  # doubles
_COLUMNS = _VECTOR * (
    4 if _WIDE else 2
)  # of a tile, so that four rows of it fit into the registers
_ROWS = 4

_DOUBLE, _INT = ir.DoubleType(), ir.IntType(64)


def _tile(rows: int, vectors: Sequence[int]) -> Callable[..., None]:
    """tile(c, c_row, a, a_row, a_step, b, b_step, steps): c[r, :] += Σ_s a[r, s] · b[s, :].

    vectors: the lengths of those that make up a row of the tile. c, a, b: addresses; *_row and
    *_step: distances between rows and between terms of the sum, in elements.
    """
    starts = [sum(vectors[:k]) for k in range(len(vectors))]
    places = [(r, k) for r in range(rows) for k in range(len(vectors))]

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        c, c_row, a, a_row, a_step, b, b_step, steps = arguments
        pointers = [builder.inttoptr(p, _DOUBLE.as_pointer()) for p in (c, a, b)]

        def address(pointer: Any, offset: Any, k: int) -> Any:
            offset = builder.add(offset, _INT(starts[k]))
            vector = ir.VectorType(_DOUBLE, vectors[k])
            return builder.bitcast(builder.gep(pointer, [offset]), vector.as_pointer())

        def cell(r: int, k: int) -> Any:
            return address(pointers[0], builder.mul(c_row, _INT(r)), k)

        before = builder.block
        loop, after = (builder.append_basic_block(name) for name in ("terms", "sums"))
        builder.branch(loop)

        builder.position_at_end(loop)
        s = builder.phi(_INT)
        sums = [builder.phi(ir.VectorType(_DOUBLE, vectors[k])) for _, k in places]
        row = builder.mul(s, b_step)
        terms = [builder.load(address(pointers[2], row, k), align=8) for k in range(len(vectors))]
        totals = []
        for (r, k), total in zip(places, sums, strict=True):
            offset = builder.add(builder.mul(s, a_step), builder.mul(a_row, _INT(r)))
            factor = builder.load(builder.gep(pointers[1], [offset]))
            product = builder.fmul(
                _spread(builder, factor, vectors[k]), terms[k], flags=("contract",)
            )
            totals.append(builder.fadd(total, product, flags=("contract",)))
        following = builder.add(s, _INT(1))
        s.add_incoming(_INT(0), before)
        s.add_incoming(following, loop)
        for (_, k), total, new in zip(places, sums, totals, strict=True):
            total.add_incoming(ir.Constant(ir.VectorType(_DOUBLE, vectors[k]), None), before)
            total.add_incoming(new, loop)
        builder.cbranch(builder.icmp_signed("<", following, steps), loop, after)

        builder.position_at_end(after)
        for (r, k), total in zip(places, totals, strict=True):
            old = builder.load(cell(r, k), align=8)
            builder.store(builder.fadd(old, total), cell(r, k), align=8)
        return context.get_dummy_value()

    @intrinsic
    def tile(context: Any, c: Any, c_row: Any, a: Any, a_row: Any, a_step: Any, b: Any,
             b_step: Any, steps: Any) -> Any:  # fmt: skip
        return types.void(*[types.int64] * 8), generate

    return tile


def _spread(builder: Any, value: Any, length: int) -> Any:
    """A vector with a number in all its places."""
    vector, index = ir.VectorType(_DOUBLE, length), ir.IntType(32)
    single = builder.insert_element(ir.Constant(vector, ir.Undefined), value, index(0))
    places = ir.Constant(ir.VectorType(index, length), [0] * length)
    return builder.shuffle_vector(single, ir.Constant(vector, ir.Undefined), places)


_wide_block = _tile(_ROWS, [_VECTOR] * (_COLUMNS // _VECTOR))
_wide_row = _tile(1, [_VECTOR] * (_COLUMNS // _VECTOR))
_block = _tile(_ROWS, [_VECTOR])
_row = _tile(1, [_VECTOR])
_column = _tile(_ROWS, [1])
_single = _tile(1, [1])


@njit(cache=True, nogil=True, error_model="numpy")
def add_product(a: Array, b: Array, c: Array) -> None:
    """c += a @ b; a: (n, terms) in any layout, b: (terms, m) and c: (n, m) with rows in one piece."""
    rows, steps = a.shape
    columns = b.shape[1]
    if rows == 0 or steps == 0:
        return
    size = a.itemsize
    to_a, to_b, to_c = np.int64(a.ctypes.data), np.int64(b.ctypes.data), np.int64(c.ctypes.data)
    a_row, a_step = a.strides[0] // size, a.strides[1] // size
    b_step, c_row = b.strides[0] // size, c.strides[0] // size
    k = 0
    while k < columns:
        left = columns - k
        width = _COLUMNS if left >= _COLUMNS else _VECTOR if left >= _VECTOR else 1
        here_b, here_c, here_a, i = to_b + k * size, to_c + k * size, to_a, 0
        while i < rows:
            whole = rows - i >= _ROWS
            if width == _COLUMNS:
                if whole:
                    _wide_block(here_c, c_row, here_a, a_row, a_step, here_b, b_step, steps)
                else:
                    _wide_row(here_c, c_row, here_a, a_row, a_step, here_b, b_step, steps)
            elif width == _VECTOR:
                if whole:
                    _block(here_c, c_row, here_a, a_row, a_step, here_b, b_step, steps)
                else:
                    _row(here_c, c_row, here_a, a_row, a_step, here_b, b_step, steps)
            elif whole:
                _column(here_c, c_row, here_a, a_row, a_step, here_b, b_step, steps)
            else:
                _single(here_c, c_row, here_a, a_row, a_step, here_b, b_step, steps)
            done = _ROWS if whole else 1
            i += done
            here_a += done * a_row * size
            here_c += done * c_row * size
        k += width
