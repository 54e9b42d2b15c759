"""Training with NumPy alone, many iterations in one call: the same bits as `Trainer`, sooner.

It runs the same generated code over the same sequences, but keeps its arrays from iteration to
iteration, updates all parameters at once and makes nothing that only a screen would show.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from rnntui.engine.feed import Batches, Feed
from rnntui.engine.flat import FlatLayout, FlatState
from rnntui.engine.flat_training import FlatTraining, Run, StopFlag
from rnntui.engine.flat_update import FlatUpdate
from rnntui.engine.trace import carries, total_loss
from rnntui.engine.training import Trainer
from rnntui.language.code import CARRIES

Array = npt.NDArray[np.float64]

_KEPT = 128  # lengths of sequences whose arrays are kept
_AHEAD = 64  # iterations whose sequences are drawn in one go


class ArrayTraining(FlatTraining):
    """Trains like a Trainer."""

    name = "NumPy"

    def __init__(self, trainer: Trainer) -> None:
        super().__init__(trainer)
        self._feed = Feed(trainer)
        self._update = FlatUpdate(trainer.settings, self.layout)
        self._buffers: dict[int, _Buffers] = {}

    def advance(
        self, state: FlatState, iterations: int, every: int = 0, stop: StopFlag | None = None
    ) -> Run:
        """See FlatTraining."""
        stop = StopFlag() if stop is None else stop
        run = Run(state)
        while len(run.losses) < iterations and not stop:
            first = run.after.iteration
            count = min(iterations - len(run.losses), _AHEAD)
            batches = self._feed.batches(first, count)
            for k in range(count):
                if stop:
                    return run
                loss, after = self._iterate(run.after, batches, k)
                if after is None:
                    run.failed = True
                    return run
                run.add(loss, after, every)
        return run

    def _iterate(
        self, state: FlatState, batches: Batches, k: int
    ) -> tuple[float, FlatState | None]:
        losses = []
        total: Array | None = None
        for sequence in batches.order[k * batches.batch : (k + 1) * batches.batch]:
            start = int(batches.sequences.starts[sequence])
            length = int(batches.sequences.lengths[sequence])
            buffers = self._of_length(length)
            losses.append(buffers.run(state.parameters, batches, slice(start, start + length)))
            total = buffers.gradient.copy() if total is None else total + buffers.gradient
        assert total is not None, "a batch has sequences"
        with np.errstate(all="ignore"):
            if len(losses) > 1:
                total = total / len(losses)
            loss = float(np.mean(losses)) if len(losses) > 1 else losses[0]
            parameters, memory = self._update(
                state.parameters, total, state.memory, state.iteration
            )
        finite = np.isfinite(loss) and np.isfinite(total).all() and np.isfinite(parameters).all()
        if not finite:
            return loss, None
        return loss, FlatState(state.iteration + 1, parameters, memory)

    def _of_length(self, length: int) -> _Buffers:
        if length not in self._buffers:
            if len(self._buffers) >= _KEPT:
                self._buffers.clear()
            self._buffers[length] = _Buffers(self.trainer, self.layout, length)
        return self._buffers[length]


class _Buffers:
    """The arrays of one sequence of T timesteps, forward and backward, used again and again.

    gradient: (n,), of all parameters, after `run`.
    """

    def __init__(self, trainer: Trainer, layout: FlatLayout, length: int) -> None:
        program, truncate = trainer.program, trainer.settings.truncate
        objective = program.model.objective
        assert objective is not None, "there is something to train on"
        self.length = length
        self.gradient = np.zeros(layout.size)
        self._program, self._layout = program, layout
        self._parameters = np.zeros(layout.size)
        shapes, parameters = program.shapes, program.model.parameters
        keys = [a.target for a in program.assignments]
        values = {key: np.zeros((length + 1, *shapes[key])) for key in keys}
        for state, given in program.initial_values.items():
            values[state][0] = given
        self._inputs = {
            key: np.zeros((length + 1, *shapes[key])) for key in ("x", "target") if key in shapes
        }
        self._weights = np.zeros(length + 1)
        self._losses = values[objective]
        views = layout.views(self._parameters)
        self._scalars = {key: view for key, view in views.items() if not view.ndim}
        self._arrays: dict[str, Any] = {
            **views,
            **values,
            **self._inputs,
            **{
                f"grad({e.of})": np.zeros((length + 1, *shapes[e.of]))
                for e in program.backward
                if e.of not in parameters
            },
            **{f"grad({key})": view for key, view in layout.views(self.gradient).items()},
            f"weight({objective})": self._weights,
            CARRIES: carries(length, truncate),
        }

    def run(self, parameters: Array, batches: Batches, rows: slice) -> float:
        """The loss of a sequence with these parameters."""
        self._parameters[:] = parameters
        for key, scalar in self._scalars.items():  # as in a trace: no arrays without axes
            self._arrays[key] = scalar[()]
        for key, array in self._inputs.items():
            packed = batches.sequences.inputs if key == "x" else batches.sequences.targets
            array[1:] = packed[rows].reshape(array[1:].shape)
        self._weights[1:] = batches.weights[rows]
        self._program.run_forward(self.length, self._arrays)
        self.gradient[:] = 0.0  # a parameter that the loss does not depend on is not written to
        self._program.run_training(self.length, self._arrays)
        return total_loss(self._weights, self._losses)
