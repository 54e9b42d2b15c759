"""Losses: of a prediction and a target, a number."""

from __future__ import annotations

from collections.abc import Callable

from rnntui.language import numerics
from rnntui.language.algebra import (
    ONE,
    add,
    call,
    divide,
    multiply,
    negative,
    subtract,
)
from rnntui.language.function import Function, Rule, Shape, size_of
from rnntui.language.tree import Expression, Number

_TWO = Number(2.0)


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
    scale = divide(multiply(g, _TWO), size_of(max(shapes, key=len)))
    return multiply(scale, subtract(y, target)), multiply(scale, subtract(target, y))


LOSSES = [
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
]
