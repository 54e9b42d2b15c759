"""Cases in forked processes, with a bound on their memory; one that dies or hangs is a fault as well."""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple

from .cases import Case
from .judging import Fault

MEMORY = 1 << 30  # bytes more than the process has at its start
PATIENCE = 60.0  # seconds for one case, when nothing else ends it
_EACH = 400  # cases in a process, so that one that leaks does not stop the others


Judge = Callable[[Case], Fault | None]


def judged(cases: Sequence[Case], judge: Judge) -> Iterator[Fault | None]:
    """What is wrong with each case, in their order."""
    done = 0
    while done < len(cases):
        for fault in _in_a_process(cases[done : done + _EACH], judge):
            yield fault
            done += 1


def _in_a_process(cases: Sequence[Case], judge: Judge) -> Iterator[Fault | None]:
    """Those that a process came to: all of them, or up to the one that ended it."""
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        status = 1
        try:
            _work(cases, judge, writing)
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    answers = _Answers(reading)
    ended = False
    try:
        for case in cases:
            line = answers.next()
            if line:
                found = json.loads(line)
                yield None if found is None else Fault(*found)
                if found is None or found[0] != "memory":
                    continue
                os.kill(process, signal.SIGKILL)  # it holds on to what there was no room for
                os.waitpid(process, 0)
                ended = True
                return
            os.kill(process, signal.SIGKILL)
            _, status = os.waitpid(process, 0)
            ended = True
            dead = f"{case.arguments[0]}, status {status}"
            yield Fault("hang", case.arguments[0]) if line is None else Fault("death", dead)
            return
    finally:
        os.close(reading)
        if not ended:
            os.waitpid(process, 0)


class _Answers:
    """Lines from a pipe, waited for with patience."""

    def __init__(self, pipe: int) -> None:
        self._pipe, self._read = pipe, b""

    def next(self) -> bytes | None:
        """A line; empty where there will be none, None where none came in time."""
        end = time.monotonic() + PATIENCE
        while b"\n" not in self._read:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self._pipe], [], [], left)[0]:
                return None
            more = os.read(self._pipe, 1 << 16)
            if not more:
                return b""
            self._read += more
        line, _, self._read = self._read.partition(b"\n")
        return line


def _work(cases: Sequence[Case], judge: Judge, writing: int) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    bound = _taken() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for case in cases:
        fault = judge(case)
        os.write(writing, json.dumps(None if fault is None else astuple(fault)).encode() + b"\n")


def _taken() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * resource.getpagesize()
