"""Equations → fused scalar loops: source that a compiler turns into machine code.

Elementwise formulas are one loop over the components of the quantity; a matrix product is a sum in
an inner loop; what a formula needs as a whole (a softmax, a sum) is computed before its loop. The
source is generated from a checked tree, never from user text.

A product with a large matrix is left to a function that goes through memory in the order in which
it lies there (`f_matvec`, `f_matvec_transposed`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

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
    walk,
)

Component = Callable[[Name, Sequence[str]], str]  # the source of a component of a quantity
Whole = Callable[[Name], str]  # the source of a quantity as an array
_CHEAP = 4  # nodes of an operand that is rather computed again than kept
LARGE = 256  # elements of a matrix from which on a function multiplies it


class LoopWriter:
    """Writes statements, one formula at a time.

    shapes: of all names. component: how a component of a name is written; whole: the array of one that
    is not a scalar. temporaries: arrays that the statements use, by name; they have to be made
    beforehand.
    """

    def __init__(
        self, shapes: Mapping[str, Shape], component: Component, whole: Whole = repr
    ) -> None:
        self.shapes = shapes
        self.component = component
        self.whole = whole
        self.temporaries: dict[str, Shape] = {}
        self._count = 0
        self._before: list[str] = []

    def assign(self, target: Callable[[Sequence[str]], str], node: Expression,
               shape: Shape, operator: str = "=") -> list[str]:  # fmt: skip
        """The statements of `target operator node`; target gives the source of a component."""
        self._before = []
        indices = [self._fresh("i") for _ in shape]
        inside: list[str] = []
        own = indices if self._shape(node) else []
        value = self._at(node, own, inside)
        body = [*inside, f"{target(indices)} {operator} {value}"]
        return [*self._before, *nested(indices, shape, body)]

    def _fresh(self, letter: str) -> str:
        self._count += 1
        return f"{letter}{self._count}"

    def _shape(self, node: Expression) -> Shape:
        return shape_of(node, self.shapes)

    def _at(self, node: Expression, index: Sequence[str], inside: list[str]) -> str:
        """The source of a node's component; `inside` takes statements that must come before it."""
        match node:
            case Number():
                return repr(float(node.value))
            case Name():
                return self.component(node, index)
            case Negative():
                return f"(-{self._part(node.operand, index, inside)})"
            case Binary(operator="@"):
                return self._product(node, index, inside)
            case Binary(operator="**"):
                return self._power(node, index, inside)
            case Binary() | Compare():
                left = self._part(node.left, index, inside)
                right = self._part(node.right, index, inside)
                return f"({left} {node.operator} {right})"
            case Transpose():
                return self._at(node.value, list(reversed(index)), inside)
            case Index():
                return self._index(node, index, inside)
            case Call():
                return self._call(node, index, inside)
        raise TypeError(node)

    def _part(self, node: Expression, index: Sequence[str], inside: list[str]) -> str:
        """An elementwise operand: a scalar has no index."""
        return self._at(node, index if self._shape(node) else [], inside)

    def _power(self, node: Binary, index: Sequence[str], inside: list[str]) -> str:
        base = self._part(node.left, index, inside)
        if isinstance(node.right, Number) and node.right.value == 2.0:
            square = self._fresh("s")
            inside.append(f"{square} = {base}")
            return f"({square} * {square})"
        return f"({base} ** {self._part(node.right, index, inside)})"

    def _product(self, node: Binary, index: Sequence[str], inside: list[str]) -> str:
        left, right = self._kept(node.left), self._kept(node.right)
        multiplied = self._multiplied(left, right)
        if multiplied is not None:
            return f"{multiplied}[{index[0]}]"
        rows = len(self._shape(left)) - 1
        total, k = self._fresh("a"), self._fresh("k")
        inner: list[str] = []
        a = self._at(left, [*index[:rows], k], inner)
        b = self._at(right, [k, *index[rows:]], inner)
        length = self._shape(right)[0]
        inside.append(f"{total} = 0.0")
        inside += nested([k], (length,), [*inner, f"{total} += {a} * {b}"])
        return total

    def _multiplied(self, left: Expression, right: Expression) -> str | None:
        """The array of a large matrix times a vector, computed before the loop; None if it is none."""
        product = large_product(Binary("@", left, right), self.shapes)
        if product is None:
            return None
        rows, columns = self.shapes[product.matrix.key]
        key = self._fresh("temporary")
        self.temporaries[key] = (columns if product.transposed else rows,)
        matrix, vector = self._array_of(product.matrix), self._array_of(product.vector)
        self._before.append(f"{product.function}({matrix}, {vector}, {key})")
        return key

    def _array_of(self, name: Name) -> str:
        return name.key if name.key in self.temporaries else self.whole(name)

    def _kept(self, node: Expression) -> Expression:
        """An operand that is needed again and again: itself if cheap, else kept in an array."""
        nodes = list(walk(node))
        cheap = len(nodes) <= _CHEAP and not any(
            isinstance(n, Call) or (isinstance(n, Binary) and n.operator in ("@", "**", "/"))
            for n in nodes
        )
        return node if cheap else self._array(node)

    def _array(self, node: Expression) -> Name:
        """The whole of a node, computed before the loop, as a name of its own."""
        shape = self._shape(node)
        key = self._fresh("temporary")
        self.temporaries[key] = shape
        self.shapes = {**self.shapes, key: shape}
        indices = [self._fresh("i") for _ in shape]
        inner: list[str] = []
        value = self._at(node, indices if shape else [], inner)
        cell = f"{key}[{', '.join(indices)}]" if shape else f"{key}[0]"
        self._before += nested(indices, shape, [*inner, f"{cell} = {value}"])
        return Name(key)

    def _index(self, node: Index, index: Sequence[str], inside: list[str]) -> str:
        whole = self._shape(node.value)
        rest = list(index)
        full: list[str] = []
        for axis, length in enumerate(whole):
            part = node.subscripts[axis] if axis < len(node.subscripts) else Span()
            if isinstance(part, Span):
                start = slice(part.start, part.stop).indices(length)[0]
                full.append(f"{rest.pop(0)} + {start}" if start else rest.pop(0))
            else:
                full.append(str(part % length))
        return self._at(self._kept(node.value), full, inside)

    def _call(self, node: Call, index: Sequence[str], inside: list[str]) -> str:
        arguments = node.arguments
        match FUNCTIONS[node.function].kind:
            case "elementwise" | "pairwise":
                parts = [self._part(argument, index, inside) for argument in arguments]
                return parts[0] if node.function == "stop_gradient" else _applied(node, parts)
            case "where":
                condition, yes, no = (self._part(a, index, inside) for a in arguments)
                return f"({yes} if {condition} else {no})"
            case "vector":
                return self._vector(node, index)
            case "reduce" | "dot" | "loss":
                return self._reduced(node)
            case "outer":
                a = self._at(arguments[0], index[:1], inside)
                return f"({a} * {self._at(arguments[1], index[1:], inside)})"
            case "concat":
                return self._concat(node, index)
        sizes = [int(a.value) for a in arguments if isinstance(a, Number)]
        if node.function == "one_hot":
            return f"(1.0 if {index[0]} == {sizes[0]} else 0.0)"
        return "1.0" if node.function == "ones" else "0.0"

    def _vector(self, node: Call, index: Sequence[str]) -> str:
        """softmax and the like: of an array, into an array, before the loop."""
        whole = self._array(node.arguments[0])
        result = self._fresh("temporary")
        self.temporaries[result] = self._shape(node)
        self._before.append(f"f_{node.function}({whole.key}, {result})")
        return f"{result}[{index[0]}]"

    def _reduced(self, node: Call) -> str:
        """A sum over all components, before the loop."""
        arguments = [self._kept(argument) for argument in node.arguments]
        shapes = [self._shape(argument) for argument in arguments]
        shape = max(shapes, key=len)
        indices = [self._fresh("r") for _ in shape]
        inner: list[str] = []
        parts = [self._part(argument, indices, inner) for argument in arguments]
        total = self._fresh("a")
        self._before.append(f"{total} = 0.0")
        self._before += nested(indices, shape, [*inner, f"{total} += {_term(node, parts)}"])
        count = 1
        for n in shape:
            count *= n
        if node.function in ("mean", "mean_squared_error"):
            return f"({total} / {float(count)})"
        if node.function == "squared_error":
            return f"(0.5 * {total})"
        return f"math.sqrt({total})" if node.function == "norm" else total

    def _concat(self, node: Call, index: Sequence[str]) -> str:
        shape = self._shape(node)
        key = self._fresh("temporary")
        self.temporaries[key] = shape
        start = 0
        for argument in node.arguments:
            own = self._shape(argument)
            indices = [self._fresh("i") for _ in own]
            inner: list[str] = []
            value = self._at(argument, indices, inner)
            first = f"{indices[0]} + {start}" if own else str(start)
            cell = ", ".join([first, *indices[1:]])
            self._before += nested(indices, own, [*inner, f"{key}[{cell}] = {value}"])
            start += own[0] if own else 1
        return f"{key}[{', '.join(index)}]"


@dataclass(frozen=True)
class Product:
    """A large matrix, or its transpose, times a vector."""

    matrix: Name
    vector: Name
    transposed: bool

    @property
    def function(self) -> str:
        """The function that computes it, reading the matrix as it lies in memory."""
        return "f_matvec_transposed" if self.transposed else "f_matvec"


def large_product(node: Expression, shapes: Mapping[str, Shape]) -> Product | None:
    """What a function computes better than a loop, if the formula is such a product."""
    if not (isinstance(node, Binary) and node.operator == "@"):
        return None
    matrix, vector = node.left, node.right
    turned = len(shape_of(matrix, shapes)) != 2
    if turned:
        matrix, vector = vector, matrix
    transposed = turned != isinstance(matrix, Transpose)
    matrix = matrix.value if isinstance(matrix, Transpose) else matrix
    if not isinstance(matrix, Name) or not isinstance(vector, Name):
        return None
    if len(shapes[vector.key]) != 1 or prod(shapes[matrix.key]) < LARGE:
        return None
    return Product(matrix, vector, transposed)


def nested(indices: Sequence[str], shape: Shape, body: Sequence[str]) -> list[str]:
    """The body within a loop over each axis."""
    lines = list(body)
    for index, length in reversed(list(zip(indices, shape, strict=True))):
        lines = [f"for {index} in range({length}):", *indented(lines, 1)]
    return lines


def indented(lines: Sequence[str], depth: int) -> list[str]:
    """The lines so many levels deeper."""
    return [f"{'    ' * depth}{line}" for line in lines]


def _applied(node: Call, parts: Sequence[str]) -> str:
    return f"f_{node.function}({', '.join(parts)})"


def _term(node: Call, parts: Sequence[str]) -> str:
    """What a reduction adds up."""
    match node.function:
        case "sum" | "mean":
            return parts[0]
        case "norm":
            return f"{parts[0]} * {parts[0]}"
        case "dot":
            return f"{parts[0]} * {parts[1]}"
        case "squared_error" | "mean_squared_error":
            return f"({parts[0]} - {parts[1]}) * ({parts[0]} - {parts[1]})"
    return _applied(node, parts)
