"""Signals that end a program, as exceptions: what is under way is undone, and kept what can be."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

_ENDING = ("SIGTERM", "SIGHUP", "SIGQUIT")
"""What `kill`, a terminal that closes, and Ctrl-\\ send; not all systems have all of them."""


class Ended(SystemExit):
    """A signal has asked the program to end, with the exit status that shells write for it."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)


@contextlib.contextmanager
def signals_raised() -> Iterator[None]:
    """Raise `Ended` where such a signal comes. One that is ignored, as by `nohup`, stays so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in _ENDING if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    ours = [number for number in numbers if before[number] == signal.SIG_DFL]
    for number in ours:
        signal.signal(number, _raise)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, before[number])


@contextlib.contextmanager
def signals_ignored() -> Iterator[None]:
    """Let nothing interrupt what is short and has to be done, such as saving."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [signal.SIGINT, *(getattr(signal, n) for n in _ENDING if hasattr(signal, n))]
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _raise(number: int, _: FrameType | None) -> None:
    raise Ended(number)
