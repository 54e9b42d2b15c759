"""An optimiser's rules → the schedule of an update: one loop over all parameters.

All rules are elementwise, so one loop updates all parameters at once; what is the same for all of
them (a bias correction) is computed before it, once an iteration.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from rnntui.compile.recurrence import Hoisting
from rnntui.compile.schedule import Step
from rnntui.data.training_settings import TrainingSettings
from rnntui.language.algebra import ONE, divide, multiply, number
from rnntui.language.keys import derived
from rnntui.language.source_text import to_text
from rnntui.language.tree import Binary, Expression, Name, names, rebuild
from rnntui.models.optimisers import rules_for

GIVEN = ("learning_rate", "step", "gradient_norm")
"""The numbers that every update gets anew."""


@dataclass(frozen=True)
class UpdateSchedule:
    """once: numbers, before the loop. each: for each parameter, in order, from `parameter`,
    `gradient` and what was remembered, `m[t-1]`, to `updated`.

    states: what is remembered. needs_norm: the gradient's norm is among the numbers. masked: some
    parameters are fixed, and keep what they have.
    """

    once: tuple[Step, ...]
    each: tuple[Step, ...]
    states: tuple[str, ...]
    needs_norm: bool
    masked: bool

    def lines(self) -> Iterator[str]:
        """The schedule as text."""
        for title, steps in (("update, once", self.once), ("update, each parameter", self.each)):
            if steps:
                yield title
            for step in steps:
                assert step.formula is not None
                yield f"    {step.target} = {to_text(step.formula)}"


def update_schedule(settings: TrainingSettings) -> UpdateSchedule:
    """The schedule of the settings' optimiser and what stands before it."""
    rules = rules_for(settings.optimizer, settings.hyperparameters)
    lines = [line for rule in rules for line in rule.equations]
    states = tuple(state for rule in rules for state in rule.states)
    moving = {"parameter", "gradient", *states, *(line.target for line in lines)}
    once: list[Step] = []

    def keep(node: Expression) -> Name:
        name = Name(derived("once", str(len(once) + 1)))
        once.append(Step(name.key, node))
        return name

    hoisting = Hoisting(moving, keep, views=True)
    each: list[Step] = []
    gradient = "gradient"
    for rule in rules:
        for line in rule.equations:
            formula = _resolved(line.expression, gradient, settings.hyperparameters)
            each.append(Step(line.target, hoisting.rest(_with_reciprocals(formula, moving))))
        gradient = rule.equations[-1].target
    needs_norm = any(
        name.key == "gradient_norm" for line in lines for name in names(line.expression)
    )
    return UpdateSchedule(tuple(once), tuple(each), states, needs_norm, bool(settings.fixed))


def _resolved(node: Expression, gradient: str, settings: Mapping[str, float]) -> Expression:
    """With the settings' numbers, and what the rule before made of the gradient."""
    if not isinstance(node, Name):
        return rebuild(node, tuple(_resolved(n, gradient, settings) for n in node.children()))
    if node.key in settings:
        return number(float(settings[node.key]))
    return Name(gradient) if node.key == "gradient" else node


def _with_reciprocals(node: Expression, moving: Collection[str]) -> Expression:
    """The formula with a factor 1 / b, which is taken out of the loop, for each / b that is the same
    for all parameters: a division takes as long as several products."""
    node = rebuild(node, tuple(_with_reciprocals(c, moving) for c in node.children()))
    match node:
        case Binary("/", left, right) if not any(n.key in moving for n in names(right)):
            return multiply(left, divide(ONE, right))
    return node
