"""What all panels share: a frame with a title, and `show(moment)`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.text import Text
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from rnntui.session.moment import Moment
from rnntui.tui.drawing.palette import Palette, palette_for

Row = Text | Callable[[], Text]


class Shows:
    """A panel keeps the moment it was given, and draws it when, and only when, it can be seen."""

    title = ""
    """What the frame says."""
    moment: Moment | None = None
    """The moment to draw."""

    def show(self, moment: Moment) -> None:
        """Show a moment; out of sight, it is only remembered."""
        self.moment = moment
        self.redraw()

    def redraw(self) -> None:
        """Draw the moment again, as after a change of size or theme."""
        if self.moment is not None and self.display and self.is_attached and self.size.area:
            self.draw(self.moment)

    def draw(self, moment: Moment) -> None:
        """Put a moment on the screen."""
        raise NotImplementedError

    @property
    def palette(self) -> Palette:
        """The colours of the theme in use."""
        return palette_for(self.app.current_theme.dark)

    def on_resize(self) -> None:
        """Lay out again."""
        self.redraw()

    def on_show(self) -> None:
        """Catch up with what happened out of sight."""
        self.redraw()


class RowsPanel(Shows, Widget):
    """A panel of lines of text; a line out of sight is not made, one that has not changed not painted.

    It scrolls by itself: a ScrollView would lay out the whole screen anew whenever the number of
    lines changes, which is at nearly every key.
    """

    can_focus = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._rows: Sequence[Row] = ()
        self._strips: list[Strip] = []  # what is in sight
        self._top = 0

    def rows(self, moment: Moment, width: int, height: int) -> Sequence[Row]:
        """The lines for a moment, in `width` cells; a callable is called when it comes in sight."""
        raise NotImplementedError

    def anchor(self, moment: Moment) -> range | None:
        """Lines that must be in sight after drawing, if any."""
        return None

    def draw(self, moment: Moment) -> None:
        """Make the lines anew."""
        self._rows = self.rows(moment, self.size.width, self.size.height)
        self._bring_into_sight(self.anchor(moment))
        self.scroll_rows(0)

    def scroll_rows(self, by: int) -> None:
        """Scroll by some lines, as far as there are any."""
        last = max(len(self._rows) - self.size.height, 0)
        self._top = min(max(self._top + by, 0), last)
        above, below = self._top, max(len(self._rows) - self._top - self.size.height, 0)
        hidden = [f"{above}↑" if above else "", f"{below}↓" if below else ""]
        note = " ".join(part for part in [self.note, *hidden] if part)
        if note != self.border_subtitle:
            self.border_subtitle = note
        self._refresh_changed()

    def _refresh_changed(self) -> None:
        """Paint only lines that are other than before: bytes to a terminal cost time."""
        width, height = self.size
        before, self._strips = self._strips, [self._strip(y, width) for y in range(height)]
        if len(before) != height:
            self.refresh()
            return
        changed = [y for y in range(height) if before[y] != self._strips[y]]
        if changed:
            self.refresh(*(Region(0, y, width, 1) for y in changed))

    note = ""
    """What the lower edge of the frame says, before how many lines are out of sight."""

    def _bring_into_sight(self, anchor: range | None) -> None:
        height = self.size.height
        if not anchor or height <= 0:
            return
        if anchor.start < self._top or len(anchor) >= height:
            self._top = anchor.start
        elif anchor.stop > self._top + height:
            self._top = anchor.stop - height

    def on_mouse_scroll_down(self) -> None:
        """Scroll three lines down."""
        self.scroll_rows(3)

    def on_mouse_scroll_up(self) -> None:
        """Scroll three lines up."""
        self.scroll_rows(-3)

    def notify_style_update(self) -> None:
        """Draw in the new theme's colours."""
        super().notify_style_update()
        self.redraw()

    def render_line(self, y: int) -> Strip:
        """Line `y` of the widget."""
        width = self.size.width
        strip = self._strips[y] if y < len(self._strips) else Strip.blank(width)
        return strip.adjust_cell_length(width).apply_style(self.rich_style)

    def _strip(self, y: int, width: int) -> Strip:
        number = y + self._top
        if number >= len(self._rows):
            return Strip.blank(width)
        row = self._rows[number]
        text = row() if callable(row) else row
        text.end = ""
        return Strip(text.render(self.app.console)).adjust_cell_length(width)
