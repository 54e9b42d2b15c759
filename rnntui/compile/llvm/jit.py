"""LLVM's text → machine code in this process, by llvmlite, which is imported when it is asked for."""

from __future__ import annotations

import ctypes
import importlib.util
from collections.abc import Mapping
from functools import cache
from typing import Any

_SPEED = 2  # of the code generator


class CannotCompileError(Exception):
    """This machine does not run what would be compiled; NumPy does the same."""


def is_available() -> bool:
    """Whether llvmlite is installed."""
    return importlib.util.find_spec("llvmlite") is not None


class MachineCode:
    """A compiled module. cpu, features: of another processor than this one, for tests.

    Raises CannotCompileError where the processor has no fused multiply-add, or memory cannot be executed.
    """

    def __init__(self, text: str, cpu: str = "", features: str = "") -> None:
        binding = _binding()
        host = binding.get_host_cpu_features()
        if "fma" in host and not host["fma"]:
            raise CannotCompileError("the processor has no fused multiply-add")
        target = binding.Target.from_triple(binding.get_process_triple())
        machine = target.create_target_machine(
            cpu=cpu or binding.get_host_cpu_name(),
            features=features if cpu else host.flatten(),
            opt=_SPEED,
            jit=True,
        )
        module = binding.parse_assembly(text)
        module.verify()
        options = binding.create_pipeline_tuning_options(speed_level=_SPEED)
        passes = binding.create_new_module_pass_manager()
        passes.add_sroa_pass()
        passes.add_instruction_combine_pass()
        passes.add_simplify_cfg_pass()
        passes.run(module, binding.create_pass_builder(machine, options))
        try:
            self._engine = binding.create_mcjit_compiler(module, machine)
            self._engine.finalize_object()
        except RuntimeError as error:
            raise CannotCompileError(str(error)) from error

    def function(self, name: str, arguments: Mapping[str, str]) -> Any:
        """A public function that returns a whole number, to be called with numbers and addresses.

        It does not hold Python's lock.
        """
        address = self._engine.get_function_address(name)
        kinds = [ctypes.c_void_p if k == "ptr" else ctypes.c_int64 for k in arguments.values()]
        return ctypes.CFUNCTYPE(ctypes.c_int64, *kinds)(address)


@cache
def _binding() -> Any:
    import llvmlite.binding as binding

    # strength reduction of loops: nothing is won by it here, where a pointer goes from row to row, and
    # in a loop of hundreds of equations it takes minutes
    binding.set_option("rnntui", "-disable-lsr")
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    return binding
