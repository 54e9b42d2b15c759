"""A model: its equations, checked for sense. Shapes come later (`language.program`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from rnntui.language.expression import RESERVED
from rnntui.language.functions import FUNCTIONS
from rnntui.language.keys import pre
from rnntui.language.tree import Call, Equation, Expression, Name, Number, names
from rnntui.text.problems import Problem, near_name

INPUTS = ("x", "target")

Size = int | str  # a length, or the name of one given under [sizes]


@dataclass(frozen=True)
class Model:
    """A cell, a readout and a loss, in the order in which a timestep computes them.

    initial: the value of a state at t = 0, an expression of parameters; zeros if not given.
    shapes: declared shapes, lengths or names of lengths such as `hidden`.
    objective: the scalar that training minimises, or None where there is nothing to train on.
    """

    name: str
    equations: tuple[Equation, ...]
    title: str = ""
    source: str = ""
    initial: Mapping[str, Expression] = field(default_factory=dict)
    shapes: Mapping[str, tuple[Size, ...]] = field(default_factory=dict)
    objective: str | None = "loss"

    @cached_property
    def assignments(self) -> tuple[Equation, ...]:
        """The equations with each pre-activation written out: pre(i) = …, i = sigmoid(pre(i))."""
        return tuple(part for equation in self.equations for part in split_activation(equation))

    @cached_property
    def states(self) -> tuple[str, ...]:
        """The quantities used at [t-1], in order of their equations."""
        used = {n.key for e in self.equations for n in names(e.expression) if n.shift == -1}
        return tuple(e.target for e in self.equations if e.target in used)

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The names that no line assigns, in order of appearance; initial values last."""
        assigned = {e.target for e in self.equations} | set(INPUTS)
        uses = [n.key for e in self.equations for n in names(e.expression)]
        uses += [n.key for expression in self.initial.values() for n in names(expression)]
        return tuple(dict.fromkeys(key for key in uses if key not in assigned))

    def equation(self, target: str) -> Equation:
        """The equation that computes `target`."""
        return next(e for e in self.equations if e.target == target)

    def role(self, key: str) -> str:
        """The role of a quantity: as given, else by how it is used."""
        for equation in self.equations:
            if equation.target == key:
                if equation.role:
                    return equation.role
                if key == self.objective:
                    return "loss"
                if key in self.states:
                    return "state"
                return "readout" if key == "y" else ""
        return "parameter" if key in self.parameters else "input"

    def uses_target(self) -> bool:
        """Whether any equation needs the target."""
        return any(n.key == "target" for e in self.equations for n in names(e.expression))

    def without_target(self) -> Model:
        """The model with every equation left out that needs a target: it can run, not train."""
        missing = {"target"}
        kept: list[Equation] = []
        for equation in self.equations:
            if any(n.key in missing for n in names(equation.expression)):
                missing.add(equation.target)
            else:
                kept.append(equation)
        objective = None if self.objective in missing else self.objective
        initial = {key: value for key, value in self.initial.items() if key not in missing}
        shapes = {key: shape for key, shape in self.shapes.items() if key not in missing}
        return replace(
            self, equations=tuple(kept), initial=initial, shapes=shapes, objective=objective
        )


def split_activation(equation: Equation) -> tuple[Equation, ...]:
    """`i = sigmoid(a + b)` as pre(i) = a + b and i = sigmoid(pre(i)); other equations as they are."""
    root = equation.expression
    if not (isinstance(root, Call) and FUNCTIONS[root.function].activation):
        return (equation,)
    (inner,) = root.arguments
    if isinstance(inner, Name | Number):
        return (equation,)
    key = pre(equation.target)
    activated = Call(root.function, (Name(key, place=inner.place),), place=root.place)
    return (
        replace(equation, target=key, expression=inner),
        replace(equation, expression=activated),
    )


def check_model(model: Model) -> list[Problem]:
    """Everything that is wrong with the equations of a model, shapes aside."""
    problems = _duplicates(model.equations)
    targets: set[str] = {equation.target for equation in model.equations}
    for position, equation in enumerate(model.equations):
        before: set[str] = {e.target for e in model.equations[:position]}
        problems += _check_uses(equation, before, targets, model.equations)
    for state, expression in model.initial.items():
        problems += _check_initial(state, expression, model.states, targets)
    for key in model.shapes:
        quantities = [*targets, *model.parameters]
        if key not in quantities:
            problems.append(
                Problem(
                    f"`{key}` has a shape but is in no equation", None, near_name(key, quantities)
                )
            )
    if model.objective is not None and model.objective not in targets:
        hint = near_name(model.objective, targets) or f"write a line `{model.objective} = …`"
        problems.append(Problem(f"no equation computes `{model.objective}`", None, hint))
    return problems


def _duplicates(equations: Sequence[Equation]) -> list[Problem]:
    problems = []
    seen: dict[str, Equation] = {}
    for equation in equations:
        if equation.target in seen:
            first = seen[equation.target].place
            where = f" (first in line {first.line})" if first else ""
            problems.append(
                Problem(
                    f"`{equation.target}` is assigned twice{where}",
                    equation.place,
                    "each quantity has one equation",
                )
            )
        elif equation.target.operator:
            problems.append(
                Problem(
                    f"`{equation.target}` follows from the equations",
                    equation.place,
                    "it cannot be assigned",
                )
            )
        seen.setdefault(equation.target, equation)
    return problems


def _check_uses(
    equation: Equation, before: set[str], targets: set[str], equations: Sequence[Equation]
) -> list[Problem]:
    problems = []
    for name in names(equation.expression):
        key = name.key
        if key.operator:
            problems.append(Problem(f"`{key}` belongs to conditions, not to a model", name.place))
        elif name.shift == 1:
            problems.append(
                Problem(
                    f"`{key}[t+1]` is in the future", name.place, "a recurrence looks back: [t-1]"
                )
            )
        elif name.shift == -1 and key not in targets:
            kind = "an input" if key in INPUTS else "a parameter, the same at every timestep"
            hint = near_name(key, targets) or "only what a line assigns has a value at t-1"
            problems.append(Problem(f"`{key}` is {kind}", name.place, hint))
        elif name.shift == 0 and key in targets and key not in before:
            problems.append(_circular(equation, name, equations))
        elif key in RESERVED and key not in INPUTS:
            problems.append(Problem(f"`{key}` is reserved", name.place, "choose another name"))
    return problems


def _circular(equation: Equation, name: Name, equations: Sequence[Equation]) -> Problem:
    """A use before the line that computes it: circular, or only in the wrong order."""
    needs: dict[str, set[str]] = {
        e.target: {n.key for n in names(e.expression) if n.shift == 0} for e in equations
    }
    path = _path(name.key, equation.target, needs)
    if path:
        circle = " needs ".join(f"`{key}`" for key in [equation.target, *path])
        message = f"`{equation.target}` is circular: {circle}"
        return Problem(message, name.place, f"use last timestep's value, {name.key}[t-1]")
    return Problem(
        f"`{name.key}` is used before the line that computes it",
        name.place,
        f"move that line up, or use {name.key}[t-1]",
    )


def _path(start: str, end: str, needs: Mapping[str, set[str]]) -> list[str]:
    """A chain of needs from start to end, or nothing."""
    paths = {start: [start]}
    waiting = [start]
    while waiting:
        key = waiting.pop()
        if key == end:
            return paths[key]
        for needed in sorted(needs.get(key, ())):
            if needed not in paths:
                paths[needed] = [*paths[key], needed]
                waiting.append(needed)
    return []


def _check_initial(
    state: str, expression: Expression, states: Sequence[str], targets: set[str]
) -> list[Problem]:
    if state not in states:
        hint = near_name(state, states)
        message = f"`{state}` has an initial value but is not a state"
        return [Problem(message, expression.place, hint or "no equation uses it at [t-1]")]
    return [
        Problem(f"an initial value is made of parameters, and `{name.key}` is none", name.place)
        for name in names(expression)
        if name.key in targets or name.key in INPUTS or name.shift or name.key.operator
    ]
