"""A model's training compiled: from equations to a function that trains, in a fraction of a second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rnntui.compile.llvm.jit import MachineCode
from rnntui.compile.llvm.kernel import ARGUMENTS, Kernel, print_kernel
from rnntui.compile.scheduling import training_schedule
from rnntui.compile.update_schedule import update_schedule
from rnntui.data.training_settings import TrainingSettings
from rnntui.language.program import Program

Array = npt.NDArray[np.float64]
Wholes = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Fed:
    """What a call of the kernel trains on; see `print_kernel`."""

    order: Wholes
    lengths: Wholes
    starts: Wholes
    inputs: Array
    targets: Array
    weights: Array
    batch: int
    longest: int


class TrainingKernel:
    """The compiled training of a program with an optimiser. Making one compiles; Python's lock is
    held only while the text is written. Raises CannotCompileError."""

    def __init__(
        self, program: Program, settings: TrainingSettings, cpu: str = "", features: str = ""
    ) -> None:
        self.kernel = training_kernel_text(program, settings)
        self._code = MachineCode(self.kernel.text, cpu, features)
        self._train = self._code.function("train", ARGUMENTS)
        kernel = self.kernel
        self._regions = [
            _aligned(size) for size in (kernel.constants, kernel.gradients, kernel.scratch)
        ]
        self._rows = _aligned(0)
        self._truncate = settings.truncate or 0
        self._steps_before = settings.steps_before
        given = [
            np.ravel(program.initial_values[state])
            for state in program.model.states
            if state in program.initial_values
        ]
        self._initial = np.concatenate(given).astype(float) if given else np.zeros(1)

    def train(
        self,
        fed: Fed,
        first: int,
        iterations: int,
        parameters: Array,
        memory: Array,
        free: Array,
        rates: Array,
        losses: Array,
        every: int,
        kept: Array,
        stop: npt.NDArray[np.uint8],
    ) -> int:
        """Train; see `print_kernel`. parameters and memory are changed in place."""
        rows = self.kernel.rows(fed.longest)
        if len(self._rows) < rows:
            self._rows = _aligned(rows)
        arrays = {
            "order": fed.order, "lengths": fed.lengths, "starts": fed.starts, "inputs": fed.inputs,
            "targets": fed.targets, "weights": fed.weights, "parameters": parameters,
            "memory": memory, "initial": self._initial, "free": free, "rates": rates,
            "losses": losses, "kept": kept, "stop": stop, "constants": self._regions[0],
            "gradients": self._regions[1], "scratch": self._regions[2], "rows": self._rows,
        }  # fmt: skip
        numbers = {
            "iterations": iterations, "batch": fed.batch, "truncate": self._truncate,
            "first": first, "steps_before": self._steps_before, "every": every,
        }  # fmt: skip
        assert all(array.flags.c_contiguous for array in arrays.values())
        given: list[Any] = [
            arrays[key].ctypes.data if kind == "ptr" else numbers[key]
            for key, kind in ARGUMENTS.items()
        ]
        return int(self._train(*given))


def training_kernel_text(program: Program, settings: TrainingSettings) -> Kernel:
    """The kernel as text."""
    return print_kernel(program, training_schedule(program), update_schedule(settings))


def _aligned(size: int) -> Array:
    """Zeros that begin where a machine vector does."""
    whole = np.zeros(size + 8)
    start = -whole.ctypes.data // 8 % 8
    return whole[start : start + size]
