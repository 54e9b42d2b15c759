"""Optimisers: how a gradient changes a parameter, as equations of the same language.

`parameter`, `gradient` and `learning_rate` stand for one parameter's; `updated` is its new value.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from rnntui.language.evaluate import evaluate
from rnntui.language.parse import parse_equations
from rnntui.language.tree import Equation, Expression, Name, rebuild

Array = npt.NDArray[np.float64]

OPTIMISERS = {
    # plain gradient descent, as torch.optim.SGD
    "sgd": "updated = parameter - learning_rate * gradient  # gradient descent",
}


@lru_cache(maxsize=1024)
def update_equation(optimiser: str, parameter: str) -> Equation:
    """The optimiser's equation for one parameter: `W = W - learning_rate * grad(W)`."""
    equation = _rule(optimiser)
    meaning = {"parameter": parameter, "gradient": f"grad({parameter})"}
    expression = _substitute(equation.expression, meaning)
    return Equation(parameter, expression, equation.description)


def updated(optimiser: str, value: Array, gradient: Array, learning_rate: float) -> Array:
    """The parameter's value after one update."""
    meaning = {
        "parameter": value,
        "gradient": gradient,
        "learning_rate": np.float64(learning_rate),
    }
    found = evaluate(_rule(optimiser).expression, lambda name: meaning[name.key])
    return np.asarray(found, dtype=np.float64)


@lru_cache
def _rule(optimiser: str) -> Equation:
    (equation,) = parse_equations(OPTIMISERS[optimiser])
    return equation


def _substitute(node: Expression, meaning: Mapping[str, str]) -> Expression:
    if isinstance(node, Name):
        return Name(meaning.get(node.key, node.key))
    if not node.children():
        return node
    return rebuild(node, tuple(_substitute(child, meaning) for child in node.children()))
