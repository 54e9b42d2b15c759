"""The functions of the language: one entry each, with its value, its derivative and its sign on paper.

To add a function, add an entry: parsing, shapes, evaluation, differentiation, rendering and compiled
code follow from it. One with a definition needs nothing else; a primitive has a value, a derivative,
and a body for machine code (`compile.llvm.maths`). Where a function has both, the value is what its
definition says, found sooner, and the derivative how a textbook writes it.
"""

from __future__ import annotations

import math

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
from rnntui.language.defined_functions import DEFINED
from rnntui.language.function import Function, Shape, no_derivative, of_one, size_of
from rnntui.language.loss_functions import LOSSES
from rnntui.language.tree import Binary, Compare, Expression, Index, Number, Span, Transpose

_TWO = Number(2.0)


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


def _d_mean(
    arguments: tuple[Expression, ...], r: Expression, g: Expression, shapes: tuple[Shape, ...]
) -> tuple[Expression, ...]:
    return (divide(g, size_of(shapes[0])),)


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
        of_one(lambda z, r, g: multiply(multiply(g, r), subtract(ONE, r))),
        symbol="σ",
        activation=True,
        description="1 / (1 + exp(−z))",
    ),
    Function(
        "tanh",
        "elementwise",
        np.tanh,
        of_one(lambda z, r, g: multiply(g, subtract(ONE, power(r, _TWO)))),
        activation=True,
        description="hyperbolic tangent",
    ),
    Function(
        "relu",
        "elementwise",
        lambda z: np.maximum(z, 0.0),
        of_one(_relu_gradient),
        activation=True,
        description="max(z, 0); derivative 0 at 0",
        definition="maximum(z, 0)",
    ),
    Function(
        "softplus",
        "elementwise",
        numerics.softplus,
        of_one(lambda z, r, g: multiply(g, call("sigmoid", z))),
        activation=True,
        description="log(1 + exp(z))",
        definition="maximum(z, 0) + log1p(exp(-abs(z)))",
    ),
    Function("exp", "elementwise", np.exp, of_one(lambda z, r, g: multiply(g, r))),
    Function("log", "elementwise", np.log, of_one(lambda z, r, g: divide(g, z))),
    Function(
        "sqrt",
        "elementwise",
        np.sqrt,
        of_one(lambda z, r, g: divide(g, multiply(_TWO, r))),
        symbol="√",
    ),
    Function("abs", "elementwise", np.abs, of_one(lambda z, r, g: multiply(g, call("sign", z)))),
    Function("sign", "elementwise", np.sign, no_derivative, description="−1, 0 or 1; derivative 0"),
    Function(
        "heaviside",
        "elementwise",
        lambda z: np.heaviside(z, 0.5),
        no_derivative,
        symbol="Θ",
        activation=True,
        description="0 below 0, 1 above, ½ at 0; derivative 0",
    ),
    Function(
        "stop_gradient",
        "elementwise",
        lambda z: z,
        no_derivative,
        symbol="stop",
        description="the value itself, through which no gradient flows",
    ),
    Function(
        "softmax",
        "vector",
        numerics.softmax,
        of_one(lambda z, r, g: multiply(r, subtract(g, call("dot", g, r)))),
        activation=True,
        description="exp(z) / Σ exp(z)",
        definition="exp(z - max(z)) / sum(exp(z - max(z)))",
    ),
    Function(
        "log_softmax",
        "vector",
        numerics.log_softmax,
        of_one(lambda z, r, g: subtract(g, multiply(call("softmax", z), call("sum", g)))),
        symbol="log softmax",
        activation=True,
        definition="z - max(z) - log(sum(exp(z - max(z))))",
    ),
    Function(
        "layer_norm",
        "vector",
        numerics.layer_norm,
        of_one(_d_layer_norm),
        symbol="LN",
        activation=True,
        description="(z − mean) / sqrt(variance + 1e-5)",
        definition="(z - mean(z)) / sqrt(mean((z - mean(z)) ** 2) + 1e-5)",
    ),
    Function("sum", "reduce", numerics.total, of_one(lambda z, r, g: g), symbol="Σ"),
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
        of_one(_d_norm),
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
        "one_hot", "literal", numerics.one_hot, no_derivative, 2, 2, description="one_hot(k, n)"
    ),
    Function("zeros", "literal", numerics.zeros, no_derivative, 1, 2),
    Function("ones", "literal", numerics.ones, no_derivative, 1, 2),
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
    Function("sin", "elementwise", np.sin, of_one(lambda z, r, g: multiply(g, call("cos", z)))),
    Function(
        "cos", "elementwise", np.cos, of_one(lambda z, r, g: negative(multiply(g, call("sin", z))))
    ),
    Function(
        "floor",
        "elementwise",
        np.floor,
        no_derivative,
        description="the largest whole number that is not larger; derivative 0",
    ),
    Function(
        "erf",
        "elementwise",
        numerics.erf,
        of_one(
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
        of_one(lambda z, r, g: divide(g, add(ONE, z))),
        description="log(1 + z)",
    ),
    Function(
        "expm1",
        "elementwise",
        np.expm1,
        of_one(lambda z, r, g: multiply(g, add(r, ONE))),
        description="exp(z) − 1",
    ),
    Function(
        "max",
        "reduce",
        numerics.largest,
        of_one(_d_extreme_of_all),
        description="the largest component",
    ),
    Function(
        "min",
        "reduce",
        numerics.smallest,
        of_one(_d_extreme_of_all),
        description="the smallest component",
    ),
    Function(
        "cumsum",
        "vector",
        numerics.cumulative,
        of_one(lambda z, r, g: add(subtract(call("sum", g), call("cumsum", g)), g)),
        description="the sums of the first components",
    ),
    Function(
        "argmax",
        "reduce",
        numerics.place_of_largest,
        no_derivative,
        description="the place of the largest, from 0",
    ),
]


FUNCTIONS: dict[str, Function] = {entry.name: entry for entry in (*_ENTRIES, *DEFINED, *LOSSES)}
