"""Training with NumPy alone, many iterations in one call: the same bits as `Trainer`, sooner.

It runs code generated from the same equations over the same sequences, but keeps its arrays from iteration to
iteration, updates all parameters at once and makes nothing that only a screen would show.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from rnntui.compile.passes import forward_pass, training_pass
from rnntui.compile.sequence_code import CARRIES
from rnntui.engine.batches import Batches, BatchPacker
from rnntui.engine.engine import Advance, Engine, StopFlag
from rnntui.engine.parameter_vector import VectorLayout, VectorState
from rnntui.engine.trace import carries
from rnntui.engine.training import Trainer
from rnntui.engine.vector_update import VectorUpdate
from rnntui.language.keys import grad, weight

Array = npt.NDArray[np.float64]

_KEPT = 256 * 2**20  # bytes, about, of the arrays that are kept for sequences of each length
_VIEW = 128  # bytes of a view of an array
_AHEAD = 64  # iterations whose sequences are drawn in one go


class NumpyEngine(Engine):
    """Trains like a Trainer."""

    name = "NumPy"
    exact = True

    def __init__(self, trainer: Trainer) -> None:
        super().__init__(trainer)
        self._packer = BatchPacker(trainer)
        self._update = VectorUpdate(trainer.settings, self.layout)
        self._buffers: dict[int, _Buffers] = {}
        self._gradient = np.zeros(self.layout.size)  # of one sequence

    def advance(
        self, state: VectorState, iterations: int, every: int = 0, stop: StopFlag | None = None
    ) -> Advance:
        """See Engine."""
        stop = StopFlag() if stop is None else stop
        run = Advance(state)
        with np.errstate(all="ignore"):  # NaN and inf are values; `failed` reports them
            while len(run.losses) < iterations and not (stop or run.failed):
                count = min(iterations - len(run.losses), _AHEAD)
                self._several(run, self._packer.batches(run.after.iteration, count), every, stop)
        return run

    def _several(self, run: Advance, batches: Batches, every: int, stop: StopFlag) -> None:
        """An iteration for each batch."""
        starts, lengths = batches.sequences.starts.tolist(), batches.sequences.lengths.tolist()
        order = batches.order.tolist()
        for first in range(0, len(order), batches.batch):
            if stop:
                return
            batch = [
                slice(starts[i], starts[i] + lengths[i])
                for i in order[first : first + batches.batch]
            ]
            loss, after = self._iterate(run.after, batches, batch)
            if after is None:
                run.failed = True
                return
            run.add(loss, after, every)

    def _iterate(
        self, state: VectorState, batches: Batches, batch: list[slice]
    ) -> tuple[float, VectorState | None]:
        """The loss, and the state after an update; None if a number is not finite.

        batch: the rows of each of its sequences.
        """
        update = self._update
        update.parameters[...] = state.parameters
        update.memory[...] = state.memory
        total, losses = update.gradient, []
        for rows in batch:
            losses.append(self._of_length(rows.stop - rows.start).run(batches, rows))
            if len(losses) == 1:
                total[...] = self._gradient
            else:
                total += self._gradient
        if len(batch) > 1:
            total /= len(batch)
        loss = float(np.mean(losses)) if len(batch) > 1 else losses[0]
        return loss, update(state.iteration) if math.isfinite(loss) else None

    def _of_length(self, length: int) -> _Buffers:
        if length not in self._buffers:
            if sum(buffers.bytes for buffers in self._buffers.values()) >= _KEPT:
                self._buffers.clear()
            self._buffers[length] = _Buffers(
                self.trainer, self.layout, self._update.parameters, self._gradient, length
            )
        return self._buffers[length]


class _Buffers:
    """The arrays of one sequence of T timesteps, forward and backward, used again and again.

    parameters, gradient: (n,), read and written in `run`, of all parameters. bytes: about how much
    memory it takes.
    """

    def __init__(
        self,
        trainer: Trainer,
        layout: VectorLayout,
        parameters: Array,
        gradient: Array,
        length: int,
    ) -> None:
        program, truncate = trainer.program, trainer.settings.truncate
        objective = program.model.objective
        assert objective is not None, "there is something to train on"
        shapes, constant = program.shapes, program.model.parameters
        keys: list[str] = [a.target for a in program.assignments]
        values = {key: np.zeros((length + 1, *shapes[key])) for key in keys}
        for state, given in program.initial_values.items():
            values[state][0] = given
        inputs = {
            key: np.zeros((length + 1, *shapes[key])) for key in ("x", "target") if key in shapes
        }
        weights = np.zeros(length + 1)
        arrays: dict[str, Any] = {
            **layout.views(parameters),
            **values,
            **inputs,
            **{
                e.target: np.zeros((length + 1, *shapes[e.of]))
                for e in program.backward
                if e.of not in constant
            },
            **{grad(key): view for key, view in layout.views(gradient).items()},
            weight(objective): weights,
            CARRIES: carries(length, truncate),
        }
        self._gradient = gradient
        self._rows = {key: array[1:].reshape(length, -1) for key, array in inputs.items()}
        self._weights, self._losses = weights[1:], values[objective][1:]
        self._weighted = np.zeros(length)
        # intermediate arrays are about as many again, and the loops have views of each timestep
        self.bytes = sum(2 * a.nbytes + 2 * _VIEW * length for a in arrays.values())
        self._forward = forward_pass(program).bind(length, arrays)
        self._backward = training_pass(program).bind(length, arrays)

    def run(self, batches: Batches, rows: slice) -> float:
        """The loss of a sequence, and the gradient."""
        sequences = batches.sequences
        for key, inputs in self._rows.items():
            inputs[...] = (sequences.inputs if key == "x" else sequences.targets)[rows]
        self._weights[...] = batches.weights[rows]
        self._forward()
        self._gradient.fill(0.0)  # a parameter that the loss does not depend on is not written to
        self._backward()
        return self._loss()

    def _loss(self) -> float:
        """As `total_loss`."""
        np.multiply(self._weights, self._losses, self._weighted)
        self._weighted[self._weights == 0.0] = 0.0
        return float(np.add.reduce(self._weighted))
