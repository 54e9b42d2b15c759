"""One line of coloured cells, put together from left to right.

Rich's Text keeps a string and spans over it, which have to be sorted and cut into segments each
time they are shown. A panel knows its segments as it writes them, so a line keeps just these: what
the screen needs is then there already, for a tenth of the work.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import cast

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from rnntui.text.terminal_cells import cell_width, fitting_start

PLAIN = Style()
BOLD = Style(bold=True)
DIM = Style(dim=True)
ITALIC = Style(italic=True)
REVERSE = Style(reverse=True)


class Line:
    """Segments from left to right, and how many cells they take."""

    __slots__ = ("cell_len", "segments")

    def __init__(self, text: str = "", style: Style = PLAIN) -> None:
        self.segments: list[Segment] = []
        self.cell_len = 0
        if text:
            self.add(text, style)

    def add(self, text: str, style: Style = PLAIN) -> Line:
        """Write `text` at the end."""
        if text:
            self.segments.append(Segment(text, style))
            self.cell_len += cell_width(text)
        return self

    def join(self, other: Line) -> Line:
        """Write another line at the end."""
        self.segments += other.segments
        self.cell_len += other.cell_len
        return self

    def __len__(self) -> int:
        """How many characters there are."""
        return sum(len(segment.text) for segment in self.segments)

    @property
    def parts(self) -> Sequence[tuple[str, Style, object]]:
        """The segments, of which each has a style here."""
        return cast("Sequence[tuple[str, Style, object]]", self.segments)

    @property
    def plain(self) -> str:
        """The characters without their styles."""
        return "".join(segment.text for segment in self.segments)

    def styled(self, style: Style) -> Line:
        """The same line with a style on top of all others."""
        line = Line()
        line.segments = [Segment(text, own + style) for text, own, _ in self.parts]
        line.cell_len = self.cell_len
        return line

    def split(self, at: int) -> tuple[Line, Line]:
        """What is before character `at`, and the rest."""
        before, after = Line(), Line()
        for text, style, _ in self.parts:
            before.add(text[:at], style)
            after.add(text[max(at, 0) :], style)
            at = max(at - len(text), 0)
        return before, after

    def shortened(self, width: int) -> Line:
        """The line in at most `width` cells; what is left out ends in `…`."""
        if self.cell_len <= width:
            return self
        return self.cut(width - 1).add("…", self.parts[-1][1]) if width > 0 else Line()

    def cut(self, width: int) -> Line:
        """As much of the line as `width` cells hold."""
        line = Line()
        for text, style, _ in self.parts:
            fitting = fitting_start(text, width - line.cell_len)
            line.add(fitting, style)
            if fitting != text:
                break
        return line

    def strip(self, width: int, ground: Style) -> Strip:
        """Exactly `width` cells on a background, as Textual shows them; what is too long is cut."""
        merged: list[Segment] = []
        last, pending = PLAIN, ""
        line = self if self.cell_len <= width else self.cut(width)
        for text, style, _ in line.parts:
            if style is not last and style != last:
                if pending:
                    merged.append(Segment(pending, on(ground, last)))
                last, pending = style, ""
            pending += text
        if pending:
            merged.append(Segment(pending, on(ground, last)))
        if line.cell_len < width:
            merged.append(Segment(" " * (width - line.cell_len), ground))
        return Strip(merged, max(width, 0))

    def rich(self) -> Text:
        """The line for Rich's renderables."""
        return Text.assemble(*((text, style) for text, style, _ in self.parts))


@lru_cache(4096)
def on(ground: Style, style: Style) -> Style:
    """A style on a background."""
    return ground + style


def joined(lines: Iterable[Line], between: str = "") -> Line:
    """Lines side by side."""
    whole = Line()
    for number, line in enumerate(lines):
        if number:
            whole.add(between)
        whole.join(line)
    return whole
