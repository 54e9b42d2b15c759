"""Textual's driver of Unix terminals, but for a fault of it."""

from __future__ import annotations

import sys

from textual.driver import Driver


def mended(driver: type[Driver]) -> type[Driver]:
    """The driver to be used in place of the one that Textual has chosen."""
    if sys.platform != "win32":
        from textual.drivers.linux_driver import LinuxDriver

        class UnixDriver(LinuxDriver):
            """Goes on as it was where a process that was stopped from outside is continued.

            Textual 8.2.8 starts a second thread that reads the keys, each of which gets a part.
            """

            def _sigcont_application(self, *_: object) -> None:
                if self._auto_restart and not self._must_signal_resume:
                    self.suspend_application_mode()
                super()._sigcont_application()

        if driver is LinuxDriver:
            return UnixDriver
    return driver
