"""How fast training runs beside the screen, as a share of training without one, in the same run.

    python benchmarks/running.py [FILE ...]

Each file is trained without a screen, then in the program in a pseudo-terminal (the rate is read off
the iterations that it shows), then without a screen again. Also how many pictures a second show a new
iteration. The first run of a file compiles its kernel, which is not counted. Only Unix.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import sys
import termios
import time

from machine import description

from rnntui.data.sequence_file import read_sequence_file
from rnntui.data.shipped import find_file
from rnntui.engine.compiled_engine import CompiledEngine
from rnntui.session.checks import start_training

FILES = ("reber", "anbn", "anbncn", "embedded-reber", "binary-addition")
SHOWN = re.compile(rb"training  iteration ([\d,]+)")
FAR = 10**9  # an iteration that it does not come to


def headless(name: str, seconds: float) -> float:
    """Iterations a second without a screen."""
    trainer, start = start_training(read_sequence_file(find_file(name)))
    training = CompiledEngine(trainer)
    state = training.advance(training.layout.vectors(start), 1000).after
    begun, started = state.iteration, time.perf_counter()
    while time.perf_counter() - started < seconds:
        state = training.advance(state, 2000).after
    return (state.iteration - begun) / (time.perf_counter() - started)


def beside(name: str, seconds: float, size: tuple[int, int]) -> tuple[float, float]:
    """Iterations a second beside the screen, and pictures a second that show newer ones."""
    process, terminal = pty.fork()
    if not process:
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        os.execve(sys.executable, [sys.executable, "-m", "rnntui.cli", name], environment)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    os.kill(process, signal.SIGWINCH)
    try:
        _read(terminal, 3.0)
        for key in (":", *str(FAR), "\r"):
            os.write(terminal, key.encode())
            _read(terminal, 0.1)
        _wait_for_kernel(terminal)
        seen = _read(terminal, seconds)
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(terminal)
    (first, begun), (last, ended) = seen[0], seen[-1]
    return (last - first) / (ended - begun), (len(seen) - 1) / (ended - begun)


def _wait_for_kernel(terminal: int) -> None:
    for _ in range(60):
        seen = _read(terminal, 1.0)
        if len(seen) > 1 and (seen[-1][0] - seen[0][0]) / (seen[-1][1] - seen[0][1]) > 20_000:
            return
    raise SystemExit("the kernel did not take over within a minute")


def _read(terminal: int, seconds: float) -> list[tuple[int, float]]:
    """The iterations that come on screen within some time, and when."""
    found: list[tuple[int, float]] = []
    end = time.perf_counter() + seconds
    while (left := end - time.perf_counter()) > 0:
        if select.select([terminal], [], [], min(left, 0.01))[0]:
            for number in SHOWN.findall(os.read(terminal, 1 << 20)):
                iteration = int(number.replace(b",", b""))
                if not found or iteration > found[-1][0]:
                    found.append((iteration, time.perf_counter()))
    return found


def main() -> None:
    """Print a row for each file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="*", default=FILES)
    parser.add_argument("--seconds", type=float, default=4.0)
    options = parser.parse_args()
    print(description())
    print(f"\n{'file':18} {'without':>12} {'beside it':>12}  {'share':>6}  {'pictures/s':>10}")
    for name in options.files:
        before = headless(name, options.seconds / 2)
        rate, pictures = beside(name, options.seconds, (120, 40))
        alone = statistics.mean([before, headless(name, options.seconds / 2)])
        print(f"{name:18} {alone:10,.0f}/s {rate:10,.0f}/s  {rate / alone:6.0%}  {pictures:10.1f}")


if __name__ == "__main__":
    main()
