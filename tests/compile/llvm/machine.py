"""Small functions compiled for tests."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from rnntui.compile.llvm.jit import MachineCode
from rnntui.compile.llvm.writer import FunctionWriter, Module, Value

Array = npt.NDArray[np.float64]
_ARGUMENTS = {"count": "i64", "out": "ptr", "a": "ptr", "b": "ptr"}


def applied(
    operation: Callable[..., Value],
    *arrays: Array,
    lanes: int = 8,
    cpu: str = "",
    features: str = "",
) -> Array:
    """operation(fn, a) or (fn, a, b) of arrays, on machine vectors of so many lanes."""
    module = Module()
    with module.function("apply", _ARGUMENTS, "i64", public=True) as fn:
        with fn.loop(0, fn.arguments["count"], lanes) as k:
            given = [fn.load(fn.offset(fn.arguments[key], k), lanes) for key in "ab"]
            value = operation(fn, *given[: len(arrays)])
            fn.store(value, fn.offset(fn.arguments["out"], k))
        fn.give_back(0)
    code = MachineCode(module.text(), cpu, features)
    padded = [np.concatenate([array, np.zeros(-len(array) % lanes)]) for array in arrays]
    out = np.zeros(len(padded[0]))
    pointers = [array.ctypes.data for array in (padded * 2)[:2]]
    code.function("apply", _ARGUMENTS)(len(out), out.ctypes.data, *pointers)
    return out[: len(arrays[0])]


def writer() -> FunctionWriter:
    """A function to write into."""
    return FunctionWriter(Module(), {"p": "ptr", "n": "i64"}, "i64")
