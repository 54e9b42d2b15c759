"""What the stepper and the screen that opens it have in common, so that one takes the other's place."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.events import Resize
from textual.geometry import Size
from textual.screen import Screen, ScreenResultType
from textual.widget import Widget

from rnntui.tui.footer import KeysFooter
from rnntui.tui.keys import bindings
from rnntui.tui.panels.registry import Registration, registered_panels
from rnntui.tui.stepper.panel_grid import PanelGrid


class FramedScreen(Screen[ScreenResultType]):
    """The status line, the panels' frames in the layout for the terminal's size, the footer."""

    BINDINGS = bindings()
    AUTO_FOCUS = None

    def make_status(self) -> Widget:
        """The line above."""
        raise NotImplementedError

    def make_panel(self, panel: Registration) -> Widget:
        """The frame of this panel."""
        raise NotImplementedError

    def attend(self) -> None:
        """A picture is about to be made: whatever goes on beside waits for that."""

    def compose(self) -> ComposeResult:
        """The status line, the panels, the footer; laid out already, so that no frame is for nothing."""
        yield self.make_status().add_class("status")
        self.grid = PanelGrid(registered_panels(), self.make_panel)
        self.grid.lay_out(_above_footer(self.app.size))
        yield self.grid
        yield KeysFooter()

    def on_resize(self, event: Resize) -> None:
        """Another size may want another layout."""
        self.grid.lay_out(_above_footer(event.size))

    @property
    def panel(self) -> str:
        """The panel that Tab has reached."""
        return self.grid.current

    @property
    def full(self) -> bool:
        """Whether it is there alone."""
        return self.grid.full

    def redraw(self) -> None:
        """Show the same in another theme."""

    def lay_out(self) -> None:
        """Show the panels anew, another one being the current one, or full-screen."""
        self.grid.lay_out(_above_footer(self.size))


def _above_footer(size: Size) -> Size:
    return Size(size.width, max(size.height - 1, 0))
