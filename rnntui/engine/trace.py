"""The trace of one sequence in one iteration: every value and every gradient at every timestep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from rnntui.compile.passes import backward_pass, forward_pass
from rnntui.compile.sequence_code import CARRIES
from rnntui.data.sequence import InputSequence
from rnntui.data.training_settings import REDUCTIONS
from rnntui.engine.lookup import Lookup
from rnntui.language.keys import cotangent, grad, weight
from rnntui.language.program import Program
from rnntui.language.shapes import Shape, describe

Array = npt.NDArray[np.float64]
Parameters = Mapping[str, Array]


@dataclass(frozen=True)
class Fault:
    """The first place where a number stopped being finite."""

    quantity: str
    t: int
    value: float

    def __str__(self) -> str:
        what = "NaN (not a number)" if np.isnan(self.value) else f"{self.value}".replace("-", "−")
        return f"{self.quantity} became {what} at t = {self.t}"


@dataclass(frozen=True, eq=False)
class Trace:
    """All moments' values of one sequence, forward and backward.

    values: by quantity, arrays whose first axis is t = 0 … T. Index 0 holds the initial state
    and is 0 for quantities that are no state. The inputs `x` and `target` are among them.
    gradients: by quantity, ∂L/∂quantity[t], the same layout; index 0 is ∂L/∂(initial state).
    parameter_gradients: by parameter, ∂L/∂parameter, summed over the timesteps.
    weights: (T + 1,), the weight of each timestep's loss in L; index 0 is unused.
    loss: L of this sequence, or None where there is no objective.
    truncate: gradients stay within chunks of so many timesteps; None, they flow all the way.
    cotangents: by state, what was given as ∂L/∂state[T] from beyond the end of the sequence.
    """

    program: Program
    sequence: InputSequence
    parameters: Parameters
    values: Mapping[str, Array]
    gradients: Mapping[str, Array]
    parameter_gradients: Parameters
    weights: Array
    loss: float | None
    truncate: int | None = None
    cotangents: Mapping[str, Array] = field(default_factory=dict)

    @property
    def length(self) -> int:
        """T, the number of timesteps."""
        return self.sequence.length

    def carries(self, t: int) -> bool:
        """Whether gradients flow from timestep t + 1 to t: not at the end, nor at a chunk's."""
        return bool(carries(self.length, self.truncate)[t])

    @cached_property
    def lookup(self) -> Lookup:
        """Values, gradients, parameters and weights by key and t = 0 … T."""
        return Lookup(
            {
                **self.values,
                **_timed_gradients(self.program, self.gradients, self.weights),
                **_beyond_the_end(self.program, self.cotangents, self.length),
            },
            {
                **{key: np.zeros(shape) for key, shape in self._unreached.items()},
                **_constants(self.parameters),
                **{grad(key): array for key, array in self.parameter_gradients.items()},
            },
        )

    @property
    def _unreached(self) -> Mapping[str, Shape]:
        """The gradients of what the loss does not depend on: zeros of these shapes."""
        if not self.gradients:
            return {}
        return {
            grad(key): shape
            for key, shape in self.program.shapes.items()
            if key not in self.gradients and key not in self.parameter_gradients
        }

    def fault(self) -> Fault | None:
        """The first value, else the first gradient, that is NaN or infinite; None if all are finite."""
        order = [assignment.target for assignment in self.program.assignments]
        fault = _first_fault({key: self.values[key] for key in order}, range(1, self.length + 1))
        if fault is None and self.gradients:
            fault = _first_fault(
                {f"∂L/∂{key}": g for key, g in self.gradients.items()},
                range(self.length, -1, -1),
            )
        return fault


def compute_trace(
    program: Program,
    sequence: InputSequence,
    parameters: Parameters,
    reduction: str = "sum",
    truncate: int | None = None,
    initial: Mapping[str, Array] | None = None,
    cotangents: Mapping[str, Array] | None = None,
) -> Trace:
    """Run a sequence forward and, where there is an objective or a cotangent, backward.

    reduction: how the timesteps' losses make L, "sum" or "mean" (over unmasked timesteps).
    truncate: truncated backpropagation through time (Williams & Peng 1990), in chunks of so many
    timesteps: the state goes on from chunk to chunk, the gradient does not come back.
    initial: states at t = 0, in place of what the model says they are; nothing flows from them to
    the model's parameters. cotangents: ∂L/∂state[T] from beyond the end, where L is of a longer
    sequence; they reach T also where a chunk ends there. Both in the states' shapes.
    So a sequence can be computed in pieces; it is the same but for rounding: a matrix product over
    fewer timesteps may add up in another order.
    Raises ValueError where a name is no state, a shape is another, or there is no such reduction or chunk.
    """
    initial, cotangents = initial or {}, cotangents or {}
    program = program.receiving(initial, cotangents)
    _check_shapes(program, initial)
    _check_shapes(program, cotangents)
    length = sequence.length
    values = _forward_arrays(program, sequence, initial)
    forward_pass(program)(length, {**_constants(parameters), **values})
    weights = loss_weights(sequence, reduction)
    objective = program.model.objective
    loss = None if objective is None else total_loss(weights, values[objective])
    gradients, totals = run_backward(
        program, parameters, values, weights, length, truncate, cotangents
    )
    return Trace(
        program,
        sequence,
        parameters,
        values,
        gradients,
        totals,
        weights,
        loss,
        truncate,
        cotangents,
    )


def total_loss(weights: Array, losses: Array) -> float:
    """L of a sequence; both (T + 1,), index 0 unused."""
    with np.errstate(all="ignore"):
        # a masked timestep's loss counts for nothing, even where it is not finite
        return float(np.add.reduce(np.where(weights[1:] == 0, 0.0, weights[1:] * losses[1:])))


def loss_weights(sequence: InputSequence, reduction: str) -> Array:
    """(T + 1,): what each timestep's loss counts in L; index 0 is unused."""
    weights = np.concatenate([[0.0], sequence.mask])
    if reduction not in REDUCTIONS:
        raise ValueError(f"the losses of timesteps are reduced by {' or '.join(REDUCTIONS)}")
    if reduction == "mean":
        with np.errstate(over="ignore"):
            total = float(np.sum(sequence.mask))
        if total == np.inf:  # the sum, though no part of it: first the parts of a mean
            weights /= sequence.length
            total = float(np.sum(weights))
        weights /= max(total, 1.0)
    return weights


def run_backward(
    program: Program,
    parameters: Parameters,
    values: Mapping[str, Array],
    weights: Array,
    length: int,
    truncate: int | None = None,
    cotangents: Mapping[str, Array] | None = None,
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Gradients of Σ weights[t]·objective[t] over t ≤ length: by quantity and t, and by parameter.

    cotangents: of `program.cotangents`, those that are not zero; they add Σ ⟨cotangent, state[length]⟩.
    With weights of zero they are carried back alone: a product of a vector and a Jacobian.
    """
    if not program.backward:
        return {}, {}
    gradients: dict[str, Array] = {
        equation.of: np.zeros((length + 1, *program.shapes[equation.of]))
        for equation in program.backward
        if equation.of not in parameters
    }
    totals = {key: np.zeros(program.shapes[key]) for key in program.model.parameters}
    arrays: dict[str, Any] = {
        **_constants(parameters),
        **values,
        **_timed_gradients(program, gradients, weights),
        **_beyond_the_end(program, cotangents or {}, length),
        **{grad(key): total for key, total in totals.items()},
        CARRIES: carries(length, truncate),
    }
    backward_pass(program)(length, arrays)
    return gradients, totals


def carries(length: int, truncate: int | None) -> npt.NDArray[np.bool_]:
    """(length + 1,): whether gradients flow from t + 1 to t."""
    carries = np.ones(length + 1, dtype=np.bool_)
    carries[length] = False
    if truncate is not None:
        if truncate < 1:
            raise ValueError("a chunk of truncated backpropagation has a timestep at least")
        carries[truncate::truncate] = False
    return carries


def _forward_arrays(
    program: Program, sequence: InputSequence, initial: Mapping[str, Array]
) -> dict[str, Array]:
    length = sequence.length
    values: dict[str, Array] = {}
    for key, data in (("x", sequence.inputs), ("target", sequence.targets)):
        if data is not None:
            array = np.zeros((length + 1, *program.shapes.get(key, data.shape[1:])))
            array[1:] = data.reshape(array[1:].shape)
            values[key] = array
    for assignment in program.assignments:
        values[assignment.target] = np.zeros((length + 1, *program.shapes[assignment.target]))
    for state, given in {**program.initial_values, **initial}.items():
        values[state][0] = given
    return values


def _beyond_the_end(
    program: Program, cotangents: Mapping[str, Array], length: int
) -> dict[str, Array]:
    """What reaches the program's states from beyond the end, over time: zeros before T."""
    arrays: dict[str, Array] = {}
    for state in program.cotangents:
        array = np.zeros((length + 1, *program.shapes[state]))
        if state in cotangents:
            array[length] = cotangents[state]
        arrays[cotangent(state)] = array
    return arrays


def _check_shapes(program: Program, states: Mapping[str, Array]) -> None:
    for key, array in states.items():
        shape = program.shapes[key]
        if np.shape(array) != shape:
            raise ValueError(
                f"`{key}` is {describe(shape)}, and this is {describe(np.shape(array))}"
            )


def _constants(parameters: Parameters) -> dict[str, Any]:
    """Parameters as values: a scalar, not an array without axes, whose `**` may round otherwise."""
    return {key: value[()] for key, value in parameters.items()}


def _timed_gradients(
    program: Program, gradients: Mapping[str, Array], weights: Array
) -> dict[str, Array]:
    """Gradients over time, and the weights of the objective, by their keys."""
    timed: dict[str, Array] = {grad(key): array for key, array in gradients.items()}
    if program.model.objective is not None:
        timed[weight(program.model.objective)] = weights
    return timed


def _first_fault(arrays: Mapping[str, Array], order: range) -> Fault | None:
    bad: dict[str, npt.NDArray[np.bool_]] = {}
    for key, array in arrays.items():
        finite = np.all(np.isfinite(array).reshape(len(array), -1), axis=1)
        if not finite.all():
            bad[key] = finite
    for t in order:
        for key, finite in bad.items():
            if not finite[t]:
                row = np.ravel(arrays[key][t])
                return Fault(key, t, float(row[~np.isfinite(row)][0]))
    return None
