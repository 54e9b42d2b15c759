"""What is seen while a file is read: the stepper that is to come, with nothing in its frames yet."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import copy_context
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING, Any

from textual import on
from textual.events import Key
from textual.message import Message
from textual.widgets import Static

from rnntui.text.problems import InputError, printable
from rnntui.tui.imports import import_plots, import_stepper
from rnntui.tui.panels.registry import Registration
from rnntui.tui.screens.frames import FramedScreen
from rnntui.tui.unread import Unread

if TYPE_CHECKING:
    from rnntui.tui.screens.stepper import StepperScreen


class OpeningScreen(FramedScreen[InputError]):
    """Reads a file; then the stepper takes its place. Dismissed with what is wrong with the file.

    Keys of the stepper that are pressed meanwhile are for the stepper; those of the app (quit,
    theme) are answered at once.
    """

    @dataclass
    class Progressed(Message):
        """So many bytes have been read, of so many if that is known."""

        done: int
        total: int | None

    @dataclass
    class Opened(Message):
        """The stepper is ready to be shown."""

        stepper: StepperScreen

    @dataclass
    class Failed(Message):
        """There will be no stepper: bad input, or a fault of our own."""

        reason: Exception

    def __init__(self, unread: Unread, chosen: Mapping[str, Any]) -> None:
        super().__init__()
        self._unread = unread
        self._chosen = chosen
        self._pressed: list[str] = []

    def make_status(self) -> Static:
        """The name of the file."""
        return Static(printable(self._unread.name), markup=False)

    def make_panel(self, panel: Registration) -> Static:
        """Nothing yet."""
        return Static(id=panel.name, classes="panel")

    def on_mount(self) -> None:
        """Be seen first, then work."""
        # by way of the app: what it refreshes before its own start is not written to the terminal
        self.app.call_later(self.call_after_refresh, self._start)

    def _start(self) -> None:
        # not one of Textual's workers: those would have to end before the program can
        Thread(target=copy_context().run, args=(self._open,), daemon=True).start()

    def _open(self) -> None:
        """Import everything there is to import, read the file, and compute the first iteration."""
        try:
            stepper = import_stepper()
            file = self._unread.opens(self._chosen, self._tell)
            self.post_message(self.Opened(stepper(file, self.app.memory)))
            import_plots()  # while the other panels are being drawn
        except Exception as reason:  # which a thread has nobody else to tell of
            self.post_message(self.Failed(reason))

    def _tell(self, done: int, total: int | None) -> None:
        self.post_message(self.Progressed(done, total))

    @on(Progressed)
    def _show_progress(self, progress: Progressed) -> None:
        done = f"{progress.done >> 20}"
        read = f"{done} MB" if progress.total is None else f"{done} of {progress.total >> 20} MB"
        name = printable(self._unread.name)
        self.query_one(".status", Static).update(f"{name} · reading {read}")

    @on(Opened)
    def _show_stepper(self, opened: Opened) -> None:
        self.app.switch_screen(opened.stepper)
        for key in self._pressed:
            self.app.simulate_key(key)

    @on(Failed)
    def _give_up(self, failed: Failed) -> None:
        if not isinstance(failed.reason, InputError):
            raise failed.reason
        self.dismiss(failed.reason)

    def on_key(self, event: Key) -> None:
        """Keep for the stepper what it will know an answer to."""
        active = self.active_bindings.get(event.key)
        if active is not None and not active.binding.action.startswith("app."):
            self._pressed.append(event.key)
