"""One row of a matrix as cells: numbers on a heat map, or blocks that have a sign and a size."""

from __future__ import annotations

from functools import cache

import numpy as np
from rich.style import Style

from rnntui.tui.drawing.bars import block, block_levels, not_finite_word
from rnntui.tui.drawing.cells import fitted_number
from rnntui.tui.drawing.matrix_layout import MatrixLayout
from rnntui.tui.drawing.palette import Palette, palette_for

Element = tuple[str, Style]


def element_texts(
    values: np.ndarray, layout: MatrixLayout, scale: float, palette: Palette
) -> list[Element]:
    """Text and style of each of `values` (one axis), all `layout.cell` wide, relative to ±`scale`."""
    if layout.digits is not None:
        heat = palette.diverging
        return [
            (" " + fitted_number(value, layout.digits, layout.number), heat[index])
            for value, index in zip(
                values.tolist(), palette.diverging_index(values, scale).tolist(), strict=True
            )
        ]
    blocks = _blocks(palette.dark, layout.cell)
    elements = [blocks[level + 7] for level in block_levels(values, scale).tolist()]
    for k in np.flatnonzero(~np.isfinite(values)).tolist():
        word = not_finite_word(float(values[k]), layout.cell).rjust(layout.cell)
        elements[k] = (word, palette.not_finite)
    return elements


@cache
def _blocks(dark: bool, width: int) -> list[Element]:
    """The elements for the levels -7 … 7: a block, and before it its sign if there is room."""
    palette = palette_for(dark)
    elements = []
    for level in range(-7, 8):
        if width == 1:
            glyph, style = block(level, palette)
        else:
            sign, style = ("-", palette.negative) if level < 0 else ("+", palette.positive)
            glyph = (sign if level else " ") + block(abs(level), palette)[0]
        elements.append((glyph, palette.neutral + style))
    return elements
