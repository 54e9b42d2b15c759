"""Weights: every parameter as a heat map with its numbers, always in the same place."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

import numpy as np

from rnntui.language.keys import Key
from rnntui.language.tree import names
from rnntui.session.moment import Moment
from rnntui.text.problems import printable
from rnntui.tui.drawing.line import DIM, REVERSE, Line, joined
from rnntui.tui.drawing.matrix_rows import GAP, MatrixRows, flow
from rnntui.tui.panels.panel import Kept, LinesWhenSeen, RowsPanel

_SIDEWAYS = 8  # columns that one key scrolls


class WeightsPanel(RowsPanel):
    """Matrices side by side and line by line, as words in a text.

    Those of the equation under the cursor are marked with ► and brought into sight. In the update
    phase a parameter has its new value once its line has been passed.
    """

    _left = 0
    _here: range | None = None

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        # by parameter, with all that it shows
        self._blocks: dict[str, tuple[tuple, np.ndarray, MatrixRows]] = {}
        self._kept = Kept()

    def rows(self, moment: Moment, width: int, height: int) -> Sequence[Line]:
        """Lines of matrices with a blank line between."""
        here = _current(moment)
        blocks = [self._block(moment, key, here, width) for key in moment.program.model.parameters]
        if not blocks:
            return [Line("This model has no parameters.", DIM)]
        widest = max(block.values.shape[1] for block in blocks)
        self._left = min(self._left, max(widest - 1, 0))
        fixed = ", ".join(map(printable, moment.file.training.fixed))
        self.note = f"fixed: {fixed}" if fixed else ""
        self._kept.begin(width)
        lines = flow(blocks, width)
        heights = [max(block.height for block in line) for line in lines]
        starts = list(accumulate((height + 1 for height in heights), initial=0))
        current = [
            range(start, start + height)
            for line, start, height in zip(lines, starts, heights, strict=False)
            if any(block.name.startswith("►") for block in line)
        ]
        self._here = range(current[0].start, current[-1].stop) if current else None

        def made(number: int) -> Line:
            place = bisect_right(starts, number) - 1
            of_them = number - starts[place]
            between = of_them == heights[place]
            parts = () if between else tuple(block.line(of_them) for block in lines[place])
            return self._kept.get(parts, lambda: joined(parts, " " * GAP))

        return LinesWhenSeen(starts[-1] - 1, made)

    def anchor(self, moment: Moment) -> range | None:
        """The lines of matrices with those of the current equation."""
        return self._here

    def scroll_columns(self, by: int) -> None:
        """Scroll matrices that are wider than the panel sideways."""
        self._left = max(self._left + by * _SIDEWAYS, 0)
        top = self._top
        self.redraw()
        self.scroll_rows(top - self._top)  # drawing brought the current equation's back into sight

    def _block(self, moment: Moment, key: str, here: set[str], width: int) -> MatrixRows:
        """The matrix of a parameter; what is the same as before is not made again."""
        values: np.ndarray = moment.parameter(key)
        style = self.palette.current if key in here else DIM
        if key == moment.selected:
            style = REVERSE
        name = ("►" if key in here else " ") + printable(key)
        shown_in = (width, self._left, self.palette)
        before = self._blocks.get(key)
        if before is None or before[0] != shown_in or before[1] is not values:
            block = MatrixRows.fit(values, name, width, self.palette, left=self._left, style=style)
        elif (name, style) != (before[2].name, before[2].style):
            block = replace(before[2], name=name, style=style)
        else:
            return before[2]
        self._blocks[key] = (shown_in, values, block)
        return block


def _current(moment: Moment) -> set[str]:
    """The parameters of the selected quantity's equation, else of the one under the cursor."""
    parameters = moment.program.model.parameters
    key = moment.selected or moment.quantity
    if key in parameters:
        return {key}
    for equation in moment.program.model.equations:
        if equation.target == Key(key).quantity:
            return {n.key for n in names(equation.expression)} & set(parameters)
    return set()
