"""`MatrixView`: a matrix or vector as a heat map with its numbers, drawn line by line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from rich.segment import Segment
from rich.style import Style
from textual.actions import SkipAction
from textual.cache import LRUCache
from textual.events import Click, Resize
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from rnntui.tui.drawing.matrix_elements import element_texts, marked_element
from rnntui.tui.drawing.matrix_layout import Density, MatrixLayout, matrix_layout
from rnntui.tui.drawing.palette import Palette, palette_for


class MatrixView(ScrollView, can_focus=True):
    """A heat map with numbers: indices count from 0, colours are relative to the largest size.

    A vector is shown as a column, or as a row when given with shape (1, n); a scalar as one cell.
    The headers stay in place while the elements scroll, a whole column at a time.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "matrix-view--header",
        "matrix-view--header-highlight",
        "matrix-view--highlight",
    }
    """
    | Class | Description |
    | :- | :- |
    | `matrix-view--header` | The name, and the indices of rows and columns. |
    | `matrix-view--header-highlight` | The indices of the highlighted element. |
    | `matrix-view--highlight` | Added to the highlighted element; its background stays. |
    """

    DEFAULT_CSS = """
    MatrixView {
        scrollbar-size: 1 1;
        & > .matrix-view--header {
            color: $text-muted;
        }
        & > .matrix-view--header-highlight {
            color: $text-accent;
            text-style: bold;
        }
        & > .matrix-view--highlight {
            text-style: bold underline;
        }
    }
    """

    density: reactive[Density] = reactive("auto")
    """Numbers where they fit ("auto"), always "numbers", or always "glyphs"."""

    @dataclass
    class Selected(Message):
        """An element was clicked."""

        view: MatrixView
        row: int
        column: int

        @property
        def control(self) -> MatrixView:
            """The view that was clicked."""
            return self.view

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._values = np.zeros((0, 0))
        self._name = ""
        self._is_vector = False
        self._highlight: tuple[int, int] | None = None
        self._scale = 0.0
        self._layout_now = MatrixLayout(1, 1, None)
        self._strips: LRUCache[tuple, Strip] = LRUCache(512)

    def show(
        self,
        values: np.ndarray | float,
        name: str = "",
        highlight: tuple[int, int] | None = None,
    ) -> None:
        """Show `values` (at most two axes), with the element at `highlight` marked and in sight."""
        array = np.array(values, dtype=float)
        if array.ndim > 2:
            raise ValueError(f"a matrix has two axes, not {array.ndim}")
        self._is_vector = array.ndim < 2
        self._values = array.reshape(-1, 1) if array.ndim < 2 else array
        self._name = name
        self._scale = float(np.abs(array[np.isfinite(array)]).max(initial=0.0))
        moved = highlight is not None and highlight != self._highlight
        self._highlight = highlight
        self._measure()
        if moved:  # after the layout, for a scrollbar that appears takes room
            self.call_after_refresh(self._reveal, *highlight)
        self.refresh()

    def cell_at(self, x: int, y: int) -> tuple[int, int] | None:
        """The row and column of the element drawn at cell (`x`, `y`) of the widget, if any."""
        layout = self._layout_now
        row = self.scroll_offset.y + y - 1
        column = self._first_column() + (x - layout.header) // layout.cell
        rows, columns = self._values.shape
        inside = y >= 1 and x >= layout.header and row < rows and column < columns
        return (row, column) if inside else None

    def watch_density(self) -> None:
        """Lay out again, from the left: the old place means nothing in cells of another width."""
        self._measure()
        self.scroll_to(0, animate=False)
        self.refresh()

    def notify_style_update(self) -> None:
        """Forget what was drawn in the old theme."""
        self._strips.clear()
        super().notify_style_update()

    def on_resize(self, event: Resize) -> None:
        """See again what fits."""
        self._measure()

    def on_click(self, event: Click) -> None:
        """Tell which element was clicked."""
        place = event.get_content_offset(self)
        cell = self.cell_at(*place) if place is not None else None
        if cell is not None:
            self.post_message(self.Selected(self, *cell))

    def action_scroll_left(self) -> None:
        """Scroll one column to the left."""
        self._scroll_columns(-1)

    def action_scroll_right(self) -> None:
        """Scroll one column to the right."""
        self._scroll_columns(1)

    def render_line(self, y: int) -> Strip:
        """Line `y` of the view: the header, a row of the matrix, or nothing."""
        width = self.size.width
        palette = palette_for(self.app.current_theme.dark)
        row = self.scroll_offset.y + y - 1
        if width <= 0:
            return Strip.blank(0)
        if y and row >= self._values.shape[0]:
            return Strip.blank(width, self.rich_style)
        first = self._first_column()
        last = min(first + self._columns_in_sight(), self._values.shape[1])
        highlight = self._highlight or (-1, -1)
        visible = self._values[row, first:last].tobytes() if y else self._name
        highlighted = highlight if not y or row == highlight[0] else None
        key = (row if y else -1, first, visible, self._scale, self._layout_now, width, highlighted)
        key += (self._is_vector, palette.dark)
        strip = self._strips.get(key)
        if strip is None:
            if y:
                segments = self._row_segments(row, first, last, highlight, palette)
            else:
                segments = self._header_segments(first, last, highlight[1])
            strip = Strip(segments).adjust_cell_length(width, self.rich_style)
            self._strips[key] = strip
        return strip

    def _header_segments(self, first: int, last: int, highlighted: int) -> list[Segment]:
        layout = self._layout_now
        plain = self.get_component_rich_style("matrix-view--header")
        marked = self.get_component_rich_style("matrix-view--header-highlight")
        room = layout.header - 1
        name = self._name if len(self._name) <= room else self._name[: room - 1] + "…"
        segments = [Segment(name.ljust(layout.header), plain)]
        if self._is_vector:
            return segments
        if layout.digits is None:
            return [*segments, *self._sparse_indices(first, last, highlighted, plain, marked)]
        for column in range(first, last):
            style = marked if column == highlighted else plain
            segments.append(Segment(str(column).rjust(layout.cell), style))
        return segments

    def _sparse_indices(
        self, first: int, last: int, highlighted: int, plain: Style, marked: Style
    ) -> list[Segment]:
        """Every fifth index, for narrow columns; the highlighted one goes before its neighbours."""
        cell = self._layout_now.cell
        room = (last - first) * cell
        wanted = [highlighted] if first <= highlighted < last else []
        wanted += [column for column in range(first, last) if column % 5 == 0]
        placed: dict[int, tuple[str, Style]] = {}
        for column in wanted:
            text = str(column)
            start = min((column - first) * cell, room - len(text))
            stop = start + len(text)
            if start >= 0 and all(
                stop < other or start > other + len(placed[other][0]) for other in placed
            ):
                placed[start] = (text, marked if column == highlighted else plain)
        segments, x = [], 0
        for start, (text, style) in sorted(placed.items()):
            segments += [Segment(" " * (start - x), plain), Segment(text, style)]
            x = start + len(text)
        return segments

    def _row_segments(
        self, row: int, first: int, last: int, highlight: tuple[int, int], palette: Palette
    ) -> list[Segment]:
        layout = self._layout_now
        part = "header-highlight" if row == highlight[0] else "header"
        header_style = self.get_component_rich_style(f"matrix-view--{part}")
        segments = [Segment(str(row).rjust(layout.header - 1) + " ", header_style)]
        values = self._values[row, first:last]
        elements = element_texts(values, self._layout_now, self._scale, palette)
        for column, (text, style) in enumerate(elements, first):
            if (row, column) == highlight:
                style += self.get_component_rich_style("matrix-view--highlight", partial=True)
                text, style = marked_element(text, style, self._layout_now, palette)
            segments.append(Segment(text, style))
        return segments

    def _measure(self) -> None:
        """Choose the layout for the values and the width, and tell Textual how much there is."""
        width = self._room.width
        self._layout_now = matrix_layout(self._values, self._name, width, self.density)
        rows, columns = self._values.shape
        self.virtual_size = Size(
            self._layout_now.header + columns * self._layout_now.cell, 1 + rows
        )

    @property
    def _room(self) -> Size:
        """The cells that can be seen: `size` includes those under the scrollbars."""
        return self.scrollable_content_region.size

    def _columns_in_sight(self) -> int:
        """How many whole columns there is room for: a number is never cut."""
        return max((self._room.width - self._layout_now.header) // self._layout_now.cell, 0)

    def _first_column(self) -> int:
        return -(-self.scroll_offset.x // self._layout_now.cell)

    def _scroll_columns(self, count: int) -> None:
        if not self.allow_horizontal_scroll:
            raise SkipAction  # the key may mean something to the screen
        x = (self._first_column() + count) * self._layout_now.cell
        self.scroll_to(x, animate=False)

    def _reveal(self, row: int, column: int) -> None:
        """Scroll as little as needed to bring an element into sight."""
        first, in_sight = self._first_column(), self._columns_in_sight()
        left = min(max(first, column - in_sight + 1), column)
        height = max(self._room.height - 1, 1)
        top = min(max(self.scroll_offset.y, row - height + 1), row)
        self.scroll_to(left * self._layout_now.cell, top, animate=False)
