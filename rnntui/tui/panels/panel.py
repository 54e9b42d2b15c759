"""What all panels share: a frame, `show(moment)`, and lines that are made only when they have to be."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar, overload

from rich.style import Style
from textual.content import Content
from textual.geometry import Region
from textual.strip import Strip

from rnntui.session.moment import Moment
from rnntui.tui.drawing.kept_lines import FramedLines
from rnntui.tui.drawing.line import Line
from rnntui.tui.drawing.palette import Palette, palette_for
from rnntui.tui.drawing.repaint import changed_regions

Made = TypeVar("Made")

_MOST_KEPT = 1000  # lines: more than any terminal is high, less than memory notices


class Shows:
    """A panel keeps the moment it was given, and draws it when, and only when, it can be seen."""

    moment: Moment | None = None
    """The moment to draw."""
    _written = ""

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

    def write_on_frame(self, text: str) -> None:
        """Write on the lower edge of the frame."""
        if text == self._written:
            return
        self._written = text
        # `border_subtitle = text` would read it as markup, and paint the whole panel anew
        self._border_subtitle = Content(text)
        (left, above), (width, height) = self.content_offset, self.outer_size
        self.refresh(Region(-left, height - 1 - above, width, 1))

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


class RowsPanel(Shows, FramedLines):
    """A panel of lines; a line out of sight is not made, one that has not changed not painted.

    It scrolls by itself: a ScrollView would lay out the whole screen anew whenever the number of
    lines changes, which is at nearly every key.
    """

    can_focus = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._rows: Sequence[Line] = ()
        self._strips: list[Strip] = []  # what is in sight
        self._strip_of: dict[Line, Strip] = {}  # of the lines in sight: those kept are shown as is
        self._shown_as: tuple[int, Style] | None = None
        self._top = 0

    def rows(self, moment: Moment, width: int, height: int) -> Sequence[Line]:
        """The lines for a moment, in `width` cells. One that is the same as before costs nothing."""
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
        self.write_on_frame(" ".join(part for part in [self.note, *hidden] if part))
        self._refresh_changed()

    def _refresh_changed(self) -> None:
        """Paint only lines that are other than before."""
        before, self._strips = self._strips, self._in_sight()
        if len(before) != len(self._strips):
            self.refresh()
            return
        changed = changed_regions(before, self._strips, self.size.width)
        if changed:
            self.refresh(*changed)

    note = ""
    """What the lower edge of the frame says, before how many lines are out of sight."""

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

    def on_mouse_scroll_down(self) -> None:
        """Scroll three lines down."""
        self.scroll_rows(3)

    def on_mouse_scroll_up(self) -> None:
        """Scroll three lines up."""
        self.scroll_rows(-3)

    def notify_style_update(self) -> None:
        """Draw in the new theme's colours; another frame around the same ones is not drawn for."""
        super().notify_style_update()
        if self._shown_as is None or self._shown_as[1] != self.rich_style:
            self.redraw()

    def inside(self, lines: range) -> list[Strip]:
        """Some of the lines in sight."""
        return [self.render_line(y) for y in lines]

    def render_line(self, y: int) -> Strip:
        """Line `y` of the widget."""
        width = self.size.width
        strip = self._strips[y] if y < len(self._strips) else Strip.blank(0, self.rich_style)
        return (
            strip
            if strip.cell_length == width
            else strip.adjust_cell_length(width, self.rich_style)
        )


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


class Kept:
    """What was made for earlier moments, by all that it shows.

    It is kept for as long as what everything kept shares (a trace, colours) is the same.
    """

    def __init__(self) -> None:
        self._shared: tuple[Hashable, ...] = ()
        self._made: dict[Hashable, Any] = {}

    def begin(self, *shared: Hashable) -> None:
        """What all to come share; if it is other than before, what was made is let go."""
        if shared != self._shared or len(self._made) > _MOST_KEPT:
            self._shared, self._made = shared, {}

    def get(self, version: Hashable, make: Callable[[], Made]) -> Made:
        """What is kept of this version, made if it is not there yet."""
        if version not in self._made:
            self._made[version] = make()
        found: Made = self._made[version]
        return found
