"""Functions that are nothing but their definition in the language."""

from __future__ import annotations

from rnntui.language.algebra import (
    ONE,
    ZERO,
    add,
    call,
    multiply,
    negative,
    subtract,
)
from rnntui.language.function import Function, of_one

DEFINED = [
    Function(
        "silu",
        "elementwise",
        None,
        of_one(
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
        of_one(lambda z, r, g: multiply(g, call("exp", call("minimum", z, ZERO)))),
        activation=True,
        description="z above 0, exp(z) − 1 below",
        definition="maximum(z, 0) + expm1(minimum(z, 0))",
    ),
    Function(
        "logsigmoid",
        "elementwise",
        None,
        of_one(lambda z, r, g: multiply(g, call("sigmoid", negative(z)))),
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
        of_one(lambda z, r, g: multiply(g, call("exp", subtract(z, r)))),
        description="log Σ exp(z)",
        definition="max(z) + log(sum(exp(z - max(z))))",
    ),
]
