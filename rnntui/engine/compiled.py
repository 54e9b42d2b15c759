"""Training with a compiled kernel, where Numba is installed: many iterations in one call.

What is promised: the same states bit for bit whenever it is run again on one machine and build,
however the iterations are split into calls; and, for one iteration, what NumPy computes within
1e-12, relative. The stepper and `trace` always compute with NumPy.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rnntui.engine.kernel_source import Slot, kernel_source, slots
from rnntui.engine.schedule import learning_rate
from rnntui.engine.trace import loss_weights
from rnntui.engine.training import Trainer, TrainingState
from rnntui.models.optimisers import rules_for
from rnntui.text.files import write_whole
from rnntui.text.problems import InputError

Array = npt.NDArray[np.float64]


def compiler_available() -> bool:
    """Whether Numba is installed."""
    return importlib.util.find_spec("numba") is not None


class CompiledTraining:
    """Trains like a Trainer, through a kernel generated from the same equations."""

    def __init__(self, trainer: Trainer) -> None:
        self.trainer = trainer
        program, settings = trainer.program, trainer.settings
        shapes = dict(program.shapes)
        self._slots, size = slots(program.model.parameters, shapes)
        self._shapes = shapes
        self._states = [s for rule in rules_for(settings.optimizer, settings.hyperparameters)
                        for s in rule.states]  # fmt: skip
        self._free = np.ones(size, dtype=np.bool_)
        for key in settings.fixed:
            slot = self._slots[key]
            self._free[slot.start : slot.start + slot.size] = False
        initial = [np.ravel(program.initial_values[s]) for s in program.model.states
                   if s in program.initial_values]  # fmt: skip
        self._initial = np.concatenate(initial) if initial else np.zeros(1)
        self._kernel = _load(kernel_source(program, settings))

    def train(self, state: TrainingState, iterations: int) -> tuple[TrainingState, Array]:
        """The state after some iterations, and the loss of each; fewer where a number was not finite."""
        settings = self.trainer.settings
        first = state.iteration
        batches = [self.trainer.batch(first + k) for k in range(iterations)]
        lengths, x, y, weights = self._timesteps([i for batch in batches for i in batch])
        parameters = self._packed(state.parameters)
        memory = self._memory(state.memory)
        losses = np.full(iterations, np.nan)
        rates = np.array([learning_rate(settings, first + k) for k in range(iterations)])
        done = self._kernel(
            iterations, len(batches[0]), lengths, x, y, weights, settings.truncate or 0,
            parameters, memory, self._initial, self._free, rates,
            settings.steps_before + first, losses,
        )  # fmt: skip
        after = TrainingState(
            first + done, self._unpacked(parameters), self._unpacked_memory(memory)
        )
        return after, losses[:done]

    def _timesteps(self, indices: list[int]) -> tuple[npt.NDArray[np.int64], Array, Array, Array]:
        sequences = [self.trainer.sequences[i] for i in indices]
        lengths = np.array([sequence.length for sequence in sequences], dtype=np.int64)
        reduction = self.trainer.settings.reduction
        weights = np.concatenate([loss_weights(sequence, reduction)[1:] for sequence in sequences])
        x = _stacked([s.inputs for s in sequences])
        return lengths, x, _stacked([s.targets for s in sequences]), weights

    def _packed(self, parameters: Mapping[str, Array]) -> Array:
        return np.concatenate([np.zeros(0), *(np.ravel(parameters[key]) for key in self._slots)])

    def _unpacked(self, flat: Array) -> dict[str, Array]:
        return {key: self._part(flat, slot, key) for key, slot in self._slots.items()}

    def _part(self, flat: Array, slot: Slot, key: str) -> Array:
        found = flat[slot.start : slot.start + slot.size].reshape(self._shapes[key]).copy()
        found.setflags(write=False)
        return found

    def _memory(self, memory: Mapping[str, Array]) -> Array:
        size = self._free.size
        flat = np.zeros(max(len(self._states), 1) * size)
        for number, state in enumerate(self._states):
            for key, slot in self._slots.items():
                if f"{state}({key})" in memory:
                    start = number * size + slot.start
                    flat[start : start + slot.size] = np.ravel(memory[f"{state}({key})"])
        return flat

    def _unpacked_memory(self, flat: Array) -> dict[str, Array]:
        size = self._free.size
        return {
            f"{state}({key})": self._part(flat[number * size :], self._slots[key], key)
            for key in self.trainer.optimiser.parameters
            for number, state in enumerate(self._states)
        }


def _stacked(arrays: list[Array | None]) -> Array:
    """All timesteps below each other, (ΣT, size); scalars as vectors of one."""
    found = [array.reshape(len(array), -1) for array in arrays if array is not None]
    return np.concatenate(found) if found else np.zeros((0, 1))


def _load(source: str) -> Callable[..., int]:
    """The kernel of a source, compiled once for all runs: kept in the user's cache by its hash."""
    name = "kernel_" + hashlib.sha256(source.encode()).hexdigest()[:24]
    if name not in sys.modules:
        path = _cache() / f"{name}.py"
        if not path.exists() or path.read_text(encoding="utf-8") != source:
            write_whole(path, source.encode())
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        sys.modules[name] = module
    found: Any = sys.modules[name]
    train: Callable[..., int] = found.train
    return train


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
