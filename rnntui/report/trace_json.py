"""One iteration as a JSON object: every value and gradient, with all their digits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rnntui.data.sequence_file import SequenceFile
from rnntui.engine.decomposition import Decomposition
from rnntui.engine.trace import Trace
from rnntui.engine.training import Iteration
from rnntui.session.views.plain import plain
from rnntui.text.json_output import to_json

_STEPS = "steps"


def trace_fields(
    file: SequenceFile, iteration: Iteration, number: int = 0, decompositions: bool = False
) -> Iterator[tuple[str, Any]]:
    """The trace of sequence `number` of the iteration's batch, key by key, as JSON takes it.

    `steps` alone is an iterator, timestep by timestep.
    decompositions: with each parameter's gradient by loss and by use, which take T² time.
    NaN and infinities are the strings "nan", "inf" and "-inf".
    """
    trace = iteration.traces[number]
    model = file.model
    yield "model", model.name
    yield "iteration", iteration.before.iteration
    yield "sequence", iteration.indices[number] + 1
    yield "batch", len(iteration.traces)
    yield "loss", plain(trace.loss)
    yield "parameters", plain(trace.parameters)
    yield "initial", {state: plain(trace.values[state][0]) for state in model.states}
    yield _STEPS, (_step(trace, t) for t in range(1, trace.length + 1))
    yield "gradients", plain(trace.parameter_gradients)
    if decompositions:
        yield from _decomposed(trace)
    yield "updated", plain(iteration.after.parameters) if iteration.after else None
    if model.objective is not None and len(iteration.traces) > 1:
        yield "batch_gradients", plain(iteration.gradients)
    if iteration.fault is not None:
        yield "fault", str(iteration.fault)


def trace_json(
    file: SequenceFile, iteration: Iteration, number: int = 0, decompositions: bool = False
) -> Iterator[str]:
    """The object on one line, piece by piece."""
    before = "{"
    for key, value in trace_fields(file, iteration, number, decompositions):
        yield f"{before}{to_json(key)}: "
        before = ", "
        if key == _STEPS:
            for n, step in enumerate(value):
                yield f"{', ' if n else '['}{to_json(step)}"
            yield "]"
        else:
            yield to_json(value)
    yield "}\n"


def _decomposed(trace: Trace) -> Iterator[tuple[str, Any]]:
    if trace.program.model.objective is None:
        yield "gradients_by_loss", {}
        yield "gradients_by_use", {}
        return
    decomposition = Decomposition(trace)
    yield "gradients_by_loss", plain(decomposition.by_loss)
    yield "gradients_by_use", plain(decomposition.by_use)
    if decomposition.by_initial_use:
        yield "gradients_by_use_initial", plain(decomposition.by_initial_use)


def _step(trace: Trace, t: int) -> dict[str, Any]:
    sequence = trace.sequence
    objective = trace.program.model.objective
    return {
        "t": t,
        "symbol": sequence.symbols[t - 1] if sequence.symbols else None,
        "input": plain(trace.values["x"][t]) if "x" in trace.values else None,
        "target": plain(trace.values["target"][t]) if "target" in trace.values else None,
        "loss": plain(trace.values[objective][t]) if objective is not None else None,
        "values": {a.target: plain(trace.values[a.target][t]) for a in trace.program.assignments},
        "gradients": {key: plain(gradient[t]) for key, gradient in trace.gradients.items()},
    }
