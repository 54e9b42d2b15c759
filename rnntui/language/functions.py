"""The functions of the language: one entry each, with its value, its derivative and its sign on paper.

To add a function, add an entry: parsing, shapes, evaluation, differentiation and rendering follow
from it. Compiled, it is its definition (`compile.llvm.definitions`) or a primitive (`compile.llvm.maths`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnntui.language import numerics
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
from rnntui.language.function import Function, Rule, Shape
from rnntui.language.tree import Binary, Compare, Expression, Index, Number, Span, Transpose

_TWO = Number(2.0)


def _size(shape: Shape) -> Number:
    return Number(float(np.prod(shape, dtype=np.int64)))


def _of_one(formula: Callable[[Expression, Expression, Expression], Expression]) -> Rule:
    """The rule of a function of one argument z, from its gradient in terms of z, r and g."""
    return lambda arguments, r, g, shapes: (formula(arguments[0], r, g),)


def _none(arguments: tuple[Expression, ...], *_: Any) -> tuple[None, ...]:
    return (None,) * len(arguments)


def _d_layer_norm(z: Expression, r: Expression, g: Expression) -> Expression:
    centred = subtract(z, call("mean", z))
    variance = call("mean", power(centred, _TWO))
    spread = call("sqrt", add(variance, Number(numerics.LAYER_NORM_EPSILON)))
    along = multiply(r, call("mean", multiply(g, r)))
    return divide(subtract(subtract(g, call("mean", g)), along), spread)


def _d_norm(z: Expression, r: Expression, g: Expression) -> Expression:
    # at z = 0 the norm has no derivative; 0 is the subgradient PyTorch takes
    return call("where", Compare(">", r, ZERO), divide(multiply(g, z), r), ZERO)


def _d_concat(
    arguments: tuple[Expression, ...], r: Expression, g: Expression, shapes: tuple[Shape, ...]
) -> tuple[Expression, ...]:
    parts: list[Expression] = []
    start = 0
    for shape in shapes:
        stop = start + (shape[0] if shape else 1)
        parts.append(Index(g, (Span(start, stop),)) if shape else Index(g, (start,)))
        start = stop
    return tuple(parts)


def _d_where(
    arguments: tuple[Expression, ...], r: Expression, g: Expression, shapes: tuple[Shape, ...]
) -> tuple[Expression | None, ...]:
    condition = arguments[0]
    return None, call("where", condition, g, ZERO), call("where", condition, ZERO, g)


def _d_loss(
    by_prediction: Callable[[Expression, Expression, Expression], Expression],
    by_target: Callable[[Expression, Expression, Expression], Expression],
) -> Rule:
    return lambda arguments, r, g, shapes: (
        by_prediction(arguments[0], arguments[1], g),
        by_target(arguments[0], arguments[1], g),
    )


def _d_cross_entropy(y: Expression, target: Expression, g: Expression) -> Expression:
    return negative(multiply(g, call("xdivy", target, y)))


def _d_binary_cross_entropy(y: Expression, target: Expression, g: Expression) -> Expression:
    missed = call("xdivy", subtract(ONE, target), subtract(ONE, y))
    return multiply(g, subtract(missed, call("xdivy", target, y)))


def _log_odds(y: Expression) -> Expression:
    return subtract(call("log", y), call("log", subtract(ONE, y)))


def _d_mean_squared_error(
    arguments: tuple[Expression, ...], r: Expression, g: Expression, shapes: tuple[Shape, ...]
) -> tuple[Expression, ...]:
    y, target = arguments
    scale = divide(multiply(g, _TWO), _size(max(shapes, key=len)))
    return multiply(scale, subtract(y, target)), multiply(scale, subtract(target, y))


def _d_mean(
    arguments: tuple[Expression, ...], r: Expression, g: Expression, shapes: tuple[Shape, ...]
) -> tuple[Expression, ...]:
    return (divide(g, _size(shapes[0])),)


def _d_extreme(
    arguments: tuple[Expression, ...], g: Expression, larger: bool
) -> tuple[Expression, ...]:
    # heaviside(0) = 1/2 shares a tie between the two, as PyTorch does
    a, b = arguments
    ahead, behind = call("heaviside", subtract(a, b)), call("heaviside", subtract(b, a))
    if not larger:
        ahead, behind = behind, ahead
    return multiply(g, ahead), multiply(g, behind)


def _relu_gradient(z: Expression, r: Expression, g: Expression) -> Expression:
    return call("where", Compare(">", z, ZERO), g, ZERO)


_ENTRIES = [
    Function(
        "sigmoid",
        "elementwise",
        numerics.sigmoid,
        _of_one(lambda z, r, g: multiply(multiply(g, r), subtract(ONE, r))),
        symbol="σ",
        activation=True,
        description="1 / (1 + exp(−z))",
    ),
    Function(
        "tanh",
        "elementwise",
        np.tanh,
        _of_one(lambda z, r, g: multiply(g, subtract(ONE, power(r, _TWO)))),
        activation=True,
        description="hyperbolic tangent",
    ),
    Function(
        "relu",
        "elementwise",
        lambda z: np.maximum(z, 0.0),
        _of_one(_relu_gradient),
        activation=True,
        description="max(z, 0); derivative 0 at 0",
    ),
    Function(
        "softplus",
        "elementwise",
        numerics.softplus,
        _of_one(lambda z, r, g: multiply(g, call("sigmoid", z))),
        activation=True,
        description="log(1 + exp(z))",
    ),
    Function("exp", "elementwise", np.exp, _of_one(lambda z, r, g: multiply(g, r))),
    Function("log", "elementwise", np.log, _of_one(lambda z, r, g: divide(g, z))),
    Function(
        "sqrt",
        "elementwise",
        np.sqrt,
        _of_one(lambda z, r, g: divide(g, multiply(_TWO, r))),
        symbol="√",
    ),
    Function("abs", "elementwise", np.abs, _of_one(lambda z, r, g: multiply(g, call("sign", z)))),
    Function("sign", "elementwise", np.sign, _none, description="−1, 0 or 1; derivative 0"),
    Function(
        "heaviside",
        "elementwise",
        lambda z: np.heaviside(z, 0.5),
        _none,
        symbol="Θ",
        activation=True,
        description="0 below 0, 1 above, ½ at 0; derivative 0",
    ),
    Function(
        "stop_gradient",
        "elementwise",
        lambda z: z,
        _none,
        symbol="stop",
        description="the value itself, through which no gradient flows",
    ),
    Function(
        "softmax",
        "vector",
        numerics.softmax,
        _of_one(lambda z, r, g: multiply(r, subtract(g, call("dot", g, r)))),
        activation=True,
        description="exp(z) / Σ exp(z)",
    ),
    Function(
        "log_softmax",
        "vector",
        numerics.log_softmax,
        _of_one(lambda z, r, g: subtract(g, multiply(call("softmax", z), call("sum", g)))),
        symbol="log softmax",
        activation=True,
    ),
    Function(
        "layer_norm",
        "vector",
        numerics.layer_norm,
        _of_one(_d_layer_norm),
        symbol="LN",
        activation=True,
        description="(z − mean) / sqrt(variance + 1e-5)",
    ),
    Function("sum", "reduce", numerics.total, _of_one(lambda z, r, g: g), symbol="Σ"),
    Function("mean", "reduce", np.mean, _d_mean),
    Function("norm", "reduce", numerics.norm, _of_one(_d_norm), description="Euclidean norm"),
    Function(
        "dot",
        "dot",
        np.dot,
        lambda arguments, r, g, shapes: (
            multiply(g, arguments[1]),
            multiply(g, arguments[0]),
        ),
        2,
        2,
    ),
    Function(
        "outer",
        "outer",
        np.outer,
        lambda arguments, r, g, shapes: (
            Binary("@", g, arguments[1]),
            Binary("@", Transpose(g), arguments[0]),
        ),
        2,
        2,
        symbol="⊗",
    ),
    Function("concat", "concat", numerics.concat, _d_concat, 1, None),
    Function(
        "minimum", "pairwise", np.minimum, lambda a, r, g, s: _d_extreme(a, g, False), 2, 2, "min"
    ),
    Function(
        "maximum", "pairwise", np.maximum, lambda a, r, g, s: _d_extreme(a, g, True), 2, 2, "max"
    ),
    Function("where", "where", np.where, _d_where, 3, 3),
    Function(
        "xdivy",
        "pairwise",
        numerics.xdivy,
        lambda a, r, g, shapes: (divide(g, a[1]), negative(divide(multiply(g, r), a[1]))),
        2,
        2,
        description="x / y, and 0 where x is 0",
    ),
    Function(
        "cross_entropy",
        "loss",
        numerics.cross_entropy,
        _d_loss(_d_cross_entropy, lambda y, t, g: negative(multiply(g, call("log", y)))),
        2,
        2,
        symbol="CE",
        description="−Σ target·log y",
    ),
    Function(
        "binary_cross_entropy",
        "loss",
        numerics.binary_cross_entropy,
        _d_loss(_d_binary_cross_entropy, lambda y, t, g: negative(multiply(g, _log_odds(y)))),
        2,
        2,
        symbol="BCE",
        description="−Σ (target·log y + (1−target)·log(1−y))",
    ),
    Function(
        "kl_divergence",
        "loss",
        numerics.kl_divergence,
        _d_loss(
            _d_cross_entropy,
            lambda y, t, g: multiply(g, add(subtract(call("log", t), call("log", y)), ONE)),
        ),
        2,
        2,
        symbol="KL",
        description="cross-entropy less the target's own entropy",
    ),
    Function(
        "binary_kl_divergence",
        "loss",
        numerics.binary_kl_divergence,
        _d_loss(
            _d_binary_cross_entropy,
            lambda y, t, g: multiply(g, subtract(_log_odds(t), _log_odds(y))),
        ),
        2,
        2,
        symbol="KL",
        description="binary cross-entropy less the target's own entropy",
    ),
    Function(
        "squared_error",
        "loss",
        numerics.squared_error,
        _d_loss(
            lambda y, t, g: multiply(g, subtract(y, t)),
            lambda y, t, g: multiply(g, subtract(t, y)),
        ),
        2,
        2,
        symbol="SE",
        description="½ Σ (y − target)²",
    ),
    Function(
        "mean_squared_error",
        "loss",
        numerics.mean_squared_error,
        _d_mean_squared_error,
        2,
        2,
        symbol="MSE",
        description="mean of (y − target)²",
    ),
    Function("one_hot", "literal", numerics.one_hot, _none, 2, 2, description="one_hot(k, n)"),
    Function("zeros", "literal", numerics.zeros, _none, 1, 2),
    Function("ones", "literal", numerics.ones, _none, 1, 2),
]


FUNCTIONS: dict[str, Function] = {entry.name: entry for entry in _ENTRIES}
