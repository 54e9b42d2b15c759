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
from rnntui.engine.lookup import Lookup
from rnntui.engine.memory import MemoryEstimate
from rnntui.engine.optimiser import Optimiser, Update
from rnntui.engine.parameter_vector import VectorLayout
from rnntui.engine.state import TrainingState
from rnntui.engine.trace import Fault, Parameters, Trace, compute_trace
from rnntui.engine.vector_update import VectorUpdate
from rnntui.language.keys import grad
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

    def lookup(self, sequence: int) -> Lookup:
        """Values by key and t of a sequence of the batch (counted from 0).

        As its trace's, but `grad(W)` of a parameter is averaged over the batch; `iteration` is this
        iteration's number.
        """
        averaged: dict[str, Array] = {grad(key): array for key, array in self.gradients.items()}
        number = {"iteration": np.float64(self.before.iteration)}
        return self.traces[sequence].lookup.extended({**averaged, **number})

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
        self.layout = VectorLayout(program, settings)

    @cached_property
    def memory(self) -> MemoryEstimate:
        """About how much memory training and looking take."""
        return MemoryEstimate(self.program, self.sequences, self.settings)

    @cached_property
    def _vector_update(self) -> VectorUpdate:
        return VectorUpdate(self.settings, self.layout)

    def batch(self, iteration: int) -> tuple[int, ...]:
        """Which sequences iteration number `iteration` takes: in order, a set over and over."""
        if isinstance(self.sequences, TaskStream):
            size = self.settings.batch or 1
            return tuple(range(iteration * size, (iteration + 1) * size))
        count = len(self.sequences)
        size = self.settings.batch or count
        return tuple((iteration * size + k) % count for k in range(size))

    def iterate(self, state: TrainingState) -> Iteration:
        """The iteration that follows from `state`.

        Raises InputError where its values would take too much memory.
        """
        self.memory.check_traces()
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
        update = partial(self._update, state, gradients)
        after, fault = self._after(state, gradients), None
        if after is None or not np.isfinite(loss):
            after = None
            fault = next((f for f in (trace.fault() for trace in traces) if f), None)
            fault = fault or _update_fault(gradients, update().parameters, loss)
        return Iteration(state, indices, traces, gradients, loss, fault, after, update)

    def start(self, parameters: Parameters) -> TrainingState:
        """The state before iteration 0."""
        return TrainingState(0, parameters, dict(self.settings.optimizer_state))

    def _after(self, state: TrainingState, gradients: Parameters) -> TrainingState | None:
        """All parameters updated at once: the bits of `_update`, sooner. None if they are not finite."""
        update = self._vector_update
        self.layout.pack(state.parameters, update.parameters)
        self.layout.pack_memory(state.memory, update.memory)
        self.layout.pack(gradients, update.gradient)
        with np.errstate(all="ignore"):
            after = update(state.iteration)
        return None if after is None else self.layout.state(after)

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


def _update_fault(gradients: Parameters, parameters: Parameters, loss: float) -> Fault:
    named = {f"∂L/∂{key}": g for key, g in gradients.items()} | dict(parameters)
    for key, array in named.items():
        bad = np.ravel(array)[~np.isfinite(np.ravel(array))]
        if len(bad):
            return Fault(key, 0, float(bad[0]))
    return Fault("the loss", 0, loss)
