"""How much there is to compute in one update, counted from the model's equations.

Nothing is known here about any model: the forward equations, the derived backward ones and the
optimiser's rules are walked through. What a timestep needs twice (tanh(c) forward and backward)
counts once, for it can be kept; what is multiplied by a constant of the update is no division.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rnntui.data.training_settings import TrainingSettings
from rnntui.language.program import Program
from rnntui.language.shapes import Shape, shape_of
from rnntui.language.tree import Binary, Call, Equation, Expression, Name, Number, names, walk
from rnntui.models.optimisers import rules_for

# What one component of a function's value takes, of the operations that are slow one by one.
_OF_FUNCTION: Mapping[str, Mapping[str, float]] = {
    "sigmoid": {"exp": 1, "divide": 1},
    "tanh": {"tanh": 1},
    "softplus": {"exp": 1, "log": 1},
    "exp": {"exp": 1},
    "log": {"log": 1},
    "sqrt": {"sqrt": 1},
    "softmax": {"exp": 1, "divide": 1},
    "log_softmax": {"exp": 1},
    "layer_norm": {"divide": 1},
    "kl_divergence": {"log": 1},
    "binary_cross_entropy": {"log": 2},
    "binary_kl_divergence": {"log": 2},
    "xdivy": {"divide": 1},
}
_OF_TARGETS = ("cross_entropy", "xdivy")  # nothing to do for a component whose target is 0


@dataclass(frozen=True)
class Work:
    """What one update has to compute, for a sequence of the mean length.

    operations: how many of each slow operation (exp, tanh, log, sqrt, divide). sequential: flops of
    matrix-vector products that wait for the timestep before. batched: flops of products that can be
    done for all timesteps in one. recurrent: numbers in the matrices of the former. parameters: how
    many are learned. states: numbers that the optimiser remembers for each.
    """

    operations: Mapping[str, float]
    sequential: float
    batched: float
    recurrent: int
    parameters: int
    states: int


def work(program: Program, settings: TrainingSettings, length: float, target_share: float) -> Work:
    """The work of one update with one sequence.

    length: timesteps of the sequence. target_share: how many of a target's components are not 0.
    """
    backward = [equation for equation in program.backward if equation.of != "x"]
    forward = [(a.target, a.expression) for a in program.assignments]
    gradients = [(e.target, e.equation(last=False).expression) for e in backward]
    operations: dict[str, float] = {}
    # equal formulas are one: tanh(c) of the forward pass is kept for the backward pass
    for node in {node for _, expression in forward + gradients for node in walk(expression)}:
        _add(operations, _operations(node, program, target_share), length)
    sequential, batched, recurrent = 0.0, 0.0, 0
    for equations in (forward, gradients):
        cycles = _cycles(equations)
        for target, expression in equations:
            for node in walk(expression):
                flops = _product_flops(node, program)
                if not flops:
                    continue
                if any(name.key in cycles.get(target, ()) for name in names(node)):
                    sequential += flops
                    recurrent += round(flops / 2)
                else:
                    batched += flops
    size = sum(math.prod(program.shapes[key]) for key in program.model.parameters)
    rules = rules_for(settings.optimizer, settings.hyperparameters)
    lines = [line for rule in rules for line in rule.equations]
    _add(operations, _of_update(lines), size)
    states = sum(len(rule.states) for rule in rules)
    # forward and backward read the recurrent matrices once each
    return Work(operations, sequential * length, batched * length, recurrent // 2, size, states)


def _add(total: dict[str, float], found: Mapping[str, float], times: float) -> None:
    for key, count in found.items():
        total[key] = total.get(key, 0.0) + count * times


def _operations(node: Expression, program: Program, target_share: float) -> dict[str, float]:
    """The slow operations of one node, its operands' not included."""
    if isinstance(node, Binary) and node.operator == "/" and not isinstance(node.right, Number):
        return {"divide": _size(node, program)}
    if not isinstance(node, Call):
        return {}
    if node.function == "cross_entropy":
        return {"log": target_share * _size(node.arguments[0], program)}
    share = target_share if node.function in _OF_TARGETS else 1.0
    whole = node.arguments[0] if node.arguments else node
    per_component = _OF_FUNCTION.get(node.function, {})
    return {key: count * share * _size(whole, program) for key, count in per_component.items()}


def _product_flops(node: Expression, program: Program) -> float:
    if isinstance(node, Call) and node.function == "outer":  # added to the parameter's gradient
        return 2.0 * _size(node, program)
    if isinstance(node, Binary) and node.operator == "@":
        left, right = _shape(node.left, program), _shape(node.right, program)
        return 2.0 * math.prod(left) * math.prod(right[1:])
    return 0.0


def _of_update(lines: Iterable[Equation]) -> Counter[str]:
    """The slow operations of an update for one number."""
    found: Counter[str] = Counter()
    varying = {"parameter", "gradient"}
    for line in lines:
        for node in walk(line.expression):
            if isinstance(node, Call) and node.function == "sqrt" and _varies(node, varying):
                found["sqrt"] += 1
            if isinstance(node, Binary) and node.operator == "/" and _varies(node.right, varying):
                found["divide"] += 1
        if _varies(line.expression, varying):
            varying.add(line.target)
    return found


def _varies(node: Expression, varying: set[str]) -> bool:
    """Whether it has a value of its own for each number that is learned."""
    return any(name.key in varying or name.shift == -1 for name in names(node))


def _cycles(equations: Iterable[tuple[str, Expression]]) -> dict[str, set[str]]:
    """For each target, the quantities that it depends on and that depend on it in turn."""
    uses = {target: {name.key for name in names(expression)} for target, expression in equations}
    reached = {target: set(found) for target, found in uses.items()}
    for _ in uses:
        for target, found in reached.items():
            for key in list(found):
                found |= reached.get(key, set())
            reached[target] = found
    return {
        target: {key for key in found if target in reached.get(key, ())}
        for target, found in reached.items()
    }


def _size(node: Expression, program: Program) -> int:
    return math.prod(_shape(node, program))


def _shape(node: Expression, program: Program) -> Shape:
    if isinstance(node, Name):
        return program.all_shapes[node.key]
    return shape_of(node, program.all_shapes)
