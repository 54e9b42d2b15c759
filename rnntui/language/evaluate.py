"""Evaluation of one expression, keeping the value of every sub-expression.

The engine runs whole sequences through generated code (`compile`), made of the same functions. That
code computes what it can for all timesteps at once, and puts sums and products together otherwise:
its numbers are these but for rounding, often not in the last bit.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from rnntui.language.definitions import defined_value
from rnntui.language.functions import FUNCTIONS
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

Lookup = Callable[[Name], Any]

# Python's own operators on NumPy values (`**` has fast paths of its own).
_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "@": operator.matmul,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def evaluate(expression: Expression, lookup: Lookup) -> Any:
    """The value of an expression; `lookup` gives the value of a name. NaN and inf are values too."""
    with np.errstate(all="ignore"):
        return _Evaluation(lookup).value(expression)


def evaluate_parts(expression: Expression, lookup: Lookup) -> dict[int, Any]:
    """The value of every node of the tree, by `id` of the node."""
    evaluation = _Evaluation(lookup)
    with np.errstate(all="ignore"):
        evaluation.value(expression)
    return evaluation.parts


def subscripts(node: Index) -> tuple[int | slice, ...]:
    """The subscripts as NumPy takes them."""
    return tuple(slice(s.start, s.stop) if isinstance(s, Span) else s for s in node.subscripts)


class _Evaluation:
    def __init__(self, lookup: Lookup) -> None:
        self.lookup = lookup
        self.parts: dict[int, Any] = {}

    def value(self, node: Expression) -> Any:
        value = self._node(node)
        self.parts[id(node)] = value
        return value

    def _node(self, node: Expression) -> Any:
        match node:
            case Number():
                return np.float64(node.value)
            case Name():
                return self.lookup(node)
            case Negative():
                return np.negative(self.value(node.operand))
            case Binary() | Compare():
                return _OPERATIONS[node.operator](self.value(node.left), self.value(node.right))
            case Index():
                return self.value(node.value)[subscripts(node)]
            case Transpose():
                return self.value(node.value).T
            case Call():
                arguments = [self.value(argument) for argument in node.arguments]
                value = FUNCTIONS[node.function].value or defined_value(node.function)
                return value(*arguments)
        raise TypeError(node)
