"""The gallery: the shipped sequence files, with what each shows, its equations and a preview."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.console import RenderableType
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.events import Resize
from textual.message import Message
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from rnntui.data.shipped import shipped_files
from rnntui.text.problems import InputError, printable
from rnntui.text.titles import title_of
from rnntui.tui.imports import import_plots, import_session, open_session
from rnntui.tui.options import Options
from rnntui.tui.screens.footer import KeysFooter
from rnntui.tui.screens.stepper import StepperScreen
from rnntui.tui.stepper.help import HelpScreen

if TYPE_CHECKING:
    from rnntui.data.sequence_file import SequenceFile

_NARROW = 76


class _PreviewKey(NamedTuple):
    """What a preview depends on."""

    path: Path
    width: int
    dark: bool


class GalleryScreen(Screen[None]):
    """A list of files and, beside it, the one under the cursor.

    The list is there at once. A file is read when the cursor comes to it, beside the screen, and
    only then is what reads it imported.
    """

    @dataclass
    class Previewed(Message):
        """A preview has been made."""

        about: RenderableType

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", key_display="⏎", priority=True),
        Binding("j", "down", "down", show=False),
        Binding("k", "up", "up", show=False),
        ("t", "app.toggle_theme", "theme"),
        ("question_mark", "help", "help"),
        ("q", "app.quit", "quit"),
    ]

    def __init__(self, memory: int) -> None:
        super().__init__()
        self._memory = memory
        self._files = shipped_files()
        self._read: dict[Path, SequenceFile | InputError] = {}
        self._at_work: _PreviewKey | None = None  # the preview that is being made

    def compose(self) -> ComposeResult:
        """The banner, the list, the preview, the footer."""
        yield Static(
            Text.assemble(("rnntui", "bold"), "  step through a recurrence, forward and back"),
            id="banner",
        )
        with Horizontal():
            options = (Option(_label(path, title_of(path)), id=path.stem) for path in self._files)
            files = Options(*options, id="files")
            files.border_title = "Sequence files"
            yield files
            with VerticalScroll(id="preview", can_focus=False):
                yield Static(id="about")
        yield KeysFooter()

    def on_mount(self) -> None:
        """The first file is under the cursor."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._preview())
        self.query_one(OptionList).focus()

    def on_resize(self, event: Resize) -> None:
        """Too narrow for both, the list is alone."""
        self.set_class(event.size.width < _NARROW, "narrow")
        self._preview_soon()

    # --- the preview ---

    def on_option_list_option_highlighted(self) -> None:
        """Show what is under the cursor."""
        self._preview_soon()

    def _preview_soon(self) -> None:
        """Make a preview once the cursor is seen where it is.

        By way of the app: what it refreshes before its own start is not written to the terminal.
        """
        self.app.call_later(self.call_after_refresh, self._preview)

    def _current(self) -> Path | None:
        number = self.query_one(OptionList).highlighted
        return None if number is None else self._files[number]

    def _preview_to_make(self) -> _PreviewKey | None:
        path = self._current()
        width = max(self.query_one("#preview").scrollable_content_region.width, 10)
        return None if path is None else _PreviewKey(path, width, self.app.current_theme.dark)

    def _preview(self) -> None:
        """Have the preview made that belongs here now, if none is being made."""
        if self._at_work is None and (key := self._preview_to_make()) is not None:
            self._at_work = key
            self._make_preview(key)

    @work(thread=True)
    def _make_preview(self, key: _PreviewKey) -> None:
        """Read a file and run it once, beside the screen; import also what Enter will need."""
        from rnntui.tui.drawing.palette import palette_for
        from rnntui.tui.screens.preview import preview

        file = self._file(key.path)
        about: RenderableType = Text(str(file))
        if not isinstance(file, InputError):
            about = preview(file, key.width, palette_for(key.dark))
        self.post_message(self.Previewed(about))
        import_session()
        import_plots()

    @on(Previewed)
    def _show_preview(self, previewed: Previewed) -> None:
        made, self._at_work = self._at_work, None
        if made is None or made != self._preview_to_make():  # the cursor, the theme is another
            self._preview()
            return
        if isinstance(self._read[made.path], InputError):
            label = _label(made.path, "cannot be read")
            self.query_one(OptionList).replace_option_prompt(made.path.stem, label)
        frame = self.query_one("#preview")
        frame.border_title = Text(printable(made.path.name))
        self.query_one("#about", Static).update(previewed.about)
        frame.scroll_home(animate=False)

    def _file(self, path: Path) -> SequenceFile | InputError:
        """The file, read when it is first asked for."""
        from rnntui.data.sequence_file import read_sequence_file

        if path not in self._read:
            try:
                self._read[path] = read_sequence_file(path)
            except InputError as error:
                self._read[path] = error
        return self._read[path]

    # --- keys ---

    def on_option_list_option_selected(self) -> None:
        """Open it."""
        self.action_open()

    def action_open(self) -> None:
        """Open the file under the cursor in the stepper."""
        path = self._current()
        if path is None or self.app.screen is not self:
            return
        file = self._file(path)
        if not isinstance(file, InputError):
            self.app.push_screen(StepperScreen(open_session(file, self._memory)))

    def action_down(self) -> None:
        """One down."""
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        """One up."""
        self.query_one(OptionList).action_cursor_up()

    def action_help(self) -> None:
        """All keys of the stepper."""
        self.app.push_screen(HelpScreen())


def _label(path: Path, title: str) -> Text:
    """The file's name and, below it, its title."""
    return Text.assemble(printable(path.stem), "\n", (f"  {printable(title)}", "dim"))
