"""One iteration as arrays by name: what the formats for numbers alone are written from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnntui.data.sequence_file import SequenceFile
from rnntui.engine.decomposition import Decomposition
from rnntui.engine.training import Iteration


@dataclass(frozen=True, eq=False)
class TraceArray:
    """A quantity of a trace. first: the timestep of the first row; None for what has no timesteps."""

    kind: str
    name: str
    first: int | None
    array: Any


def trace_arrays(
    file: SequenceFile, iteration: Iteration, number: int = 0, decompositions: bool = False
) -> Iterator[TraceArray]:
    """The trace of sequence `number` of the iteration's batch.

    kind is parameters, initial, values, loss, gradients (∂L/∂quantity; at t = 0 of the initial
    states), parameter_gradients, batch_gradients, or updated; with decompositions, which take T²
    time, also gradients_by_loss, gradients_by_use and gradients_by_use_initial.
    """
    trace = iteration.traces[number]
    model = file.model
    for key, value in trace.parameters.items():
        yield TraceArray("parameters", key, None, value)
    for state in model.states:
        yield TraceArray("initial", state, None, trace.values[state][0])
    for key, value in trace.values.items():
        yield TraceArray("values", key, 1, value[1:])
    if model.objective is None:
        return
    yield TraceArray("loss", "loss", None, np.float64(trace.loss))
    for key, gradient in trace.gradients.items():
        first = 0 if key in model.states else 1
        yield TraceArray("gradients", key, first, gradient[first:])
    for key, gradient in trace.parameter_gradients.items():
        yield TraceArray("parameter_gradients", key, None, gradient)
    if decompositions:
        yield from _decomposed(Decomposition(trace))
    if len(iteration.traces) > 1:
        for key, gradient in iteration.gradients.items():
            yield TraceArray("batch_gradients", key, None, gradient)
    if iteration.after is not None:
        for key, value in iteration.after.parameters.items():
            yield TraceArray("updated", key, None, value)


def _decomposed(decomposition: Decomposition) -> Iterator[TraceArray]:
    for key, gradient in decomposition.by_loss.items():
        yield TraceArray("gradients_by_loss", key, 1, gradient)
    for key, gradient in decomposition.by_use.items():
        yield TraceArray("gradients_by_use", key, 1, gradient)
    for key, gradient in decomposition.by_initial_use.items():
        yield TraceArray("gradients_by_use_initial", key, None, gradient)
