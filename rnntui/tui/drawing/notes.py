"""Short texts in a scatter plot: labels at points, and arrows on the way between them."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence

import numpy as np

from rnntui.tui.drawing.canvas import Canvas, Note
from rnntui.tui.drawing.palette import RGB, Palette

LABELLED = 60  # points; with more the texts would hide what they name
_ARROWS = "→↗↑↖←↙↓↘"
_NEAREST = 3  # cells between two points below which there is no room for an arrow

Candidate = tuple[int, int, str, RGB]  # column and row of the first character, text, colour


def point_notes(
    x: np.ndarray,
    y: np.ndarray,
    current: int | None,
    canvas: Canvas,
    palette: Palette,
    labels: Sequence[str],
    steps: Sequence[str],
    breaks: Collection[int],
) -> list[Note]:
    """The texts for which there is room, the current point's label first, arrows last.

    x, y: places in the unit square, NaN where there is no point. labels: of the points. steps: of
    the way to each point from the one before, as far as `current`; empty for none at all.
    """
    columns, rows = canvas.columns, canvas.rows
    if columns < 2 or rows < 2 or len(x) > LABELLED:
        return []
    cells = {
        k: (round(x[k] * (columns - 1)), round(y[k] * (rows - 1)))
        for k in range(len(x))
        if np.isfinite(x[k])
    }
    wanted = [*_labels(cells, labels, current, palette)]
    wanted += _arrows(cells, steps, current, breaks, palette)
    taken = set(cells.values())
    notes = []
    for column, row, text, colour in wanted:
        covered = {(column + offset, row) for offset in range(len(text))}
        if not text or covered & taken or column + len(text) > columns:
            continue
        taken |= covered
        notes.append(Note(column / (columns - 1), row / (rows - 1), text, colour))
    return notes


def _labels(
    cells: dict[int, tuple[int, int]], labels: Sequence[str], current: int | None, palette: Palette
) -> Iterator[Candidate]:
    """Right of each point."""
    for k in sorted(cells, key=lambda k: k != current):
        if k < len(labels):
            column, row = cells[k]
            yield column + 1, row, labels[k], palette.cursor if k == current else palette.text


def _arrows(
    cells: dict[int, tuple[int, int]],
    steps: Sequence[str],
    current: int | None,
    breaks: Collection[int],
    palette: Palette,
) -> Iterator[Candidate]:
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
        yield (x0 + x1) // 2, (y0 + y1) // 2, arrow + steps[k], palette.text
