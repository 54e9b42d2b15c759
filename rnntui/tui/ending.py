"""What ends the application from outside, signals and a terminal that closes: it leaves in good order."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import sys
import threading
from collections.abc import Callable

_SIGNALS = ("SIGTERM", "SIGHUP", "SIGQUIT")
_HUNG_UP = 128 + 1  # the exit status of SIGHUP
_PATIENCE = 0.8  # seconds for leaving in good order; a terminal that has gone may never let go


def end_by_signals(leave: Callable[[int], None]) -> None:
    """Call `leave` with the exit status, as shells write it, when a signal asks to end.

    To be called where an event loop runs in the main thread; elsewhere, and where a system has no
    such signals, nothing happens. One that is ignored, as by `nohup`, stays ignored.
    """
    loop = asyncio.get_running_loop()
    for name in _SIGNALS:
        number = getattr(signal, name, None)
        if number is None or signal.getsignal(number) == signal.SIG_IGN:
            continue
        try:
            loop.add_signal_handler(number, _leave, leave, 128 + number)
        except (NotImplementedError, RuntimeError, ValueError):  # Windows; or another thread
            return


def end_with_terminal(leave: Callable[[int], None]) -> None:
    """Call `leave` when the terminal has gone, of which not every program is told by a signal.

    Textual 8.2.8 reads on from a terminal that has gone, as fast as it can, for ever.
    """
    if not (hasattr(select, "poll") and sys.__stdin__ is not None and sys.__stdin__.isatty()):
        return
    loop, number = asyncio.get_running_loop(), sys.__stdin__.fileno()

    def wait() -> None:
        poll = select.poll()
        poll.register(number, 0)  # nothing but that it has hung up
        poll.poll()
        with contextlib.suppress(RuntimeError):  # the application has ended by itself meanwhile
            loop.call_soon_threadsafe(_leave, leave, _HUNG_UP)

    threading.Thread(target=wait, name="terminal", daemon=True).start()


def _leave(leave: Callable[[int], None], status: int) -> None:
    deadline = threading.Timer(_PATIENCE, os._exit, (status,))
    deadline.daemon = True
    deadline.start()
    leave(status)
