"""The source of a training kernel: many iterations in one call, as scalar loops.

Everything comes from the same equations that the stepper evaluates: forward, loss, backward and
update. Parameters, their gradients and what the optimiser remembers are vectors; quantities
are arrays over t within one buffer, so that an iteration allocates nothing.
"""

from __future__ import annotations

from rnntui.compile.kernel_passes import KernelPasses
from rnntui.compile.kernel_update import update_lines
from rnntui.compile.loops import indented
from rnntui.data.training_settings import TrainingSettings
from rnntui.language.program import Program

_HEADER = '''"""A training kernel, generated from a model's equations."""

import math

import numpy as np
from numba import njit

from rnntui.compile.array_functions import *  # noqa: F403
from rnntui.compile.exponential import *  # noqa: F403
from rnntui.compile.scalar_functions import *  # noqa: F403

unsigned = np.uint64  # an index that is never counted from the end, so that loops can be vectorised


# with its types given, it is compiled when this is imported
@njit(
    "int64(int64, int64, int64[::1], int64[::1], int64[::1], float64[:, ::1], float64[:, ::1],"
    "float64[::1], int64, float64[::1], float64[:, ::1], float64[::1], boolean[::1], float64[::1],"
    "int64, int64, float64[::1], int64, float64[:, ::1], uint8[::1])",
    cache=True, nogil=True, error_model="numpy",
)
def train(iterations, batch, order, lengths, starts, X, Y, weights, truncate,
          P, M, I, free, rates, first, steps_before, losses, every, kept, stop):
'''


def kernel_source(program: Program, settings: TrainingSettings) -> str:
    """The source of a module with one function, `train`.

    train(iterations, batch, order, lengths, starts, X, Y, weights, truncate, P, M, I, free, rates,
    first, steps_before, losses, every, kept, stop) trains for some iterations, each on `batch`
    sequences, and returns how many it did: fewer where the loss or the gradient was not finite, or
    where stop[0] is set meanwhile. Where the parameters are not finite after iteration k, it returns
    -1 - k: they overwrote what was before them, and k iterations have to be asked for anew.

    order: the sequence at each place of all batches. lengths, starts: T and first row of each
    sequence; X, Y, weights: all timesteps of all sequences below each other. P, M: parameters and
    memory, updated in place. I: initial states given as numbers. free: which elements of P are
    updated. rates: the learning rate of each iteration. first: the first iteration's number;
    steps_before: updates before iteration 0. kept: P and M before each iteration that `every`
    divides, in rows; every = 0 keeps none.
    """
    passes = KernelPasses(program)
    body = [*passes.forward(), *passes.loss(), *passes.backward()]
    lines = [
        *_LONGEST,
        *passes.arrays.buffers(),
        *passes.temporaries(),
        "for iteration in range(iterations):",
        "    if stop[0] != 0:",
        "        return iteration",
        "    D[:] = 0.0",
        "    loss = 0.0",
        "    for position in range(batch):",
        "        sequence = order[iteration * batch + position]",
        "        row = starts[sequence]",
        "        T = lengths[sequence]",
        *indented(body, 2),
        "    if batch > 1:",
        "        loss /= batch",
        "        for p in range(D.size):",
        "            D[p] /= batch",
        "    losses[iteration] = loss",
        "    if not (np.isfinite(loss) and f_all_finite(D)):",
        "        return iteration",
        *indented(update_lines(settings), 1),
        "    if not f_all_finite(P):",
        "        return -1 - iteration",
        "    number = first + iteration + 1",
        "    if every != 0 and number % every == 0:",
        "        row = number // every - first // every - 1",
        "        kept[row, : P.size] = P",
        "        kept[row, P.size :] = M.reshape(M.size)",
        "return iterations",
    ]
    return _HEADER + "\n".join(f"    {line}" for line in lines) + "\n"


_LONGEST = (
    "longest = 1",
    "for position in range(iterations * batch):",
    "    longest = max(longest, lengths[order[position]] + 1)",
)
