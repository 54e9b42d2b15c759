"""Textual's driver of Unix terminals, but for faults of it (textual 8.2.8)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import selectors
import signal
import sys
from collections.abc import Iterable

from textual.driver import Driver
from textual.message import Message

from rnntui.tui.terminal_keys import TerminalKeys

_TICK = 0.1  # seconds after which an Esc that nothing follows is a key
_BYTES = 4096  # of keys that are read at once


def mended(driver: type[Driver]) -> type[Driver]:
    """The driver to be used in place of the one that Textual has chosen."""
    if sys.platform != "win32":
        from textual.drivers.linux_driver import LinuxDriver

        class UnixDriver(LinuxDriver):
            """Reads whatever is typed, and is stopped and continued in good order.

            Textual's ends with a traceback where what is typed is not UTF-8 or cannot be parsed, and
            reads on for ever from a terminal that has gone. Its handlers of signals write to the
            terminal in the middle of whatever the main thread does, and wait for ever where that is
            writing, too; and where a process is continued that was not stopped by the terminal,
            they start a second thread that reads the keys, each of which gets a part.
            """

            def start_application_mode(self) -> None:
                super().start_application_mode()  # type: ignore[no-untyped-call]
                loop = asyncio.get_running_loop()
                with contextlib.suppress(RuntimeError, ValueError):  # not in the main thread
                    loop.add_signal_handler(signal.SIGTSTP, self._sigtstp_application)
                    loop.add_signal_handler(signal.SIGCONT, self._sigcont_application)

            def _sigcont_application(self, *_: object) -> None:
                # one that was stopped while it was leaving has put the terminal back as it was
                self._auto_restart = self._auto_restart and not self._app._exit
                if self._auto_restart and not self._must_signal_resume:
                    self.suspend_application_mode()
                super()._sigcont_application()

            def run_input_thread(self) -> None:
                """Read keys until the driver is to end, or the terminal has gone."""
                keys = TerminalKeys(self._debug)
                with selectors.SelectSelector() as selector:
                    selector.register(self.fileno, selectors.EVENT_READ)
                    while not self.exit_event.is_set():
                        if selector.select(_TICK):
                            typed = self._typed()
                            if not typed:
                                return
                            self._hand_over(keys.read(typed, self._app.size))
                        self._hand_over(keys.tick())
                keys.end()

            def _typed(self) -> bytes:
                """What has been typed; nothing, of a terminal that has gone."""
                try:
                    return os.read(self.fileno, _BYTES)
                except OSError:
                    return b""

            def _hand_over(self, messages: Iterable[Message]) -> None:
                for message in messages:
                    self.process_message(message)

        if driver is LinuxDriver:
            return UnixDriver
    return driver
