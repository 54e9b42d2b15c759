"""Formulas of the language → instructions, on machine vectors.

What a formula needs as a whole before any of its components (a sum, a product's operand) is computed
when its part is made; the rest where it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rnntui.compile.llvm import maths
from rnntui.compile.llvm.layout import UNROLLED, width_of
from rnntui.compile.llvm.parts import Operation, Part, PartWriter, Place, Scratch
from rnntui.compile.llvm.sums import (
    REDUCTIONS,
    WHOLE,
    matrix_product,
    reduced,
    row_products,
    sum_of_weighted,
    weighted,
)
from rnntui.compile.llvm.writer import FunctionWriter, Value
from rnntui.compile.recurrence import signed, signed_terms
from rnntui.compile.statements import is_literal
from rnntui.language.algebra import total
from rnntui.language.definitions import expand
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

Resolve = Callable[[Name, bool], Part]  # a name's part, or of a constant matrix its transpose's


class Formulas(PartWriter):
    """Writes formulas into a function.

    resolve: what a name stands for here. is_constant: whether a name's value has no time.
    scratch: see Scratch. shapes: of all names.
    """

    def __init__(
        self,
        fn: FunctionWriter,
        resolve: Resolve,
        is_constant: Callable[[str], bool],
        scratch: Scratch,
        shapes: Mapping[str, Shape],
    ) -> None:
        super().__init__(fn, scratch)
        self._resolve = resolve
        self._is_constant = is_constant
        self._shapes = shapes

    def part(self, node: Expression) -> Part:
        """The formula, what it needs as a whole computed here."""
        part = self.known(node)
        if part is None:
            part = self.remembering(self._part(node))
            if part.shape == ():  # computed here, outside of the loops that use it
                part = self.scalar(part.at(0, 0))
            self.know(node, part)
        return part

    def sum_of(self, node: Expression, others: Part) -> Part:
        """A formula and a part added up."""
        name = Name("others")
        with self.scope():
            self.know(name, others)
            return self._part(Binary("+", name, node))

    def _part(self, node: Expression) -> Part:
        if _is_number(node) and self._shape(node) == ():
            return self.scalar(float(evaluate(node, _no_name)))
        match node:
            case Number():
                return self.scalar(node.value)
            case Name():
                return self._resolve(node, False)
            case Negative():
                return self._map(self.fn.neg, node.operand)
            case Binary(operator="@"):
                return self._product(node)
            case Binary(operator="+" | "-"):
                return self._sum(node)
            case Binary(operator="**"):
                return self._power(node)
            case Binary():
                operation = self.fn.mul if node.operator == "*" else self.fn.div
                return self._map(operation, node.left, node.right)
            case Compare(operator, left, right):
                return self._map(lambda a, b: self.fn.compare(operator, a, b), left, right)
            case Transpose():
                return self._transpose(node.value)
            case Index():
                return self._index(node)
            case Call():
                return self._call(node)
        raise TypeError(node)

    def _shape(self, node: Expression) -> Shape:
        return shape_of(node, self._shapes)

    def _map(self, operation: Operation, *operands: Expression) -> Part:
        return self.map(operation, *map(self.part, operands))

    def _power(self, node: Binary) -> Part:
        fn = self.fn
        match node.right:
            case Number(value):
                return self._map(lambda a: maths.power(fn, a, value), node.left)
        return self._map(lambda a, b: maths.general_power(fn, a, b), node.left, node.right)

    # -- sums and products --

    def _sum(self, node: Binary) -> Part:
        """a + b; where one of them is a product, in fused instructions."""
        fn, positive = self.fn, node.operator == "+"
        products = self._sum_of_products(node)
        if products is not None:
            return products
        if (factors := self._factors(node.right)) is not None:
            rest = self.part(node.left)
            if positive:
                return self.map(fn.fma, *factors, rest)
            return self.map(lambda a, b, c: fn.fma(fn.neg(a), b, c), *factors, rest)
        if (factors := self._factors(node.left)) is not None:
            rest = self.part(node.right)
            if positive:
                return self.map(fn.fma, *factors, rest)
            return self.map(lambda a, b, c: fn.fma(a, b, fn.neg(c)), *factors, rest)
        return self._map(fn.add if positive else fn.sub, node.left, node.right)

    def _factors(self, node: Expression) -> tuple[Part, Part] | None:
        """The two factors of a product, elementwise or outer; None for what is none."""
        if self.known(node) is not None:
            return None
        match node:
            case Binary(operator="*"):
                return self.part(node.left), self.part(node.right)
            case Call(function="outer"):
                return self._outer(node)
        return None

    def _outer(self, node: Call) -> tuple[Part, Part]:
        """a and b of outer(a, b), both as matrices."""
        a, b = self.whole(self.part(node.arguments[0])), self.part(node.arguments[1])
        number, lanes, shape = a.number, b.lanes, (*a.shape, *b.shape)
        rows = Part(shape, lambda i, c: self.spread(number(0, i), lanes))
        return rows, Part(shape, lambda i, c: b.at(0, c))

    def _product(self, node: Binary) -> Part:
        few = self._sum_of_products(node)
        if few is not None:
            return few
        if len(self._shape(node.left)) == len(self._shape(node.right)) == 2:
            wholes = (self.whole(self.part(n)) for n in node.children())
            return matrix_product(self, *wholes)
        matrix, turned, vector = self._matrix_and_vector(node)
        whole = self.whole(self.part(vector))
        if isinstance(matrix, Name) and self._is_constant(matrix.key):
            return weighted(self, whole, self._resolve(matrix, not turned))
        if not turned:
            return row_products(self, self.part(matrix), whole)
        return weighted(self, whole, self.whole(self.part(matrix)))

    def _sum_of_products(self, node: Binary) -> Part | None:
        """A @ u + B @ v + …, if the vectors are short and the matrices are constant."""
        products: list[tuple[Part, Part]] = []
        rest: list[Expression] = []
        for positive, term in signed_terms(node):
            product = self._rows_and_weights(term) if positive else None
            if product is None:
                rest.append(signed(positive, term))
            else:
                products.append(product)
        if not products:
            return None
        return sum_of_weighted(self, products, self.part(total(rest)) if rest else None)

    def _rows_and_weights(self, node: Expression) -> tuple[Part, Part] | None:
        """A short vector and the rows of a constant matrix that it weighs; None for what is none."""
        if not (isinstance(node, Binary) and node.operator == "@"):
            return None
        if self.known(node) is not None or len(self._shape(node)) != 1:
            return None
        matrix, turned, vector = self._matrix_and_vector(node)
        if not (isinstance(matrix, Name) and self._is_constant(matrix.key)):
            return None
        if self._shape(vector)[0] > UNROLLED:
            return None
        return self.whole(self.part(vector)), self._resolve(matrix, not turned)

    def _matrix_and_vector(self, node: Binary) -> tuple[Expression, bool, Expression]:
        """The two operands of a product, and whether it is of the transposed matrix."""
        matrix, vector, turned = node.left, node.right, False
        if len(self._shape(matrix)) == 1:
            matrix, vector, turned = vector, matrix, True
        if isinstance(matrix, Transpose):
            matrix, turned = matrix.value, not turned
        return matrix, turned, vector

    # -- functions --

    def _call(self, node: Call) -> Part:
        fn, name, arguments = self.fn, node.function, node.arguments
        match FUNCTIONS[name].kind:
            case "outer":
                return self.map(fn.mul, *self._outer(node))
            case "concat":
                return self._concat([self.whole(self.part(a)) for a in arguments])
            case "literal":
                return self._literal(node)
            case "where":
                return self._map(fn.select, *arguments)
        if name in REDUCTIONS:
            return reduced(self, name, self.part(arguments[0]))
        if name in WHOLE:
            return WHOLE[name](self, self.whole(self.part(arguments[0])))
        if name in maths.FUNCTIONS:
            function = maths.FUNCTIONS[name]
            return self._map(lambda *a: function(fn, *a), *arguments)
        made_of = expand(node, self._shape)
        assert made_of is not None, "a function has a body or a definition"
        return self.part(made_of)

    def _literal(self, node: Call) -> Part:
        numbers = [int(a.value) for a in node.arguments if isinstance(a, Number)]
        if node.function != "one_hot":
            return self.constant(1.0 if node.function == "ones" else 0.0, tuple(numbers))
        hot, size = numbers
        if size <= UNROLLED:
            cells = [self.fn.number(float(k == hot)) for k in range(size)]
            return self.of_numbers((size,), cells)
        pointer = self.room((size,))
        self.store(self.constant(0.0, (size,)), pointer)
        self.fn.store(self.fn.number(1.0), self.address(pointer, 0, 0, hot, 1))
        return self.stored(pointer, (size,))

    # -- parts of values, and values of parts --

    def _transpose(self, node: Expression) -> Part:
        if isinstance(node, Name) and self._is_constant(node.key):
            return self._resolve(node, True)
        whole = self.whole(self.part(node))
        number = whole.number
        return self.from_cells(whole.shape[::-1], lambda i, j: number(j, i))

    def _index(self, node: Index) -> Part:
        whole = self.whole(self.part(node.value))
        starts: list[int] = []
        lengths: list[int | None] = []  # None for a single row or column
        for axis, length in enumerate(whole.shape):
            item = node.subscripts[axis] if axis < len(node.subscripts) else Span()
            if isinstance(item, Span):
                start, stop, _ = slice(item.start, item.stop).indices(length)
                starts.append(start)
                lengths.append(stop - start)
            else:
                starts.append(item % length)
                lengths.append(None)
        taken = tuple(n for n in lengths if n is not None)
        if len(whole.shape) == 1:
            starts, lengths = [0, *starts], [None, *lengths]
        (row, column), number = starts, whole.number
        if not taken:
            return self.scalar(number(row, column))
        if lengths[1] is None:  # of a column, the place along it is the row
            return self.from_cells(taken, lambda i, j: number(self.plus(j, row), column))
        return self.from_cells(taken, lambda i, j: number(self.plus(i, row), self.plus(j, column)))

    def _concat(self, parts: Sequence[Part]) -> Part:
        """One behind the other; matrices below each other."""
        if len(parts[0].shape) == 2:
            shape: Shape = (sum(part.shape[0] for part in parts), parts[0].shape[1])
            pointer, row = self.room(shape), 0
            for part in parts:
                self.store(part, self.address(pointer, width_of(shape), row, 0, 1))
                row += part.shape[0]
            return self.stored(pointer, shape)
        counts = [part.shape[0] if part.shape else 1 for part in parts]
        shape = (sum(counts),)
        pairs = list(zip(parts, counts, strict=True))
        if shape[0] <= UNROLLED:
            return self.of_numbers(shape, [p.number(0, k) for p, n in pairs for k in range(n)])
        pointer, start = self.room(shape), 0
        for part, count in pairs:
            self._copy(part, count, self.address(pointer, 0, 0, start, 1))
            start += count
        return self.stored(pointer, shape)

    def _copy(self, part: Part, count: int, pointer: Value) -> None:
        number = part.number

        def copy(k: Place) -> None:
            self.fn.store(number(0, k), self.address(pointer, 0, 0, k, 1))

        self.axis(count, copy)


def _is_number(node: Expression) -> bool:
    """Whether a formula has one value for good that is more than a literal number."""
    return not isinstance(node, Number | Compare) and is_literal(node)


def _no_name(name: Name) -> object:
    raise KeyError(name.key)
