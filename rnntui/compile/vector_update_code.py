"""The code of an optimiser's update over parameter vectors, generated from its rules.

A setting is a constant in it. What has no array in it, such as `1 - beta2 ** step`, is computed
with NumPy's scalars, as `Optimiser` does: a power of an array may round otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from rnntui.compile.sequence_code import SequenceFunction, identifier
from rnntui.compile.statements import Statements, is_literal
from rnntui.compile.workspace import Operand, Workspace
from rnntui.data.training_settings import TrainingSettings
from rnntui.language.evaluate import evaluate
from rnntui.language.keys import derived
from rnntui.language.shapes import Shape, shape_of
from rnntui.language.tree import (
    Binary,
    Call,
    Compare,
    Expression,
    Name,
    Negative,
    Number,
    names,
    rebuild,
)
from rnntui.models.optimisers import rules_for

_GIVEN = ("learning_rate", "step", "gradient_norm")  # the scalars that every update gets anew


@dataclass(frozen=True)
class UpdateCode:
    """function(0, arrays): the lines of the rules, one after the other; each result by its name.

    given: those of `learning_rate`, `step` and `gradient_norm` that are read from the arrays anew
    in every run. targets: what the lines compute.
    """

    function: SequenceFunction
    given: tuple[str, ...]
    targets: tuple[str, ...]

    @staticmethod
    def before(state: str) -> str:
        """The key of what an optimiser remembered before the update."""
        return f"before_{state}"


def update_code(settings: TrainingSettings, size: int) -> UpdateCode:
    """The update of `size` parameters."""
    writer = _Writer(settings, size)
    gradient = "gradient"
    for rule in rules_for(settings.optimizer, settings.hyperparameters):
        for line in rule.equations:
            writer.line(line.target, line.expression, gradient)
        gradient = writer.targets[-1]
    return writer.code()


class _Writer:
    def __init__(self, settings: TrainingSettings, size: int) -> None:
        self.targets: list[str] = []
        self._settings = {key: np.float64(v) for key, v in settings.hyperparameters.items()}
        self._size: Shape = (size,)
        self._shapes: dict[str, Shape] = dict.fromkeys((*self._settings, *_GIVEN), ())
        self._shapes |= dict.fromkeys(("parameter", "gradient"), self._size)
        self._work = Workspace()
        self._statements = Statements(self._work, self._shapes, self._operand)
        self._scalars: dict[Expression, Operand] = {}
        self._arrays: dict[str, None] = {}
        self._given: dict[str, None] = {}

    def line(self, target: str, expression: Expression, gradient: str) -> None:
        """target = expression, where `gradient` is what the rule before made of it."""
        node = self._resolved(expression, gradient)
        shape = self._shapes[target] = shape_of(node, self._shapes)
        self.targets.append(target)
        if shape:
            value = self._statements.value(self._without_scalars(node), self._operand(Name(target)))
            assert value.text == identifier(target), "it is computed where it belongs"
        else:
            self._statements.lines.append(f"{identifier(target)} = {self._scalar(node)}")

    def code(self) -> UpdateCode:
        """What all lines make together."""
        given = [f"{identifier(key)} = arrays[{key!r}]" for key in self._given]
        lines = [*given, *self._statements.lines]
        function = SequenceFunction(self._arrays, self._work, lines)
        return UpdateCode(function, tuple(self._given), tuple(self.targets))

    def _resolved(self, node: Expression, gradient: str) -> Expression:
        """With a key of its own for what was remembered."""
        if not isinstance(node, Name):
            return rebuild(node, tuple(self._resolved(n, gradient) for n in node.children()))
        if node.shift == -1:
            key = UpdateCode.before(node.key)
            self._shapes[key] = self._size
            return Name(key)
        return Name(gradient) if node.key == "gradient" else Name(node.key)

    def _without_scalars(self, node: Expression) -> Expression:
        """With names for the scalars in it, but for literals."""
        if is_literal(node):
            return node
        if shape_of(node, self._shapes):
            return rebuild(node, tuple(map(self._without_scalars, node.children())))
        name = Name(derived("scalar", str(len(self._scalars))))
        self._shapes[name.key] = ()
        if all(used.key in self._settings for used in names(node)):
            value = np.asarray(evaluate(node, lambda used: self._settings[used.key]))
            self._scalars[name] = Operand(self._work.constant(value), ())
        else:
            self._scalars[name] = kept = self._work.buffer(())
            self._statements.lines.append(f"{kept.text}[...] = {self._scalar(node)}")
        return name

    def _scalar(self, node: Expression) -> str:
        """The source of a formula of NumPy's scalars."""
        match node:
            case Name() if node.key in self._settings:
                return self._work.constant(self._settings[node.key])
            case Name():
                if node.key in _GIVEN:
                    self._given[node.key] = None
                return identifier(node.key)
            case Number():
                return self._work.constant(np.float64(node.value))
            case Negative():
                return f"(-{self._scalar(node.operand)})"
            case Binary() | Compare():
                return f"({self._scalar(node.left)} {node.operator} {self._scalar(node.right)})"
            case Call():
                return f"f_{node.function}({', '.join(map(self._scalar, node.arguments))})"
        raise TypeError(node)

    def _operand(self, name: Name) -> Operand:
        if name in self._scalars:
            return replace(self._scalars[name], buffer="")
        self._arrays[name.key] = None
        return Operand(identifier(name.key), self._shapes[name.key])
