"""What functions of the language are made of, for those that are no primitives of a machine."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

from rnntui.language.algebra import (
    ONE,
    ZERO,
    add,
    call,
    divide,
    multiply,
    negative,
    power,
    subtract,
)
from rnntui.language.numerics import LAYER_NORM_EPSILON
from rnntui.language.shapes import Shape
from rnntui.language.tree import Call, Compare, Expression, Number

_TWO = Number(2.0)


def defined(node: Call, shape_of: Callable[[Expression], Shape]) -> Expression | None:
    """What a call stands for, if its function has a definition."""
    make = DEFINITIONS.get(node.function)
    return None if make is None else make(*node.arguments, size=_Size(shape_of))


class _Size:
    def __init__(self, shape_of: Callable[[Expression], Shape]) -> None:
        self._shape_of = shape_of

    def __call__(self, node: Expression) -> Expression:
        return Number(float(prod(self._shape_of(node))))


def _mean(z: Expression, size: _Size) -> Expression:
    return divide(call("sum", z), size(z))


def _exponentials(z: Expression) -> Expression:
    return call("exp", subtract(z, call("max", z)))


def _layer_norm(z: Expression, size: _Size) -> Expression:
    centred = subtract(z, _mean(z, size))
    variance = add(_mean(power(centred, _TWO), size), Number(LAYER_NORM_EPSILON))
    return divide(centred, call("sqrt", variance))


def _softplus(z: Expression, size: _Size) -> Expression:
    tail = call("log1p", call("exp", negative(call("abs", z))))
    return add(call("maximum", z, ZERO), tail)


def _log_softmax(z: Expression, size: _Size) -> Expression:
    largest = call("max", z)
    return subtract(subtract(z, largest), call("log", call("sum", _exponentials(z))))


def _xlogy(x: Expression, y: Expression) -> Expression:
    return call("where", Compare("==", x, ZERO), ZERO, multiply(x, call("log", y)))


def _binary(y: Expression, target: Expression) -> Expression:
    return add(_xlogy(target, y), _xlogy(subtract(ONE, target), subtract(ONE, y)))


def _entropy(target: Expression) -> Expression:
    rest = subtract(ONE, target)
    return add(_xlogy(target, target), _xlogy(rest, rest))


def _squares(y: Expression, target: Expression) -> Expression:
    return call("sum", power(subtract(y, target), _TWO))


DEFINITIONS: dict[str, Callable[..., Expression]] = {
    "softplus": _softplus,
    "relu": lambda z, size: call("maximum", z, ZERO),
    "softmax": lambda z, size: divide(_exponentials(z), call("sum", _exponentials(z))),
    "log_softmax": _log_softmax,
    "layer_norm": _layer_norm,
    "mean": _mean,
    "norm": lambda z, size: call("sqrt", call("sum", power(z, _TWO))),
    "dot": lambda a, b, size: call("sum", multiply(a, b)),
    "xdivy": lambda x, y, size: call("where", Compare("==", x, ZERO), ZERO, divide(x, y)),
    "cross_entropy": lambda y, t, size: negative(call("sum", _xlogy(t, y))),
    "binary_cross_entropy": lambda y, t, size: negative(call("sum", _binary(y, t))),
    "kl_divergence": lambda y, t, size: call("sum", subtract(_xlogy(t, t), _xlogy(t, y))),
    "binary_kl_divergence": lambda y, t, size: call("sum", subtract(_entropy(t), _binary(y, t))),
    "squared_error": lambda y, t, size: multiply(Number(0.5), _squares(y, t)),
    "mean_squared_error": lambda y, t, size: divide(_squares(y, t), size(subtract(y, t))),
}
