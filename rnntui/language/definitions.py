"""What a function of the language is made of, where its entry says so in the language itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from math import prod
from typing import Any

from rnntui.language.function import Shape
from rnntui.language.functions import FUNCTIONS
from rnntui.language.tree import Call, Expression, Name, Number, rebuild

COUNT = "n"  # in a definition: how many components the first argument has


def expand(node: Call, shape_of: Callable[[Expression], Shape]) -> Expression | None:
    """A call with its function's definition in its place; None for a primitive."""
    function = FUNCTIONS[node.function]
    if not function.definition:
        return None
    given: dict[str, Expression] = dict(zip(function.arguments, node.arguments, strict=True))
    tree = _parsed(function.definition)
    if any(isinstance(n, Name) and n.key == COUNT for n in _nodes(tree)):
        given[COUNT] = Number(float(prod(shape_of(node.arguments[0]))))
    return _replaced(tree, given)


@cache
def _parsed(definition: str) -> Expression:
    from rnntui.language.parse import parse_expression  # which knows all functions

    return parse_expression(definition)


def _nodes(node: Expression) -> list[Expression]:
    return [node, *(n for child in node.children() for n in _nodes(child))]


def _replaced(node: Expression, given: Mapping[str, Expression]) -> Expression:
    if isinstance(node, Name):
        return given[node.key]
    if not node.children():
        return node
    return rebuild(node, tuple(_replaced(child, given) for child in node.children()))


def defined_value(function: str) -> Callable[..., Any]:
    """The value of a function by its definition, at one timestep."""

    def value(*arguments: Any) -> Any:
        import numpy as np

        from rnntui.language.evaluate import evaluate

        given = dict(zip(FUNCTIONS[function].arguments, arguments, strict=True))
        given[COUNT] = float(np.size(arguments[0]))
        return evaluate(_parsed(FUNCTIONS[function].definition), lambda name: given[name.key])

    return value
