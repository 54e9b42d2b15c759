"""How a matrix is laid out in cells: numbers while they fit, else signs and blocks."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rnntui.text.terminal_cells import cell_width
from rnntui.tui.drawing.cells import fitted_number

_WIDEST_NUMBER = 7  # "-30.00" and "-2e-300" fit; anything longer loses decimals
# What most weights need with so many decimals: "-12.34", "-12.3". The width is one of few, so that
# a matrix keeps its place on the screen while its numbers change.
_USUAL = {2: 6, 1: 5}
_WIDEST_NAME = 10


@dataclass(frozen=True)
class MatrixLayout:
    """The widths, in cells, of a matrix's parts."""

    header: int
    """The column of row indices, with the gap after it."""
    cell: int
    """One element, with the gap before it if it is a number."""
    digits: int | None
    """Decimals of the numbers, or None where blocks stand for them."""

    @property
    def number(self) -> int:
        """The cells that a number may take; the gap before it keeps two apart."""
        return self.cell - 1


def matrix_layout(values: np.ndarray, name: str, width: int) -> MatrixLayout:
    """The layout of `values` (two axes) in `width` cells.

    The most decimals with which all columns fit; if even one decimal is too wide, two cells an
    element (sign and size), or one.
    """
    rows, columns = values.shape
    header = max(len(str(max(rows - 1, 0))), min(cell_width(name), _WIDEST_NAME)) + 1
    for digits, usual in _USUAL.items():
        for number in (usual, _WIDEST_NUMBER):
            fits = header + columns * (number + 1) <= width  # first, for it costs nothing to know
            if fits and (number == _WIDEST_NUMBER or _holds(values, digits, number)):
                return MatrixLayout(header, number + 1, digits)
    return MatrixLayout(header, 2 if header + columns * 2 <= width else 1, None)


def largest_size(values: np.ndarray) -> float:
    """The largest size among finite values; 0 if there are none."""
    if not values.size:
        return 0.0
    size = max(float(values.max()), -float(values.min()))  # without a copy of them
    if math.isfinite(size):
        return size
    return float(np.abs(values[np.isfinite(values)]).max(initial=0.0))


def _holds(values: np.ndarray, digits: int, width: int) -> bool:
    """Whether the longest of `values` can be written in `width` cells, if with fewer digits."""
    size = np.abs(values[np.isfinite(values) & (values != 0)])
    ends = (-float(size.min()), -float(size.max())) if size.size else ()
    return all("…" not in fitted_number(end, digits, width) for end in ends)
