"""The least time that an update can take on this machine, and what it consists of.

    python benchmarks/limits.py                     # the limits alone; training.py compares with them

The limit is the sum of what counts.py finds, each at the speed that speeds.py measures: slow
operations, products that wait for the timestep before, products of all timesteps in one, and the
update's way through memory. Loads, additions, loops and waiting for results are not in it, so it
cannot be reached. It comes in two: `vectors` keeps the processor's vector units full, which a
network of two units never can; `single` computes exp, tanh and the like one number at a time, as
the C library does.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np
from counts import Work, work
from machine import description, on_one_core
from speeds import Speeds, measure_speeds
from table import markdown, number
from tasks import ROWS, Workload, chosen


@dataclass(frozen=True)
class Limit:
    """Microseconds an update, and its parts; `single` in place of `operations` is the other limit."""

    operations: float
    single: float
    sequential: float
    batched: float
    update: float

    @property
    def vectors(self) -> float:
        """With vector units full."""
        return self.operations + self._rest

    @property
    def one_at_a_time(self) -> float:
        """With slow operations one number at a time."""
        return self.single + self._rest

    @property
    def _rest(self) -> float:
        return self.sequential + self.batched + self.update


def work_of(workload: Workload) -> Work:
    """What an update of a workload has to compute."""
    file = workload.file
    share = float(np.mean([np.mean(np.asarray(s.targets) != 0) for s in workload.sequences]))
    return work(file.program, file.training, workload.mean_length, share)


def limit(found: Work, speeds: Speeds) -> Limit:
    """The least time for this work."""
    touched = 8 * found.parameters * (4 + 2 * found.states)  # read and written, gradients too
    arrays = found.parameters * (2 + found.states)
    return Limit(
        operations=sum(n * speeds.vector[key] for key, n in found.operations.items()) / 1e3,
        single=sum(n * speeds.single[key] for key, n in found.operations.items()) / 1e3,
        sequential=found.sequential / speeds.gemv(found.recurrent) / 1e3,
        batched=found.batched / speeds.gemm / 1e3,
        update=touched / speeds.stream(arrays // 3) / 1e3,
    )


HEAD = ("row", "exp, tanh, log", "√, ÷", "flops in sequence", "flops in batches", "parameters",
        "µs: operations", "in sequence", "in batches", "update",
        "limit, vectors", "limit, single")  # fmt: skip


def cells(workload: Workload, speeds: Speeds) -> tuple[list[str], Limit]:
    """A row of the table of limits."""
    found = work_of(workload)
    least = limit(found, speeds)
    slow = sum(found.operations[key] for key in ("exp", "tanh", "log") if key in found.operations)
    rest = sum(found.operations[key] for key in ("sqrt", "divide") if key in found.operations)
    row = [
        workload.title,
        f"{slow:,.0f}",
        f"{rest:,.0f}",
        f"{found.sequential:,.0f}",
        f"{found.batched:,.0f}",
        f"{found.parameters:,}",
        f"{number(least.operations)}–{number(least.single)}",
        number(least.sequential),
        number(least.batched),
        number(least.update),
        number(least.vectors),
        number(least.one_at_a_time),
    ]
    return row, least


def main() -> None:
    """Measure the machine and print the limits."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(ROWS)}; all")
    options = parser.parse_args()
    on_one_core()
    print(description(), end="\n\n")
    speeds = measure_speeds()
    print(markdown(HEAD, [cells(workload, speeds)[0] for workload in chosen(options.rows)]))
    print(f"\n{speeds}")


if __name__ == "__main__":
    main()
