"""The gallery: the shipped sequence files, with what each shows, its equations and a preview."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option
from textual.worker import get_current_worker

from rnntui.data.sequence_file import SequenceFile, read_sequence_file
from rnntui.data.shipped import shipped_files
from rnntui.text.problems import InputError, printable
from rnntui.tui.drawing.palette import palette_for
from rnntui.tui.preview import preview
from rnntui.tui.screens.help import HelpScreen
from rnntui.tui.screens.stepper import StepperScreen

_NARROW = 76


class GalleryScreen(Screen[None]):
    """A list of files and, beside it, the one under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", key_display="⏎", priority=True),
        Binding("j", "down", "down", show=False),
        Binding("k", "up", "up", show=False),
        ("t", "app.toggle_theme", "theme"),
        ("question_mark", "help", "help"),
        ("q", "app.quit", "quit"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._files = shipped_files()
        self._read: dict[Path, SequenceFile | InputError] = {}
        self._titles: dict[int, str] = {}

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
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """The first file is under the cursor."""
        self.query_one("#files").border_title = "Sequence files"
        self.query_one(OptionList).focus()
        self._read_titles()

    @work(thread=True, exclusive=True)
    def _read_titles(self) -> None:
        """Read all files beside the screen; their titles appear as they come."""
        worker = get_current_worker()
        for number, path in enumerate(self._files):
            found = self._file(path)
            if worker.is_cancelled:  # the screen has gone
                return
            self.app.call_from_thread(self._titled, number, path, found)

    def _titled(self, number: int, path: Path, found: SequenceFile | InputError) -> None:
        title = found.title if isinstance(found, SequenceFile) else "cannot be read"
        self._titles[number] = title
        self._show_title(number, path)

    def _show_title(self, number: int, path: Path) -> None:
        """The file's name and, below it, its title on one line of the list."""
        options = self.query_one(OptionList)
        room = max(options.scrollable_content_region.width - 2, 8)
        label = _label(path)
        title = Text(f"  {printable(self._titles[number])}", style="dim")
        for line in (label, title):
            line.truncate(room, overflow="ellipsis")
        label = Text("\n").join([label, title])
        options.replace_option_prompt_at_index(number, label)

    def on_resize(self, event: Resize) -> None:
        """Too narrow for both, the list is alone."""
        self.set_class(event.size.width < _NARROW, "narrow")
        self.call_after_refresh(self._refit)

    def _refit(self) -> None:
        """Lay out titles and preview for the size there is now."""
        for number in self._titles:
            self._show_title(number, self._files[number])
        self._preview()

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
            self.query_one("#about", Static).update(
                preview(found, width, palette_for(self.app.current_theme.dark))
            )
        frame.scroll_home(animate=False)

    def redraw(self) -> None:
        """Show the preview in another theme."""
        self._preview()

    def action_open(self) -> None:
        """Open the file under the cursor in the stepper."""
        if not isinstance(self.app.screen, GalleryScreen):
            return
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
    return Text(printable(path.stem), no_wrap=True, overflow="ellipsis")
