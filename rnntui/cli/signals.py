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
    """Raise `Ended` where such a signal comes: for work that has something to be kept or undone.

    One that is ignored, as by `nohup`, stays so; once one has come, all others are ignored as well,
    for the program is to end. Elsewhere signals do what they do to any program.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    received: list[int] = []

    def end(number: int, _: FrameType | None) -> None:
        received.append(number)
        for other in ours:  # a system that goes down sends more than one
            signal.signal(other, signal.SIG_IGN)
        raise Ended(number)

    numbers = [getattr(signal, name) for name in _ENDING if hasattr(signal, name)]
    ours = [number for number in numbers if signal.getsignal(number) == signal.SIG_DFL]
    for number in ours:
        signal.signal(number, end)
    try:
        yield
    except Exception:
        if received:  # Python makes another exception of one that comes while it makes a class
            raise Ended(received[0]) from None
        raise
    finally:
        for number in () if received else ours:
            signal.signal(number, signal.SIG_DFL)


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
