"""Tree → formulas as on paper, on one line of text: σ(W x + b).

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
from rnntui.language.source_text import ATOM, BINDS, COMPARE, MINUS, SUM, TERM, subscript_text
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
from rnntui.text.numbers import format_exact, format_number

_COMPARE_SIGNS = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}


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
    return list(formula.tokens(node, COMPARE))


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
            needs = text.startswith("−") and least > SUM
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
                return MINUS
            case Compare():
                return COMPARE
            case Binary():
                return BINDS[node.operator]
            case Call(function="outer" | "xdivy"):
                return TERM
        return ATOM

    def _node(self, node: Expression) -> Iterator[Token]:
        match node:
            case Number():
                yield Token(format_exact(node.value), "number")
            case Name():
                shift = f"[t{node.shift:+d}]".replace("-", "−") if node.shift else ""
                yield Token(name_symbol(node.key) + shift, "name", node.key)
            case Negative():
                yield Token("−", "sign")
                yield from self.tokens(node.operand, MINUS)
            case Compare():
                sign = _COMPARE_SIGNS.get(node.operator, node.operator)
                yield from self._infix(node.left, f" {sign} ", node.right, SUM, SUM)
            case Binary():
                yield from self._binary(node)
            case Transpose():
                yield from self.tokens(node.value, ATOM)
                yield Token("ᵀ", "sign")
            case Index():
                yield from self.tokens(node.value, ATOM)
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
                yield from self._infix(node.left, " + ", node.right, SUM, TERM)
            case "-":
                yield from self._infix(node.left, " − ", node.right, SUM, TERM)
            case "/":
                yield from self._infix(node.left, " / ", node.right, TERM, MINUS)
            case "@":
                shown = id(node.left) in self.collapse or id(node.right) in self.collapse
                yield from self._infix(node.left, " · " if shown else " ", node.right, TERM, MINUS)
            case "*":
                sign = " · " if self._scalar(node.left) or self._scalar(node.right) else " ⊙ "
                yield from self._infix(node.left, sign, node.right, TERM, MINUS)
            case "**":
                yield from self._power(node)

    def _power(self, node: Binary) -> Iterator[Token]:
        if isinstance(node.left, Name) and node.left.key.operator == "grad":
            yield Token("(", "sign")  # ∂L/∂W² would be read as ∂L/∂(W²)
            yield from self.tokens(node.left, ATOM)
            yield Token(")", "sign")
        else:
            yield from self.tokens(node.left, ATOM)
        raised = {2.0: "²", 3.0: "³"}
        if isinstance(node.right, Number) and node.right.value in raised:
            yield Token(raised[node.right.value], "sign")
        else:
            yield Token("^", "sign")
            yield from self.tokens(node.right, ATOM)

    def _call(self, node: Call) -> Iterator[Token]:
        if node.function == "outer":
            yield from self._infix(node.arguments[0], " ⊗ ", node.arguments[1], MINUS, MINUS)
            return
        if node.function == "xdivy":  # a quotient, whatever it takes 0 / 0 to be
            yield from self._infix(node.arguments[0], " / ", node.arguments[1], TERM, MINUS)
            return
        symbol = FUNCTIONS[node.function].symbol or node.function
        yield Token(symbol, "function")
        yield Token("(", "sign")
        for number, argument in enumerate(node.arguments):
            if number:
                yield Token(", ", "sign")
            yield from self.tokens(argument, COMPARE)
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

    Values that are all whole, and below 100000, are written without decimals.
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
