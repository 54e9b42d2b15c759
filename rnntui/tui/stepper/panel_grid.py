"""The panels' frames in the layout for the size of the view that they are in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.geometry import Size
from textual.widget import Widget

from rnntui.tui.drawing.cached_lines import CachedLines
from rnntui.tui.panels.areas import Area
from rnntui.tui.panels.registry import Registration
from rnntui.tui.stepper.layout import Layout, Slot, layout_for

_FIRST: Area = "equation"  # where Tab is at first


class PanelGrid(CachedLines):
    """One panel of each place; one of all is the current one, which can be there alone.

    frame: makes the frame of a panel, whose id is the panel's name.
    """

    DEFAULT_CSS = """
    PanelGrid {
        layout: grid;
        width: 1fr;
        height: 1fr;
    }
    PanelGrid > .panel {
        border: round $primary-darken-1;
        border-title-color: $text;
        border-subtitle-color: $text-muted;
        background: $background;
        padding: 0 1;
        width: 1fr;
        height: 1fr;
    }
    PanelGrid > .panel.current { border: heavy $accent; }
    """

    def __init__(
        self, panels: Sequence[Registration], frame: Callable[[Registration], Widget]
    ) -> None:
        super().__init__()
        self.panels = {panel.name: panel for panel in panels}
        self.frames = {panel.name: frame(panel) for panel in panels}
        self.current = next((p.name for p in panels if p.area == _FIRST), panels[0].name)
        """The name of the panel that Tab has reached."""
        self.full = False
        """Whether it is there alone."""
        self._in_front: dict[Slot, str] = {}  # of the panels that share a place, the one shown
        self._laid_out: tuple[Layout, str, bool] | None = None
        self._titles: dict[str, Text] = {}

    def compose(self) -> ComposeResult:
        """The frames."""
        yield from self.frames.values()

    def step(self, by: int) -> None:
        """Make the next panel the current one, or the one before."""
        names = list(self.panels)
        self.current = names[(names.index(self.current) + by) % len(names)]

    def lay_out(self, size: Size) -> None:
        """Show the panels that a view of this size has room for, all that share a place in its title."""
        layout = layout_for(*size)
        arrangement = (layout, self.current, self.full)
        if arrangement == self._laid_out:
            return
        self._laid_out = arrangement
        self.styles.grid_size_columns = 1 if self.full else layout.columns
        self.styles.grid_rows = "1fr" if self.full else layout.rows
        for slot in layout.slots:
            sharing = self._sharing(slot)
            if self.current in sharing:
                self._in_front[slot] = self.current
            for name in sharing:
                frame = self.frames[name]
                in_front = self._in_front.get(slot, sharing[0])
                frame.display = name == (self.current if self.full else in_front)
                frame.styles.column_span = 1 if self.full else slot.columns
                frame.set_class(name == self.current, "current")
                self._entitle(name, [name] if self.full else sharing)

    def _sharing(self, slot: Slot) -> list[str]:
        """The panels of a place, the one that is in front at first first."""
        return [name for area in slot.areas for name, p in self.panels.items() if p.area == area]

    def _entitle(self, name: str, sharing: Sequence[str]) -> None:
        parts = [(self.panels[n].title, "bold" if n == name else "dim") for n in sharing]
        title = Text(" │ ").join(Text(text, style=style) for text, style in parts)
        if title != self._titles.get(name):  # setting it paints the whole panel anew
            self._titles[name] = self.frames[name].border_title = title
