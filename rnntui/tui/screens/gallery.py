"""The gallery: the shipped sequence files, with what each shows, its equations and a preview."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from rnntui.data.sequence_file import SequenceFile, read_sequence_file
from rnntui.data.shipped import shipped_files
from rnntui.text.problems import InputError, printable
from rnntui.tui.preview import preview
from rnntui.tui.screens.help import HelpScreen
from rnntui.tui.screens.stepper import StepperScreen

_NARROW = 76


class GalleryScreen(Screen[None]):
    """A list of files and, beside it, the one under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("enter", "open", "open"),
        ("j", "down", ""),
        ("k", "up", ""),
        ("t", "app.toggle_theme", "theme"),
        ("question_mark", "help", "help"),
        ("q", "app.quit", "quit"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._files = shipped_files()
        self._read: dict[Path, SequenceFile | InputError] = {}

    def compose(self) -> ComposeResult:
        """The banner, the list, the preview, the footer."""
        yield Static(
            Text.assemble(("rnntui", "bold"), "  step through a recurrence, forward and back"),
            id="banner",
        )
        with Horizontal():
            yield OptionList(
                *(Option(_label(path), id=path.stem) for path in self._files), id="files"
            )
            with VerticalScroll(id="preview", can_focus=False):
                yield Static(id="about")
        yield Footer()

    def on_mount(self) -> None:
        """The first file is under the cursor."""
        self.query_one("#files").border_title = "Sequence files"
        self.query_one(OptionList).focus()

    def on_resize(self, event: Resize) -> None:
        """Too narrow for both, the list is alone."""
        self.set_class(event.size.width < _NARROW, "narrow")
        self.call_after_refresh(self._preview)

    def on_option_list_option_highlighted(self) -> None:
        """Show what is under the cursor."""
        self._preview()

    def on_option_list_option_selected(self) -> None:
        """Open it."""
        self.action_open()

    def _current(self) -> Path | None:
        number = self.query_one(OptionList).highlighted
        return None if number is None else self._files[number]

    def _file(self, path: Path) -> SequenceFile | InputError:
        if path not in self._read:
            try:
                self._read[path] = read_sequence_file(path)
            except InputError as error:
                self._read[path] = error
        return self._read[path]

    def _preview(self) -> None:
        path = self._current()
        if path is None:
            return
        found = self._file(path)
        width = max(self.query_one("#preview").scrollable_content_region.width, 10)
        frame = self.query_one("#preview")
        frame.border_title = Text(printable(path.name))
        if isinstance(found, InputError):
            self.query_one("#about", Static).update(Text(str(found)))
        else:
            self.query_one("#about", Static).update(preview(found, width))
        frame.scroll_home(animate=False)

    def action_open(self) -> None:
        """Open the file under the cursor in the stepper."""
        path = self._current()
        if path is None:
            return
        found = self._file(path)
        if isinstance(found, SequenceFile):
            self.app.push_screen(StepperScreen(found))

    def action_down(self) -> None:
        """One down."""
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        """One up."""
        self.query_one(OptionList).action_cursor_up()

    def action_help(self) -> None:
        """All keys of the stepper."""
        self.app.push_screen(HelpScreen())


def _label(path: Path) -> Text:
    return Text(path.stem)
