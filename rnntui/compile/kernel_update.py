"""The update of a training kernel: an optimiser's equations in one loop over all parameters."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rnntui.compile.loops import LoopWriter, indented
from rnntui.compile.recurrence import Hoisting
from rnntui.data.training_settings import TrainingSettings
from rnntui.language.algebra import ONE, divide, multiply
from rnntui.language.shapes import Shape
from rnntui.language.tree import Binary, Expression, Name, names, rebuild
from rnntui.models.optimisers import rules_for


def update_lines(settings: TrainingSettings) -> list[str]:
    """The statements that update P and M with the gradient D.

    All rules are elementwise, so one loop updates all parameters at once; what is the same for all
    of them (a bias correction) is computed before it.
    """
    rules = rules_for(settings.optimizer, settings.hyperparameters)
    lines = [line for rule in rules for line in rule.equations]
    states = [state for rule in rules for state in rule.states]
    given = {"learning_rate": "rates[iteration]", "step": "count", "gradient_norm": "norm"}
    given |= {key: repr(float(value)) for key, value in settings.hyperparameters.items()}
    sources = {**given, "parameter": "P[p]", "gradient": "D[p]"}
    shapes: dict[str, Shape] = dict.fromkeys([*sources, *states, *(e.target for e in lines)], ())

    def component(name: Name, index: Sequence[str]) -> str:
        if name.shift == -1:
            return f"M[{states.index(name.key)}, p]"
        return sources[name.key]

    def keep(node: Expression) -> Name:
        key = f"same_{len(shapes)}"
        shapes[key] = ()
        sources[key] = key
        return Name(key)

    moving = {"parameter", "gradient", *states, *(e.target for e in lines)}
    hoisting = Hoisting(moving, keep)
    inside: list[str] = []
    for rule in rules:
        for line in rule.equations:
            rest = hoisting.rest(_with_reciprocals(line.expression, moving))
            variable = f"u_{line.target}"
            writer = LoopWriter(shapes, component)
            inside += writer.assign(lambda _, v=variable: v, rest, ())  # type: ignore[misc]
            sources[line.target] = variable
        sources["gradient"] = f"u_{rule.equations[-1].target}"
    before: list[str] = []
    for node, name in hoisting.kept.items():
        target = sources[name.key]
        before += LoopWriter(shapes, component).assign(lambda _, v=target: v, node, ())  # type: ignore[misc]
    inside += [f"M[{n}, p] = u_{state}" for n, state in enumerate(states)]
    inside.append("P[p] = u_updated")
    needs_norm = any(name.key == "gradient_norm" for e in lines for name in names(e.expression))
    if settings.fixed:
        inside = ["if free[p]:", *indented(inside, 1)]
    return [
        "count = float(steps_before + first + iteration + 1)",
        *(_norm() if needs_norm else []),
        *before,
        "for p in range(P.size):",
        *indented(inside, 1),
    ]


def _with_reciprocals(node: Expression, moving: Collection[str]) -> Expression:
    """The formula with a factor 1 / b, which is taken out of the loop, for each / b that is the same
    for all parameters: a division takes as long as several products."""
    node = rebuild(node, tuple(_with_reciprocals(c, moving) for c in node.children()))
    match node:
        case Binary("/", left, right) if not any(n.key in moving for n in names(right)):
            return multiply(left, divide(ONE, right))
    return node


def _norm() -> list[str]:
    return [
        "norm = 0.0",
        "for p in range(P.size):",
        "    if free[p]:",
        "        norm += D[p] * D[p]",
        "norm = math.sqrt(norm)",
    ]
