"""Training: one iteration is one update of the parameters from a batch of sequences.

Everything is a function of the state before it, so an iteration computed again is the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import numpy.typing as npt

from rnntui.data.sequence import InputSequence
from rnntui.data.streams import TaskStream
from rnntui.data.training_settings import TrainingSettings
from rnntui.engine.flat import FlatLayout, FlatState
from rnntui.engine.flat_update import FlatUpdate
from rnntui.engine.optimiser import Optimiser, Update
from rnntui.engine.state import TrainingState
from rnntui.engine.trace import Fault, Parameters, Trace, compute_trace
from rnntui.language.program import Program

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Iteration:
    """One iteration: its state before, a trace for each sequence of the batch, and the update.

    gradients: by parameter, averaged over the batch. after: None where there is nothing to
    train on, or where a number is not finite (`fault`) and an update would spoil the parameters.
    loss: averaged over the batch, None without an objective. compute_update: see `update`.
    """

    before: TrainingState
    indices: tuple[int, ...]
    traces: tuple[Trace, ...]
    gradients: Parameters
    loss: float | None
    fault: Fault | None
    after: TrainingState | None
    compute_update: Callable[[], Update] | None = None

    @cached_property
    def update(self) -> Update | None:
        """How the parameters were updated, equation by equation; computed when it is asked for."""
        return None if self.compute_update is None else self.compute_update()


class Trainer:
    """Computes iterations of a program on a set of sequences, or on a stream without end."""

    def __init__(
        self,
        program: Program,
        sequences: Sequence[InputSequence] | TaskStream,
        settings: TrainingSettings,
    ) -> None:
        self.program = program
        self.sequences = sequences
        self.settings = settings
        self.optimiser = Optimiser(settings, program.model.parameters)
        self.layout = FlatLayout(program, settings)

    @cached_property
    def _flat_update(self) -> FlatUpdate:
        return FlatUpdate(self.settings, self.layout)

    def batch(self, iteration: int) -> tuple[int, ...]:
        """Which sequences iteration number `iteration` takes: in order, a set over and over."""
        if isinstance(self.sequences, TaskStream):
            size = self.settings.batch or 1
            return tuple(range(iteration * size, (iteration + 1) * size))
        count = len(self.sequences)
        size = self.settings.batch or count
        return tuple((iteration * size + k) % count for k in range(size))

    def iterate(self, state: TrainingState) -> Iteration:
        """The iteration that follows from `state`."""
        indices = self.batch(state.iteration)
        traces = tuple(
            compute_trace(
                self.program,
                self.sequences[i],
                state.parameters,
                self.settings.reduction,
                self.settings.truncate,
            )
            for i in indices
        )
        if self.program.model.objective is None:
            fault = next((f for f in (trace.fault() for trace in traces) if f), None)
            return Iteration(state, indices, traces, {}, None, fault, None)
        gradients = _average(traces)
        with np.errstate(all="ignore"):
            loss = float(np.mean([trace.loss for trace in traces]))
        after = self._after(state, gradients)
        fault = None
        if not _all_finite(gradients, after.parameters, loss):
            fault = next((f for f in (trace.fault() for trace in traces) if f), None)
            fault = fault or _update_fault(gradients, after.parameters, loss)
        return Iteration(
            state, indices, traces, gradients, loss, fault, None if fault else after,
            partial(self._update, state, gradients),
        )  # fmt: skip

    def start(self, parameters: Parameters) -> TrainingState:
        """The state before iteration 0."""
        return TrainingState(0, parameters, dict(self.settings.optimizer_state))

    def _after(self, state: TrainingState, gradients: Parameters) -> TrainingState:
        """All parameters updated at once: the bits of `_update`, sooner."""
        before, gradient = self.layout.flat(state), self.layout.packed(gradients)
        with np.errstate(all="ignore"):
            parameters, memory = self._flat_update(
                before.parameters, gradient, before.memory, state.iteration
            )
        return self.layout.state(FlatState(state.iteration + 1, parameters, memory))

    def _update(self, state: TrainingState, gradients: Parameters) -> Update:
        step = self.settings.steps_before + state.iteration + 1
        return self.optimiser.update(
            state.parameters, gradients, state.memory, state.iteration, step
        )


def _average(traces: Sequence[Trace]) -> dict[str, Array]:
    first, *others = (trace.parameter_gradients for trace in traces)
    if not others:
        return dict(first)
    with np.errstate(all="ignore"):
        totals = {key: gradient.copy() for key, gradient in first.items()}
        for gradients in others:
            for key, gradient in gradients.items():
                totals[key] += gradient
        return {key: np.asarray(total / len(traces)) for key, total in totals.items()}


def _all_finite(gradients: Parameters, parameters: Parameters, loss: float) -> bool:
    arrays = [*gradients.values(), *parameters.values()]
    return bool(np.isfinite(loss)) and all(np.isfinite(array).all() for array in arrays)


def _update_fault(gradients: Parameters, parameters: Parameters, loss: float) -> Fault:
    named = {f"∂L/∂{key}": g for key, g in gradients.items()} | dict(parameters)
    for key, array in named.items():
        bad = np.ravel(array)[~np.isfinite(np.ravel(array))]
        if len(bad):
            return Fault(key, 0, float(bad[0]))
    return Fault("the loss", 0, loss)
