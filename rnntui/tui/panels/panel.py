"""What all panels share: a frame with a title, and `show(moment)`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.text import Text
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

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


class RowsPanel(Shows, ScrollView):
    """A panel of lines of text; a line that is not in sight is not made."""

    can_focus = False

    DEFAULT_CSS = """
    RowsPanel {
        scrollbar-size: 1 1;
        overflow-x: hidden;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._rows: Sequence[Row] = ()
        self._strips: dict[int, Strip] = {}

    def rows(self, moment: Moment, width: int, height: int) -> Sequence[Row]:
        """The lines for a moment, in `width` cells; a callable is called when it comes in sight."""
        raise NotImplementedError

    def anchor(self, moment: Moment) -> range | None:
        """Lines that must be in sight after drawing, if any."""
        return None

    def draw(self, moment: Moment) -> None:
        """Make the lines anew."""
        region = self.scrollable_content_region
        self._strips.clear()
        self._rows = self.rows(moment, region.width, region.height)
        size = Size(region.width, len(self._rows))
        if size != self.virtual_size:
            self.virtual_size = size
        self._bring_into_sight(self.anchor(moment), region.height)
        self.refresh()

    def _bring_into_sight(self, anchor: range | None, height: int) -> None:
        if anchor is None or not anchor or height <= 0:
            return
        top = int(self.scroll_offset.y)
        if anchor.start < top or len(anchor) >= height:
            target = anchor.start
        elif anchor.stop > top + height:
            target = anchor.stop - height
        else:
            return
        self.scroll_to(y=target, animate=False, force=True)

    def notify_style_update(self) -> None:
        """Draw in the new theme's colours."""
        super().notify_style_update()
        self.redraw()

    def render_line(self, y: int) -> Strip:
        """Line `y` of the widget."""
        number = y + int(self.scroll_offset.y)
        width = self.scrollable_content_region.width
        if number >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        if number not in self._strips:
            row = self._rows[number]
            text = row() if callable(row) else row
            text.end = ""
            strip = Strip(text.render(self.app.console)).adjust_cell_length(width)
            self._strips[number] = strip.apply_style(self.rich_style)
        return self._strips[number]
