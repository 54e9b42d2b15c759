"""The application: a gallery or one file, two themes, and leaving the terminal as it was.

Nothing that computes is imported before the first screen is seen: that makes it appear at once.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.events import Event, Key, Paste
from textual.screen import Screen

from rnntui.session.limits import MEMORY
from rnntui.text.problems import InputError
from rnntui.tui.commands import Commands
from rnntui.tui.ending import end_by_signals, end_with_terminal
from rnntui.tui.imports import import_stepper
from rnntui.tui.keyboard import Keyboard
from rnntui.tui.keys import KEYS
from rnntui.tui.screens.frames import FramedScreen
from rnntui.tui.unread import Unread

if TYPE_CHECKING:
    from rnntui.data.sequence_file import SequenceFile

DARK, LIGHT = "textual-dark", "textual-light"
BAD_INPUT = 2
QUITS = ("ctrl+c", "ctrl+q")

# How long what is computed keeps the thread that writes to the terminal waiting, in seconds:
# Python's own 5 ms are half the time of a key.
_HAND_OVER = 0.0001


class RnnTui(App[None]):
    """Opens a sequence file in the stepper, or the gallery without one.

    memory: MB that the history of training may take. refusal: once the app has ended, what was wrong
    with the file, for its user to be told.
    """

    TITLE = "rnntui"
    CSS_PATH = "theme.tcss"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(",".join(QUITS), "quit", "quit", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", "suspend", show=False, priority=True),
    ]

    def __init__(self, file: SequenceFile | Unread | None = None, memory: int = MEMORY) -> None:
        super().__init__()
        self.file = file
        self.memory = memory
        self.refusal: InputError | None = None
        self.keyboard = Keyboard(self, self._typed)

    def get_system_commands(self, screen: Screen) -> Iterable[SystemCommand]:
        """What the command palette offers: Textual's own, and everything that a key does."""
        yield from super().get_system_commands(screen)
        if isinstance(screen, FramedScreen):
            for key in KEYS:
                run = partial(screen.run_action, key.full_action)
                yield SystemCommand(key.help, f"key: {key.shown}", run)

    async def on_event(self, event: Event) -> None:
        """What happens; keys take their turn, but one that quits overtakes the others."""
        typed = isinstance(event, Key | Paste) and not event.is_forwarded
        if not typed:
            await super().on_event(event)
        elif isinstance(event, Key) and event.key in QUITS:
            self.keyboard.forget()
            await super().on_event(event)
        else:
            await self.keyboard.take(event)

    async def _typed(self, event: Event) -> None:
        """A key's turn; the screen is told before anything else."""
        if isinstance(event, Key) and self.screen_stack and isinstance(self.screen, FramedScreen):
            self.screen.attend()
        await super().on_event(event)

    def on_load(self) -> None:
        """Be ready for signals before the terminal is changed."""
        end_by_signals(self._leave)
        end_with_terminal(self._leave)

    def _leave(self, status: int) -> None:
        self.exit(return_code=status)

    def action_command_palette(self) -> None:
        """Everything that a key does, by name."""
        if not Commands.is_open(self):
            self.push_screen(Commands(id="--command-palette"))

    def on_mount(self) -> None:
        """Show the file, or what there is to choose from."""
        sys.setswitchinterval(_HAND_OVER)
        if isinstance(self.file, Unread):
            self._open(self.file)
        elif self.file is None:
            from rnntui.tui.screens.gallery import GalleryScreen

            self.push_screen(GalleryScreen())
        else:
            self.push_screen(import_stepper()(self.file, self.memory))

    def _open(self, file: Unread) -> None:
        if file.lacks_model:
            from rnntui.tui.screens.choose_model import ChooseModelScreen

            self.push_screen(ChooseModelScreen(file))
        else:
            from rnntui.tui.screens.opening import OpeningScreen

            self.push_screen(OpeningScreen(file, {}), self._refuse)

    def _refuse(self, refusal: InputError | None) -> None:
        self.refusal = refusal
        self.exit(return_code=BAD_INPUT)

    def action_toggle_theme(self) -> None:
        """Dark or light."""
        self.theme = LIGHT if self.current_theme.dark else DARK
        for screen in self.screen_stack:
            if hasattr(screen, "redraw"):
                screen.redraw()
