"""Layers in the unit square become lines of coloured cells; curves are drawn in braille.

plotext draws the frame with its ticks and labels, once for each that there is: it walks over every
cell in Python several times, which takes as long as everything else that a key leads to. What
changes with each key, the points and curves, is set here, in arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from rich.color import Color
from rich.style import Style

from rnntui.tui.drawing.line import PLAIN, Line
from rnntui.tui.drawing.palette import RGB, Palette

Tick = tuple[float, str]

_BRAILLE = 0x2800
_DOTS = np.array([[0x40, 0x80], [0x04, 0x20], [0x02, 0x10], [0x01, 0x08]], np.uint8)
"""The bit of a dot in its cell: four rows from the lowest to the highest, two columns."""


@dataclass(frozen=True)
class Layer:
    """Points in the unit square, joined in braille or each with its own glyph."""

    x: np.ndarray
    y: np.ndarray
    colour: RGB
    glyph: str | None = None
    """The glyph of every point; without one, the points are joined by a line."""


@dataclass(frozen=True)
class Note:
    """A short text whose first character is at a place in the unit square."""

    x: float
    y: float
    text: str
    colour: RGB


@dataclass(frozen=True)
class Canvas:
    """A frame of `width` × `height` cells with ticks below and on the left."""

    width: int
    height: int
    x_ticks: tuple[Tick, ...] = ()
    y_ticks: tuple[Tick, ...] = ()
    x_label: str = ""

    @property
    def columns(self) -> int:
        """The cells across, inside the frame."""
        ticks = max((len(text) for _, text in self.y_ticks), default=0)
        return max(self.width - ticks - 1, 0)

    @property
    def rows(self) -> int:
        """The cells down, inside the frame."""
        return max(self.height - 1 - bool(self.x_ticks) - bool(self.x_label), 0)

    def draw(
        self,
        layers: Sequence[Layer],
        palette: Palette,
        *,
        notes: Sequence[Note] = (),
        marker_x: float | None = None,
    ) -> list[Line]:
        """`layers` in order, later ones on top, then `notes`; a vertical line at `marker_x`."""
        cells = _Cells(self, palette)
        if marker_x is not None:
            cells.vertical_line(marker_x, palette.faint)
        for layer in layers:
            if layer.glyph is None:
                cells.curve(layer.x, layer.y, layer.colour)
            else:
                cells.points(layer.x, layer.y, layer.colour, layer.glyph)
        for note in notes:
            cells.note(note)
        return cells.lines()


class _Cells:
    """A character and an ink for each cell of the plot, the lowest row of the inside first."""

    def __init__(self, canvas: Canvas, palette: Palette) -> None:
        frame = _frame(canvas)
        self.columns, self.rows = canvas.columns, canvas.rows
        self.inks: list[Style] = [_ink(palette.text)]
        self._whole = frame.copy()
        self._ink = np.zeros(frame.shape, np.int16)
        self._left = canvas.width - canvas.columns
        inside = slice(None, self.rows), slice(self._left, None)
        self._characters = self._whole[inside][::-1]
        self._colours = self._ink[inside][::-1]

    def vertical_line(self, x: float, colour: RGB) -> None:
        """A line from the top to the axis."""
        column = int(_place(np.array([x]), self.columns)[0])
        self._characters[:, column] = ord("│")
        self._colours[:, column] = self._number(colour)
        if self.rows < len(self._whole):
            self._whole[self.rows, self._left + column] = ord("┴")

    def curve(self, x: np.ndarray, y: np.ndarray, colour: RGB) -> None:
        """The points joined by straight lines of dots, two to a cell across and four down."""
        x, y = _joined(_place(x, 2 * self.columns), _place(y, 4 * self.rows))
        inside = (x >= 0) & (x < 2 * self.columns) & (y >= 0) & (y < 4 * self.rows)
        x, y = x[inside], y[inside]
        dots = np.zeros((self.rows, self.columns), np.uint8)
        np.bitwise_or.at(dots, (y // 4, x // 2), _DOTS[y % 4, x % 2])
        drawn = dots > 0
        self._characters[drawn] = _BRAILLE + dots[drawn].astype(np.int32)
        self._colours[drawn] = self._number(colour)

    def points(self, x: np.ndarray, y: np.ndarray, colour: RGB, glyph: str) -> None:
        """A glyph at each point."""
        column, row = _place(x, self.columns), _place(y, self.rows)
        inside = (column >= 0) & (column < self.columns) & (row >= 0) & (row < self.rows)
        self._characters[row[inside], column[inside]] = ord(glyph)
        self._colours[row[inside], column[inside]] = self._number(colour)

    def note(self, note: Note) -> None:
        """A text, as far as it is inside."""
        row = int(_place(np.array([note.y]), self.rows)[0])
        start = int(_place(np.array([note.x]), self.columns)[0])
        text = note.text[: max(self.columns - start, 0)]
        if 0 <= row < self.rows and start >= 0 and text:
            self._characters[row, start : start + len(text)] = [ord(c) for c in text]
            self._colours[row, start : start + len(text)] = self._number(note.colour)

    def lines(self) -> list[Line]:
        """The lines from top to bottom; neighbours of one ink are one segment."""
        self._ink[self._whole == ord(" ")] = -1  # what is blank has no ink
        found = []
        for row, inks in zip(self._whole, self._ink, strict=True):
            text = "".join(map(chr, row.tolist()))
            ends = [*(np.flatnonzero(np.diff(inks)) + 1).tolist(), len(text)]
            line, start = Line(), 0
            for end in ends:
                ink = int(inks[start])
                line.add(text[start:end], PLAIN if ink < 0 else self.inks[ink])
                start = end
            found.append(line)
        return found

    def _number(self, colour: RGB) -> int:
        style = _ink(colour)
        if style not in self.inks:
            self.inks.append(style)
        return self.inks.index(style)


def _place(share: np.ndarray, cells: int) -> np.ndarray:
    """Which of so many cells each share of the side, from 0 to 1, falls in."""
    # rounded first: 9.9999… is 10
    return np.floor(np.round(0.5 + (cells - 1) * share, 8)).astype(np.int64)


def _joined(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All dots on the straight lines from each dot to the next."""
    if len(x) < 2:
        return x, y
    across, up = np.diff(x), np.diff(y)
    counts = np.maximum(np.abs(across), np.abs(up))
    line = np.repeat(np.arange(len(counts)), counts)
    step = np.arange(len(line)) - np.repeat(np.cumsum(counts) - counts, counts)
    length = np.maximum(counts, 1)
    along = [
        np.append(start[line] + step * (change / length)[line], end).astype(np.int64)
        for start, change, end in ((x[:-1], across, x[-1]), (y[:-1], up, y[-1]))
    ]
    return along[0], along[1]


@lru_cache(64)
def _frame(canvas: Canvas) -> np.ndarray:
    """The axes with ticks and labels around an empty inside, as codes of characters."""
    frame = np.full((canvas.height, canvas.width), ord(" "), np.int32)
    left = canvas.width - canvas.columns
    below = _axes(
        canvas.width, canvas.height - canvas.rows + 1, canvas.x_ticks, (), left - 1, canvas.x_label
    )
    frame[canvas.rows :] = below[1:]
    beside = _axes(left + 1, canvas.rows + 1, (), canvas.y_ticks, left - 1, "")
    frame[: canvas.rows, :left] = beside[: canvas.rows, :left]
    return frame


@lru_cache(128)
def _axes(
    width: int,
    height: int,
    x_ticks: tuple[Tick, ...],
    y_ticks: tuple[Tick, ...],
    indent: int,
    x_label: str,
) -> np.ndarray:
    """plotext's axes of an empty plot, `indent` cells from the left."""
    import plotext as plt

    plt.clear_data()  # everything else is set anew below; clearing the figure takes as long as drawing it
    plt.limit_size(False, False)
    plt.plotsize(width, height)
    plt.theme("clear")
    plt.xaxes(True, False)
    plt.yaxes(True, False)
    plt.xlim(0, 1)
    plt.ylim(0, 1)
    plt.xticks([place for place, _ in x_ticks], [text for _, text in x_ticks])
    texts = [text for _, text in y_ticks] or [" " * indent] * bool(indent)
    plt.yticks([place for place, _ in y_ticks] or [-1] * bool(indent), texts)
    plt.xlabel(x_label or None)
    plt.scatter([0], [0], marker=" ")  # without any points there would be no frame
    rows = plt.uncolorize(plt.build()).split("\n")[:height]
    return np.array([[ord(c) for c in row[:width].ljust(width)] for row in rows], np.int32)


@lru_cache(64)
def _ink(colour: RGB) -> Style:
    return Style(color=Color.from_rgb(*colour))
