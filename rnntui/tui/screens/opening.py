"""What is seen while a file is read: the stepper that is to come, with nothing in its frames yet."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import copy_context
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Key, Resize
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from rnntui.text.problems import InputError, printable
from rnntui.tui.imports import import_plots, open_session
from rnntui.tui.panels.registry import Registration, registered_panels
from rnntui.tui.pending_file import PendingFile
from rnntui.tui.screens.footer import KeysFooter, above_footer
from rnntui.tui.screens.stepper import StepperScreen
from rnntui.tui.stepper.keys import bindings
from rnntui.tui.stepper.panel_grid import PanelGrid

if TYPE_CHECKING:
    from rnntui.session.session import Session


class OpeningScreen(Screen[InputError]):
    """Reads a file; then the stepper takes its place. Dismissed with what is wrong with the file.

    Keys of the stepper that are pressed meanwhile are for the stepper; those of the app (quit,
    theme) are answered at once.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings()
    AUTO_FOCUS = None

    @dataclass
    class Progressed(Message):
        """So many bytes have been read, of so many if that is known."""

        done: int
        total: int | None

    @dataclass
    class Opened(Message):
        """There is something to step through."""

        session: Session

    @dataclass
    class Failed(Message):
        """There will be no stepper: bad input, or a fault of our own."""

        reason: Exception

    def __init__(self, pending: PendingFile, chosen: Mapping[str, Any], memory: int) -> None:
        super().__init__()
        self._pending = pending
        self._chosen = chosen
        self._memory = memory
        self._pressed: list[Key] = []

    def compose(self) -> ComposeResult:
        """The name of the file, the frames, the keys: all where the stepper will have them."""
        self._grid = PanelGrid(registered_panels(), _empty_frame)
        self._grid.lay_out(above_footer(self.app.size))
        yield Static(printable(self._pending.name), markup=False, classes="status")
        yield self._grid
        yield KeysFooter()

    def on_resize(self, event: Resize) -> None:
        """Another size may want another layout."""
        self._grid.lay_out(above_footer(event.size))

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
            file = self._pending.opens(self._chosen, self._tell)
            self.post_message(self.Opened(open_session(file, self._memory)))
            import_plots()  # while the other panels are being drawn
        except Exception as reason:  # which a thread has nobody else to tell of
            self.post_message(self.Failed(reason))

    def _tell(self, done: int, total: int | None) -> None:
        self.post_message(self.Progressed(done, total))

    @on(Progressed)
    def _show_progress(self, progress: Progressed) -> None:
        done = f"{progress.done >> 20}"
        read = f"{done} MB" if progress.total is None else f"{done} of {progress.total >> 20} MB"
        name = printable(self._pending.name)
        self.query_one(".status", Static).update(f"{name} · reading {read}")

    @on(Opened)
    def _show_stepper(self, opened: Opened) -> None:
        self.app.switch_screen(StepperScreen(opened.session))
        for key in self._pressed:
            self.app.post_message(Key(key.key, key.character))

    @on(Failed)
    def _give_up(self, failed: Failed) -> None:
        if not isinstance(failed.reason, InputError):
            raise failed.reason
        self.dismiss(failed.reason)

    def on_key(self, event: Key) -> None:
        """Keep for the stepper what is for it, and all that is typed after that: a prompt's text."""
        active = self.active_bindings.get(event.key)
        if self._pressed or active is None or not active.binding.action.startswith("app."):
            self._pressed.append(event)
            event.stop()


def _empty_frame(panel: Registration) -> Static:
    return Static(id=panel.name, classes="panel")
