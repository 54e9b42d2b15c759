"""The one place that calls plotext: layers in the unit square become lines of coloured braille.

plotext keeps one global figure, stops at infinity and guesses ticks; so it is given finite
coordinates between 0 and 1, ticks with their texts, and a figure cleared each time. It is imported
with the first plot, which comes after the first paint.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.text import Text

from rnntui.tui.drawing.palette import RGB, Palette

Tick = tuple[float, str]


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
    x_ticks: Sequence[Tick] = ()
    y_ticks: Sequence[Tick] = ()
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
    ) -> Text:
        """`layers` in order, later ones on top, then `notes`; a vertical line at `marker_x`."""
        import plotext as plt

        plt.clear_figure()
        plt.limit_size(False, False)
        plt.plotsize(self.width, self.height)
        plt.theme("clear")  # no background: the widget's own shows
        plt.ticks_color(palette.text)
        plt.xaxes(True, False)
        plt.yaxes(True, False)
        plt.xlim(0, 1)
        plt.ylim(0, 1)
        plt.xticks([place for place, _ in self.x_ticks], [text for _, text in self.x_ticks])
        plt.yticks([place for place, _ in self.y_ticks], [text for _, text in self.y_ticks])
        plt.xlabel(self.x_label or None)
        if marker_x is not None:
            plt.vertical_line(marker_x, color=palette.faint)
        for layer in layers:
            x, y = layer.x.tolist(), layer.y.tolist()
            if layer.glyph is None:
                plt.plot(x, y, color=layer.colour, marker="braille")
            else:
                plt.scatter(x, y, color=layer.colour, marker=layer.glyph)
        for note in notes:
            plt.text(note.text, note.x, note.y, color=note.colour, alignment="left")
        picture = Text.from_ansi(plt.build(), no_wrap=True, end="")
        plt.clear_figure()  # keep no reference to the data
        return picture
