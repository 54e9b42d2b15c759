"""How soon there is something to see: `rnntui` and `rnntui FILE` beside an empty Textual application.

    python benchmarks/startup.py

The programs take turns in pseudo-terminals of their own, so that whatever else the machine does
slows all of them alike; what counts is the ratio. First paint: the last byte before the first
pause of 50 ms, once a screenful has come. Complete: the equation panel (in the gallery the
preview) has its content. Only the standard library, and Python's own pseudo-terminals (Unix).

Medians of 21 in seconds (beside the empty application) on two shared and busy cores, CPython 3.11.7,
Textual 8.2.8; before the opening screen both were 2.6 to 3.5 ×, in either column:

| program | first paint | complete |
| --- | --- | --- |
| empty application | 0.36 | |
| rnntui | 0.46 (1.28 ×) | 0.73 (2.0 ×) |
| rnntui lstm-ab | 0.46 (1.27 ×) | 0.93 (2.6 ×) |
"""

from __future__ import annotations

import argparse
import fcntl
import importlib.metadata
import os
import platform
import pty
import select
import signal
import statistics
import struct
import sys
import termios
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

SCREENFUL = 1500  # bytes; what comes before the first frame is less
PAUSE = 0.05  # seconds without a byte: a frame is complete
PATIENCE = 20.0  # seconds, on a busy machine

EMPTY = "from textual.app import App; App().run()"


@dataclass
class Program:
    """A command, the text that tells that its screen is complete, and the seconds measured."""

    name: str
    arguments: Sequence[str]
    complete: str = ""
    first_paints: list[float] = field(default_factory=list)
    completions: list[float] = field(default_factory=list)

    def measure(self, size: tuple[int, int]) -> None:
        """Run it once."""
        started = time.perf_counter()
        process, terminal = pty.fork()
        if process == 0:
            terminal_is = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
            command = [sys.executable, *self.arguments]
            os.execve(sys.executable, command, {**os.environ, **terminal_is})
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        try:
            self._watch(terminal, started)
        finally:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            os.close(terminal)

    def _watch(self, terminal: int, started: float) -> None:
        screen, last, painted = b"", started, False
        while (now := time.perf_counter()) < started + PATIENCE:
            if not painted and len(screen) > SCREENFUL and now - last > PAUSE:
                self.first_paints.append(last - started)
                painted = True
            complete = self.complete.encode() in screen
            if painted and complete:
                return
            if select.select([terminal], [], [], 0.002)[0]:
                screen += os.read(terminal, 1 << 20)
                last = time.perf_counter()
                if self.complete and not complete and self.complete.encode() in screen:
                    self.completions.append(last - started)
        raise SystemExit(f"{self.name} is not complete: {screen[-800:]!r}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repetitions", type=int, default=15)
    parser.add_argument("--size", default="120x40", help="of the terminal")
    given = parser.parse_args()
    width, _, height = given.size.partition("x")
    programs = [
        Program("empty application", ["-c", EMPTY]),
        Program("rnntui", ["-m", "rnntui.cli"], "Equations ·"),
        Program("rnntui lstm-ab", ["-m", "rnntui.cli", "lstm-ab"], "input gate"),
    ]
    for repetition in range(given.repetitions + 1):
        for program in programs:
            program.measure((int(width), int(height)))
            if repetition == 0:  # files come into the disk's cache
                program.first_paints.clear()
                program.completions.clear()
    report(programs, given.repetitions, given.size)


def report(programs: Sequence[Program], repetitions: int, size: str) -> None:
    """Print the medians as a table, and what they were measured on."""
    empty = statistics.median(programs[0].first_paints)
    print(f"{'median seconds':<20}{'first paint':>12}{'ratio':>8}{'complete':>12}{'ratio':>8}")
    for program in programs:
        line = f"{program.name:<20}"
        for times in (program.first_paints, program.completions):
            if times:
                middle = statistics.median(times)
                line += f"{middle:12.3f}{middle / empty:7.2f}×"
        print(line)
    versions = [f"{name} {importlib.metadata.version(name)}" for name in ("textual", "rnntui")]
    print(f"\n{repetitions} repetitions, terminal of {size}, {os.cpu_count()} cores,", end=" ")
    print(f"{platform.python_implementation()} {platform.python_version()}, {', '.join(versions)},")
    print(f"{platform.platform()}, {platform.machine()}")


if __name__ == "__main__":
    main()
