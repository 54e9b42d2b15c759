"""The functions of the language: one entry each, with its value, its derivative and its sign on paper.

To add a function, add an entry: parsing, shapes, evaluation, differentiation, rendering and compiled
code follow from it. One with a definition needs nothing else; a primitive has a value, a derivative,
and a body for machine code (`compile.llvm.maths`). Where a function has both, the value is what its
definition says, found sooner, and the derivative how a textbook writes it.
"""

from __future__ import annotations

import math
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


def _d_extreme_of_all(z: Expression, r: Expression, g: Expression) -> Expression:
    # ties share the gradient, as in PyTorch's amax and amin
    ties = call("where", Compare("==", z, r), ONE, ZERO)
    return call("where", Compare("==", z, r), divide(g, call("sum", ties)), ZERO)


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
        definition="maximum(z, 0)",
    ),
    Function(
        "softplus",
        "elementwise",
        numerics.softplus,
        _of_one(lambda z, r, g: multiply(g, call("sigmoid", z))),
        activation=True,
        description="log(1 + exp(z))",
        definition="maximum(z, 0) + log1p(exp(-abs(z)))",
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
        definition="exp(z - max(z)) / sum(exp(z - max(z)))",
    ),
    Function(
        "log_softmax",
        "vector",
        numerics.log_softmax,
        _of_one(lambda z, r, g: subtract(g, multiply(call("softmax", z), call("sum", g)))),
        symbol="log softmax",
        activation=True,
        definition="z - max(z) - log(sum(exp(z - max(z))))",
    ),
    Function(
        "layer_norm",
        "vector",
        numerics.layer_norm,
        _of_one(_d_layer_norm),
        symbol="LN",
        activation=True,
        description="(z − mean) / sqrt(variance + 1e-5)",
        definition="(z - mean(z)) / sqrt(mean((z - mean(z)) ** 2) + 1e-5)",
    ),
    Function("sum", "reduce", numerics.total, _of_one(lambda z, r, g: g), symbol="Σ"),
    Function(
        "mean",
        "reduce",
        np.mean,
        _d_mean,
        definition="sum(z) / n",
    ),
    Function(
        "norm",
        "reduce",
        numerics.norm,
        _of_one(_d_norm),
        description="Euclidean norm",
        definition="sqrt(sum(z ** 2))",
    ),
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
        definition="sum(a * b)",
        arguments=("a", "b"),
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
        definition="where(x == 0, 0, x / y)",
        arguments=("x", "y"),
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
        definition="-sum(xlogy(target, y))",
        arguments=("y", "target"),
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
        definition="-sum(xlogy(target, y) + xlogy(1 - target, 1 - y))",
        arguments=("y", "target"),
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
        definition="sum(xlogy(target, target) - xlogy(target, y))",
        arguments=("y", "target"),
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
        definition="kl_divergence(y, target) + kl_divergence(1 - y, 1 - target)",
        arguments=("y", "target"),
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
        definition="0.5 * sum((y - target) ** 2)",
        arguments=("y", "target"),
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
        definition="sum((y - target) ** 2) / n",
        arguments=("y", "target"),
    ),
    Function("one_hot", "literal", numerics.one_hot, _none, 2, 2, description="one_hot(k, n)"),
    Function("zeros", "literal", numerics.zeros, _none, 1, 2),
    Function("ones", "literal", numerics.ones, _none, 1, 2),
    Function(
        "xlogy",
        "pairwise",
        numerics.xlogy,
        None,
        2,
        2,
        description="x · log y, and 0 where x is 0",
        definition="where(x == 0, 0, x * log(y))",
        arguments=("x", "y"),
    ),
    Function(
        "silu",
        "elementwise",
        None,
        _of_one(
            lambda z, r, g: multiply(
                g, add(call("sigmoid", z), multiply(r, subtract(ONE, call("sigmoid", z))))
            )
        ),
        activation=True,
        description="z · sigmoid(z), also called swish",
        definition="z * sigmoid(z)",
    ),
    Function(
        "gelu",
        "elementwise",
        None,
        None,
        activation=True,
        description="z · Φ(z), Φ the normal distribution's",
        definition="0.5 * z * (1 + erf(z / sqrt(2)))",
    ),
    Function(
        "gelu_tanh",
        "elementwise",
        None,
        None,
        activation=True,
        description="gelu's approximation by tanh",
        definition="0.5 * z * (1 + tanh(0.7978845608028654 * (z + 0.044715 * z ** 3)))",
    ),
    Function(
        "elu",
        "elementwise",
        None,
        _of_one(lambda z, r, g: multiply(g, call("exp", call("minimum", z, ZERO)))),
        activation=True,
        description="z above 0, exp(z) − 1 below",
        definition="maximum(z, 0) + expm1(minimum(z, 0))",
    ),
    Function(
        "logsigmoid",
        "elementwise",
        None,
        _of_one(lambda z, r, g: multiply(g, call("sigmoid", negative(z)))),
        activation=True,
        description="log(sigmoid(z))",
        definition="-softplus(-z)",
    ),
    Function(
        "leaky_relu",
        "elementwise",
        None,
        None,
        activation=True,
        description="z above 0, z/100 below",
        definition="where(z > 0, z, 0.01 * z)",
    ),
    Function(
        "hard_sigmoid",
        "elementwise",
        None,
        None,
        activation=True,
        description="z/6 + ½ within 0 and 1",
        definition="where(z <= -3, 0, where(z >= 3, 1, z / 6 + 0.5))",
    ),
    Function(
        "hard_tanh",
        "elementwise",
        None,
        None,
        activation=True,
        description="z within −1 and 1",
        definition="where(z <= -1, -1, where(z >= 1, 1, z))",
    ),
    Function(
        "clip",
        "pairwise",
        None,
        None,
        3,
        3,
        description="z within low and high",
        definition="where(z < low, low, where(z > high, high, z))",
        arguments=("z", "low", "high"),
    ),
    Function(
        "mod",
        "pairwise",
        np.mod,
        None,
        2,
        2,
        description="what a / b leaves, of b's sign",
        definition="a - b * floor(a / b)",
        arguments=("a", "b"),
    ),
    Function(
        "normalize",
        "vector",
        None,
        None,
        description="z / norm(z); 0 where that is 0",
        definition="z / maximum(norm(z), 1e-12)",
    ),
    Function(
        "logsumexp",
        "reduce",
        None,
        _of_one(lambda z, r, g: multiply(g, call("exp", subtract(z, r)))),
        description="log Σ exp(z)",
        definition="max(z) + log(sum(exp(z - max(z))))",
    ),
    Function("sin", "elementwise", np.sin, _of_one(lambda z, r, g: multiply(g, call("cos", z)))),
    Function(
        "cos", "elementwise", np.cos, _of_one(lambda z, r, g: negative(multiply(g, call("sin", z))))
    ),
    Function(
        "floor",
        "elementwise",
        np.floor,
        _none,
        description="the largest whole number that is not larger; derivative 0",
    ),
    Function(
        "erf",
        "elementwise",
        numerics.erf,
        _of_one(
            lambda z, r, g: multiply(
                g, multiply(Number(2 / math.sqrt(math.pi)), call("exp", negative(power(z, _TWO))))
            )
        ),
        description="the error function",
    ),
    Function(
        "log1p",
        "elementwise",
        np.log1p,
        _of_one(lambda z, r, g: divide(g, add(ONE, z))),
        description="log(1 + z)",
    ),
    Function(
        "expm1",
        "elementwise",
        np.expm1,
        _of_one(lambda z, r, g: multiply(g, add(r, ONE))),
        description="exp(z) − 1",
    ),
    Function(
        "max",
        "reduce",
        numerics.largest,
        _of_one(_d_extreme_of_all),
        description="the largest component",
    ),
    Function(
        "min",
        "reduce",
        numerics.smallest,
        _of_one(_d_extreme_of_all),
        description="the smallest component",
    ),
    Function(
        "cumsum",
        "vector",
        numerics.cumulative,
        _of_one(lambda z, r, g: add(subtract(call("sum", g), call("cumsum", g)), g)),
        description="the sums of the first components",
    ),
    Function(
        "argmax",
        "reduce",
        numerics.place_of_largest,
        _none,
        description="the place of the largest, from 0",
    ),
]


FUNCTIONS: dict[str, Function] = {entry.name: entry for entry in _ENTRIES}
