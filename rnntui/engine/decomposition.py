"""Where a parameter's gradient comes from: by the timestep whose loss it is, by the timestep of use.

∂L/∂W = Σ_k Σ_t (what the use of W at t contributes to the gradient of timestep k's loss). The sums
over t give it *by loss* (∂Loss_k/∂W), the sums over k *by use*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from rnntui.compile.passes import by_use_pass
from rnntui.engine.trace import Trace, run_backward
from rnntui.language.evaluate import evaluate
from rnntui.language.keys import grad, weight

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class GradientsByUse:
    """by_use: by parameter, (T, *shape), what its use at t = 1 … T contributes.

    initial: what its use in an initial value contributes; only parameters that have one.
    """

    by_use: Mapping[str, Array]
    initial: Mapping[str, Array]


class Decomposition:
    """Both ways of splitting a trace's gradients, each computed once and only if it is asked for."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace

    @cached_property
    def by_loss(self) -> Mapping[str, Array]:
        """Each parameter's gradient by the timestep whose loss it comes from, (T, *shape): T² work."""
        return gradients_by_loss(self.trace)

    @cached_property
    def by_use(self) -> Mapping[str, Array]:
        """Each parameter's gradient by the timestep at which it is used, (T, *shape)."""
        return self._by_use.by_use

    @property
    def by_initial_use(self) -> Mapping[str, Array]:
        """What a parameter's use in an initial value contributes; only parameters that have one."""
        return self._by_use.initial

    @cached_property
    def _by_use(self) -> GradientsByUse:
        return gradients_by_use(self.trace)

    @property
    def is_computed(self) -> bool:
        """Whether both are there already."""
        return "by_loss" in self.__dict__ and "by_use" in self.__dict__


def gradients_by_use(trace: Trace) -> GradientsByUse:
    """Each parameter's gradient, split by the timestep at which it is used."""
    by_use, initial = _by_use(trace, trace.gradients, trace.weights, trace.length)
    return GradientsByUse(by_use, initial)


def gradients_by_loss(trace: Trace) -> dict[str, Array]:
    """Each parameter's gradient, split by the timestep whose loss it comes from: (T, *shape).

    One backward pass for each timestep: the cost grows with T².
    """
    parameters = trace.program.model.parameters
    shapes = trace.program.shapes
    by_loss = {key: np.zeros((trace.length, *shapes[key])) for key in parameters}
    for k in range(1, trace.length + 1):
        if trace.weights[k] == 0:
            continue
        _, totals = run_backward(
            trace.program,
            trace.parameters,
            trace.values,
            _only(trace.weights, k),
            k,
            trace.truncate,
        )
        for key in parameters:
            by_loss[key][k - 1] = totals[key]
    return by_loss


def _only(weights: Array, k: int) -> Array:
    one = np.zeros_like(weights)
    one[k] = weights[k]
    return one


def _by_use(
    trace: Trace, gradients: Mapping[str, Array], weights: Array, length: int
) -> tuple[dict[str, Array], dict[str, Array]]:
    program = trace.program
    by_use = {key: np.zeros((length, *program.shapes[key])) for key in program.model.parameters}
    objective = program.model.objective
    assert objective is not None, "there are gradients"
    timed: dict[str, Array] = {
        **{grad(key): array for key, array in gradients.items()},
        weight(objective): weights,
    }
    used: dict[str, Array] = {grad(key): array for key, array in by_use.items()}
    by_use_pass(program)(length, {**trace.parameters, **trace.values, **timed, **used})
    at_the_start = trace.lookup.extended(over_time=timed).at(0)
    initial: dict[str, Array] = {
        equation.of: np.asarray(evaluate(equation.within, at_the_start))
        for equation in program.backward_initial
        if equation.within is not None and equation.of in by_use
    }
    return by_use, initial
