"""`RowsView`: lines that scroll, made only where they are in sight and painted only where they changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import overload

from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from rnntui.tui.drawing.cached_lines import CachedLines, within
from rnntui.tui.drawing.line import Line
from rnntui.tui.drawing.repaint import changed_regions


class RowsView(CachedLines):
    """Shows as many lines as there is room for.

    It scrolls by itself: a ScrollView would lay out the whole screen anew whenever the number of
    lines changes, which is at nearly every key.
    """

    DEFAULT_CSS = """
    RowsView {
        width: 1fr;
        height: 1fr;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[Line] = ()
        self._strips: list[Strip] = []  # what is in sight
        self._strip_of: dict[Line, Strip] = {}  # of the lines in sight: those kept are shown as is
        self._shown_as: tuple[int, Style] | None = None
        self._top = 0

    def show(self, rows: Sequence[Line], anchor: range | None) -> None:
        """Show these lines, of which those of `anchor` have to be in sight."""
        self._rows = rows
        self._bring_into_sight(anchor)
        self.scroll_rows(0)

    def scroll_rows(self, by: int) -> None:
        """Scroll by some lines, as far as there are any."""
        last = max(len(self._rows) - self.size.height, 0)
        self._top = min(max(self._top + by, 0), last)
        self._refresh_changed()

    @property
    def hidden(self) -> tuple[int, int]:
        """How many lines are out of sight above and below."""
        return self._top, max(len(self._rows) - self._top - self.size.height, 0)

    def is_shown_in(self, ground: Style) -> bool:
        """Whether the lines have been drawn on this background."""
        return self._shown_as is not None and self._shown_as[1] == ground

    def render_line(self, y: int) -> Strip:
        """Line `y`."""
        width = self.size.width
        strip = self._strips[y] if y < len(self._strips) else Strip.blank(width, self.rich_style)
        return (
            strip
            if strip.cell_length == width
            else strip.adjust_cell_length(width, self.rich_style)
        )

    def paint(self, crop: Region) -> list[Strip]:
        """Make the lines of a region."""
        return within(self, [self.render_line(y) for y in range(self.size.height)], crop)

    def _refresh_changed(self) -> None:
        """Paint only lines that are other than before."""
        before, self._strips = self._strips, self._in_sight()
        if len(before) != len(self._strips):
            self.refresh()
            return
        changed = changed_regions(before, self._strips, self.size.width)
        if changed:
            self.refresh(*changed)

    def _in_sight(self) -> list[Strip]:
        width, height = self.size
        ground = self.rich_style
        if self._shown_as != (width, ground):
            self._shown_as, self._strip_of = (width, ground), {}
        last = min(self._top + height, len(self._rows))
        lines = [self._rows[number] for number in range(self._top, last)]
        kept = self._strip_of
        self._strip_of = {
            line: kept[line] if line in kept else line.strip(width, ground) for line in lines
        }
        strips = [self._strip_of[line] for line in lines]
        return strips + [Strip.blank(width, ground)] * (height - len(strips))

    def _bring_into_sight(self, anchor: range | None) -> None:
        height = self.size.height
        if not anchor or height <= 0:
            return
        if anchor.start < self._top or len(anchor) >= height:
            self._top = anchor.start
        elif anchor.stop > self._top + height:
            self._top = anchor.stop - height


class LinesWhenSeen(Sequence[Line]):
    """So many lines, each made when it is asked for: those out of sight never are."""

    def __init__(self, count: int, make: Callable[[int], Line]) -> None:
        self._count = count
        self._make = make

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, number: int) -> Line: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Line]: ...
    def __getitem__(self, number: int | slice) -> Line | Sequence[Line]:
        if isinstance(number, slice):
            return [self[n] for n in range(*number.indices(self._count))]
        if not -self._count <= number < self._count:
            raise IndexError(number)
        return self._make(number % self._count)
