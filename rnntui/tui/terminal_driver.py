"""Textual's driver of Unix terminals, but for faults of it (textual 8.2.8)."""

from __future__ import annotations

import sys
from codecs import IncrementalDecoder, getincrementaldecoder
from collections.abc import Callable
from functools import partial

from textual.driver import Driver


def _lenient_decoder(encoding: str) -> Callable[[], IncrementalDecoder]:
    return partial(getincrementaldecoder(encoding), errors="replace")


def mended(driver: type[Driver]) -> type[Driver]:
    """The driver to be used in place of the one that Textual has chosen."""
    if sys.platform != "win32":
        from textual.drivers import linux_driver
        from textual.drivers.linux_driver import LinuxDriver

        # a byte that is no UTF-8, a key of a Latin-1 terminal, say, would end the application
        vars(linux_driver)["getincrementaldecoder"] = _lenient_decoder

        class UnixDriver(LinuxDriver):
            """Is stopped and continued between two steps of the event loop, and goes on as it was.

            Textual does that within the signal's handler: where the thread that it interrupts is just
            handing something over to be written, the handler waits for ever for the same lock. And it
            starts a second thread that reads the keys, each of which gets a part, where a process
            that was stopped from outside is continued.
            """

            _stops = False  # within our own stopping, where nothing else is interrupted

            def _sigtstp_application(self, *_: object) -> None:
                self._loop.call_soon_threadsafe(self._stop)

            def _stop(self) -> None:
                self._stops = True
                super()._sigtstp_application()
                self._stops = False

            def _sigcont_application(self, *_: object) -> None:
                if self._stops:
                    super()._sigcont_application()
                else:
                    self._loop.call_soon_threadsafe(self._go_on)

            def _go_on(self) -> None:
                if self._auto_restart and not self._must_signal_resume:
                    self.suspend_application_mode()
                super()._sigcont_application()

        if driver is LinuxDriver:
            return UnixDriver
    return driver
