"""What the stepper and the screen that opens it have in common, so that one takes the other's place."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Container
from textual.events import Resize
from textual.geometry import Size
from textual.screen import Screen, ScreenResultType
from textual.widget import Widget

from rnntui.tui.drawing.kept_lines import KeptLines
from rnntui.tui.footer import KeysFooter
from rnntui.tui.keys import bindings
from rnntui.tui.screens.layout import LAYOUTS, TITLES, Layout, layout_for


class _Panels(KeptLines, Container):
    """The place of the panels."""


class FramedScreen(Screen[ScreenResultType]):
    """The status line, the panels' frames in the layout for the terminal's size, the footer."""

    BINDINGS = bindings()
    AUTO_FOCUS = None

    def __init__(self) -> None:
        super().__init__()
        self.panel = "equation"  # the panel that Tab has reached
        self.full = False
        self._in_front: dict[str, str] = {}  # by place, the panel shown of those that share it
        self._laid_out: tuple[Layout, str, bool] | None = None
        self._titles: dict[str, Text] = {}

    def make_status(self) -> Widget:
        """The line above."""
        raise NotImplementedError

    def make_panel(self, name: str) -> Widget:
        """What is in the frame of this panel."""
        raise NotImplementedError

    def attend(self) -> None:
        """A picture is about to be made: whatever goes on beside waits for that."""

    def compose(self) -> ComposeResult:
        """The status line, the panels, the footer; laid out already, so that no frame is for nothing."""
        yield self.make_status().add_class("status")
        self._panels = {name: self.make_panel(name).add_class("panel") for name in TITLES}
        self._container = _Panels(*self._panels.values(), id="panels")
        self._lay_out_for(self.app.size)
        yield self._container
        yield KeysFooter()

    def on_resize(self, event: Resize) -> None:
        """Another size may want another layout."""
        self._lay_out_for(event.size)

    def redraw(self) -> None:
        """Show the same in another theme."""

    def lay_out(self) -> None:
        """Show the panels anew, another one being the current one, or full-screen."""
        self._lay_out_for(self.size)

    def _lay_out_for(self, size: Size) -> None:
        """Show the panels that there is room for, all that share a place named in its title."""
        layout = layout_for(size.width, size.height)
        wanted = (layout, self.panel, self.full)
        if wanted == self._laid_out:
            return
        self._laid_out = wanted
        for other in LAYOUTS:
            self._container.set_class(other is layout and not self.full, other.name)
        self._container.set_class(self.full, "full")
        shown = {self.panel} if self.full else set(self._shown(layout))
        for name, panel in self._panels.items():
            panel.display = name in shown
            panel.set_class(name == self.panel, "current")
            title = self._frame_title(layout, name)
            if title != self._titles.get(name):  # setting it paints the whole panel anew
                self._titles[name] = panel.border_title = title

    def _shown(self, layout: Layout) -> list[str]:
        """Of the panels that share a place, the one that Tab reached last."""
        shown = []
        for place in layout.places:
            if self.panel in place:
                self._in_front[place[0]] = self.panel
            front = self._in_front.get(place[0], place[0])
            shown.append(front if front in place else place[0])
        return shown

    def _frame_title(self, layout: Layout, name: str) -> Text:
        place = (name,) if self.full else layout.place_of(name)
        parts = [(TITLES[other], "bold" if other == name else "dim") for other in place]
        return Text(" │ ").join(Text(text, style=style) for text, style in parts)
