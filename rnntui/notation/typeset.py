"""Tree → layout: equations as in a textbook, h_{t−1} for h[t-1], columns for vectors.

The sibling of `formula.to_formula`, which writes the same on one line of text.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rnntui.language.functions import FUNCTIONS
from rnntui.language.keys import Key
from rnntui.language.source_text import subscript_text
from rnntui.language.tree import (
    Binary,
    Call,
    Compare,
    Expression,
    Index,
    Name,
    Negative,
    Number,
    Transpose,
)
from rnntui.notation.layout import (
    Cases,
    Fence,
    Fraction,
    FunctionName,
    Math,
    Matrix,
    Numeral,
    Operator,
    Root,
    Row,
    Script,
    Symbol,
    width,
)
from rnntui.notation.symbols import Time, typeset_name
from rnntui.text.numbers import format_exact, format_number

# How tightly pieces bind. A sum stands in brackets as a factor; a fraction does as the base of a
# power, but not as a factor.
_COMPARE, _SUM, _TERM, _FACTOR, _FRACTION, _POWER, _ATOM = range(7)
_BINDS = {"+": _SUM, "-": _SUM, "*": _TERM, "@": _TERM, "**": _POWER}

_COMPARISONS = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}
_WIDEST = 34.0  # em; a matrix that is wider than a page leaves out more of its columns


@dataclass(frozen=True)
class Style:
    """How formulas are written.

    timed: the quantities that have an index t. t: that index, a letter or a number.
    shape: the shape of a node, where it is known; it tells · from ⊙, and which vectors are rows.
    collapse: values by id of node; such a node is shown as its value, not as a formula.
    digits, most: decimals of a value, and the components shown of each of its axes.
    """

    timed: Collection[str] = ()
    t: Time = "t"
    shape: Callable[[Expression], tuple[int, ...] | None] = lambda node: None
    collapse: Mapping[int, Any] = field(default_factory=dict)
    digits: int = 2
    most: int = 6


def typeset(node: Expression, style: Style) -> Math:
    """The formula of an expression."""
    return _Typesetter(style).math(node, _COMPARE)


def typeset_value(value: Any, digits: int = 2, most: int = 6, across: bool = False) -> Math:
    """A scalar, a vector (a column, or a row where it runs `across`) or a matrix.

    Beyond `most` components of an axis, or where it would be wider than a page, the middle is left
    out; values that are all whole, and below 100000, are written without decimals.
    """
    array = np.asarray(value, dtype=np.float64)
    decimals = decimals_of(array, digits)
    if array.ndim == 0:
        return Numeral(format_number(float(array), decimals))
    table = array if array.ndim == 2 else array[None, :] if across else array[:, None]
    columns = most
    while True:
        matrix = Matrix(tuple(_matrix_rows(table, decimals, most, columns)))
        if columns <= 3 or width(matrix) <= _WIDEST:
            return matrix
        columns -= 1


def decimals_of(array: Any, digits: int) -> int:
    """How many decimals a value is written with: none where all of it is whole, and below 100000."""
    whole = np.isfinite(array) & (array == np.round(array)) & (np.abs(array) < 1e5)
    return 0 if bool(np.all(whole)) else digits


def _matrix_rows(table: Any, decimals: int, most: int, columns: int) -> Iterator[tuple[Math, ...]]:
    down, along = _shown(len(table), most), _shown(table.shape[1], columns)
    for i in down:
        if i is None:
            yield tuple(Symbol("⋮" if j is not None else "⋱", "upright") for j in along)
        else:
            yield tuple(
                Symbol("⋯", "upright")
                if j is None
                else Numeral(format_number(float(table[i, j]), decimals))
                for j in along
            )


def _shown(count: int, most: int) -> list[int | None]:
    """Which of `count` components are shown; None stands for those left out."""
    if count <= max(most, 3):
        return list(range(count))
    return [*range(max(most, 3) - 2), None, count - 1]


# --- expressions ---


class _Typesetter:
    def __init__(self, style: Style) -> None:
        self.style = style
        self.in_fraction = False  # within a fraction, where a second one would be tiny

    def math(self, node: Expression, least: int) -> Math:
        """The node, in brackets if it binds less tightly than `least`."""
        if id(node) in self.style.collapse:
            value = self._value(node)
            text = value.text if isinstance(value, Numeral) else ""
            loose = text.startswith("-") or ("e" in text and least >= _ATOM)
            return Fence("(", value, ")") if loose and least > _SUM else value
        math = self._node(node)
        return Fence("(", math, ")") if self._binds(node) < least else math

    def _value(self, node: Expression, across: bool = False) -> Math:
        value = self.style.collapse[id(node)]
        if isinstance(node, Name) and node.key.operator == "hyper":
            return Numeral(format_exact(float(value)))  # 0.999 is not 1.00
        return typeset_value(value, self.style.digits, self.style.most, across)

    def _binds(self, node: Expression) -> int:
        match node:
            case Compare():
                return _COMPARE
            case Negative():
                return _SUM
            case Binary(operator="/") | Call(function="xdivy"):
                return _TERM if self.in_fraction else _FRACTION
            case Binary():
                return _BINDS[node.operator]
            case Name(key=Key("grad")):
                return _FRACTION
            case Call(function="outer" | "where"):
                return _TERM
        return _ATOM

    def _node(self, node: Expression) -> Math:
        match node:
            case Number():
                return Numeral(format_exact(node.value))
            case Name():
                return typeset_name(
                    node.key, self.style.timed, self.style.t, node.shift, self.in_fraction
                )
            case Negative():
                return _row(Operator("−", "prefix"), self.math(node.operand, _TERM))
            case Compare():
                sign = _COMPARISONS.get(node.operator, node.operator)
                return self._infix(node.left, sign, node.right, _SUM, _SUM)
            case Binary():
                return self._binary(node)
            case Transpose():
                return Script(self.math(node.value, _ATOM), above=Symbol("⊤", "upright"))
            case Index():
                subscript = Symbol(subscript_text(node), "upright")
                return _row(self.math(node.value, _ATOM), Fence("[", subscript, "]"))
            case Call():
                return self._call(node)
        raise TypeError(node)

    def _infix(
        self, left: Expression, sign: str, right: Expression, before: int, after: int
    ) -> Math:
        return _row(self.math(left, before), Operator(sign), self.math(right, after))

    def _binary(self, node: Binary) -> Math:
        match node.operator:
            case "+":
                return self._infix(node.left, "+", node.right, _SUM, self._after_plus(node.right))
            case "-":
                return self._infix(node.left, "−", node.right, _SUM, _TERM)
            case "/":
                return self._fraction(node.left, node.right)
            case "@":
                return _row(self._left_vector(node), Operator(""), self.math(node.right, _FACTOR))
            case "*":
                scalar = () in (self.style.shape(node.left), self.style.shape(node.right))
                return self._infix(node.left, "·" if scalar else "⊙", node.right, _TERM, _FACTOR)
        return Script(self.math(node.left, _ATOM), above=self.math(node.right, _COMPARE))

    def _fraction(self, over: Expression, under: Expression) -> Math:
        if self.in_fraction:
            return self._infix(over, "/", under, _TERM, _FACTOR)
        self.in_fraction = True
        fraction = Fraction(self.math(over, _COMPARE), self.math(under, _COMPARE))
        self.in_fraction = False
        return fraction

    def _after_plus(self, right: Expression) -> int:
        """a + (b + c) needs no brackets on paper, but for a + (−b + c)."""
        first = right
        while id(first) not in self.style.collapse and isinstance(first, Binary):
            if first.operator not in ("+", "-"):
                return _SUM  # a product or the like, whose own brackets do
            first = first.left
        negative = isinstance(first, Negative)
        if id(first) in self.style.collapse:
            value = self.style.collapse[id(first)]
            negative = np.ndim(value) == 0 and bool(value < 0)
        return _TERM if negative else _SUM

    def _left_vector(self, node: Binary) -> Math:
        """What stands left of a matrix product: a vector there is a row."""
        shape = self.style.shape(node.left)
        if shape is None or len(shape) != 1:
            return self.math(node.left, _TERM)
        if id(node.left) in self.style.collapse:
            return self._value(node.left, across=True)
        return Script(self.math(node.left, _ATOM), above=Symbol("⊤", "upright"))

    def _call(self, node: Call) -> Math:
        arguments = node.arguments
        match node.function:
            case "outer":
                return self._infix(arguments[0], "⊗", arguments[1], _FACTOR, _FACTOR)
            case "xdivy":  # a quotient, whatever it takes 0 / 0 to be
                return Fraction(
                    self.math(arguments[0], _COMPARE), self.math(arguments[1], _COMPARE)
                )
            case "sqrt":
                return Root(self._listed(node))
            case "abs":
                return Fence("|", self._listed(node), "|")
            case "norm":
                return Fence("‖", self._listed(node), "‖")
            case "dot":
                return Fence("⟨", self._listed(node), "⟩")
            case "zeros" | "ones":
                digit = Symbol("0" if node.function == "zeros" else "1", "bold")
                return Script(digit, below=self._size(arguments))
            case "where":
                condition, yes, no = (self.math(argument, _COMPARE) for argument in arguments)
                return Cases(((yes, condition), (no, None)))
        symbol = FUNCTIONS[node.function].symbol
        name = symbol if symbol not in ("", "Σ") else node.function
        name = {"relu": "ReLU"}.get(name, name)
        return Row((FunctionName(name), Fence("(", self._listed(node), ")")))

    def _size(self, arguments: tuple[Expression, ...]) -> Math:
        first, *others = (self.math(argument, _COMPARE) for argument in arguments)
        return _row(first, *(item for n in others for item in (Operator("×", "tight"), n)))

    def _listed(self, node: Call) -> Math:
        items: list[Math] = []
        for argument in node.arguments:
            if items:
                items.append(Operator(",", "separator"))
            items.append(self.math(argument, _COMPARE))
        return _row(*items)


def _row(*items: Math) -> Math:
    """Pieces side by side, those of rows among them one by one."""
    pieces: list[Math] = []
    for item in items:
        pieces.extend(item.items if isinstance(item, Row) else [item])
    return pieces[0] if len(pieces) == 1 else Row(tuple(pieces))
