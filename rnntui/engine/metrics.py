"""The value of a metric on one sequence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnntui.data.metrics import Metric
from rnntui.data.tasks.task import TaskSequence
from rnntui.engine.lookup import Lookup
from rnntui.engine.trace import Trace
from rnntui.language.evaluate import evaluate


def measure(metric: Metric, traces: Sequence[Trace]) -> float:
    """The mean of the metric over its timesteps of all sequences of a batch; NaN where there are none."""
    measured: list[float] = []
    for trace in traces:
        lookup = _with_truth(trace)
        measured += (
            float(evaluate(metric.expression, lookup.at(t))) for t in metric.steps(trace.length)
        )
    with np.errstate(all="ignore"):
        return float(np.mean(measured)) if measured else float("nan")


def _with_truth(trace: Trace) -> Lookup:
    """What a metric is made of: the trace's values, and a task's true probabilities."""
    sequence = trace.sequence
    if not isinstance(sequence, TaskSequence) or sequence.truth is None:
        return trace.lookup
    return trace.lookup.extended(over_time={"truth": (None, *sequence.truth)})
