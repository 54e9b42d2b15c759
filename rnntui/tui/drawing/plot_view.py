"""`PlotView`: a plot that is drawn again only when its data, its size or the theme changed."""

from __future__ import annotations

from collections.abc import Callable

from textual.strip import Strip
from textual.widget import Widget

from rnntui.tui.drawing.line import Line
from rnntui.tui.drawing.palette import Palette, palette_for

Draw = Callable[[int, int, Palette], list[Line]]
"""Draws a plot in (width, height) with a palette, as `line_plot` and `scatter_plot` do."""


class PlotView(Widget):
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
        self._drawn_for: tuple | None = None
        self._strips: list[Strip] = []

    def show(self, draw: Draw, version: object = None) -> None:
        """Show what `draw` draws; a `version` equal to the last one (not None) is shown already."""
        if version is not None and version == self._version:
            return
        self._draw, self._version, self._drawn_for = draw, version, None
        self.refresh()

    def notify_style_update(self) -> None:
        """Forget what was drawn in the old theme."""
        self._drawn_for = None
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """Line `y` of the plot; the first line asked for draws them all."""
        width, height = self.size
        wanted = (width, height, self.app.current_theme.dark)
        if wanted != self._drawn_for:
            self._strips = self._render_strips(width, height)
            self._drawn_for = wanted
        return self._strips[y] if y < len(self._strips) else Strip.blank(width, self.rich_style)

    def _render_strips(self, width: int, height: int) -> list[Strip]:
        if self._draw is None or not width or not height:
            return []
        picture = self._draw(width, height, palette_for(self.app.current_theme.dark))
        ground = self.rich_style
        return [line.strip(width, ground) for line in picture[:height]]
