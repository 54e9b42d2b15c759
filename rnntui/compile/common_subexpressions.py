"""Functions that forward and backward both need, such as tanh(c): computed once, then remembered."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from rnntui.language.differentiate import BackwardEquation
from rnntui.language.functions import FUNCTIONS
from rnntui.language.keys import derived
from rnntui.language.shapes import Shape, shape_of
from rnntui.language.tree import Call, Equation, Expression, Name, names, rebuild, walk


@dataclass(frozen=True)
class Factored:
    """The equations with a quantity of its own for each common subexpression; shapes: of those."""

    assignments: tuple[Equation, ...]
    backward: tuple[BackwardEquation, ...]
    shapes: Mapping[str, Shape]


def name_common_subexpressions(
    assignments: Sequence[Equation],
    backward: Sequence[BackwardEquation],
    shapes: Mapping[str, Shape],
    constant: Collection[str],
) -> Factored:
    """Give each function's value that stands within an equation and is used backward a name.

    constant: names without time; what is made of them alone is no quantity of a timestep.
    """
    parts = [part for e in backward for part in (e.within, e.following) if part is not None]
    used_backward = {
        node
        for part in parts
        for node in walk(part)
        if _costs(node) and any(name.key not in constant for name in names(node))
    }
    named: dict[Expression, Name] = {}
    new_shapes: dict[str, Shape] = {}
    factored: list[Equation] = []
    for equation in assignments:
        for node in reversed(list(walk(equation.expression))):  # operands before what they are in
            if node in used_backward and node not in named and node != equation.expression:
                name = Name(derived("common", str(len(named))))
                new_shapes[name.key] = shape_of(node, shapes)
                inner = rebuild(node, tuple(_replaced(c, named) for c in node.children()))
                factored.append(Equation(name.key, inner))
                named[node] = name
        factored.append(replace(equation, expression=_replaced(equation.expression, named)))
    return Factored(
        tuple(factored),
        tuple(
            BackwardEquation(e.of, _part(e.within, named), _part(e.following, named))
            for e in backward
        ),
        new_shapes,
    )


def _costs(node: Expression) -> bool:
    """A function of varying values that takes more than arithmetic."""
    return isinstance(node, Call) and FUNCTIONS[node.function].kind in ("elementwise", "vector")


def _part(node: Expression | None, named: Mapping[Expression, Name]) -> Expression | None:
    return None if node is None else _replaced(node, named)


def _replaced(node: Expression, named: Mapping[Expression, Name]) -> Expression:
    if node in named:
        return named[node]
    if not node.children():
        return node
    return rebuild(node, tuple(_replaced(child, named) for child in node.children()))
