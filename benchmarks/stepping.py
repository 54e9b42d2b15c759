"""How long a key takes, measured as its user would: the program in a terminal, from key to picture.

    python benchmarks/stepping.py            # everything, some minutes
    python benchmarks/stepping.py --quick    # one file, one size

One row a file, size and key: milliseconds from writing the key to the first and to the last byte of
the answer (median and 95th percentile), and bytes an answer. The last rows are with training running
beside the screen. Pictures come 25 times a second there: the first byte after a key may be another
picture's, and there is no last one. Only Unix.
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
MEASURED = {
    **{name: (name,) for name in (".", ",", "right", "left", "enter", "backspace", "down", "up")},
    "pagedown, pageup": ("pagedown", "pageup"),
    "tab": ("tab",),
}
BACK = {",": ["end"], "left": ["end"], "backspace": ["enter"] * 60}  # so that there is a way back
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
GAP = (
    0.03,
    0.09,
)  # seconds between keys: neither in step with the pictures nor slower than fingers
SILENCE = 0.06  # seconds after which an answer has come to its end


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
        count, first, last = 0, 0.0, 0.0
        end = time.perf_counter() + seconds
        while (now := time.perf_counter()) < end:
            if silence and last and now - last > silence:
                break
            if select.select([self._end], [], [], 0.001)[0]:
                count += len(os.read(self._end, 1 << 20))
                last = time.perf_counter()
                first = first or last
        return count, first, last

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

    def row(self) -> str:
        """Median and 95th percentile of both, and bytes an answer."""
        if not self.first:
            return "no answer: there is nothing to do"
        spreads = [
            f"{_at(times, 0.5):7.1f}{_at(times, 0.95):7.1f}" for times in (self.first, self.last)
        ]
        return f"{'  '.join(spreads)}  {self.size // len(self.first):8}  {len(self.first):5}"


def measure(terminal: Terminal, keys: Sequence[str], presses: int) -> Answers:
    """Press some keys in turn, so many times in all, and wait for each answer."""
    first, last, size = [], [], 0
    for key in islice(cycle(keys), presses):
        terminal.read(random.uniform(*GAP))
        at = terminal.type(KEYS[key])
        count, begun, ended = terminal.read(1.0, silence=SILENCE)
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
    parser.add_argument("--presses", type=int, default=60)
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
          f"  {'bytes':>8}  {'n':>5}")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        large = Path(folder, "lstm-256.toml")
        large.write_text(LARGE, encoding="utf-8")
        sizes = SIZES[:1] if options.quick else SIZES
        files: dict[str, list[str]] = {name: [] for name in FILES[: 1 if options.quick else None]}
        if not options.quick:
            files[str(large)] = TO_WEIGHTS
        for file, before in files.items():
            for size in sizes:
                for name, keys in MEASURED.items():
                    with running(file, size, [*before, *BACK.get(name, [])]) as terminal:
                        found = measure(terminal, keys, options.presses)
                    print_row(file, size, name, found)
        for size in sizes:
            for key in (".", "right", "down"):
                with running(FILES[0], size, ["space"]) as terminal:
                    found = measure(terminal, [key], options.presses)
                print_row(FILES[0], size, f"{key} while training", found)


def print_row(name: str, size: tuple[int, int], key: str, answers: Answers) -> None:
    """One line of the table."""
    print(f"{Path(name).stem:18} {size[0]}x{size[1]:<4} {key:18} {answers.row()}", flush=True)


if __name__ == "__main__":
    main()
