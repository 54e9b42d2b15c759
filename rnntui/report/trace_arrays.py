"""One iteration as arrays by name: what the formats for numbers alone are written from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnntui.data.sequence_file import SequenceFile
from rnntui.engine.decomposition import gradients_by_loss, gradients_by_use
from rnntui.engine.training import Iteration


@dataclass(frozen=True, eq=False)
class TraceArray:
    """A quantity of a trace. first: the timestep of the first row; None for what has no timesteps."""

    kind: str
    name: str
    first: int | None
    array: Any


def trace_arrays(file: SequenceFile, iteration: Iteration, number: int = 0) -> Iterator[TraceArray]:
    """The trace of sequence `number` of the iteration's batch.

    kind is parameters, initial, values, loss, gradients (∂L/∂quantity; at t = 0 of the initial
    states), parameter_gradients, gradients_by_loss, gradients_by_use, gradients_by_use_initial,
    batch_gradients, or updated.
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
    for key, gradient in gradients_by_loss(trace).items():
        yield TraceArray("gradients_by_loss", key, 1, gradient)
    by_use = gradients_by_use(trace)
    for key, gradient in by_use.by_use.items():
        yield TraceArray("gradients_by_use", key, 1, gradient)
    for key, gradient in by_use.initial.items():
        yield TraceArray("gradients_by_use_initial", key, None, gradient)
    if len(iteration.traces) > 1:
        for key, gradient in iteration.gradients.items():
            yield TraceArray("batch_gradients", key, None, gradient)
    if iteration.after is not None:
        for key, value in iteration.after.parameters.items():
            yield TraceArray("updated", key, None, value)
