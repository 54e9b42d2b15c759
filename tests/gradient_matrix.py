"""Each use of a parameter in each timestep's loss: what both decompositions of a gradient add up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from rnntui.engine.decomposition import gradients_by_use
from rnntui.engine.trace import Trace, compute_trace


def gradient_matrix(trace: Trace, parameter: str) -> npt.NDArray[np.float64]:
    """(T, T, *shape): row k − 1 is timestep k's loss alone, column t − 1 the use at t."""
    rows = []
    for k in range(1, trace.length + 1):
        alone = np.zeros(trace.length)
        alone[k - 1] = trace.weights[k]
        sequence = replace(trace.sequence, mask=alone)
        one = compute_trace(trace.program, sequence, trace.parameters, truncate=trace.truncate)
        rows.append(gradients_by_use(one).by_use[parameter])
    return np.array(rows)
