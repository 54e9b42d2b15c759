"""The machine that a benchmark runs on: one core of it, and what to print about it."""

from __future__ import annotations

import os
import platform
import sys
from importlib import metadata
from pathlib import Path

# Read by libraries when they are loaded, so they have to be set before Python starts.
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "TORCHINDUCTOR_COMPILE_THREADS": "1",  # compiles here, where a time limit can interrupt it
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
    "PYTHONHASHSEED": "0",
}
_LIBRARIES = ("numpy", "numba", "torch", "jax", "jaxlib", "scipy")


def on_one_core(core: int | None = None) -> None:
    """Go on with one thread on one core; Python is started anew where the environment was another.

    core: which one; None is the last of those allowed, as interrupts tend to go to the first.
    """
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0)) if core is None else core})
    if any(os.environ.get(key) != value for key, value in ONE_THREAD.items()):
        os.environ.update(ONE_THREAD)
        os.execv(sys.executable, [sys.executable, *sys.argv])


def description() -> str:
    """Machine, versions and how busy the machine was, in a few lines."""
    used = ", ".join(str(core) for core in sorted(os.sched_getaffinity(0)))
    caches = ", ".join(f"{name} {size}" for name, size in _caches())
    versions = ", ".join(f"{name} {version}" for name in _LIBRARIES if (version := _version(name)))
    load = " ".join(f"{value:.2f}" for value in os.getloadavg())
    return (
        f"Machine: {_processor()}, {os.cpu_count()} cores ({caches}); on core {used}, one thread.\n"
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}, {versions}."
        f"\nLoad average when it began: {load} (a busy machine gives noisy figures)."
    )


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _caches() -> list[tuple[str, str]]:
    """Name and size of the first core's data caches."""
    found = []
    for folder in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        kind, level, size = (
            (folder / key).read_text().strip() for key in ("type", "level", "size")
        )
        if kind != "Instruction":
            found.append((f"L{level}", size))
    return found


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
