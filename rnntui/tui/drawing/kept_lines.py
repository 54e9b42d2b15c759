"""A widget's lines as they are on the screen, kept until it has to be painted again."""

from __future__ import annotations

from typing import Any, Self

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class KeptLines(Widget):
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
        wanted = (crop, *self.outer_size)
        if self._lines is None or wanted != self._lines_of:
            self._lines_of, self._lines = wanted, self.paint(crop)
        return self._lines

    def refresh(self, *regions: Region, **options: Any) -> Self:
        """Paint anew, wholly or some regions."""
        self._lines = None
        return super().refresh(*regions, **options)

    def notify_style_update(self) -> None:
        """Paint in the new style."""
        self._lines = None
        super().notify_style_update()


class FramedLines(KeptLines):
    """The same with a frame, into which lines are put as they are.

    Textual works out the frame beside each line anew. Here it paints the edges and the first line;
    what is on both sides of that is on both sides of all.
    """

    def inside(self, lines: range) -> list[Strip]:
        """These lines within the frame; of a container, which only others paint on, all are alike."""
        return [self.render_line(0)] * len(lines)

    def paint(self, crop: Region) -> list[Strip]:
        """Put the lines into the frame."""
        (width, height), gutter = self.outer_size, self.gutter
        if crop != Region(0, 0, width, height) or height <= gutter.height:
            return super().paint(crop)
        *above, first = super().paint(Region(0, 0, width, gutter.top + 1))
        left, right = first.crop(0, gutter.left), first.crop(width - gutter.right)
        inside = self.inside(range(1, height - gutter.height))
        _, background = self.background_colors
        for line_filter in self.get_line_filters():
            inside = [strip.apply_filter(line_filter, background) for strip in inside]
        below = super().paint(Region(0, height - gutter.bottom, width, gutter.bottom))
        return [*above, first, *(Strip.join([left, line, right]) for line in inside), *below]
