"""A widget's lines as they are on the screen, kept until it has to be painted again."""

from __future__ import annotations

from typing import Any, Self

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class CachedLines(Widget):
    """A widget that hands over the same lines as long as nothing asks for a refresh.

    For a picture Textual asks every widget that the changed area touches for all of its lines, and
    each time works out the frame's styles and puts every line through the filters. With a dozen
    panels about one that changed, that takes longer than painting the change.
    """

    _lines: list[Strip] | None = None
    _lines_of: tuple[Region, int, int] | None = None

    def paint(self, crop: Region) -> list[Strip]:
        """Make the lines of a region, frame and all."""
        return super().render_lines(crop)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a region."""
        asked = (crop, *self.outer_size)
        if self._lines is None or asked != self._lines_of:
            self._lines_of, self._lines = asked, self.paint(crop)
        return self._lines

    def refresh(self, *regions: Region, **options: Any) -> Self:
        """Paint anew, wholly or some regions."""
        self._lines = None
        return super().refresh(*regions, **options)

    def notify_style_update(self) -> None:
        """Paint in the new style."""
        self._lines = None
        super().notify_style_update()


def within(widget: Widget, strips: list[Strip], crop: Region) -> list[Strip]:
    """The part of a region of a widget that consists of these lines, with neither border nor padding.

    To put nothing around them, as Textual does for every line, would take as long as drawing them.
    """
    width = widget.size.width
    strips = strips[crop.y : crop.bottom]
    strips += [Strip.blank(width, widget.rich_style)] * (crop.height - len(strips))
    _, background = widget.background_colors
    for line_filter in widget.get_line_filters():
        strips = [strip.apply_filter(line_filter, background) for strip in strips]
    whole = crop.x == 0 and crop.width == width
    return strips if whole else [strip.crop(crop.x, crop.right) for strip in strips]
