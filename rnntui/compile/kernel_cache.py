"""Kernels in files: written, compiled by Numba, and kept in the user's cache for the next time."""

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

from rnntui.compile.kernel_source import kernel_source
from rnntui.data.training_settings import TrainingSettings
from rnntui.language.program import Program
from rnntui.text.files import write_whole
from rnntui.text.problems import InputError

_FUNCTIONS = (
    "rnntui.compile.exponential",
    "rnntui.compile.matmul_microkernel",
    "rnntui.compile.scalar_functions",
    "rnntui.compile.array_functions",
    "rnntui.data.tasks.kernels",
)


def kernel_path(program: Program, settings: TrainingSettings) -> Path:
    """The file of a program's training kernel, in the user's cache by the hash of its source."""
    source = f"{kernel_source(program, settings)}\n# {_made_with()}\n"
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
