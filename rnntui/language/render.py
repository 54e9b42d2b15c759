"""Tree → text: the language itself (`to_text`), and formulas as on paper (`to_formula`).

A formula is a sequence of tokens with a kind, so that a screen can colour names and numbers
without parsing text again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnntui.language.functions import FUNCTIONS
from rnntui.language.keys import Key
from rnntui.language.tree import (
    Binary,
    Call,
    Compare,
    Equation,
    Expression,
    Index,
    Name,
    Negative,
    Number,
    Span,
    Transpose,
)
from rnntui.text.numbers import format_exact, format_number

# How tightly operators bind, as in Python.
_COMPARE, _SUM, _TERM, _MINUS, _POWER, _ATOM = range(6)
_BINDS = {"+": _SUM, "-": _SUM, "*": _TERM, "/": _TERM, "@": _TERM, "**": _POWER}
_COMPARE_SIGNS = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}


def to_text(node: Expression) -> str:
    """The expression in the language itself: parsed again, it is the same tree."""
    return _text(node, _COMPARE)


def equation_text(equation: Equation) -> str:
    """`target = expression` in the language itself."""
    return f"{equation.target} = {to_text(equation.expression)}"


def _text(node: Expression, least: int) -> str:
    text, binds = _bare(node)
    return text if binds >= least else f"({text})"


def _bare(node: Expression) -> tuple[str, int]:
    match node:
        case Number():
            return format_exact(node.value), _ATOM
        case Name():
            shift = f"[t{node.shift:+d}]" if node.shift else ""
            return node.key + shift, _ATOM
        case Negative():
            return "-" + _text(node.operand, _MINUS), _MINUS
        case Compare():
            sides = _text(node.left, _SUM), _text(node.right, _SUM)
            return f"{sides[0]} {node.operator} {sides[1]}", _COMPARE
        case Binary(operator="**"):
            # as in Python, -a ** b is -(a ** b), and a ** -b needs no parentheses
            return f"{_text(node.left, _ATOM)} ** {_text(node.right, _MINUS)}", _POWER
        case Binary():
            binds = _BINDS[node.operator]
            left, right = _text(node.left, binds), _text(node.right, binds + 1)
            return f"{left} {node.operator} {right}", binds
        case Transpose():
            value = _text(node.value, _ATOM)
            if isinstance(node.value, Number):
                value = f"({value})"  # the point of 3.T would be a decimal point
            return value + ".T", _ATOM
        case Index():
            return f"{_text(node.value, _ATOM)}[{subscript_text(node)}]", _ATOM
        case Call():
            return f"{node.function}({', '.join(map(to_text, node.arguments))})", _ATOM
    raise TypeError(node)


def subscript_text(node: Index) -> str:
    """What stands between the brackets: `0`, `1:3, 2`."""
    return ", ".join(
        f"{'' if s.start is None else s.start}:{'' if s.stop is None else s.stop}"
        if isinstance(s, Span)
        else str(s)
        for s in node.subscripts
    )


@dataclass(frozen=True)
class Token:
    """A piece of a formula. kind: name, number, value, function, sign or space; `of` is the name's key."""

    text: str
    kind: str
    of: str = ""


def formula_text(tokens: list[Token]) -> str:
    """The tokens as one string."""
    return "".join(token.text for token in tokens)


def name_symbol(key: str) -> str:
    """A quantity as on paper: `grad(h)` is ∂L/∂h."""
    match Key(key):
        case Key("grad", of):
            return f"∂L/∂{name_symbol(of)}"
        case Key("change", of):  # of a parameter, by an update
            return f"Δ{of}"
        case Key("hyper", of):  # a setting of the optimiser
            return of
        case Key("weight", of):
            return f"w({of})"
    return key


def to_formula(
    node: Expression,
    shapes: Mapping[str, tuple[int, ...]] | None = None,
    collapse: Mapping[int, Any] | None = None,
    digits: int = 2,
    most: int = 12,
) -> list[Token]:
    """The formula as on paper: σ(W x + b), ⊙ for elementwise products of vectors.

    shapes: of the quantities; with them, a product with a scalar is written · and not ⊙.
    collapse: values by id of node; such a node is shown as its value, not as a formula.
    most: components shown of each axis of a value.
    """
    formula = _FormulaText(shapes or {}, collapse or {}, digits, most)
    return list(formula.tokens(node, _COMPARE))


class _FormulaText:
    def __init__(
        self,
        shapes: Mapping[str, tuple[int, ...]],
        collapse: Mapping[int, Any],
        digits: int,
        most: int,
    ) -> None:
        self.shapes, self.collapse, self.digits, self.most = shapes, collapse, digits, most

    def tokens(self, node: Expression, least: int) -> Iterator[Token]:
        if id(node) in self.collapse:
            value = self.collapse[id(node)]
            if isinstance(node, Name) and node.key.operator == "hyper":
                text = format_exact(float(value))  # 0.999 is not 1.00
            else:
                text = format_value(value, self.digits, self.most)
            needs = text.startswith("−") and least > _SUM
            yield Token(f"({text})" if needs else text, "value")
            return
        binds = self._binds(node)
        if binds < least:
            yield Token("(", "sign")
        yield from self._node(node)
        if binds < least:
            yield Token(")", "sign")

    def _binds(self, node: Expression) -> int:
        match node:
            case Negative():
                return _MINUS
            case Compare():
                return _COMPARE
            case Binary():
                return _BINDS[node.operator]
            case Call(function="outer" | "xdivy"):
                return _TERM
        return _ATOM

    def _node(self, node: Expression) -> Iterator[Token]:
        match node:
            case Number():
                yield Token(format_exact(node.value), "number")
            case Name():
                shift = f"[t{node.shift:+d}]".replace("-", "−") if node.shift else ""
                yield Token(name_symbol(node.key) + shift, "name", node.key)
            case Negative():
                yield Token("−", "sign")
                yield from self.tokens(node.operand, _MINUS)
            case Compare():
                sign = _COMPARE_SIGNS.get(node.operator, node.operator)
                yield from self._infix(node.left, f" {sign} ", node.right, _SUM, _SUM)
            case Binary():
                yield from self._binary(node)
            case Transpose():
                yield from self.tokens(node.value, _ATOM)
                yield Token("ᵀ", "sign")
            case Index():
                yield from self.tokens(node.value, _ATOM)
                yield Token(f"[{subscript_text(node)}]", "sign")
            case Call():
                yield from self._call(node)

    def _infix(
        self, left: Expression, sign: str, right: Expression, before: int, after: int
    ) -> Iterator[Token]:
        yield from self.tokens(left, before)
        yield Token(sign, "space" if sign == " " else "sign")
        yield from self.tokens(right, after)

    def _binary(self, node: Binary) -> Iterator[Token]:
        match node.operator:
            case "+":
                yield from self._infix(node.left, " + ", node.right, _SUM, _TERM)
            case "-":
                yield from self._infix(node.left, " − ", node.right, _SUM, _TERM)
            case "/":
                yield from self._infix(node.left, " / ", node.right, _TERM, _MINUS)
            case "@":
                shown = id(node.left) in self.collapse or id(node.right) in self.collapse
                yield from self._infix(
                    node.left, " · " if shown else " ", node.right, _TERM, _MINUS
                )
            case "*":
                sign = " · " if self._scalar(node.left) or self._scalar(node.right) else " ⊙ "
                yield from self._infix(node.left, sign, node.right, _TERM, _MINUS)
            case "**":
                yield from self._power(node)

    def _power(self, node: Binary) -> Iterator[Token]:
        if isinstance(node.left, Name) and node.left.key.operator == "grad":
            yield Token("(", "sign")  # ∂L/∂W² would be read as ∂L/∂(W²)
            yield from self.tokens(node.left, _ATOM)
            yield Token(")", "sign")
        else:
            yield from self.tokens(node.left, _ATOM)
        raised = {2.0: "²", 3.0: "³"}
        if isinstance(node.right, Number) and node.right.value in raised:
            yield Token(raised[node.right.value], "sign")
        else:
            yield Token("^", "sign")
            yield from self.tokens(node.right, _ATOM)

    def _call(self, node: Call) -> Iterator[Token]:
        if node.function == "outer":
            yield from self._infix(node.arguments[0], " ⊗ ", node.arguments[1], _MINUS, _MINUS)
            return
        if node.function == "xdivy":  # a quotient, whatever it takes 0 / 0 to be
            yield from self._infix(node.arguments[0], " / ", node.arguments[1], _TERM, _MINUS)
            return
        symbol = FUNCTIONS[node.function].symbol or node.function
        yield Token(symbol, "function")
        yield Token("(", "sign")
        for number, argument in enumerate(node.arguments):
            if number:
                yield Token(", ", "sign")
            yield from self.tokens(argument, _COMPARE)
        yield Token(")", "sign")

    def _scalar(self, node: Expression) -> bool:
        """Whether a factor is certainly a scalar, as far as its shape can be seen from here."""
        match node:
            case Number():
                return True
            case Name():
                return node.key.operator == "hyper" or self.shapes.get(node.key) == ()
            case Negative():
                return self._scalar(node.operand)
            case Binary(operator="@"):
                return False
            case Binary():
                return self._scalar(node.left) and self._scalar(node.right)
            case Index():
                whole = self.shapes.get(node.value.key) if isinstance(node.value, Name) else None
                picked = sum(not isinstance(s, Span) for s in node.subscripts)
                return whole is not None and picked == len(whole)
            case Call():
                kind = FUNCTIONS[node.function].kind
                if kind in ("reduce", "dot", "loss"):
                    return True
                return kind == "elementwise" and self._scalar(node.arguments[0])
        return False


def format_value(value: Any, digits: int = 2, most: int = 12) -> str:
    """A scalar, vector or matrix as text: `0.50`, `[1.00 0.50]`, `[60 0; 0 0]`.

    Values that are all whole are written without decimals.
    most: components shown of each axis; beyond it the middle is left out as `…`.
    """
    array = np.asarray(value, dtype=np.float64)
    whole = bool(np.all(np.isfinite(array) & (array == np.round(array)) & (np.abs(array) < 1e5)))
    decimals = 0 if whole else digits
    if array.ndim == 0:
        return _component(float(array), decimals)
    if array.ndim == 1:
        return f"[{_row(array, decimals, most)}]"
    rows = [_row(row, decimals, most) for row in array[:most]]
    if len(array) > most:
        rows.append("…")
    return f"[{'; '.join(rows)}]"


def _row(values: Any, digits: int, most: int) -> str:
    texts = [_component(float(v), digits) for v in values[:most]]
    if len(values) > most:
        texts[-2:] = ["…", _component(float(values[-1]), digits)]
    return " ".join(texts)


def _component(value: float, digits: int) -> str:
    return format_number(value, digits).replace("-", "−")
