"""Building formulas without the clutter: x·1, x + 0 and −(−x) are written as people write them.

Derivatives are made of these, so that a backward equation reads like one in a textbook.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from math import ceil

from rnntui.language.tree import Binary, Call, Expression, Negative, Number

ZERO = Number(0.0)
ONE = Number(1.0)

_MOST_TERMS = 64  # of one sum: each is a level deeper than the one after it


def add(left: Expression, right: Expression) -> Expression:
    """left + right."""
    if left == ZERO:
        return right
    if right == ZERO:
        return left
    if isinstance(right, Negative):
        return Binary("-", left, right.operand)
    return Binary("+", left, right)


def total(terms: Sequence[Expression]) -> Expression:
    """The sum of one term or more, from the left; of very many, a sum of sums, none of them deep."""
    if len(terms) > _MOST_TERMS:
        length = max(_MOST_TERMS, ceil(len(terms) / _MOST_TERMS))
        terms = [total(terms[n : n + length]) for n in range(0, len(terms), length)]
    return reduce(add, terms)


def subtract(left: Expression, right: Expression) -> Expression:
    """left - right."""
    if right == ZERO:
        return left
    if left == ZERO:
        return negative(right)
    if isinstance(right, Negative):
        return Binary("+", left, right.operand)
    return Binary("-", left, right)


def multiply(left: Expression, right: Expression) -> Expression:
    """left * right, elementwise."""
    if ZERO in (left, right):
        return ZERO
    if left == ONE:
        return right
    if right == ONE:
        return left
    if isinstance(left, Negative):
        return negative(multiply(left.operand, right))
    if isinstance(right, Negative):
        return negative(multiply(left, right.operand))
    return Binary("*", left, right)


def divide(left: Expression, right: Expression) -> Expression:
    """left / right, elementwise."""
    if left == ZERO or right == ONE:
        return left
    if isinstance(left, Negative):
        return negative(divide(left.operand, right))
    return Binary("/", left, right)


def power(base: Expression, exponent: Expression) -> Expression:
    """base ** exponent, elementwise."""
    return base if exponent == ONE else Binary("**", base, exponent)


def negative(operand: Expression) -> Expression:
    """-operand."""
    if operand == ZERO:
        return ZERO
    return operand.operand if isinstance(operand, Negative) else Negative(operand)


def call(function: str, *arguments: Expression) -> Expression:
    """function(arguments)."""
    return Call(function, arguments)


def number(value: float) -> Expression:
    """A literal of either sign."""
    return Number(value) if value >= 0 else Negative(Number(-value))
