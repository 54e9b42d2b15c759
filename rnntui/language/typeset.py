"""Tree → layout: equations as in a textbook, h_{t−1} for h[t-1], columns for vectors.

The sibling of `render.to_formula`, which writes the same on one line of text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rnntui.language.functions import FUNCTIONS
from rnntui.language.layout import (
    Accent,
    Cases,
    Fence,
    Fraction,
    Function,
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
from rnntui.language.render import subscript_text
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
from rnntui.text.numbers import format_exact, format_number

# How tightly pieces bind. A sum stands in brackets as a factor; a fraction does as the base of a
# power, but not as a factor.
_COMPARE, _SUM, _TERM, _FACTOR, _FRACTION, _POWER, _ATOM = range(7)
_BINDS = {"+": _SUM, "-": _SUM, "*": _TERM, "@": _TERM, "/": _FRACTION, "**": _POWER}

_COMPARISONS = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}
_ACCENTS = ("hat", "bar", "tilde")
_GREEK = dict(
    zip(
        [
            "alpha",
            "beta",
            "gamma",
            "delta",
            "epsilon",
            "zeta",
            "eta",
            "theta",
            "iota",
            "kappa",
            "lambda",
            "mu",
            "nu",
            "xi",
            "pi",
            "rho",
            "sigma",
            "tau",
            "upsilon",
            "phi",
            "chi",
            "psi",
            "omega",
            "Gamma",
            "Delta",
            "Theta",
            "Lambda",
            "Xi",
            "Pi",
            "Sigma",
            "Phi",
            "Psi",
            "Omega",
        ],
        "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ",
        strict=True,
    )
)
_WIDEST = 40.0  # em; a matrix that is wider than a page leaves out more of its columns

Time = str | int | None


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


def typeset_name(key: str, style: Style, shift: int = 0) -> Math:
    """A quantity: `grad(h)` is ∂L/∂h_t, as a fraction."""
    if "(" not in key:
        return _word(key, _time(key, style, shift))
    head, _, rest = key.partition("(")
    inner = rest[:-1]
    if head == "hyper":
        return _word("eta" if inner == "learning_rate" else inner, ())
    named = typeset_name(inner, style, shift)
    if head == "grad":
        d = Symbol("∂")
        return Fraction(Row((d, Symbol("L"))), Row((d, named)))
    short = {"pre": "pre", "weight": "w"}.get(head)
    function = Function(short) if short else _word(head, ())
    return Row((function, Fence("(", named, ")")))


def typeset_value(value: Any, digits: int = 2, most: int = 6, across: bool = False) -> Math:
    """A scalar, a vector (a column, or a row where it runs `across`) or a matrix.

    Beyond `most` components of an axis, the middle is left out; values that are all whole are
    written without decimals.
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
    """How many decimals a value is written with: none where all of it is whole."""
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


# --- names ---


def _time(key: str, style: Style, shift: int) -> tuple[Math, ...]:
    if key not in style.timed or style.t is None:
        return ()
    if isinstance(style.t, int):
        return (Numeral(str(style.t + shift)),)
    here = Symbol(style.t)
    if not shift:
        return (here,)
    sign = Operator("−" if shift < 0 else "+", "tight")
    return (Row((here, sign, Numeral(str(abs(shift))))),)


def _word(key: str, index: tuple[Math, ...]) -> Math:
    """A name with what stands behind its underscores, or its digits, as an index: W_ii, h1, m_hat."""
    head, *tail = key.split("_") if not key.startswith("_") else [key]
    tail = [piece for piece in tail if piece]
    accents = [piece for piece in tail if piece in _ACCENTS]
    tail = [piece for piece in tail if piece not in _ACCENTS]
    numbered = re.fullmatch(r"([^\W\d_]+)(\d+)", head)
    if numbered:
        head, tail = numbered[1], [numbered[2], *tail]
    base: Math = _letters(head, italic=1)
    for kind in accents:
        base = Accent(base, kind)
    below = [*(_letters(piece, italic=2) for piece in tail), *index]
    return Script(base, below=_separated(below)) if below else base


def _letters(text: str, italic: int) -> Math:
    """Letters of a name: Greek where they name one, slanted if they are few."""
    if text.isdecimal() and text.isascii():
        return Numeral(text)
    symbol = _GREEK.get(text, text)
    return Symbol(symbol, "italic" if len(symbol) <= italic else "upright")


def _separated(items: list[Math]) -> Math:
    if len(items) == 1:
        return items[0]
    found: list[Math] = []
    for item in items:
        found += [Operator(",", "tight"), item] if found else [item]
    return Row(tuple(found))


# --- expressions ---


class _Typesetter:
    def __init__(self, style: Style) -> None:
        self.style = style

    def math(self, node: Expression, least: int) -> Math:
        """The node, in brackets if it binds less tightly than `least`."""
        if id(node) in self.style.collapse:
            value = typeset_value(self.style.collapse[id(node)], self.style.digits, self.style.most)
            text = value.text if isinstance(value, Numeral) else ""
            loose = text.startswith("-") or ("e" in text and least >= _ATOM)
            return Fence("(", value, ")") if loose and least > _SUM else value
        math = self._node(node)
        return Fence("(", math, ")") if self._binds(node) < least else math

    def _binds(self, node: Expression) -> int:
        match node:
            case Compare():
                return _COMPARE
            case Negative():
                return _SUM
            case Binary():
                return _BINDS[node.operator]
            case Name() if node.key.startswith("grad("):
                return _FRACTION
            case Call(function="outer"):
                return _TERM
            case Call(function="xdivy"):
                return _FRACTION
            case Call(function="where"):
                return _TERM
        return _ATOM

    def _node(self, node: Expression) -> Math:
        match node:
            case Number():
                return Numeral(format_exact(node.value))
            case Name():
                return typeset_name(node.key, self.style, node.shift)
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
                return Fraction(self.math(node.left, _COMPARE), self.math(node.right, _COMPARE))
            case "@":
                return _row(self._left_vector(node), Operator(""), self.math(node.right, _FACTOR))
            case "*":
                scalar = () in (self.style.shape(node.left), self.style.shape(node.right))
                return self._infix(node.left, "·" if scalar else "⊙", node.right, _TERM, _FACTOR)
        return Script(self.math(node.left, _ATOM), above=self.math(node.right, _COMPARE))

    def _after_plus(self, right: Expression) -> int:
        """a + (b + c) needs no brackets on paper."""
        sum_ = isinstance(right, Binary) and right.operator in ("+", "-")
        return _SUM if sum_ and id(right) not in self.style.collapse else _TERM

    def _left_vector(self, node: Binary) -> Math:
        """What stands left of a matrix product: a vector there is a row."""
        shape = self.style.shape(node.left)
        if shape is None or len(shape) != 1:
            return self.math(node.left, _TERM)
        if id(node.left) in self.style.collapse:
            value = self.style.collapse[id(node.left)]
            return typeset_value(value, self.style.digits, self.style.most, across=True)
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
                size = "×".join(format_exact(a.value) for a in arguments if isinstance(a, Number))
                digit = Symbol("0" if node.function == "zeros" else "1", "bold")
                return Script(digit, below=Symbol(size, "upright"))
            case "where":
                condition, yes, no = (self.math(argument, _COMPARE) for argument in arguments)
                return Cases(((yes, condition), (no, None)))
        symbol = FUNCTIONS[node.function].symbol
        name = symbol if symbol not in ("", "Σ") else node.function
        name = {"relu": "ReLU"}.get(name, name)
        return Row((Function(name), Fence("(", self._listed(node), ")")))

    def _listed(self, node: Call) -> Math:
        items: list[Math] = []
        for argument in node.arguments:
            if items:
                items.append(Operator(",", "separator"))
            items.append(self.math(argument, _COMPARE))
        return _row(*items)


def _row(*items: Math) -> Math:
    """Pieces side by side, those of rows among them one by one."""
    flat: list[Math] = []
    for item in items:
        flat.extend(item.items if isinstance(item, Row) else [item])
    return flat[0] if len(flat) == 1 else Row(tuple(flat))
