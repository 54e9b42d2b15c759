"""A matrix as lines of text: a header with its name and column indices, then a heat map with numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from rich.style import Style

from rnntui.text.terminal_cells import left_justified, shortened
from rnntui.tui.drawing.line import DIM, Line
from rnntui.tui.drawing.matrix_elements import element_texts
from rnntui.tui.drawing.matrix_layout import MatrixLayout, largest_size, matrix_layout
from rnntui.tui.drawing.palette import Palette

GAP = 2
"""Cells between matrices side by side."""
_SPARSE = 5  # where columns are narrow, every fifth has its index


@dataclass(frozen=True, eq=False)
class MatrixRows:
    """A matrix, vector (as a column) or scalar, laid out in at most `width` cells.

    Indices count from 0; colours are relative to the largest size in the matrix. Numbers are shown
    while all columns fit, else signs and blocks; `left` is the first column in sight.
    """

    values: np.ndarray
    name: str
    style: Style
    palette: Palette
    layout: MatrixLayout
    left: int
    right: int
    is_vector: bool
    is_scalar: bool
    _below: dict[int, Line] = field(default_factory=dict, repr=False)
    """The lines below the header that have been made; under another name they are the same."""

    @classmethod
    def fit(
        cls,
        values: np.ndarray,
        name: str,
        width: int,
        palette: Palette,
        *,
        left: int = 0,
        style: Style = DIM,
    ) -> MatrixRows:
        """Lay out `values` (at most two axes) under a `name` of some `style`."""
        array = np.asarray(values, dtype=float)
        is_vector, is_scalar = array.ndim < 2, array.ndim == 0
        array = array.reshape(-1, 1) if is_vector else array
        layout = matrix_layout(array, name, width)
        columns = array.shape[1]
        seen = min(max((width - layout.header) // layout.cell, 1), columns)
        first = min(left, columns - seen)
        return cls(array, name, style, palette, layout, first, first + seen, is_vector, is_scalar)

    @property
    def width(self) -> int:
        """The cells it takes."""
        return self.layout.header + (self.right - self.left) * self.layout.cell

    @property
    def height(self) -> int:
        """The lines it takes, the header among them."""
        return len(self.values) + 1

    @cached_property
    def scale(self) -> float:
        """What the colours are relative to; of a matrix out of sight nobody asks."""
        return largest_size(self.values)

    def line(self, number: int) -> Line:
        """Line `number`, of `width` cells; 0 is the header; blank past the end."""
        if number == 0:
            return self._header
        if number not in self._below:
            self._below[number] = self._row(number - 1)
        return self._below[number]

    def _row(self, row: int) -> Line:
        if row >= len(self.values):
            return Line(" " * self.width)
        label = "" if self.is_scalar else str(row)
        line = Line(label.rjust(self.layout.header - 1) + " ", DIM)
        values = self.values[row, self.left : self.right]
        for element, style in element_texts(values, self.layout, self.scale, self.palette):
            line.add(element, style)
        return line

    @cached_property
    def _header(self) -> Line:
        name = shortened(self.name, self.layout.header - 1)
        line = Line(left_justified(name, self.layout.header), self.style)
        step = 1 if self.layout.digits is not None else _SPARSE
        indices = (
            [] if self.is_vector else [n for n in range(self.left, self.right) if not n % step]
        )
        cells = [" "] * (self.width - self.layout.header)
        for index in indices:
            # above a number the index is flush right; above a block it starts there
            text = str(index)
            start = (index - self.left) * self.layout.cell
            start += self.layout.cell - len(text) if step == 1 else 0
            if start >= 0 and start + len(text) <= len(cells):
                cells[start : start + len(text)] = text
        return line.add("".join(cells), DIM)


def flow(blocks: list[MatrixRows], width: int, gap: int = GAP) -> list[list[MatrixRows]]:
    """The matrices in lines of at most `width` cells, as words in a text."""
    lines: list[list[MatrixRows]] = []
    x = width
    for block in blocks:
        if x + block.width > width or not lines:
            lines.append([])
            x = 0
        lines[-1].append(block)
        x += block.width + gap
    return lines
