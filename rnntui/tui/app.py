"""The application: a gallery or one file, two themes, and leaving the terminal as it was.

Nothing that computes is imported before the first screen is seen: that makes it appear at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.events import Event, Key, Paste
from textual.screen import Screen
from textual.theme import ThemeProvider

from rnntui.session.limits import MEMORY
from rnntui.text.problems import InputError
from rnntui.tui.commands import Commands
from rnntui.tui.ending import end_by_signals, end_with_terminal
from rnntui.tui.imports import open_session
from rnntui.tui.keyboard import Keyboard
from rnntui.tui.pending_file import PendingFile
from rnntui.tui.screens.stepper import StepperScreen
from rnntui.tui.stepper.stepper_view import StepperView
from rnntui.tui.terminal_driver import mended

if TYPE_CHECKING:
    from rnntui.data.sequence_file import SequenceFile

DARK, LIGHT = "textual-dark", "textual-light"
BAD_INPUT = 2
QUITS = ("ctrl+c", "ctrl+q")


class RnnTui(App[None]):
    """Opens a sequence file in the stepper, or the gallery without one.

    memory: MB that the history of training may take. refusal: once the app has ended, what was wrong
    with the file, for its user to be told.
    """

    TITLE = "rnntui"
    CSS_PATH = Path(__file__).with_name("theme.tcss")
    ENABLE_COMMAND_PALETTE = True
    # Textual 8.2.8 ends with a traceback where the mouse is pressed on a text that has just gone, of
    # which it would select a part; panels have no such texts, and a terminal selects by itself
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(",".join(QUITS), "quit", "quit", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", "suspend", show=False, priority=True),
    ]

    def __init__(
        self, file: SequenceFile | PendingFile | None = None, memory: int = MEMORY
    ) -> None:
        super().__init__()
        self.file = file
        self.memory = memory
        self.refusal: InputError | None = None
        self.keyboard = Keyboard(self, self._typed)

    def get_driver_class(self) -> type[Driver]:
        """What reads keys from the terminal and writes to it."""
        return mended(super().get_driver_class())

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What the command palette offers: Textual's own, and everything that a key does."""
        yield from super().get_system_commands(screen)
        if isinstance(screen, StepperScreen):
            for title, about, command in screen.commands():
                yield SystemCommand(title, about, command)

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
        """A key's turn; whoever shows a session is told before anything else."""
        if isinstance(event, Key) and self.screen_stack:
            for view in self.screen.walk_children(StepperView):
                view.attend()
        await super().on_event(event)

    def on_load(self) -> None:
        """Be ready for signals before the terminal is changed."""
        end_by_signals(self._leave)
        end_with_terminal(self._leave)

    def _leave(self, status: int) -> None:
        self.exit(return_code=status)

    def action_command_palette(self) -> None:
        """Everything that a key does, by name."""
        if not isinstance(self.screen, Commands):
            self.push_screen(Commands(id="--command-palette"))

    def search_themes(self) -> None:
        """The themes, by name."""
        self.push_screen(Commands([ThemeProvider], placeholder="Search for themes…"))

    def on_mount(self) -> None:
        """Show the file, or what there is to choose from."""
        if isinstance(self.file, PendingFile):
            self._open(self.file)
        elif self.file is None:
            from rnntui.tui.screens.gallery import GalleryScreen

            self.push_screen(GalleryScreen(self.memory))
        else:
            self.push_screen(StepperScreen(open_session(self.file, self.memory)))

    def _open(self, file: PendingFile) -> None:
        if file.lacks_model:
            from rnntui.tui.screens.choose_model import ChooseModelScreen

            self.push_screen(ChooseModelScreen(file, self.memory))
        else:
            from rnntui.tui.screens.opening import OpeningScreen

            self.push_screen(OpeningScreen(file, {}, self.memory), self._refuse)

    def _refuse(self, refusal: InputError | None) -> None:
        self.refusal = refusal
        self.exit(return_code=BAD_INPUT)

    def action_toggle_theme(self) -> None:
        """Dark or light."""
        self.theme = LIGHT if self.current_theme.dark else DARK
