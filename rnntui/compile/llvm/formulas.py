"""Formulas of the language → instructions, on machine vectors.

A `Part` is a formula whose components can be asked for, one machine vector at a time. What a formula
needs as a whole before any of its components (a sum, a product's operand) is computed when the part
is made; the rest where it is asked for. Axes of up to `UNROLLED` components are written out, so that
values stay in registers; longer ones are loops, and values that are needed as a whole go to scratch.

The order of every sum is written down here, with explicit fused multiply-adds: a value is the same,
bit for bit, on every processor that has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf, prod

from rnntui.compile.llvm import maths
from rnntui.compile.llvm.definitions import defined
from rnntui.compile.llvm.layout import (
    LANES,
    UNROLLED,
    chunks_of,
    is_small,
    lanes_of,
    rows_of,
    width_of,
)
from rnntui.compile.llvm.writer import FunctionWriter, Value
from rnntui.compile.recurrence import signed, signed_terms
from rnntui.compile.statements import is_literal
from rnntui.language.algebra import total
from rnntui.language.evaluate import evaluate
from rnntui.language.functions import FUNCTIONS
from rnntui.language.shapes import Shape, shape_of
from rnntui.language.tree import (
    Binary,
    Call,
    Compare,
    Expression,
    Index,
    Name,
    Negative,
    Number,
    Span,
    Transpose,
)

Place = int | Value  # a row, a chunk or a component: known, or the variable of a loop

_SUMS = 8  # accumulators of a loop: as many as hide what an addition takes


@dataclass(eq=False)
class Part:
    """A formula of a shape. at(row, chunk): a machine vector of it.

    component(row, column): one number of it; only where it is held as a whole.
    """

    shape: Shape
    at: Callable[[Place, Place], Value]
    component: Callable[[Place, Place], Value] | None = None

    @property
    def lanes(self) -> int:
        """Components of a machine vector."""
        return lanes_of(self.shape)

    @property
    def is_small(self) -> bool:
        """Whether it can stay in registers."""
        return is_small(self.shape)


Resolve = Callable[[Name, bool], Part]  # a name's part, or of a constant matrix its transpose's
Scratch = Callable[[Shape], Value]  # a pointer to room for a value, until the formula is done


@dataclass
class _Scope:
    parts: dict[Expression, Part] = field(default_factory=dict)
    values: dict[tuple[int, Place, Place], Value] = field(default_factory=dict)
    held: list[Part] = field(default_factory=list)


class Formulas:
    """Writes formulas into a function.

    resolve: what a name stands for here. is_constant: whether a name's value has no time.
    scratch: see Scratch.
    """

    def __init__(
        self,
        fn: FunctionWriter,
        resolve: Resolve,
        is_constant: Callable[[str], bool],
        scratch: Scratch,
        shapes: Mapping[str, Shape],
    ) -> None:
        self.fn = fn
        self._shapes = shapes
        self._resolve = resolve
        self._is_constant = is_constant
        self._scratch = scratch
        self._scopes = [_Scope()]

    @contextmanager
    def scope(self) -> Iterator[None]:
        """What is computed inside is not known outside: the body of a loop."""
        self._scopes.append(_Scope())
        yield
        self._scopes.pop()

    def part(self, node: Expression) -> Part:
        """The formula, what it needs as a whole computed here."""
        for scope in reversed(self._scopes):
            if node in scope.parts:
                return scope.parts[node]
        part = self._remembering(self._part(node))
        if part.shape == ():  # computed here, outside of the loops that use it
            part = self._scalar(part.at(0, 0))
        self._scopes[-1].parts[node] = part
        return part

    def know(self, node: Expression, part: Part) -> None:
        """From here on this is what the formula is."""
        self._scopes[-1].parts[node] = part

    def each(self, shape: Shape, body: Callable[[Place, Place], None]) -> None:
        """The body for each machine vector of a shape."""
        self.axis(rows_of(shape), lambda i: self.axis(
            chunks_of(shape), lambda c: body(i, c), UNROLLED // LANES))  # fmt: skip

    def store(self, part: Part, pointer: Value) -> None:
        """Write all of a part to memory, its padding included."""
        self.each(part.shape, lambda i, c: self._put(part.at(i, c), pointer, part.shape, i, c))

    def stored(self, pointer: Value, shape: Shape) -> Part:
        """What lies in memory."""
        fn, lanes, width = self.fn, lanes_of(shape), width_of(shape)

        def at(i: Place, c: Place) -> Value:
            return fn.load(self.address(pointer, width, i, c, lanes), lanes)

        def component(i: Place, j: Place) -> Value:
            return fn.load(self.address(pointer, width, i, j, 1), 1)

        return Part(shape, at, component)

    def whole(self, part: Part) -> Part:
        """The part held as a whole: in registers, or in scratch."""
        if part.component is not None:
            return part
        if not part.is_small:
            pointer = self._scratch(part.shape)
            self.store(part, pointer)
            return self.stored(pointer, part.shape)
        values: dict[tuple[Place, Place], Value] = {}

        def keep(i: Place, c: Place) -> None:
            values[i, c] = part.at(i, c)

        self.each(part.shape, keep)
        return self.in_registers(part.shape, values)

    def in_registers(self, shape: Shape, values: Mapping[tuple[Place, Place], Value]) -> Part:
        """A small value, given by its machine vectors."""
        lanes = lanes_of(shape)

        def component(i: Place, j: Place) -> Value:
            assert isinstance(j, int), "an axis in registers is written out"
            value = values[i, j // lanes]
            return value if lanes == 1 else self.fn.extract(value, j % lanes)

        return Part(shape, lambda i, c: values[i, c], component)

    def constant(self, value: float, shape: Shape) -> Part:
        """A value that is the same number everywhere."""
        return self.broadcast(self._number(value), shape)

    def broadcast(self, part: Part, shape: Shape) -> Part:
        """The part, in this shape if it is a number."""
        if part.shape == shape:
            return part
        lanes = lanes_of(shape)
        value = self.spread(part.at(0, 0), lanes)
        return Part(shape, lambda i, c: value)

    def chosen(self, condition: Value, yes: Part, no: Part) -> Part:
        """One of two, by one condition for all of it."""
        return self._map([yes, no], lambda v: self.fn.select(condition, v[0], v[1]))

    def sum_of(self, node: Expression, others: Part) -> Part:
        """A formula and a part added up."""
        name = Name("others")
        with self.scope():
            self.know(name, others)
            return self._part(Binary("+", name, node))

    def spread(self, value: Value, lanes: int) -> Value:
        """A number in all lanes."""
        return value if lanes == 1 else self.fn.splat(value, lanes)

    # -- the nodes of a formula --

    def _part(self, node: Expression) -> Part:
        if not isinstance(node, Number) and is_literal(node) and self._shape(node) == ():
            return self._number(float(evaluate(node, _no_name)))
        match node:
            case Number():
                return self._number(node.value)
            case Name():
                return self._resolve(node, False)
            case Negative():
                return self._elementwise([node.operand], lambda a: self.fn.neg(a[0]))
            case Binary(operator="@"):
                return self._product(node)
            case Binary(operator="+" | "-"):
                return self._sum_of_two(node)
            case Binary(operator="**"):
                return self._power(node)
            case Binary():
                operation = self.fn.mul if node.operator == "*" else self.fn.div
                return self._elementwise(node.children(), lambda a: operation(a[0], a[1]))
            case Compare():
                return self._elementwise(
                    node.children(), lambda a: self.fn.compare(node.operator, a[0], a[1])
                )
            case Transpose():
                return self._transpose(node.value)
            case Index():
                return self._index(node)
            case Call():
                return self._call(node)
        raise TypeError(node)

    def _number(self, value: float) -> Part:
        return self._scalar(self.fn.number(value))

    def _scalar(self, value: Value) -> Part:
        return Part((), lambda i, c: value, lambda i, j: value)

    def _elementwise(
        self, operands: Sequence[Expression], operation: Callable[[list[Value]], Value]
    ) -> Part:
        return self._map([self.part(operand) for operand in operands], operation)

    def _map(self, parts: Sequence[Part], operation: Callable[[list[Value]], Value]) -> Part:
        shape = max((part.shape for part in parts), key=len)
        lanes = lanes_of(shape)

        def at(i: Place, c: Place) -> Value:
            values = [
                part.at(i, c) if part.shape else self._spread_known(part.at(0, 0), lanes)
                for part in parts
            ]
            return operation(values)

        return Part(shape, at)

    def _spread_known(self, value: Value, lanes: int) -> Value:
        return value if value.lanes == lanes else self.spread(value, lanes)

    def _sum_of_two(self, node: Binary) -> Part:
        """a + b; where one of them is a product, in one fused instruction."""
        fn = self.fn
        products = self._sum_of_products(node)
        if products is not None:
            return products
        positive = node.operator == "+"
        if (factors := self._as_factors(node.right)) is not None:
            parts = [*factors, self.part(node.left)]
            if positive:
                return self._map(parts, lambda v: fn.fma(v[0], v[1], v[2]))
            return self._map(parts, lambda v: fn.fma(fn.neg(v[0]), v[1], v[2]))
        if (factors := self._as_factors(node.left)) is not None:
            parts = [*factors, self.part(node.right)]
            if positive:
                return self._map(parts, lambda v: fn.fma(v[0], v[1], v[2]))
            return self._map(parts, lambda v: fn.fma(v[0], v[1], fn.neg(v[2])))
        operation = fn.add if positive else fn.sub
        return self._elementwise(node.children(), lambda v: operation(v[0], v[1]))

    def _sum_of_products(self, node: Binary) -> Part | None:
        """A @ u + B @ v + …, the terms of all products in chains that do not wait for each other."""
        products: list[tuple[Part, Part]] = []
        rest: list[Expression] = []
        for positive, term in signed_terms(node):
            pair = self._as_weighted(term) if positive else None
            if pair is None:
                rest.append(signed(positive, term))
            else:
                products.append(pair)
        if not products:
            return None
        other = self.part(total(rest)) if rest else None
        shape = products[0][1].shape[1:]
        lanes, components = lanes_of(shape), [_component(vector) for vector, _ in products]
        terms = [
            (n, k)
            for k in range(max(vector.shape[0] for vector, _ in products))
            for n, (vector, _) in enumerate(products)
            if k < vector.shape[0]
        ]
        chains = max(1, min(4, len(terms) // 3) // chunks_of(shape))

        def at(i: Place, c: Place) -> Value:
            sums: list[Value | None] = [None] * chains
            if other is not None:
                sums[0] = other.at(0, c) if other.shape else self.spread(other.at(0, 0), lanes)
            for place, (n, k) in enumerate(terms):
                chain = place % chains
                factor, row = self.spread(components[n](0, k), lanes), products[n][1].at(k, c)
                before = sums[chain]
                sums[chain] = (
                    self.fn.mul(factor, row)
                    if before is None
                    else self.fn.fma(factor, row, before)
                )
            return self._added([value for value in sums if value is not None])

        return Part(shape, at)

    def _as_weighted(self, node: Expression) -> tuple[Part, Part] | None:
        """A vector and the rows of a constant matrix that it weighs; None for other formulas, and
        where there are many rows."""
        if not (isinstance(node, Binary) and node.operator == "@"):
            return None
        if any(node in scope.parts for scope in self._scopes):
            return None  # it is computed already
        left, right = node.left, node.right
        rank = len(self._shape(left)), len(self._shape(right))
        if rank == (2, 2):
            return None
        matrix, vector, turned = (left, right, False) if rank[0] == 2 else (right, left, True)
        if isinstance(matrix, Transpose):
            matrix, turned = matrix.value, not turned
        if not (isinstance(matrix, Name) and self._is_constant(matrix.key)):
            return None
        if self._shape(vector)[0] > UNROLLED:
            return None
        return self.whole(self.part(vector)), self._resolve(matrix, not turned)

    def _as_factors(self, node: Expression) -> tuple[Part, Part] | None:
        """The two parts that a product has, elementwise or outer; None for what is none."""
        if any(node in scope.parts for scope in self._scopes):
            return None  # it is computed already
        match node:
            case Binary(operator="*"):
                return self.part(node.left), self.part(node.right)
            case Call(function="outer"):
                return self._outer(node)
        return None

    def _outer(self, node: Call) -> tuple[Part, Part]:
        """a and b of outer(a, b), both as matrices."""
        a = self.whole(self.part(node.arguments[0]))
        b = self.part(node.arguments[1])
        component, lanes, shape = _component(a), b.lanes, (*a.shape, *b.shape)
        rows = Part(shape, lambda i, c: self.spread(component(0, i), lanes))
        return rows, Part(shape, lambda i, c: b.at(0, c))

    def _power(self, node: Binary) -> Part:
        if isinstance(node.right, Number) and node.right.value == 2.0:
            return self._elementwise([node.left], lambda a: self.fn.mul(a[0], a[0]))
        exponent = node.right.value if isinstance(node.right, Number) else None
        if exponent is not None:
            return self._elementwise([node.left], lambda a: maths.power(self.fn, a[0], exponent))
        return self._elementwise(node.children(), lambda a: maths.pow(self.fn, a[0], a[1]))

    def _call(self, node: Call) -> Part:
        match FUNCTIONS[node.function].kind if node.function in FUNCTIONS else "":
            case "outer":
                return self._map(self._outer(node), lambda v: self.fn.mul(v[0], v[1]))
            case "concat":
                return self._concat([self.part(a) for a in node.arguments])
            case "literal":
                return self._literal(node)
            case "where":
                return self._elementwise(
                    node.arguments, lambda a: self.fn.select(a[0], a[1], a[2])
                )
        if node.function in _REDUCTIONS:
            return self._reduced(node.function, self.part(node.arguments[0]))
        definition = defined(node, lambda n: self.part(n).shape)
        if definition is not None:
            return self.part(definition)
        function = maths.FUNCTIONS[node.function]
        return self._elementwise(node.arguments, lambda a: function(self.fn, *a))

    def _literal(self, node: Call) -> Part:
        numbers = [int(a.value) for a in node.arguments if isinstance(a, Number)]
        if node.function != "one_hot":
            value = self._number(1.0 if node.function == "ones" else 0.0)
            shape = tuple(numbers)
            filled = self._map([value], lambda v: v[0]).at(0, 0)
            return Part(shape, lambda i, c: self.spread(filled, lanes_of(shape)))
        hot, size = numbers
        cells = [self.fn.number(float(k == hot)) for k in range(width_of((size,)))]
        if size <= UNROLLED:
            return self.whole(self._of_components((size,), cells))
        pointer = self._scratch((size,))
        zero = self.spread(self.fn.number(0.0), LANES)
        self.store(Part((size,), lambda i, c: zero), pointer)
        self.fn.store(self.fn.number(1.0), self.address(pointer, size, 0, hot, 1))
        return self.stored(pointer, (size,))

    # -- sums --

    def _reduced(self, function: str, part: Part) -> Part:
        """A number of all components: machine vectors in order, then their lanes in pairs."""
        neutral, combine = _REDUCTIONS[function]
        fn, lanes = self.fn, part.lanes
        if part.shape == ():
            return part
        held = fn.variable(lanes)
        fn.store(self.spread(fn.number(neutral), lanes), held)
        last, tail = chunks_of(part.shape) - 1, (part.shape[-1] - 1) % lanes + 1

        def add(i: Place, c: Place, masked: bool) -> None:
            value = part.at(i, c)
            if masked:
                value = fn.shuffle(value, self.spread(fn.number(neutral), lanes),
                                   [k if k < tail else lanes + k for k in range(lanes)])  # fmt: skip
            fn.store(combine(fn, fn.load(held, lanes), value), held)

        def row(i: Place) -> None:
            whole = last if tail < lanes else last + 1
            self.axis(whole, lambda c: add(i, c, False), UNROLLED // LANES)
            if tail < lanes:
                add(i, last, True)

        self.axis(rows_of(part.shape), row)
        return self._scalar(self._lanes_together(fn.load(held, lanes), combine))

    def _lanes_together(self, value: Value, combine: Callable[..., Value]) -> Value:
        lanes = value.lanes
        while lanes > 1:
            lanes //= 2
            low = self.fn.shuffle(value, value, list(range(lanes)))
            high = self.fn.shuffle(value, value, list(range(lanes, 2 * lanes)))
            value = combine(self.fn, low, high)
        return value

    def total(self, part: Part) -> Value:
        """The sum of all components."""
        return self._reduced("sum", part).at(0, 0)

    # -- products --

    def _product(self, node: Binary) -> Part:
        few = self._sum_of_products(node)
        if few is not None:
            return few
        left, right = node.left, node.right
        rank = len(self._shape(left)), len(self._shape(right))
        if rank == (2, 2):
            return self._matrix_product(self.part(left), self.part(right))
        matrix, vector, turned = (left, right, False) if rank[0] == 2 else (right, left, True)
        if isinstance(matrix, Transpose):
            matrix, turned = matrix.value, not turned
        whole = self.whole(self.part(vector))
        if isinstance(matrix, Name) and self._is_constant(matrix.key):
            return self._weighted(whole, self._resolve(matrix, not turned))
        if not turned:
            return self._row_products(self.part(matrix), whole)
        return self._weighted(whole, self.whole(self.part(matrix)))

    def _shape(self, node: Expression) -> Shape:
        return shape_of(node, self._shapes)

    def _weighted(self, vector: Part, rows: Part) -> Part:
        """Σ_k vector[k] · rows[k]."""
        (terms,), shape = vector.shape, rows.shape[1:]
        assert vector.component is not None
        component, lanes = vector.component, rows.lanes

        def factor(k: Place) -> Value:
            return self.spread(component(0, k), lanes)

        if terms <= UNROLLED:
            chains = max(1, min(4, terms // 3) // chunks_of(shape))

            def at(i: Place, c: Place) -> Value:
                sums: list[Value | None] = [None] * chains
                for k in range(terms):
                    a, b, total = factor(k), rows.at(k, c), sums[k % chains]
                    sums[k % chains] = (
                        self.fn.mul(a, b) if total is None else self.fn.fma(a, b, total)
                    )
                return self._added([s for s in sums if s is not None])

            return Part(shape, at)
        return self._long_sum(shape, terms, factor, lambda k, c: rows.at(k, c))

    def _long_sum(
        self,
        shape: Shape,
        terms: int,
        factor: Callable[[Place], Value],
        rows: Callable[[Place, Place], Value],
    ) -> Part:
        """Σ_k factor(k) · rows(k): several machine vectors at once, in a loop over k."""
        fn, lanes, chunks = self.fn, lanes_of(shape), chunks_of(shape)
        values: dict[tuple[Place, Place], Value] = {}
        pointer = None if shape[0] <= UNROLLED else self._scratch(shape)

        def block(first: Place, count: int) -> None:
            chains = min(4, max(1, _SUMS // count))
            sums = [[fn.variable(lanes) for _ in range(chains)] for _ in range(count)]
            for row in sums:
                for held in row:
                    fn.store(self.spread(fn.number(0.0), lanes), held)

            def term(k: Place, chain: int) -> None:
                a = factor(k)
                for n in range(count):
                    b = rows(k, self._plus(first, n))
                    held = sums[n][chain]
                    fn.store(fn.fma(a, b, fn.load(held, lanes)), held)

            whole = terms - terms % chains
            with fn.loop(0, whole, chains) as k, self.scope():
                for chain in range(chains):
                    term(self._plus(k, chain), chain)
            for k in range(whole, terms):
                term(k, k - whole)
            for n in range(count):
                total = self._added([fn.load(held, lanes) for held in sums[n]])
                if pointer is None:
                    values[0, self._plus(first, n)] = total
                else:
                    self._put(total, pointer, shape, 0, self._plus(first, n))

        blocks = chunks // _SUMS
        if blocks == 1:
            block(0, _SUMS)
        elif blocks > 1:
            with fn.loop(0, blocks * _SUMS, _SUMS) as first, self.scope():
                block(first, _SUMS)
        if chunks % _SUMS:
            block(blocks * _SUMS, chunks % _SUMS)
        if pointer is None:
            return self.in_registers(shape, values)
        return self.stored(pointer, shape)

    def _row_products(self, matrix: Part, vector: Part) -> Part:
        """matrix @ vector for a matrix that varies: each row times the vector, summed."""
        shape = matrix.shape[:1]
        products = self._map_rows(matrix, vector)
        if shape[0] <= UNROLLED:
            return self._of_components(shape, [products(i) for i in range(shape[0])])
        pointer = self._scratch(shape)

        def row(i: Place) -> None:
            self.fn.store(products(i), self.address(pointer, 0, 0, i, 1))

        self.axis(shape[0], row)
        return self.stored(pointer, shape)

    def _map_rows(self, matrix: Part, vector: Part) -> Callable[[Place], Value]:
        def product(i: Place) -> Value:
            row = Part(
                vector.shape, lambda _, c: self.fn.mul(matrix.at(i, c), vector.at(0, c))
            )
            return self._reduced("sum", row).at(0, 0)

        return product

    def _matrix_product(self, left: Part, right: Part) -> Part:
        left, right = self.whole(left), self.whole(right)
        shape = (left.shape[0], right.shape[1])
        component = left.component
        assert component is not None
        pointer = self._scratch(shape)

        def row(i: Place) -> None:
            vector = Part(
                left.shape[1:], lambda *_: left.at(i, 0), lambda _, k: component(i, k)
            )
            part = self._weighted(vector, right)
            self.each(
                part.shape, lambda _, c: self._put(part.at(0, c), pointer, shape, i, c)
            )

        self.axis(shape[0], row)
        return self.stored(pointer, shape)

    def _added(self, values: Sequence[Value]) -> Value:
        """The sum, in pairs."""
        while len(values) > 1:
            pairs = [values[n : n + 2] for n in range(0, len(values), 2)]
            values = [self.fn.add(*pair) if len(pair) == 2 else pair[0] for pair in pairs]
        return values[0]

    # -- parts of values, and values of parts --

    def _transpose(self, node: Expression) -> Part:
        if isinstance(node, Name) and self._is_constant(node.key):
            return self._resolve(node, True)
        whole = self.whole(self.part(node))
        n, m = whole.shape
        component = whole.component
        assert component is not None
        return self._from_cells((m, n), lambda i, j: component(j, i))

    def _from_cells(self, shape: Shape, cell: Callable[[Place, Place], Value]) -> Part:
        """A value given number by number."""
        rows, columns = rows_of(shape), shape[-1]
        probe = Part(shape, lambda i, c: self.fn.number(0.0))
        if probe.is_small:
            values: dict[tuple[Place, Place], Value] = {}
            for i in range(rows):
                numbers = [cell(i, j) for j in range(columns)]
                part = self._of_components((columns,), numbers)
                for c in range(chunks_of(shape)):
                    values[i, c] = part.at(0, c)
            return self.in_registers(shape, values)
        pointer = self._scratch(shape)
        width = width_of(shape)

        def put(i: Place, j: Place) -> None:
            self.fn.store(cell(i, j), self.address(pointer, width, i, j, 1))

        self.axis(rows, lambda i: self.axis(columns, lambda j: put(i, j)))
        return self.stored(pointer, shape)

    def _of_components(self, shape: Shape, numbers: Sequence[Value]) -> Part:
        lanes = lanes_of(shape)
        padded = [*numbers, *[self.fn.number(0.0)] * (width_of(shape) - len(numbers))]
        values: dict[tuple[Place, Place], Value] = {
            (0, c): self.fn.vector(padded[c * lanes : (c + 1) * lanes])
            if lanes > 1
            else padded[c]
            for c in range(chunks_of(shape))
        }
        return self.in_registers(shape, values)

    def _index(self, node: Index) -> Part:
        whole = self.whole(self.part(node.value))
        component = whole.component
        assert component is not None
        shape = whole.shape
        starts: list[int] = []
        lengths: list[int | None] = []
        for axis, length in enumerate(shape):
            item = node.subscripts[axis] if axis < len(node.subscripts) else Span()
            if isinstance(item, Span):
                start, stop, _ = slice(item.start, item.stop).indices(length)
                starts.append(start)
                lengths.append(stop - start)
            else:
                starts.append(item % length)
                lengths.append(None)
        taken = tuple(n for n in lengths if n is not None)
        if len(shape) == 1:
            starts, lengths = [0, *starts], [None, *lengths]
        row, column = starts

        def cell(i: Place, j: Place) -> Value:
            # of a vector that was a column, the place along it is the row
            if lengths[1] is None and lengths[0] is not None:
                return component(self._plus(j, row), column)
            return component(
                self._plus(i, row) if lengths[0] is not None else row, self._plus(j, column)
            )

        if not taken:
            return self._scalar(component(row, column))
        return self._from_cells(taken, cell)

    def _concat(self, parts: Sequence[Part]) -> Part:
        wholes = [self.whole(part) for part in parts]
        if len(parts[0].shape) == 2:
            return self._rows_below(wholes)
        counts = [part.shape[0] if part.shape else 1 for part in wholes]
        shape = (sum(counts),)
        if shape[0] <= UNROLLED:
            return self._of_components(
                shape,
                [_component(p)(0, k) for p, n in zip(wholes, counts, strict=True) for k in range(n)],
            )
        pointer = self._scratch(shape)
        start = 0
        for part, count in zip(wholes, counts, strict=True):
            self._copy(part, count, self.address(pointer, 0, 0, start, 1))
            start += count
        return self.stored(pointer, shape)

    def _copy(self, part: Part, count: int, pointer: Value) -> None:
        component = _component(part)
        self.axis(
            count,
            lambda k: self.fn.store(component(0, k), self.address(pointer, 0, 0, k, 1)),
        )

    def _rows_below(self, parts: Sequence[Part]) -> Part:
        shape = (sum(part.shape[0] for part in parts), parts[0].shape[1])
        pointer = self._scratch(shape)
        start = 0
        for part in parts:
            self.store(part, self.address(pointer, width_of(shape), start, 0, 1))
            start += part.shape[0]
        return self.stored(pointer, shape)

    # -- addresses and loops --

    def axis(
        self, length: int, body: Callable[[Place], None], unrolled: int = UNROLLED
    ) -> None:
        if length <= unrolled:
            for n in range(length):
                body(n)
            return
        with self.fn.loop(0, length) as n, self.scope():
            body(n)

    def _put(self, value: Value, pointer: Value, shape: Shape, i: Place, c: Place) -> None:
        lanes = lanes_of(shape)
        self.fn.store(value, self.address(pointer, width_of(shape), i, c, lanes))

    def address(self, pointer: Value, width: int, i: Place, c: Place, lanes: int) -> Value:
        return self.fn.offset(
            pointer, self._plus(self._times(i, width), self._times(c, lanes))
        )

    def _plus(self, a: Place, b: Place) -> Place:
        if isinstance(a, int) and isinstance(b, int):
            return a + b
        if b == 0:
            return a
        if isinstance(a, int) and a == 0:
            return b
        return self.fn.iadd(a, b)

    def _times(self, a: Place, factor: int) -> Place:
        if isinstance(a, int):
            return a * factor
        return 0 if factor == 0 else a if factor == 1 else self.fn.imul(a, factor)

    def _remembering(self, part: Part) -> Part:
        """The same part, that computes a machine vector once where it is written out."""
        compute = part.at

        def at(i: Place, c: Place) -> Value:
            if not (isinstance(i, int) and isinstance(c, int)):
                return compute(i, c)
            key = (id(part), i, c)
            for scope in reversed(self._scopes):
                if key in scope.values:
                    return scope.values[key]
            value = compute(i, c)
            scope = self._scopes[-1]
            scope.values[key] = value
            scope.held.append(part)  # so that its id stays its own
            return value

        return Part(part.shape, at, part.component)


def _component(part: Part) -> Callable[[Place, Place], Value]:
    assert part.component is not None
    return part.component


def _no_name(name: Name) -> object:
    raise KeyError(name.key)


def _add(fn: FunctionWriter, a: Value, b: Value) -> Value:
    return fn.add(a, b)


_REDUCTIONS: Mapping[str, tuple[float, Callable[[FunctionWriter, Value, Value], Value]]] = {
    "sum": (0.0, _add),
    "max": (-inf, maths.maximum),
    "min": (inf, maths.minimum),
}
