"""What a sequence of each task costs: µs of processor time, drawn in Python and by compiled code.

    python benchmarks/generators.py
    python benchmarks/generators.py reber anbn --count 200 --runs 21

`shown` is a sequence with all that the stepper shows of it; `packed` is what training reads, a range
of --count sequences in one call, by Python and by compiled code (needs Numba). Medians of --runs;
processor time, so that other programs disturb little.

On two shared and busy cores (load average 4), 1000 sequences a call; `before` are the same ranges
packed when each sequence had a NumPy generator of its own, seeded with the stream's seed and its index:

| task | timesteps | before | shown | packed, Python | packed, compiled |
| --- | --- | --- | --- | --- | --- |
| reber | 7.0 | 36 | 12.2 | 12.4 | 0.56 |
| embedded-reber | 11.2 | 37 | 15.2 | 13.4 | 0.83 |
| anbn | 45.1 | 61 | 40.6 | 15.2 | 1.28 |
| anbncn | 67.6 | 72 | 34.8 | 14.5 | 2.12 |
| brackets | 15.8 | 86 | 40.3 | 15.1 | 0.44 |
| bracket-validity | 15.8 | 174 | 56.3 | 26.1 | 0.55 |
| binary-addition | 8.0 | 67 | 26.8 | 6.3 | 0.06 |
| parity | 12.0 | 55 | 28.8 | 14.9 | 0.07 |
| delayed-recall | 20.0 | 66 | 27.1 | 12.2 | 0.19 |
| copy | 20.0 | 93 | 40.8 | 18.3 | 0.37 |
| temporal-order | 21.0 | 86 | 60.2 | 37.3 | 0.58 |
| adding | 21.0 | 67 | 40.1 | 44.5 | 0.12 |
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
from machine import description

from rnntui.data.compiled_stream import CompiledStream
from rnntui.data.streams import TaskStream
from rnntui.data.tasks.registry import TASKS, make_task
from rnntui.engine.compiled_engine import compiler_available

SEED = 1


def microseconds(draw: Callable[[int], object], count: int, runs: int) -> float:
    """The median time of a sequence, where `draw` draws `count` of them from an index on."""
    found = []
    for run in range(runs):
        started = time.process_time()
        draw(run * count)
        found.append((time.process_time() - started) / count * 1e6)
    return statistics.median(found)


def row(name: str, count: int, runs: int) -> list[str]:
    """A task's mean length, and the times."""
    task = make_task(name)
    stream = TaskStream(task, SEED)

    def shown(first: int) -> None:
        for index in range(first, first + count):
            stream[index]

    def packed(first: int) -> None:
        stream.packed(first, count)

    times = [microseconds(shown, count, runs), microseconds(packed, count, runs)]
    cells = [f"{time:.1f}" for time in times]
    if compiler_available():
        compiled = CompiledStream(stream)
        cells.append(
            f"{microseconds(lambda first: compiled.packed(first, count), count, runs):.2f}"
        )
    length = np.mean(stream.packed(0, 1000).lengths)
    return [name, f"{length:.1f}", *cells]


def main() -> None:
    """Measure and print the table, in Markdown."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("tasks", nargs="*", metavar="TASK", help=f"of {', '.join(TASKS)}")
    parser.add_argument("--count", type=int, default=1000, help="sequences in a call (1000)")
    parser.add_argument("--runs", type=int, default=15, help="calls, of which the median (15)")
    options = parser.parse_args()
    print(f"{description()}\n")
    print("| task | timesteps | shown | packed, Python | packed, compiled |")
    print("| --- | --- | --- | --- | --- |")
    for name in options.tasks or TASKS:
        print(f"| {' | '.join(row(name, options.count, options.runs))} |", flush=True)


if __name__ == "__main__":
    main()
