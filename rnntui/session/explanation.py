"""The equation under the cursor, worked out: symbols → numbers put in → terms → pre-activation → value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rnntui.data.expectations import ExpectedValue
from rnntui.language.evaluate import evaluate_parts
from rnntui.language.functions import FUNCTIONS
from rnntui.language.keys import pre
from rnntui.language.tree import (
    Binary,
    Call,
    Equation,
    Expression,
    Index,
    Name,
    Negative,
    Number,
    names,
)
from rnntui.notation.formula import Token, formula_text, name_symbol, to_formula
from rnntui.session.checks import CheckedValue
from rnntui.session.moment import Moment


@dataclass(frozen=True)
class WorkingLine:
    """One line of the working. kind: symbols, numbers, terms, pre-activation or value.

    collapse: the nodes of the equation that this line shows as values, by id.
    """

    kind: str
    tokens: tuple[Token, ...]
    collapse: Mapping[int, Any]

    def __str__(self) -> str:
        return formula_text(list(self.tokens))


@dataclass(frozen=True)
class Explanation:
    """The working of one equation at one moment.

    title: what the quantity is. target: its symbol. parts: the value of every node, by id.
    result: the value of the whole.
    """

    title: str
    target: str
    equation: Equation
    lines: tuple[WorkingLine, ...]
    parts: Mapping[int, Any]
    result: Any


def explain(moment: Moment, digits: int = 2, most: int = 6) -> Explanation:
    """Work out the equation under the cursor.

    digits: decimals of each number. most: components shown of each axis of a value.
    """
    equation = moment.equation
    root = equation.expression
    parts = evaluate_parts(root, moment.lookup())
    shapes = moment.program.all_shapes
    lines: list[WorkingLine] = []
    for kind, nodes in _steps(root):
        collapse = {id(node): parts[id(node)] for node in nodes}
        tokens = tuple(to_formula(root, shapes, collapse, digits, most))
        if not lines or formula_text(list(tokens)) != str(lines[-1]):
            lines.append(WorkingLine(kind, tokens, collapse))
    target = name_symbol(equation.target)
    return Explanation(_title(moment), target, equation, tuple(lines), parts, parts[id(root)])


def answers_here(moment: Moment) -> list[CheckedValue]:
    """The worked answers for what the cursor's equation computes, and for the parameters in it."""
    return [check for check in moment.checks if _is_here(check.value, moment)]


def _is_here(value: ExpectedValue, moment: Moment) -> bool:
    position, key = moment.position, moment.quantity
    if position.phase == "update":
        return value.kind == "updates" and value.name == moment.equation.target
    here = value.t in (None, position.t) and value.name in (key, pre(key))
    if position.phase == "backward":
        return here and value.kind.startswith("gradients")
    if value.kind == "loss":  # of the whole sequence: known with the last timestep's
        return key == moment.program.model.objective and position.t == moment.trace.length
    if value.name in moment.trace.parameters:
        used = {name.key for name in names(moment.equation.expression)}
        return value.kind == "values" and value.name in used
    return here and value.kind in ("values", "prediction")


def _steps(root: Expression) -> Iterator[tuple[str, list[Expression]]]:
    """What is shown as a value in each line of the working."""
    yield "symbols", []
    leaves = list(_leaves(root))
    yield "numbers", leaves
    inner = _argument(root)
    yield "terms", [*_terms(inner), *leaves]
    if inner is not root:
        yield "pre-activation", [inner]
    yield "value", [root]


def _leaves(node: Expression) -> Iterator[Expression]:
    if isinstance(node, Name) or (isinstance(node, Index) and isinstance(node.value, Name)):
        yield node
    elif isinstance(node, Call) and not any(True for _ in names(node)):
        yield node  # ones(3) and the like
    else:
        for child in node.children():
            yield from _leaves(child)


def _argument(root: Expression) -> Expression:
    """What the outermost activation is applied to, or the whole."""
    if isinstance(root, Call) and FUNCTIONS[root.function].activation:
        return root.arguments[0]
    return root


def _terms(node: Expression) -> Iterator[Expression]:
    """The terms of the outermost sum, or the factors of the outermost product."""
    if isinstance(node, Binary) and node.operator in "+-":
        for side in (node.left, node.right):
            if isinstance(side, Binary) and side.operator in ("+", "-"):
                yield from _terms(side)
            else:
                yield side
    elif isinstance(node, Number):
        return
    elif isinstance(node, Negative):
        yield from _terms(node.operand)
    else:
        yield from node.children()


def _title(moment: Moment) -> str:
    equation, position = moment.equation, moment.position
    key = moment.quantity
    of = next((e.description for e in moment.program.model.equations if e.target == key), "")
    named = f"{of} {key}" if of else key
    if position.phase == "update":
        return f"update of {key}: {equation.description}"
    if position.phase == "forward":
        return of or key
    if key in moment.trace.parameters:
        return f"what the use of {key} at t = {position.t} adds to its gradient"
    if position.t == 0:
        return f"gradient reaching the initial {named}"
    if equation.target.of.operator == "pre":
        return f"gradient reaching the pre-activation of {named}"
    if key == moment.program.model.objective:
        return f"weight of this timestep's {key} in the total"
    return f"gradient reaching {named}"
