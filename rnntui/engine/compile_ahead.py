"""Compiling in a process of its own, so that the one with the screen only has to load the result.

    python -m rnntui.engine.compile_ahead KERNEL.py [TASK OPTIONS]

The kernel's module compiles when it is imported, and what Numba compiled is kept in the same folder.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from rnntui.compile.kernel_cache import code_kept_for, is_compiled, kernel_path, load_kernel
from rnntui.data.streams import TaskStream
from rnntui.engine.compiled_engine import CompiledEngine
from rnntui.engine.training import Trainer


def compile_beside(trainer: Trainer) -> CompiledEngine:
    """The compiled training of a trainer; what is not in the cache is compiled by another process."""
    path = kernel_path(trainer.program, trainer.settings)
    if not is_compiled(path):
        command = [sys.executable, "-m", "rnntui.engine.compile_ahead", str(path)]
        if isinstance(trainer.sequences, TaskStream):
            task = trainer.sequences.task
            command += [task.name, json.dumps(asdict(task))]
        _run(command)
    with _for_good():
        return CompiledEngine(trainer)


@contextlib.contextmanager
def _for_good() -> Iterator[None]:
    """What is made here is left out of the search for cyclic garbage.

    The compiler is half a million objects: a search that goes through them takes as long as several
    pictures, and happens now and then, the first time while they are being made.
    """
    searched = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if searched:
            gc.enable()


def _run(command: list[str]) -> None:
    """Run a command to its end; whatever becomes of it, what it did not compile is compiled here."""
    quiet = subprocess.DEVNULL
    with contextlib.suppress(OSError):
        process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)
        atexit.register(process.terminate)
        process.wait()
        atexit.unregister(process.terminate)


def main(arguments: list[str]) -> None:
    """Compile a kernel, and what draws the sequences of a task."""
    from rnntui.data.compiled_stream import CompiledStream
    from rnntui.data.tasks.registry import make_task

    if hasattr(os, "nice"):
        os.nice(10)  # the screen comes first
    kernel, *task = arguments
    path = Path(kernel)
    with code_kept_for(path):
        if task:  # first: that the kernel is there says that all is
            name, options = task
            CompiledStream(TaskStream(make_task(name, **json.loads(options)), 0))
        load_kernel(path)


if __name__ == "__main__":
    main(sys.argv[1:])
