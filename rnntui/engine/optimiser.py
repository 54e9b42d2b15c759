"""The update: an optimiser's equations for every parameter, and their values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rnntui.data.training_settings import TrainingSettings
from rnntui.engine.lookup import AFTER, Lookup
from rnntui.engine.schedule import learning_rate
from rnntui.language.evaluate import evaluate
from rnntui.language.keys import derived, grad, setting
from rnntui.language.tree import Equation, Expression, Name, rebuild
from rnntui.models.optimisers import rules_for

Array = npt.NDArray[np.float64]
Arrays = Mapping[str, Array]


@dataclass(frozen=True)
class UpdateEquation:
    """One line of the update of one parameter; its target is the parameter in the last of them."""

    parameter: str
    equation: Equation


@dataclass(frozen=True, eq=False)
class Update:
    """What an update computed.

    values: by key, such as `m(W)`, of every line but the last. parameters: the new values.
    given: what all lines share: settings, `step`, `gradient_norm`. lookup: of all names in them, at
    the time AFTER; a parameter is its old value, `grad(W)` is averaged over the batch.
    """

    values: Arrays
    parameters: Arrays
    given: Mapping[str, np.float64]
    lookup: Lookup


class Optimiser:
    """Updates the parameters that are not fixed, one after the other.

    The keys of its quantities carry the parameter's name, `m(W)`, and those of settings are
    `hyper(beta1)`, so that neither can be mistaken for a quantity of the model.
    """

    def __init__(self, settings: TrainingSettings, parameters: Sequence[str]) -> None:
        self.settings = settings
        self.parameters = tuple(key for key in parameters if key not in settings.fixed)
        self._rules = rules_for(settings.optimizer, settings.hyperparameters)
        self.equations = tuple(
            UpdateEquation(key, equation)
            for key in self.parameters
            for equation in self._equations(key)
        )

    def update(
        self, parameters: Arrays, gradients: Arrays, memory: Arrays, iteration: int, step: int
    ) -> Update:
        """The update with these averaged gradients.

        memory: what the update before left; zeros where there is nothing. iteration: counts from
        0, for the schedule. step: the number of this update in the optimiser's count, from 1.
        """
        given = self._given(gradients, iteration, step)
        averaged: dict[str, Array] = {grad(key): array for key, array in gradients.items()}
        before_and_after: dict[str, list[Array]] = {}
        lookup = Lookup(before_and_after, {**parameters, **averaged, **given})
        values: dict[str, Array] = {}
        new: dict[str, Array] = dict(parameters)
        for line in self.equations:
            target, key = line.equation.target, line.parameter
            if target != key:
                before = memory[target] if target in memory else np.zeros(parameters[key].shape)
                before_and_after[target] = [before]
            value = np.asarray(evaluate(line.equation.expression, lookup.at(AFTER)), np.float64)
            value.setflags(write=False)
            if target == key:
                new[key] = value
            else:
                values[target] = value
                before_and_after[target].append(value)
        return Update(values, new, given, lookup)

    def _given(self, gradients: Arrays, iteration: int, step: int) -> dict[str, np.float64]:
        norm = gradient_norm(gradients[key] for key in self.parameters)
        given = {
            **self.settings.hyperparameters,
            "learning_rate": learning_rate(self.settings, iteration),
            "step": step,
            "gradient_norm": norm,
        }
        return {setting(key): np.float64(value) for key, value in given.items()}

    def _equations(self, parameter: str) -> list[Equation]:
        lines: list[Equation] = []
        gradient = grad(parameter)
        for rule in self._rules:
            own = {equation.target for equation in rule.equations}
            meaning = {"gradient": gradient, "parameter": parameter, "updated": parameter}
            meaning |= {key: derived(key, parameter) for key in own - {"updated"}}
            for line in rule.equations:
                expression = _substituted(line.expression, meaning)
                lines.append(Equation(meaning[line.target], expression, line.description))
            gradient = lines[-1].target
        return lines


def gradient_norm(gradients: Iterable[Array]) -> np.float64:
    """The Euclidean norm of all gradients together."""
    with np.errstate(all="ignore"):
        return np.float64(np.sqrt(np.sum([np.sum(np.square(array)) for array in gradients])))


def _substituted(node: Expression, meaning: Mapping[str, str]) -> Expression:
    if isinstance(node, Name):
        return Name(meaning.get(node.key, setting(node.key)), node.shift)
    if not node.children():
        return node
    return rebuild(node, tuple(_substituted(child, meaning) for child in node.children()))
