"""What a sequence of each task costs: µs of processor time, one by one and a range at once.

    python benchmarks/generators.py
    python benchmarks/generators.py reber anbn --count 200 --runs 21

`shown` is a sequence with all that the stepper shows of it; `packed` is what training reads, a range
of --count sequences in one call. Medians of --runs; processor time, so that other programs disturb
little. TABLE
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
from machine import description

from rnntui.data.streams import TaskStream
from rnntui.data.tasks.registry import TASKS, make_task

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
    cells = [f"{time:.2f}" for time in times]
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
    print("| task | timesteps | shown | packed |")
    print("| --- | --- | --- | --- |")
    for name in options.tasks or TASKS:
        print(f"| {' | '.join(row(name, options.count, options.runs))} |", flush=True)


if __name__ == "__main__":
    main()
