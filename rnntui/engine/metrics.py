"""The value of a metric on one sequence."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from rnntui.data.metrics import Metric
from rnntui.data.tasks.task import TaskSequence
from rnntui.engine.trace import Trace
from rnntui.language.evaluate import evaluate
from rnntui.language.tree import Name


def measure(metric: Metric, traces: Sequence[Trace]) -> float:
    """The mean of the metric over its timesteps of all sequences of a batch; NaN where there are none."""
    found = [
        float(evaluate(metric.expression, partial(_value, trace, t)))
        for trace in traces
        for t in metric.steps(trace.length)
    ]
    with np.errstate(all="ignore"):
        return float(np.mean(found)) if found else float("nan")


def _value(trace: Trace, t: int, name: Name) -> object:
    sequence = trace.sequence
    if name.key == "truth" and isinstance(sequence, TaskSequence) and sequence.truth is not None:
        return sequence.truth[t - 1]
    return trace.value(name.key, t)
