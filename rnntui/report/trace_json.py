"""One iteration as a JSON object: every value and gradient, with all their digits."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from rnntui.data.sequence_file import SequenceFile
from rnntui.engine.decomposition import gradients_by_loss, gradients_by_use
from rnntui.engine.trace import Trace
from rnntui.engine.training import Iteration


def trace_object(file: SequenceFile, iteration: Iteration, number: int = 0) -> dict[str, Any]:
    """The trace of sequence `number` of the iteration's batch, as JSON takes it.

    NaN and infinities are the strings "nan", "inf" and "-inf".
    """
    trace = iteration.traces[number]
    model = file.model
    written: dict[str, Any] = {
        "model": model.name,
        "iteration": iteration.before.iteration,
        "sequence": iteration.indices[number] + 1,
        "batch": len(iteration.traces),
        "loss": plain(trace.loss),
        "parameters": _plain_all(trace.parameters),
        "initial": {state: plain(trace.values[state][0]) for state in model.states},
        "steps": [_step(trace, t) for t in range(1, trace.length + 1)],
        "gradients": _plain_all(trace.parameter_gradients),
        "gradients_by_loss": {},
        "gradients_by_use": {},
        "updated": _plain_all(iteration.after.parameters) if iteration.after else None,
    }
    if model.objective is not None:
        by_use = gradients_by_use(trace)
        written["gradients_by_loss"] = _plain_all(gradients_by_loss(trace))
        written["gradients_by_use"] = _plain_all(by_use.by_use)
        if by_use.initial:
            written["gradients_by_use_initial"] = _plain_all(by_use.initial)
        if len(iteration.traces) > 1:
            written["batch_gradients"] = _plain_all(iteration.gradients)
    if iteration.fault is not None:
        written["fault"] = str(iteration.fault)
    return written


def trace_json(file: SequenceFile, iteration: Iteration, number: int = 0) -> Iterator[str]:
    """The object on one line, without a line end."""
    yield json.dumps(trace_object(file, iteration, number), ensure_ascii=False)


def plain(value: Any) -> Any:
    """Arrays as nested lists, floats as they are, what is not finite as a string."""
    if value is None:
        return None
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    return value


def _plain_all(arrays: Mapping[str, Any]) -> dict[str, Any]:
    return {key: plain(array) for key, array in arrays.items()}


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
