"""Training with a compiled kernel, where llvmlite is installed: many iterations in one call.

What is promised: the same states bit for bit whenever it is run again, however the iterations are
split into calls, and on whatever processor that has fused multiply-add; and, for one iteration from
the same state, what NumPy computes but for rounding: sums are taken in another order, and exp and
tanh are our own. Where training is unstable, thousands of iterations make that visible.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rnntui.compile.llvm.jit import CannotCompileError, is_available
from rnntui.compile.training_kernel import Fed, TrainingKernel
from rnntui.engine.batches import BatchPacker
from rnntui.engine.engine import Advance, Engine, StopFlag
from rnntui.engine.parameter_vector import VectorState
from rnntui.engine.schedule import learning_rate
from rnntui.engine.training import Trainer
from rnntui.language.program import Program

__all__ = ["CannotCompileError", "CompiledEngine", "can_compile", "compiler_available"]

Array = npt.NDArray[np.float64]

MOST_COMPILED = 3000  # equations; with so many, compiling takes 5 s and 270 MB
_TIMESTEPS = 250_000  # in one call of the kernel: what has to be drawn and held at once


def compiler_available() -> bool:
    """Whether llvmlite is installed."""
    return is_available()


def can_compile(program: Program) -> bool:
    """Whether a program can be compiled in seconds: it has not too many equations."""
    count = len(program.assignments) + len(program.backward)
    return compiler_available() and count <= MOST_COMPILED


class CompiledEngine(Engine):
    """Trains like a Trainer, through a kernel generated from the same equations.

    Making one compiles, in a fraction of a second, mostly without Python's lock; the kernel itself
    never holds it. Raises CannotCompileError where this machine does not run what would be compiled.
    """

    name = "compiled"
    releases_lock = True

    def __init__(self, trainer: Trainer) -> None:
        super().__init__(trainer)
        self._kernel = TrainingKernel(trainer.program, trainer.settings)
        self._packer = BatchPacker(trainer)
        self._free = self.layout.free.astype(np.float64)
        self._longest = 1.0  # timesteps an iteration, on average, in the last call

    def advance(
        self, state: VectorState, iterations: int, every: int = 0, stop: StopFlag | None = None
    ) -> Advance:
        """See Engine."""
        stop = StopFlag() if stop is None else stop
        run = Advance(state)
        done = 0
        while True:
            count = min(iterations - done, max(int(_TIMESTEPS / self._longest), 1))
            whole = self._call(run, count, every, stop)
            done = len(run.losses)
            if not whole or done >= iterations or stop:
                return run

    def _call(self, run: Advance, count: int, every: int, stop: StopFlag) -> bool:
        """One call of the kernel; whether it went through."""
        first = run.after.iteration
        batches = self._packer.batches(first, count)
        packed = batches.sequences
        rows = (first + count) // every - first // every if every else 0
        kept = np.empty((rows, run.after.parameters.size + run.after.memory.size))
        losses = np.empty(count)
        rates = _rates(self.trainer, first, count)

        fed = Fed(
            batches.order, packed.lengths, packed.starts, packed.inputs, packed.targets,
            batches.weights, batches.batch, int(packed.lengths.max(initial=1)),
        )  # fmt: skip

        def called(iterations: int) -> tuple[int, Array, Array]:
            parameters, memory = run.after.parameters.copy(), run.after.memory.copy()
            done = self._kernel.train(
                fed, first, iterations, parameters, memory, self._free, rates, losses, every, kept,
                stop.flag,
            )  # fmt: skip
            return done, parameters, memory

        done, parameters, memory = called(count)
        if done < 0:  # the last update overflowed: the same without it
            done, parameters, memory = called(-1 - done)
        if count:
            self._longest = max(float(np.mean(packed.lengths[batches.order])) * batches.batch, 1.0)
        run.losses.frombytes(losses[:done].tobytes())
        run.after = VectorState(first + done, parameters, memory)
        for row in kept[: (first + done) // every - first // every if every else 0]:
            number = (first // every + 1) * every + every * len(run.kept)
            state = row.copy()
            size = parameters.size
            run.kept.append(VectorState(number, state[:size], state[size:].reshape(memory.shape)))
        run.failed = done < count and not stop
        return bool(done == count)


def _rates(trainer: Trainer, first: int, count: int) -> Array:
    settings = trainer.settings
    if settings.schedule == "constant":
        return np.full(count, settings.learning_rate)
    return np.array([learning_rate(settings, first + k) for k in range(count)])
