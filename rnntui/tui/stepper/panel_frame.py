"""A panel on the screen: the frame, and within it the lines or plots that the panel makes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import Region
from textual.strip import Strip
from textual.timer import Timer
from textual.worker import get_current_worker

from rnntui.tui.drawing.cached_lines import CachedLines
from rnntui.tui.drawing.palette import Palette, palette_for
from rnntui.tui.drawing.rows_view import RowsView
from rnntui.tui.panels.panel import AnyPanel, PlotsPanel, Room, Rows, RowsPanel
from rnntui.tui.panels.registry import Registration
from rnntui.tui.stepper.plots_body import PlotsBody

if TYPE_CHECKING:
    from rnntui.session.moment import Moment

_PAUSE = 0.1  # seconds without a key after which what takes long is computed, beside the screen
_SIDEWAYS = 8  # columns that one key scrolls
_WHEEL = 3  # lines


class PanelFrame(CachedLines):
    """Keeps the moment it was given, and has the panel painted when, and only when, it can be seen."""

    moment: Moment | None = None
    """The moment to show."""

    def __init__(self, registration: Registration) -> None:
        super().__init__(id=registration.name, classes="panel")
        self.panel: AnyPanel = registration.make()
        self.body = (
            PlotsBody(self.panel.names) if isinstance(self.panel, PlotsPanel) else RowsView()
        )
        self._note = self._written = ""
        self._left = self._columns = 0  # the first column in sight, of so many
        self._pause: Timer | None = None

    def compose(self) -> ComposeResult:
        """What is within the frame."""
        yield self.body

    def show(self, moment: Moment) -> None:
        """Show a moment; out of sight, it is only remembered."""
        self.moment = moment
        self.redraw()

    def redraw(self) -> None:
        """Show the moment again, as after a change of size or theme."""
        if self.moment is None or not (self.display and self.is_attached and self.size.area):
            return
        if isinstance(self.panel, RowsPanel) and isinstance(self.body, RowsView):
            rows = self._rows(self.panel, self.moment)
            self.body.show(rows.lines, rows.anchor)
            self._write_hidden()
        elif isinstance(self.panel, PlotsPanel) and isinstance(self.body, PlotsBody):
            plots = self.panel.plots(self.panel.view(self.moment))
            self._write(plots.note)
            self.body.show(plots)

    def _rows(self, panel: RowsPanel[object], moment: Moment) -> Rows:
        room = Room(*self.size, self.palette, self._left)
        rows = panel.rows(panel.view(moment), room)
        self._note, self._columns = rows.note, rows.columns
        self._left = min(self._left, max(rows.columns - 1, 0))
        self._compute_later(rows.later)
        return rows

    @property
    def palette(self) -> Palette:
        """The colours of the theme in use."""
        return palette_for(self.app.current_theme.dark)

    # --- what is computed beside the screen ---

    def _compute_later(self, compute: Callable[[], object] | None) -> None:
        if self._pause is not None:
            self._pause.stop()
            self._pause = None
        if compute is not None:
            self._pause = self.set_timer(_PAUSE, lambda: self._compute(compute))

    def _compute(self, compute: Callable[[], object]) -> None:
        def work() -> None:
            worker = get_current_worker()
            compute()
            if not worker.is_cancelled:  # else there is another moment, or no screen
                self.app.call_from_thread(self.redraw)

        self.run_worker(work, thread=True, exclusive=True)

    # --- scrolling ---

    def scroll_rows(self, by: int) -> None:
        """Scroll by some lines, as far as there are any."""
        if isinstance(self.body, RowsView):
            self.body.scroll_rows(by)
            self._write_hidden()

    def scroll_pages(self, by: int) -> None:
        """Scroll by as many lines as are in sight, less one."""
        self.scroll_rows(by * max(self.body.size.height - 1, 1))

    def scroll_sideways(self, by: int) -> None:
        """Scroll what is wider than the panel; up and down it stays where it is."""
        if not self._columns or self.moment is None or not isinstance(self.panel, RowsPanel):
            return
        self._left = min(max(self._left + by * _SIDEWAYS, 0), self._columns - 1)
        if isinstance(self.body, RowsView):
            self.body.show(self._rows(self.panel, self.moment).lines, None)
            self._write_hidden()

    def on_mouse_scroll_down(self) -> None:
        """Scroll down."""
        self.scroll_rows(_WHEEL)

    def on_mouse_scroll_up(self) -> None:
        """Scroll up."""
        self.scroll_rows(-_WHEEL)

    # --- being seen ---

    def on_resize(self) -> None:
        """Lay out again."""
        self.redraw()

    def on_show(self) -> None:
        """Catch up with what happened out of sight."""
        self.redraw()

    def notify_style_update(self) -> None:
        """Paint in the new theme's colours; another frame around the same ones is not painted for."""
        super().notify_style_update()
        if isinstance(self.body, RowsView) and not self.body.is_shown_in(self.body.rich_style):
            self.redraw()

    # --- the frame ---

    def _write_hidden(self) -> None:
        above, below = self.body.hidden if isinstance(self.body, RowsView) else (0, 0)
        hidden = [f"{above}↑" if above else "", f"{below}↓" if below else ""]
        self._write(" ".join(part for part in [self._note, *hidden] if part))

    def _write(self, text: str) -> None:
        """Write on the lower edge."""
        if text == self._written:
            return
        self._written = text
        # `border_subtitle = text` would read it as markup, and paint the whole panel anew
        self._border_subtitle = Content(text)
        (left, above), (width, height) = self.content_offset, self.outer_size
        self.refresh(Region(-left, height - 1 - above, width, 1))

    def paint(self, crop: Region) -> list[Strip]:
        """Make the lines of a region.

        Textual works out the frame beside each line anew. Here it paints the edges and the first
        line; what is on both sides of that is on both sides of all, and within there is nothing but
        what the body paints on it.
        """
        (width, height), gutter = self.outer_size, self.gutter
        if crop != Region(0, 0, width, height) or height <= gutter.height:
            return super().paint(crop)
        *above, first = super().paint(Region(0, 0, width, gutter.top + 1))
        below = super().paint(Region(0, height - gutter.bottom, width, gutter.bottom))
        return [*above, *[first] * (height - gutter.height), *below]
