"""The application: a gallery or one file, two themes, and leaving the terminal as it was."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from rnntui.data.sequence_file import SequenceFile
from rnntui.tui.keys import KEYS
from rnntui.tui.screens.choose_model import ChooseModelScreen, Opens
from rnntui.tui.screens.gallery import GalleryScreen
from rnntui.tui.screens.stepper import StepperScreen

DARK, LIGHT = "textual-dark", "textual-light"


class RnnTui(App[None]):
    """Opens a sequence file in the stepper, or the gallery without one."""

    TITLE = "rnntui"
    CSS_PATH = "theme.tcss"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c,ctrl+q", "quit", "quit", show=False, priority=True),
    ]

    def __init__(self, file: SequenceFile | None = None, choose: Opens | None = None) -> None:
        """`choose` reads data that has no model yet, once one has been chosen."""
        super().__init__()
        self.file = file
        self.choose = choose

    def get_system_commands(self, screen: Screen) -> Iterable[SystemCommand]:
        """What the command palette offers: Textual's own, and everything that a key does."""
        yield from super().get_system_commands(screen)
        if isinstance(screen, StepperScreen):
            for key in KEYS:
                run = partial(screen.run_action, key.full_action)
                yield SystemCommand(key.help, f"key: {key.shown}", run)

    def on_mount(self) -> None:
        """Show the file, or what there is to choose from."""
        if self.choose is not None:
            self.push_screen(ChooseModelScreen(self.choose))
        else:
            self.push_screen(StepperScreen(self.file) if self.file else GalleryScreen())

    def action_toggle_theme(self) -> None:
        """Dark or light."""
        self.theme = LIGHT if self.current_theme.dark else DARK
        for screen in self.screen_stack:
            if isinstance(screen, StepperScreen | GalleryScreen):
                screen.redraw()
