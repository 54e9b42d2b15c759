"""`PlotView`: a plot that is drawn again only when its data, its size or the theme changed."""

from __future__ import annotations

from collections.abc import Callable

from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from rnntui.tui.drawing.cached_lines import CachedLines, within
from rnntui.tui.drawing.line import Line
from rnntui.tui.drawing.palette import Palette, palette_for
from rnntui.tui.drawing.repaint import changed_regions

Draw = Callable[[int, int, Palette], list[Line]]
"""Draws a plot in (width, height) with a palette, as `line_plot` and `scatter_plot` do."""

Appearance = tuple[int, int, bool, Style]
"""Width, height, whether the theme is dark, and the background."""


class PlotView(CachedLines):
    """Shows what a drawing function returns for the widget's size and theme.

    The function is kept, not the picture: `show(partial(...))` after every change of the data.
    """

    DEFAULT_CSS = """
    PlotView {
        width: 1fr;
        height: 1fr;
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._draw: Draw | None = None
        self._version: object = None
        self._drawn_for: Appearance | None = None
        self._strips: list[Strip] = []

    def show(self, draw: Draw, version: object = None) -> None:
        """Show what `draw` draws; a `version` equal to the last one (not None) is shown already."""
        if version is not None and version == self._version:
            return
        in_sight = self.display and bool(self._strips) and self._drawn_for == self._appearance
        self._draw, self._version, self._drawn_for = draw, version, None
        if not in_sight:  # drawn when it comes to be
            self.refresh()
            return
        before, after = self._strips, self._drawn()
        changed = changed_regions(before, after, self.size.width)
        if changed:
            self.refresh(*changed)

    def render_line(self, y: int) -> Strip:
        """Line `y` of the plot."""
        strips = self._drawn()
        return strips[y] if y < len(strips) else Strip.blank(self.size.width, self.rich_style)

    def paint(self, crop: Region) -> list[Strip]:
        """Make the lines of a region."""
        return within(self, self._drawn(), crop)

    @property
    def _appearance(self) -> Appearance:
        return (*self.size, self.app.current_theme.dark, self.rich_style)

    def _drawn(self) -> list[Strip]:
        """All lines, drawn if they are not there for this size and theme."""
        if self._appearance != self._drawn_for:
            self._drawn_for = self._appearance
            self._strips = self._render_strips(*self.size)
        return self._strips

    def _render_strips(self, width: int, height: int) -> list[Strip]:
        if self._draw is None or not width or not height:
            return []
        picture = self._draw(width, height, palette_for(self.app.current_theme.dark))[:height]
        ground = self.rich_style
        blank = [Strip.blank(width, ground)] * (height - len(picture))
        return [line.strip(width, ground) for line in picture] + blank
