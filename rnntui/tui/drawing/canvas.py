"""A plot that plotext draws, read back as lines of coloured cells.

What plotext cannot do is prepared for it. It is given places in the unit square, worked out by
`Axis`: plotext would raise where a value or the distance of two is infinite. It spends about three
microseconds on each dot, so a dense curve comes as the characters of its cells. The cells are read
where it keeps them: the text of escape sequences that it would make of them takes a quarter of the
time. Its figure is one for the whole process, so plots are drawn in one thread only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby
from typing import TypeVar

import numpy as np
from rich.color import Color
from rich.style import Style

from rnntui.text.terminal_cells import cell_width, graphemes
from rnntui.tui.drawing.axis import Axis, Tick
from rnntui.tui.drawing.line import PLAIN, Line
from rnntui.tui.drawing.palette import RGB, Palette

_TICK_WIDTHS = (6, 9)
"""Room for the texts of ticks: one of these, so that the frame does not move with each number."""
_Cells = TypeVar("_Cells", float, np.ndarray)
_OUT_OF_SIGHT = -9.0
_PRIVATE = 0xE000  # characters from here on stand for what is not one character in one cell


@dataclass(frozen=True)
class Layer:
    """Points in the unit square, each with a glyph or all joined by lines."""

    x: np.ndarray
    y: np.ndarray
    colour: RGB
    glyphs: str | list[str] = ""
    """One for all points or one for each; without any, lines of dots join them, except at NaN."""


@dataclass(frozen=True)
class PlotLabel:
    """A short text from a cell inside the frame to the right."""

    column: int
    row: int
    """From below."""
    text: str
    colour: RGB


@dataclass(frozen=True)
class Canvas:
    """A frame of `width` × `height` cells with ticks below and on the left."""

    width: int
    height: int
    x_axis: Axis
    y_axis: Axis
    x_label: str = ""

    @cached_property
    def columns(self) -> int:
        """The cells across, inside the frame."""
        return self.width - self._tick_width - 1

    @cached_property
    def rows(self) -> int:
        """The cells down, inside the frame."""
        return self.height - 2 - bool(self._shown_label)

    def shares(self, column: _Cells, row: _Cells) -> tuple[_Cells, _Cells]:
        """Where cells inside the frame, from the left and from below, are in the unit square."""
        return column / max(self.columns - 1, 1), row / max(self.rows - 1, 1)

    def draw(
        self,
        layers: Sequence[Layer],
        palette: Palette,
        *,
        labels: Sequence[PlotLabel] = (),
        marker_x: float | None = None,
    ) -> list[Line]:
        """`layers` in order, later ones on top, then `labels`; a vertical line at `marker_x`."""
        import plotext as plt

        self._begin(palette)
        if marker_x is not None:
            plt.vertical_line(marker_x, color=palette.faint)
        for layer in layers:
            put, marker = (plt.scatter, layer.glyphs) if layer.glyphs else (plt.plot, "braille")
            if len(layer.x):
                put(layer.x.tolist(), layer.y.tolist(), marker=marker, color=layer.colour)
        substitutes: dict[int, str] = {}
        for label in labels:
            x, y = self.shares(label.column, label.row)
            text = _one_a_cell(label.text, substitutes)
            plt.text(text, x, y, color=label.colour, alignment="left")
        monitor = plt.main().monitor
        monitor.build_plot()
        rows = zip(monitor.matrix.marker, monitor.matrix.fullground, strict=True)
        return [_line(*row, substitutes) for row in rows][::-1]

    def _begin(self, palette: Palette) -> None:
        """A figure with the frame and nothing in it."""
        import plotext as plt

        plt.clear_data()  # all else is set anew; to clear the figure takes as long as to draw it
        plt.limit_size(False, False)
        plt.plotsize(self.width, self.height)
        plt.theme("clear")
        plt.ticks_color(palette.text)
        plt.xaxes(True, False)
        plt.yaxes(True, False)
        plt.xlim(0, 1)
        plt.ylim(0, 1)
        # Out of sight there is always a tick, so that there is room for others, and a point: without
        # any there would be no frame.
        plt.scatter([_OUT_OF_SIGHT], [_OUT_OF_SIGHT])
        room = self._tick_width
        beside = [(share, text) for share, text in self._y_ticks if len(text) <= room]
        for set_ticks, ticks in (
            (plt.xticks, [*self._x_ticks, (_OUT_OF_SIGHT, " ")]),
            (plt.yticks, [*beside, (_OUT_OF_SIGHT, " " * room)]),
        ):
            set_ticks([share for share, _ in ticks], [text for _, text in ticks])
        plt.xlabel(self._shown_label or None)

    @property
    def _shown_label(self) -> str:
        return self.x_label if self.height >= 8 else ""

    @cached_property
    def _y_ticks(self) -> list[Tick]:
        return self.y_axis.ticks(min(max(self.height // 3, 2), 6))

    @cached_property
    def _tick_width(self) -> int:
        """The cells for texts left of the frame."""
        longest = max((len(text) for _, text in self._y_ticks), default=0)
        widths = [min(width, self.width // 3) for width in _TICK_WIDTHS]
        return next((width for width in widths if longest <= width), widths[0])

    @property
    def _x_ticks(self) -> list[Tick]:
        """As many as can stand side by side: plotext would leave out any of those that meet."""
        most = min(max(self.width // 9, 3), 8)
        for count in range(most, 1, -1):
            ticks = self.x_axis.ticks(count)
            if self._side_by_side(ticks):
                return ticks
        outermost = [ticks[0], ticks[-1]]
        return outermost if self._side_by_side(outermost) else outermost[:1]

    def _side_by_side(self, ticks: list[Tick]) -> bool:
        end = 0
        for share, text in ticks:
            middle = self.width - self.columns + round(share * (self.columns - 1))
            start = min(middle - len(text) // 2, self.width - len(text))
            if start <= end:
                return False
            end = start + len(text)
        return True


def _one_a_cell(text: str, substitutes: dict[int, str]) -> str:
    """`text` with a character for each cell that it takes, as plotext counts them.

    `substitutes` takes in what they stand for: a wide character and a filler, a letter with what is
    combined with it, nothing for what takes no cell.
    """
    characters = []
    for grapheme in graphemes(text):
        cells = cell_width(grapheme)
        if cells == 1 and len(grapheme) == 1 and ord(grapheme) < _PRIVATE:
            characters.append(grapheme)
            continue
        for shown in [grapheme, ""][:cells]:
            characters.append(chr(_PRIVATE + len(substitutes)))
            substitutes[_PRIVATE + len(substitutes)] = shown
    return "".join(characters)


def _line(characters: list[str], colours: list[RGB | str], substitutes: dict[int, str]) -> Line:
    """A row of cells; neighbours of one colour are one segment."""
    line, start = Line(), 0
    for colour, cells in groupby(colours):
        end = start + len(list(cells))
        line.add("".join(characters[start:end]).translate(substitutes), _ink(colour))
        start = end
    return line


@lru_cache(64)
def _ink(colour: RGB | str) -> Style:
    """A cell that nothing was put in has a word for a colour."""
    return PLAIN if isinstance(colour, str) else Style(color=Color.from_rgb(*colour))
