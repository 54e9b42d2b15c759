"""Copies between the packed arrays of the caller and the padded rows of the workspace."""

from __future__ import annotations

from rnntui.compile.llvm.layout import chunks_of, lanes_of, rows_of, width_of
from rnntui.compile.llvm.parts import PartWriter, Place
from rnntui.compile.llvm.writer import Value
from rnntui.language.shapes import Shape

_WRITTEN_OUT = 2  # rows: these copies are done once an iteration, and short code compiles soon


def copy_padded(write: PartWriter, packed: Value, padded: Value, shape: Shape) -> None:
    """From row after row without gaps; nothing is read behind the last component."""
    fn, lanes = write.fn, lanes_of(shape)
    size, last = shape[-1] if shape else 1, chunks_of(shape) - 1
    tail = size - last * lanes

    def copy(i: Place, c: Place, count: int) -> None:
        source = write.address(packed, size, i, c, lanes)
        value = fn.load(source, count)
        if count < lanes:
            value = (
                fn.splat(value, lanes)
                if count == 1
                else fn.shuffle(value, value, [min(k, count - 1) for k in range(lanes)])
            )
        fn.store(value, write.address(padded, width_of(shape), i, c, lanes))

    def row(i: Place) -> None:
        write.axis(last, lambda c: copy(i, c, lanes), 2)
        copy(i, last, tail)

    write.axis(rows_of(shape), row, _WRITTEN_OUT)


def copy_packed(write: PartWriter, padded: Value, packed: Value, shape: Shape) -> None:
    """To row after row without gaps. What is written behind a row is written over by the next; the
    last one needs as many components behind it as a machine vector has."""
    fn, lanes = write.fn, lanes_of(shape)
    size = shape[-1] if shape else 1

    def copy(i: Place, c: Place) -> None:
        value = fn.load(write.address(padded, width_of(shape), i, c, lanes), lanes)
        fn.store(value, write.address(packed, size, i, c, lanes))

    write.axis(
        rows_of(shape),
        lambda i: write.axis(chunks_of(shape), lambda c: copy(i, c), 2),
        _WRITTEN_OUT,
    )


def copy_columns(write: PartWriter, rows: Value, columns: Value, shape: Shape) -> None:
    """The transpose of a matrix of n×m, both padded."""
    fn = write.fn
    n, m = shape

    def copy(i: Place, j: Place) -> None:
        value = fn.load(write.address(rows, width_of((n, m)), i, j, 1), 1)
        fn.store(value, write.address(columns, width_of((m, n)), j, i, 1))

    write.axis(n, lambda i: write.axis(m, lambda j: copy(i, j), 8), 1)
