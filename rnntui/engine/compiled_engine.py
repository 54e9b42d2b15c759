"""Training with a compiled kernel, where Numba is installed: many iterations in one call.

What is promised: the same states bit for bit whenever it is run again on one machine and build,
however the iterations are split into calls; and, for one iteration from the same state, what NumPy
computes but for rounding: sums are taken in another order, and exp and tanh are our own. Where
training is unstable, thousands of iterations make that visible.
"""

from __future__ import annotations

import importlib.util

import numpy as np
import numpy.typing as npt

from rnntui.compile.kernel_cache import code_kept_for, kernel_path, load_kernel
from rnntui.data.compiled_stream import CompiledStream
from rnntui.data.streams import TaskStream
from rnntui.engine.batches import BatchPacker
from rnntui.engine.engine import Advance, Engine, StopFlag
from rnntui.engine.parameter_vector import VectorState
from rnntui.engine.schedule import learning_rate
from rnntui.engine.training import Trainer
from rnntui.language.program import Program

Array = npt.NDArray[np.float64]

MOST_COMPILED = 150  # equations; with so many, compiling takes 31 s and 690 MB
_TIMESTEPS = 250_000  # in one call of the kernel: what has to be drawn and held at once


def compiler_available() -> bool:
    """Whether Numba is installed."""
    return importlib.util.find_spec("numba") is not None


def can_compile(program: Program) -> bool:
    """Whether a program can be compiled in seconds, and in less than a gigabyte.

    The compiler's time and memory grow faster than the number of equations, forward and backward.
    """
    count = len(program.assignments) + len(program.backward)
    return compiler_available() and count <= MOST_COMPILED


class CompiledEngine(Engine):
    """Trains like a Trainer, through a kernel generated from the same equations.

    Making one compiles, unless it is in the cache: seconds, and it can be done in a thread. The
    kernel itself does not hold Python's lock.
    """

    name = "compiled"
    releases_lock = True

    def __init__(self, trainer: Trainer) -> None:
        super().__init__(trainer)
        program = trainer.program
        sequences = trainer.sequences
        kernel = kernel_path(program, trainer.settings)
        with code_kept_for(kernel):
            drawn = CompiledStream(sequences) if isinstance(sequences, TaskStream) else None
            self._kernel = load_kernel(kernel)
        self._packer = BatchPacker(trainer, drawn)
        initial = [np.ravel(program.initial_values[s]) for s in program.model.states
                   if s in program.initial_values]  # fmt: skip
        self._initial = np.concatenate(initial) if initial else np.zeros(1)
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
        settings, first = self.trainer.settings, run.after.iteration
        batches = self._packer.batches(first, count)
        packed = batches.sequences
        rows = (first + count) // every - first // every if every else 0
        kept = np.empty((rows, run.after.parameters.size + run.after.memory.size))
        losses = np.empty(count)
        rates = _rates(self.trainer, first, count)

        def called(iterations: int) -> tuple[int, Array, Array]:
            parameters, memory = run.after.parameters.copy(), run.after.memory.copy()
            done = self._kernel(
                iterations, batches.batch, batches.order, packed.lengths, packed.starts, packed.inputs,
                packed.targets, batches.weights, settings.truncate or 0, parameters, memory,
                self._initial, self.layout.free, rates, first, settings.steps_before, losses,
                every, kept, stop.flag,
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
