"""How long a key takes, measured as its user would: the program in a terminal, from key to picture.

    python benchmarks/stepping.py            # everything, about six minutes
    python benchmarks/stepping.py --quick    # one file, one size

One row a file, size and key: milliseconds from writing the key to the first and to the last byte of
the answer (median and 95th percentile), bytes an answer, and whether the first byte meets the goal.
The last rows are with training running beside the screen. Pictures come 25 times a second there: the
first byte after a key may be another picture's, and there is no last one. Only Unix.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import platform
import pty
import random
import select
import signal
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from itertools import cycle, islice
from pathlib import Path

KEYS = {
    ".": ".",
    ",": ",",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "enter": "\r",
    "backspace": "\x7f",
    "down": "\x1b[B",
    "up": "\x1b[A",
    "pagedown": "\x1b[6~",
    "pageup": "\x1b[5~",
    "tab": "\t",
    "end": "\x1b[F",
    "space": " ",
}
MEASURED = {  # in one run of the program: each key leads back where the one before came from
    **{name: (name,) for name in (".", ",", "right", "left", "enter", "backspace", "down", "up")},
    "pagedown, pageup": ("pagedown", "pageup"),
    "tab": ("tab",),
}
FILES = ("lstm-ab", "reber", "anbncn", "embedded-reber", "binary-addition")
SIZES = ((120, 40), (200, 60))
LARGE = """
title = "256 hidden units, of which most weights are out of sight"
model = "lstm"
[sizes]
hidden = 256
[data]
one_hot = "AB"
sequence = "AABBABA"
targets = "AABBABA"
"""
TO_WEIGHTS = ["tab", "tab"]
GOALS = (16.0, 33.0)  # ms to the first byte: median and 95th percentile
GOALS_TRAINING = (50.0, 50.0)
# Seconds without a byte, in which the program sleeps, that end an answer; then the next key comes:
# in step neither with the pictures nor with anything else.
SILENCE = (0.015, 0.04)
PATIENCE = 4  # presses without an answer after which there is nothing to do
BETWEEN = (0.03, 0.09)  # seconds from an answer to the next key where it is never silent


class Terminal:
    """The program in a pseudo-terminal of some size."""

    def __init__(self, file: str, size: tuple[int, int]) -> None:
        self.process, self._end = pty.fork()
        if not self.process:
            environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
            os.execve(sys.executable, [sys.executable, "-m", "rnntui.cli", file], environment)
        fcntl.ioctl(self._end, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        os.kill(self.process, signal.SIGWINCH)

    def read(self, seconds: float, silence: float | None = None) -> tuple[int, float, float]:
        """What comes within some time, or until it is silent: bytes, the first's and last's times."""
        count, first, last, awake = 0, 0.0, 0.0, 0.0
        end = time.perf_counter() + seconds
        while (now := time.perf_counter()) < end:
            if silence is not None and last and now - max(last, awake) >= silence:
                break
            if select.select([self._end], [], [], 0.001)[0]:
                count += len(os.read(self._end, 1 << 20))
                last = time.perf_counter()
                first = first or last
            elif silence and not self._sleeps():
                awake = time.perf_counter()  # at the next picture
        return count, first, last

    def _sleeps(self) -> bool:
        """Whether the program waits for something; where the system does not say, it does."""
        state = Path(f"/proc/{self.process}/stat")
        return not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "S"

    def type(self, text: str) -> float:
        """Press keys; when that was."""
        at = time.perf_counter()
        os.write(self._end, text.encode())
        return at

    def close(self) -> None:
        """End the program."""
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self._end)


@contextmanager
def running(file: str, size: tuple[int, int], before: Sequence[str]) -> Iterator[Terminal]:
    """The program with its first picture and what some keys lead to."""
    terminal = Terminal(file, size)
    try:
        terminal.read(20, silence=1.0)
        for key in before:
            terminal.type(KEYS[key])
            terminal.read(1.0, silence=0.05)
        terminal.read(0.5)
        yield terminal
    finally:
        terminal.close()


@dataclass(frozen=True)
class Answers:
    """Milliseconds to the first and to the last byte of each answer, and the bytes of all."""

    first: Sequence[float]
    last: Sequence[float]
    size: int

    def meet(self, goals: tuple[float, float]) -> bool:
        """Whether the first bytes came as soon as they should; they do where there is no answer."""
        return not self.first or all(
            _at(self.first, share) <= goal for share, goal in zip((0.5, 0.95), goals, strict=True)
        )

    def row(self) -> str:
        """Median and 95th percentile of both, and bytes an answer."""
        if not self.first:
            return "no answer: there is nothing to do"
        spreads = [
            f"{_at(times, 0.5):7.1f}{_at(times, 0.95):7.1f}" for times in (self.first, self.last)
        ]
        return f"{'  '.join(spreads)}  {self.size // len(self.first):8}  {len(self.first):5}"


def measure(terminal: Terminal, keys: Sequence[str], presses: int, training: bool) -> Answers:
    """Press some keys in turn, so many times in all, and wait for each answer."""
    first, last, size = [], [], 0
    for number, key in enumerate(islice(cycle(keys), presses)):
        if number == PATIENCE and not first:
            break
        at = terminal.type(KEYS[key])
        if training:
            count, begun, ended = terminal.read(1.0, silence=0.0)
            terminal.read(random.uniform(*BETWEEN))
        else:
            count, begun, ended = terminal.read(1.0, silence=random.uniform(*SILENCE))
        if count:
            first.append((begun - at) * 1e3)
            last.append((ended - at) * 1e3)
            size += count
    return Answers(first, last, size)


def _at(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def main() -> None:
    """Print the machine, then a row for each file, size and key."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--presses", type=int, default=40)
    parser.add_argument("--quick", action="store_true", help="one file at one size")
    options = parser.parse_args()
    versions = ", ".join(
        f"{name} {metadata.version(name)}" for name in ("textual", "rich", "numpy")
    )
    load = " ".join(f"{value:.2f}" for value in os.getloadavg())
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, load {load}")
    print(
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}, {versions}"
    )
    print(f"\n{'file':18} {'size':8} {'key':18} {'first p50':>7} {'p95':>5}  {'last p50':>7} {'p95':>5}"
          f"  {'bytes':>8}  {'n':>5}  goals {GOALS[0]:g}, {GOALS[1]:g}")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        large = Path(folder, "lstm-256.toml")
        large.write_text(LARGE, encoding="utf-8")
        sizes = SIZES[:1] if options.quick else SIZES
        files: dict[str, list[str]] = {name: [] for name in FILES[: 1 if options.quick else None]}
        if not options.quick:
            files[str(large)] = TO_WEIGHTS
        started, met = time.perf_counter(), []
        for file, before in files.items():
            for size in sizes:
                with running(file, size, before) as terminal:
                    for name, keys in MEASURED.items():
                        found = measure(terminal, keys, options.presses, training=False)
                        met.append(print_row(file, size, name, found, GOALS))
        for size in sizes:
            with running(FILES[0], size, ["space"]) as terminal:
                for key in (".", "right", "down"):
                    found = measure(terminal, [key], options.presses, training=True)
                    met.append(
                        print_row(FILES[0], size, f"{key} while training", found, GOALS_TRAINING)
                    )
    print(f"\n{sum(met)} of {len(met)} rows met the goals, {len(met) - sum(met)} did not;"
          f" measured in {time.perf_counter() - started:.0f} s")  # fmt: skip


def print_row(
    name: str, size: tuple[int, int], key: str, answers: Answers, goals: tuple[float, float]
) -> bool:
    """One line of the table; whether it met the goals."""
    met = answers.meet(goals)
    where = f"{Path(name).stem:18} {size[0]}x{size[1]:<4} {key:18}"
    print(f"{where} {answers.row()}  {'met' if met else 'NOT met'}", flush=True)
    return met


if __name__ == "__main__":
    main()
