"""Short texts in a scatter plot: labels at points, and arrows on the way between them."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence

import numpy as np

from rnntui.text.terminal_cells import cell_width
from rnntui.tui.drawing.canvas import Canvas, PlotLabel
from rnntui.tui.drawing.decimation import cell_of
from rnntui.tui.drawing.palette import Palette

LABELLED = 60  # points; with more the texts would hide what they name
_ARROWS = "→↗↑↖←↙↓↘"
_NEAREST = 3  # cells between two points below which there is no room for an arrow

Cell = tuple[int, int]
"""A column from the left, a row from below."""


def plot_labels(
    x: np.ndarray,
    y: np.ndarray,
    current: int | None,
    canvas: Canvas,
    palette: Palette,
    labels: Sequence[str],
    steps: Sequence[str],
    breaks: Collection[int],
) -> list[PlotLabel]:
    """The texts for which there is room beside all points and each other, the current point's label
    first, arrows last.

    x, y: places in the unit square, NaN where there is no point. labels: of the points. steps: of
    the way to each point from the one before, as far as `current`; empty for none at all.
    """
    columns, rows = canvas.columns, canvas.rows
    if len(x) > LABELLED:
        return []
    points = np.flatnonzero(np.isfinite(x))
    at = zip(cell_of(x[points], columns).tolist(), cell_of(y[points], rows).tolist(), strict=True)
    cells = dict(zip(points.tolist(), at, strict=True))
    taken = set(cells.values())
    shown = []
    candidates = [*_beside(cells, labels, current, palette)]
    candidates += _arrows(cells, steps, current, breaks, palette)
    for label in candidates:
        end = label.column + cell_width(label.text)
        covered = {(column, label.row) for column in range(label.column, end)}
        if covered and not covered & taken and end <= columns:
            taken |= covered
            shown.append(label)
    return shown


def _beside(
    cells: dict[int, Cell], labels: Sequence[str], current: int | None, palette: Palette
) -> Iterator[PlotLabel]:
    """Right of each point."""
    for k in sorted(cells, key=lambda k: k != current):
        if k < len(labels):
            column, row = cells[k]
            colour = palette.cursor if k == current else palette.text
            yield PlotLabel(column + 1, row, labels[k], colour)


def _arrows(
    cells: dict[int, Cell],
    steps: Sequence[str],
    current: int | None,
    breaks: Collection[int],
    palette: Palette,
) -> Iterator[PlotLabel]:
    """Half way to each point, the way it is gone, with what is gone by."""
    last = len(steps) - 1 if current is None else current
    for k in range(1, min(len(steps), last + 1)):
        if k in breaks or k not in cells or k - 1 not in cells:
            continue
        (x0, y0), (x1, y1) = cells[k - 1], cells[k]
        # a cell is about twice as high as it is wide
        if math.hypot(x1 - x0, 2 * (y1 - y0)) < _NEAREST:
            continue
        turn = math.atan2(2 * (y1 - y0), x1 - x0) / (2 * math.pi)
        arrow = _ARROWS[round(turn * 8) % 8]
        yield PlotLabel((x0 + x1) // 2, (y0 + y1) // 2, arrow + steps[k], palette.text)
