"""Training with a compiled kernel, where Numba is installed: many iterations in one call.

What is promised: the same states bit for bit whenever it is run again on one machine and build,
however the iterations are split into calls; and, for one iteration, what NumPy computes within
1e-12, relative.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rnntui.data.compiled_stream import CompiledStream
from rnntui.data.streams import TaskStream
from rnntui.engine.batches import BatchPacker
from rnntui.engine.engine import Engine, Run, StopFlag
from rnntui.engine.kernel_source import kernel_source
from rnntui.engine.parameter_vector import VectorState
from rnntui.engine.schedule import learning_rate
from rnntui.engine.training import Trainer
from rnntui.text.files import write_whole
from rnntui.text.problems import InputError

Array = npt.NDArray[np.float64]

_FUNCTIONS = (
    "rnntui.engine.exponential",
    "rnntui.engine.matmul_microkernel",
    "rnntui.engine.scalar_functions",
    "rnntui.engine.array_functions",
    "rnntui.data.tasks.kernels",
)
_TIMESTEPS = 250_000  # in one call of the kernel: what has to be drawn and held at once


def compiler_available() -> bool:
    """Whether Numba is installed."""
    return importlib.util.find_spec("numba") is not None


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
        drawn = CompiledStream(sequences) if isinstance(sequences, TaskStream) else None
        self._packer = BatchPacker(trainer, drawn)
        initial = [np.ravel(program.initial_values[s]) for s in program.model.states
                   if s in program.initial_values]  # fmt: skip
        self._initial = np.concatenate(initial) if initial else np.zeros(1)
        self._kernel = load_kernel(kernel_path(trainer))
        self._longest = 1.0  # timesteps an iteration, on average, in the last call

    def advance(
        self, state: VectorState, iterations: int, every: int = 0, stop: StopFlag | None = None
    ) -> Run:
        """See Engine."""
        stop = StopFlag() if stop is None else stop
        run = Run(state)
        done = 0
        while True:
            count = min(iterations - done, max(int(_TIMESTEPS / self._longest), 1))
            whole = self._call(run, count, every, stop)
            done = len(run.losses)
            if not whole or done >= iterations or stop:
                return run

    def _call(self, run: Run, count: int, every: int, stop: StopFlag) -> bool:
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


def kernel_path(trainer: Trainer) -> Path:
    """The file of a trainer's kernel, in the user's cache by the hash of its source."""
    source = f"{kernel_source(trainer.program, trainer.settings)}\n# {_made_with()}\n"
    name = "kernel_" + hashlib.sha256(source.encode()).hexdigest()[:24]
    path = _cache() / f"{name}.py"
    if not path.exists() or path.read_text(encoding="utf-8") != source:
        write_whole(path, source.encode())
    return path


@cache
def _made_with() -> str:
    """What else decides what is compiled, so that another of these is another kernel.

    Numba itself looks only at the file of a kernel, not at those of the functions that it calls.
    """
    found = [importlib.util.find_spec(name) for name in _FUNCTIONS]
    times = [Path(str(spec.origin)).stat().st_mtime_ns for spec in found if spec is not None]
    return f"{sys.prefix}, Python {sys.version}, Numba {metadata.version('numba')}, {times}"


def load_kernel(path: Path) -> Callable[..., int]:
    """The kernel in a file, compiled once for all runs: Numba keeps it beside the file."""
    if path.stem not in sys.modules:
        try:
            _import(path)
        except Exception:  # what was kept cannot be loaded: it is made anew
            for kept in (path.parent / "__pycache__").glob(f"{path.stem}.*"):
                kept.unlink(missing_ok=True)
            _import(path)
    found: Any = sys.modules[path.stem]
    train: Callable[..., int] = found.train
    return train


def _import(path: Path) -> None:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module  # where Numba looks for it while it is being made
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[path.stem]
        raise


@cache
def _cache() -> Path:
    """A folder for generated kernels that can be written to."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "rnntui" / "kernels"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except (OSError, InputError):
        pass
    return Path(tempfile.mkdtemp(prefix="rnntui-kernels-"))
