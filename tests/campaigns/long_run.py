"""Training in the application for a long time, with keys now and then: memory, idle time and answers.

    python -m tests.campaigns.long_run --minutes 60
    python -m tests.campaigns.long_run --minutes 40 --instances 2

Prints a line a minute for each instance: its memory, and how long a key takes to show something. At
the end training is paused: the processor time of the idle program, and the exit.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from pathlib import Path

from .terminal import Terminal

_KEYS = (b"\x1b[C", b"\x1b[D", b"\x1b[B", b"\x1b[A", b"]", b"[")
_MEMORY_GROWTH = 1.15  # of the second half over the first
_IDLE = 0.005  # of a processor
_TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def megabytes(process: int) -> float:
    """The resident memory of a process."""
    for line in Path(f"/proc/{process}/status").read_text("utf-8").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def processor_seconds(process: int) -> float:
    """The processor time that a process has taken."""
    fields = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


class Instance:
    """One program that trains."""

    def __init__(self, file: str) -> None:
        self.terminal = Terminal([sys.executable, "-m", "rnntui.cli", file], (120, 40), {})
        self.terminal.read(3.0)
        self.terminal.write(b" ", 2.0)
        self.memory: list[float] = []
        self.answers: list[float] = []

    def minute(self, seconds: float) -> str:
        """Press keys for a while; what was measured."""
        end, taken = time.monotonic() + seconds, []
        while time.monotonic() < end:
            for key in _KEYS:
                began = time.monotonic()
                self.terminal.write(key, 2.0)
                while not self.terminal.read(0.005) and time.monotonic() < began + 5:
                    pass
                taken.append(time.monotonic() - began)
                self.terminal.read(0.5)
        self.memory.append(megabytes(self.terminal.pid))
        self.answers.append(statistics.median(taken))
        return f"{self.memory[-1]:.0f} MB, a key {self.answers[-1] * 1e3:.1f} ms"

    def idle(self, seconds: float) -> float:
        """What part of a processor it takes once it is paused; some keys have paused it already."""
        return min(self._taken(seconds, key) for key in (b"", b" "))

    def _taken(self, seconds: float, key: bytes) -> float:
        self.terminal.write(key, 2.0)
        self.terminal.read(3.0)
        before = processor_seconds(self.terminal.pid)
        self.terminal.read(seconds)
        return (processor_seconds(self.terminal.pid) - before) / seconds

    def leave(self) -> int:
        """Quit; the exit status."""
        self.terminal.write(b"\x11", 2.0)
        end = time.monotonic() + 20
        while not self.terminal.has_ended and time.monotonic() < end:
            self.terminal.read(0.05)
        return self.terminal.status

    def faults(self, idle: float, status: int) -> list[str]:
        """What was not to be."""
        half = len(self.memory) // 2
        first, last = (
            statistics.mean(part) for part in (self.memory[: half or 1], self.memory[half:])
        )
        begun, ended = (
            statistics.median(part) for part in (self.answers[: half or 1], self.answers[half:])
        )
        found = []
        if last > first * _MEMORY_GROWTH:
            found.append(f"memory grew from {first:.0f} to {last:.0f} MB")
        if ended > 2 * begun + 0.005:
            found.append(f"a key took {begun * 1e3:.1f} ms, then {ended * 1e3:.1f}")
        if idle > _IDLE:
            found.append(f"idle, it takes {idle:.2%} of a processor")
        if status:
            found.append(f"it ended with status {status}")
        return found


def campaign(minutes: float, instances: int, file: str, minute: float = 60.0) -> list[str]:
    """Run so many programs for so long; what was not to be."""
    programs = [Instance(file) for _ in range(instances)]
    faults: list[str] = []
    try:
        for number in range(max(int(minutes), 2)):
            for name, program in enumerate(programs):
                print(f"minute {number}, {name}: {program.minute(minute / instances)}", flush=True)
        for name, program in enumerate(programs):
            idle = program.idle(min(minute, 20.0))
            print(f"{name}: idle {idle:.2%}", flush=True)
            faults += [f"{name}: {fault}" for fault in program.faults(idle, program.leave())]
    finally:
        for program in programs:
            program.terminal.__exit__()
    return faults


def main() -> None:
    """Run the campaign; exit status 1 if something was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--instances", type=int, default=1)
    parser.add_argument("--file", default="embedded-reber")
    options = parser.parse_args()
    faults = campaign(options.minutes, options.instances, options.file)
    print("\n".join(faults) or "nothing was found")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
