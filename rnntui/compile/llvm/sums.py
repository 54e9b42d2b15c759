"""Sums: of components, and of products of a vector and a matrix.

The order of every sum is written down here, with explicit fused multiply-adds, in chains that do
not wait for each other: a value is the same, bit for bit, on every processor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import inf

from rnntui.compile.llvm import maths
from rnntui.compile.llvm.layout import LANES, UNROLLED, chunks_of, lanes_of, rows_of
from rnntui.compile.llvm.parts import Operation, Part, PartWriter, Place
from rnntui.compile.llvm.writer import FunctionWriter, Value
from rnntui.language.shapes import Shape

_CHAINS = 4  # of a sum that is written out, over all machine vectors of its row
_SUMS = 8  # accumulators of a loop: as many as hide what an addition takes


def _add(fn: FunctionWriter, a: Value, b: Value) -> Value:
    return fn.add(a, b)


REDUCTIONS: Mapping[str, tuple[float, Operation]] = {
    "sum": (0.0, _add),
    "max": (-inf, maths.maximum),
    "min": (inf, maths.minimum),
}
"""By the name of what makes one number of all components: what it begins with, and the operation."""


def reduced(write: PartWriter, function: str, part: Part) -> Part:
    """A number of all components: machine vectors in order, then their lanes in pairs."""
    neutral, combine = REDUCTIONS[function]
    fn, lanes = write.fn, part.lanes
    if part.shape == ():
        return part
    held, nothing = fn.variable(lanes), write.spread(fn.number(neutral), lanes)
    fn.store(nothing, held)
    last, tail = chunks_of(part.shape) - 1, (part.shape[-1] - 1) % lanes + 1
    kept = [k if k < tail else lanes + k for k in range(lanes)]

    def add(i: Place, c: Place, padded: bool) -> None:
        value = part.at(i, c)
        value = fn.shuffle(value, nothing, kept) if padded else value
        fn.store(combine(fn, fn.load(held, lanes), value), held)

    def row(i: Place) -> None:
        whole = last if tail < lanes else last + 1
        write.axis(whole, lambda c: add(i, c, False), UNROLLED // LANES)
        if tail < lanes:
            add(i, last, True)

    write.axis(rows_of(part.shape), row)
    value = fn.load(held, lanes)
    while value.lanes > 1:
        half = value.lanes // 2
        low = fn.shuffle(value, value, range(half))
        high = fn.shuffle(value, value, range(half, 2 * half))
        value = combine(fn, low, high)
    return write.scalar(value)


def weighted(write: PartWriter, vector: Part, rows: Part) -> Part:
    """Σ_k vector[k] · rows[k]."""
    if vector.shape[0] <= UNROLLED:
        return sum_of_weighted(write, [(vector, rows)], None)
    return _long_sum(write, vector, rows)


def sum_of_weighted(
    write: PartWriter, products: Sequence[tuple[Part, Part]], others: Part | None
) -> Part:
    """others + Σ_k vector[k] · rows[k] + … for vectors and their rows, all written out."""
    fn, shape = write.fn, products[0][1].shape[1:]
    lanes = lanes_of(shape)
    longest = max(vector.shape[0] for vector, _ in products)
    terms = [
        (vector.number, rows, k)
        for k in range(longest)
        for vector, rows in products
        if k < vector.shape[0]
    ]
    chains = max(1, min(_CHAINS, len(terms) // 3) // chunks_of(shape))

    def at(i: Place, c: Place) -> Value:
        sums: list[Value | None] = [None] * chains
        if others is not None:
            sums[0] = others.at(0, c) if others.shape else write.spread(others.at(0, 0), lanes)
        for place, (number, rows, k) in enumerate(terms):
            chain = place % chains
            factor, row, before = write.spread(number(0, k), lanes), rows.at(k, c), sums[chain]
            sums[chain] = fn.mul(factor, row) if before is None else fn.fma(factor, row, before)
        return _in_pairs(fn, [value for value in sums if value is not None])

    return Part(shape, at)


def _long_sum(write: PartWriter, vector: Part, rows: Part) -> Part:
    """Σ_k vector[k] · rows[k]: several machine vectors at once, in a loop over k."""
    fn, shape, terms = write.fn, rows.shape[1:], vector.shape[0]
    lanes, chunks = lanes_of(shape), chunks_of(shape)
    values: dict[tuple[Place, Place], Value] = {}
    pointer = None if shape[0] <= UNROLLED else write.room(shape)

    def block(first: Place, count: int) -> None:
        chains = min(_CHAINS, max(1, _SUMS // count))
        sums = [[fn.variable(lanes) for _ in range(chains)] for _ in range(count)]
        for held in (held for row in sums for held in row):
            fn.store(write.spread(fn.number(0.0), lanes), held)

        def term(k: Place, chain: int) -> None:
            factor = write.spread(vector.number(0, k), lanes)
            for n in range(count):
                row, held = rows.at(k, write.plus(first, n)), sums[n][chain]
                fn.store(fn.fma(factor, row, fn.load(held, lanes)), held)

        whole = terms - terms % chains
        with fn.loop(0, whole, chains) as k, write.scope():
            for chain in range(chains):
                term(write.plus(k, chain), chain)
        for left in range(whole, terms):
            term(left, left - whole)
        for n in range(count):
            total = _in_pairs(fn, [fn.load(held, lanes) for held in sums[n]])
            if pointer is None:
                values[0, write.plus(first, n)] = total
            else:
                write.put(total, pointer, shape, 0, write.plus(first, n))

    blocks = chunks // _SUMS
    if blocks == 1:
        block(0, _SUMS)
    elif blocks > 1:
        with fn.loop(0, blocks * _SUMS, _SUMS) as first, write.scope():
            block(first, _SUMS)
    if chunks % _SUMS:
        block(blocks * _SUMS, chunks % _SUMS)
    return write.in_registers(shape, values) if pointer is None else write.stored(pointer, shape)


def row_products(write: PartWriter, matrix: Part, vector: Part) -> Part:
    """matrix @ vector for a matrix that lies in rows: each times the vector, summed."""
    fn, shape = write.fn, matrix.shape[:1]

    def product(i: Place) -> Value:
        row = Part(vector.shape, lambda _, c: fn.mul(matrix.at(i, c), vector.at(0, c)))
        return reduced(write, "sum", row).at(0, 0)

    if shape[0] <= UNROLLED:
        return write.of_numbers(shape, [product(i) for i in range(shape[0])])
    pointer = write.room(shape)
    write.axis(shape[0], lambda i: fn.store(product(i), write.address(pointer, 0, 0, i, 1)))
    return write.stored(pointer, shape)


def matrix_product(write: PartWriter, left: Part, right: Part) -> Part:
    """left @ right, both held as a whole: row by row."""
    shape: Shape = (left.shape[0], right.shape[1])
    pointer = write.room(shape)

    def row(i: Place) -> None:
        vector = Part(left.shape[1:], lambda *_: left.at(i, 0), lambda _, k: left.number(i, k))
        part = weighted(write, vector, right)
        write.each(part.shape, lambda _, c: write.put(part.at(0, c), pointer, shape, i, c))

    write.axis(shape[0], row)
    return write.stored(pointer, shape)


def place_of_largest(write: PartWriter, part: Part) -> Part:
    """The place of the largest component, the first of several; a NaN is larger than all."""
    fn, (columns, rows) = write.fn, (part.shape[-1] if part.shape else 1, rows_of(part.shape))
    largest, place, at = fn.variable(1), fn.variable(1), fn.variable(1)
    fn.store(part.number(0, 0), largest)
    for held in (place, at):
        fn.store(fn.number(0.0), held)

    def look(i: Place, j: Place) -> None:
        value, before, here = part.number(i, j), fn.load(largest, 1), fn.load(at, 1)
        beyond = fn.select(fn.compare("!=", value, value), fn.number(inf), value)
        ahead = fn.compare(">", beyond, before)  # never, once it is NaN
        fn.store(fn.select(ahead, value, before), largest)
        fn.store(fn.select(ahead, here, fn.load(place, 1)), place)
        fn.store(fn.add(here, fn.number(1.0)), at)

    write.axis(rows, lambda i: write.axis(columns, lambda j: look(i, j)))
    return write.scalar(fn.load(place, 1))


def cumulative(write: PartWriter, vector: Part) -> Part:
    """The sums of the first components of a vector that is held as a whole."""
    fn, shape = write.fn, vector.shape
    if shape[0] <= UNROLLED:
        numbers = [vector.number(0, 0)]
        for k in range(1, shape[0]):
            numbers.append(fn.add(numbers[-1], vector.number(0, k)))
        return write.of_numbers(shape, numbers)
    pointer, total = write.room(shape), fn.variable(1)
    fn.store(fn.number(0.0), total)

    def add(k: Place) -> None:
        fn.store(fn.add(fn.load(total, 1), vector.number(0, k)), total)
        fn.store(fn.load(total, 1), write.address(pointer, 0, 0, k, 1))

    write.axis(shape[0], add)
    return write.stored(pointer, shape)


def _in_pairs(fn: FunctionWriter, values: Sequence[Value]) -> Value:
    """The sum, in pairs."""
    while len(values) > 1:
        pairs = [values[n : n + 2] for n in range(0, len(values), 2)]
        values = [fn.add(*pair) if len(pair) == 2 else pair[0] for pair in pairs]
    return values[0]


WHOLE: Mapping[str, Callable[[PartWriter, Part], Part]] = {
    "argmax": place_of_largest,
    "cumsum": cumulative,
}
"""By name: what goes through all components of one value in their order."""
