"""Kernels in files: written, compiled by Numba, and kept in the user's cache for the next time."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import sys
from collections.abc import Callable, Iterator
from functools import cache
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

from rnntui.compile.code_cache import code_cache, code_cache_of
from rnntui.compile.kernel_source import kernel_source
from rnntui.data.training_settings import TrainingSettings
from rnntui.language.program import Program
from rnntui.text.files import write_whole

_FUNCTIONS = (
    "rnntui.compile.exponential",
    "rnntui.compile.matmul_microkernel",
    "rnntui.compile.scalar_functions",
    "rnntui.compile.array_functions",
    "rnntui.data.tasks.kernels",
)


def kernel_path(program: Program, settings: TrainingSettings) -> Path:
    """The file of a program's training kernel, in the user's cache by the hash of its source."""
    source = f"{kernel_source(program, settings)}\n# {_made_with()}\n".encode()
    path = code_cache().folder / f"{_name(source)}.py"
    if not path.exists() or path.read_bytes() != source:
        write_whole(path, source)
    return path


def _name(source: bytes) -> str:
    return "kernel_" + hashlib.sha256(source).hexdigest()[:32]


@cache
def _made_with() -> str:
    """What else decides what is compiled, so that another of these is another kernel.

    Numba itself looks only at the file of a kernel, not at those of the functions that it calls.
    """
    specs = [importlib.util.find_spec(name) for name in _FUNCTIONS]
    times = [Path(str(spec.origin)).stat().st_mtime_ns for spec in specs if spec is not None]
    return f"{sys.prefix}, Python {sys.version}, Numba {metadata.version('numba')}, {times}"


@contextlib.contextmanager
def code_kept_for(path: Path) -> Iterator[None]:
    """What is compiled inside is kept beside a kernel, and what is loaded was kept by us."""
    functions = [name.rpartition(".")[2] for name in _FUNCTIONS]
    with code_cache_of(path).used((path.stem, *functions)):
        yield


def is_compiled(path: Path) -> bool:
    """Whether a kernel was compiled before, and can be loaded."""
    kept = code_cache_of(path)
    return any(file.suffix == ".nbi" and kept.is_known(file) for file in kept.kept([path.stem]))


def load_kernel(path: Path) -> Callable[..., int]:
    """The kernel in a file, compiled once for all runs. Within `code_kept_for` the file."""
    if path.stem not in sys.modules:
        try:
            _import(path)
        except Exception:  # what was kept cannot be loaded: it is made anew
            for kept in code_cache_of(path).kept([path.stem]):
                kept.unlink(missing_ok=True)
            _import(path)
    module: Any = sys.modules[path.stem]
    train: Callable[..., int] = module.train
    return train


def _import(path: Path) -> None:
    """Run the file itself, never Python's bytecode of it; it is the one that its name says."""
    source = path.read_bytes()
    if _name(source) != path.stem:
        raise ImportError(f"{path} is not what was written")
    module = ModuleType(path.stem)
    module.__file__ = str(path)
    sys.modules[path.stem] = module  # where Numba looks for it while it is being made
    try:
        exec(compile(source, path, "exec"), module.__dict__)
    except BaseException:
        del sys.modules[path.stem]
        raise
