"""How long it takes to reach any past iteration, and what the history takes in memory.

    python benchmarks/replay.py                                # 10^6 iterations of five files
    python benchmarks/replay.py reber --iterations 100000 --targets 50

The file is trained with the compiled kernel (--engine numpy: with NumPy); then random past iterations
are asked for, uniformly over all of them, and a few of the first and last. Reaching one gives the
state before it; `shown` is with its trace, all that there is to see, as the screen needs it. Every
answer is held against the same iteration reached from elsewhere: the same bits.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from long_sessions import LongSession
from machine import description, on_one_core
from table import markdown, number

from rnntui.engine.state import TrainingState

FILES = ("reber", "anbn", "anbncn", "embedded-reber", "binary-addition")
HEAD = ("file", "iterations", "run in s", "history MB", "state p50 ms", "p95 ms", "max ms",
        "go to p50 ms", "p95 ms", "max ms")  # fmt: skip


def replayed(name: str, iterations: int, targets: int, compiled: bool) -> list[str]:
    """A row of the table."""
    past = LongSession(name, compiled)
    ran = past.train(iterations)
    generator = np.random.default_rng(0)
    taken: tuple[list[float], list[float]] = ([], [])
    for target in generator.integers(0, iterations, targets).tolist():
        state, milliseconds = _timed(past.reach, target)
        taken[0].append(milliseconds)
        elsewhere, back = generator.integers(0, iterations, 2).tolist()
        past.reach(elsewhere)
        if not _same(state, past.reach(target)):
            raise ArithmeticError(f"{name}: iteration {target} is not the same a second time")
        taken[1].append(_timed(past.session.go_to, back)[1])
    past.session.close()
    figures = [float(np.percentile(found, q)) for found in taken for q in (50, 95, 100)]
    size = f"{past.size / 1e6:.1f}"
    return [name, f"{iterations:,}", f"{ran:.1f}", size, *(number(value) for value in figures)]


def _timed(function: Callable[[int], Any], argument: int) -> tuple[Any, float]:
    """What it gives, and the milliseconds that took."""
    start = time.perf_counter()
    found = function(argument)
    return found, 1e3 * (time.perf_counter() - start)


def _same(a: TrainingState, b: TrainingState) -> bool:
    """Whether two states are the same bits."""
    return a.iteration == b.iteration and all(
        x[key].tobytes() == y[key].tobytes()
        for x, y in ((a.parameters, b.parameters), (a.memory, b.memory))
        for key in x
    )


def main() -> None:
    """Train, go back, print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "files", nargs="*", metavar="FILE", help=f"shipped ones; {', '.join(FILES)}"
    )
    parser.add_argument("--iterations", type=int, default=10**6, help="how long the past is (10^6)")
    parser.add_argument("--targets", type=int, default=200, help="iterations gone back to (200)")
    parser.add_argument("--engine", choices=("compiled", "numpy"), default="compiled")
    options = parser.parse_args()
    on_one_core()
    print(description(), end="\n\n", flush=True)
    rows = []
    for name in options.files or FILES:
        print(f"… {name}", file=sys.stderr, flush=True)
        rows.append(
            replayed(name, options.iterations, options.targets, options.engine == "compiled")
        )
    print(markdown(HEAD, rows))


if __name__ == "__main__":
    main()
