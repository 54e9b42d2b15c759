"""How time and memory grow: with the sequence, with the network, and with the history behind one.

    python benchmarks/scale.py                   # all three sweeps, about three minutes
    python benchmarks/scale.py length --most 10000

Each column of a sweep has a slope: the exponent p of the power law size^p that fits it best, in the
logarithms. 1 is proportional, 0 does not grow. `trace` is an iteration as the stepper computes it,
with every value kept; `NumPy` and `compiled` are an update in training. Memory is the most that was
held at once: by Python and NumPy for the trace, by the whole process for the kernel.
"""

from __future__ import annotations

import argparse
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from long_sessions import LongSession
from machine import description, on_one_core
from ours import Ours
from table import markdown, number
from tasks import lstm

from rnntui.session.checks import start_training

LENGTHS = (100, 1_000, 10_000, 100_000)
SIZES = (16, 32, 64, 128, 256, 512)
HISTORIES = (100, 1_000, 10_000, 100_000, 1_000_000)
_HEAD = ("trace ms", "NumPy ms", "compiled ms", "trace MB", "compiled MB")


def sweep(title: str, sizes: Sequence[int], hidden: Callable[[int], int],
          length: Callable[[int], int]) -> str:  # fmt: skip
    """The table of a sweep over sequences or networks."""
    rows = []
    for size in sizes:
        print(f"… {title} {size:,}", file=sys.stderr, flush=True)
        rows.append(_alone(_iteration, hidden(size), length(size)))
    return _table(title, sizes, _HEAD, rows)


def _alone(function: Callable[..., list[float]], *arguments: Any) -> list[float]:
    """What a function gives in a process of its own, whose memory is its own too."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(function, arguments)


def _iteration(hidden: int, length: int) -> list[float]:
    """Milliseconds and megabytes of one iteration of an LSTM."""
    workload = lstm(hidden, length, sequences=1)
    trainer, state = start_training(workload.file)
    compiled = Ours(workload, compiled=True, drawn=True)
    kernel_memory = _more_held(lambda: compiled.train(1))
    kernel = _seconds(lambda: compiled.train(1))
    with_numpy = Ours(workload, compiled=False, drawn=True)
    training = _seconds(lambda: with_numpy.train(1))
    trace = _seconds(lambda: trainer.iterate(state))
    tracemalloc.start()
    trainer.iterate(state)
    trace_memory = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return [1e3 * trace, 1e3 * training, 1e3 * kernel, trace_memory / 1e6, kernel_memory / 1e6]


def _more_held(function: Callable[[], Any]) -> int:
    """Bytes that this process held at most while it ran, beyond those before."""
    own = Path("/proc/self")
    (own / "clear_refs").write_text("5", encoding="utf-8")  # forget the most that was held so far

    def kilobytes(key: str) -> int:
        lines = (own / "status").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(key))

    before = kilobytes("VmRSS")
    function()
    return 1024 * (kilobytes("VmHWM") - before)


def _seconds(function: Callable[[], Any]) -> float:
    """The least of a few tries, of one if it takes long."""
    taken: list[float] = []
    while len(taken) < 5 and sum(taken) < 2:
        start = time.perf_counter()
        function()
        taken.append(time.perf_counter() - start)
    return min(taken)


def history_sweep(name: str, sizes: Sequence[int]) -> str:
    """The table of what a key takes once so many iterations lie behind."""
    past = LongSession(name)
    session = past.session
    head = ("next equation µs", "next iteration µs", "previous iteration µs", "go to µs",
            "go to, worst of 100 µs", "history MB")  # fmt: skip
    generator = np.random.default_rng(0)
    rows = []
    for size in sizes:
        print(f"… history of {size:,}", file=sys.stderr, flush=True)
        past.train(size)
        equation = [_microseconds(session.next_equation) for _ in range(100)]
        back = [_microseconds(session.previous_iteration) for _ in range(50)]
        forward = [_microseconds(session.next_iteration) for _ in range(50)]
        targets = generator.integers(0, size, 100).tolist()
        went = [_microseconds(partial(session.go_to, target)) for target in targets]
        medians = [float(np.median(found)) for found in (equation, forward, back, went)]
        rows.append([*medians, max(went), past.size / 1e6])
    session.close()
    return _table(f"iterations of {name}", sizes, head, rows)


def _microseconds(function: Callable[[], Any]) -> float:
    start = time.perf_counter()
    function()
    return 1e6 * (time.perf_counter() - start)


def _table(title: str, sizes: Sequence[int], head: Sequence[str], rows: list[list[float]]) -> str:
    lines = [
        [f"{size:,}", *(number(value) for value in row)]
        for size, row in zip(sizes, rows, strict=True)
    ]
    lines.append(["slope", *(_slope(sizes, column) for column in zip(*rows, strict=True))])
    return markdown([title, *head], lines)


def _slope(sizes: Sequence[int], values: Sequence[float]) -> str:
    found = [(size, value) for size, value in zip(sizes, values, strict=True) if value > 0]
    if len(found) < 2:
        return "–"
    x, y = np.log(np.array(found)).T
    return f"{np.polyfit(x, y, 1)[0]:.2f}"


def main() -> None:
    """Run the sweeps that are asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    sweeps = ("length", "hidden", "history")
    parser.add_argument("sweeps", nargs="*", metavar="SWEEP", help=f"of {', '.join(sweeps)}; all")
    parser.add_argument("--most", type=int, default=10**9, help="leave out larger sizes")
    options = parser.parse_args()
    on_one_core()
    print(description(), end="\n\n", flush=True)
    for name in options.sweeps or sweeps:
        sizes = {"length": LENGTHS, "hidden": SIZES, "history": HISTORIES}[name]
        within = [size for size in sizes if size <= options.most]
        if name == "length":
            print("An LSTM of 16 units, by timesteps T of its sequence:\n")
            print(sweep("T", within, lambda _: 16, lambda size: size), end="\n\n", flush=True)
        elif name == "hidden":
            print("A sequence of 50 timesteps, by hidden units H of an LSTM:\n")
            print(sweep("H", within, lambda size: size, lambda _: 50), end="\n\n", flush=True)
        else:
            print("What a key takes, by the iterations that lie behind:\n")
            print(history_sweep("reber", within), flush=True)


if __name__ == "__main__":
    main()
