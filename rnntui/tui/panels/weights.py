"""Weights: every parameter as a heat map with its numbers, always in the same place."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from rnntui.text.problems import printable
from rnntui.tui import drawing
from rnntui.tui.drawing.cache import Cache
from rnntui.tui.drawing.line import DIM, REVERSE, Line, joined
from rnntui.tui.drawing.rows_view import LinesWhenSeen
from rnntui.tui.panels.panel import Room, Rows, RowsPanel
from rnntui.tui.panels.registry import panel

if TYPE_CHECKING:
    import numpy as np

    from rnntui.session.moment import Moment
    from rnntui.tui.drawing.matrix_rows import MatrixRows


@panel(
    "weights",
    title="Weights",
    area="weights",
    about="every parameter as a heat map with its numbers",
)
class WeightsPanel(RowsPanel["Moment"]):
    """Matrices side by side and line by line, as words in a text.

    Those of the equation under the cursor are marked with ► and brought into sight. In the update
    phase a parameter has its new value once its line has been passed.
    """

    def __init__(self) -> None:
        # by parameter, with all that it shows
        self._blocks: dict[str, tuple[tuple[Any, ...], np.ndarray, MatrixRows]] = {}
        self._cache = Cache()

    def view(self, moment: Moment) -> Moment:
        """The moment."""
        return moment

    def rows(self, view: Moment, room: Room) -> Rows:
        """Lines of matrices with a blank line between."""
        moment = view
        here = _current(moment)
        blocks = [self._block(moment, key, here, room) for key in moment.program.model.parameters]
        if not blocks:
            return Rows([Line("This model has no parameters.", DIM)])
        fixed = ", ".join(map(printable, moment.file.training.fixed))
        self._cache.begin(room.width)
        lines = drawing.matrix_rows.flow(blocks, room.width)
        heights = [max(block.height for block in line) for line in lines]
        starts = list(accumulate((height + 1 for height in heights), initial=0))
        current = [
            range(start, start + height)
            for line, start, height in zip(lines, starts, heights, strict=False)
            if any(block.name.startswith("►") for block in line)
        ]

        def made(number: int) -> Line:
            line = bisect_right(starts, number) - 1
            of_them = number - starts[line]
            between = of_them == heights[line]
            parts = () if between else tuple(block.line(of_them) for block in lines[line])
            gap = " " * drawing.matrix_rows.GAP
            return self._cache.get(parts, lambda: joined(parts, gap))

        return Rows(
            LinesWhenSeen(starts[-1] - 1, made),
            anchor=range(current[0].start, current[-1].stop) if current else None,
            note=f"fixed: {fixed}" if fixed else "",
            columns=max(block.values.shape[1] for block in blocks),
        )

    def _block(self, moment: Moment, key: str, here: set[str], room: Room) -> MatrixRows:
        """The matrix of a parameter; what is the same as before is not made again."""
        values: np.ndarray = moment.parameter(key)
        style = room.palette.current if key in here else DIM
        if key == moment.selected:
            style = REVERSE
        name = ("►" if key in here else " ") + printable(key)
        shown_in = (room.width, room.left, room.palette)
        before = self._blocks.get(key)
        if before is None or before[0] != shown_in or before[1] is not values:
            block = drawing.matrix_rows.MatrixRows.fit(
                values, name, room.width, room.palette, left=room.left, style=style
            )
        elif (name, style) != (before[2].name, before[2].style):
            block = replace(before[2], name=name, style=style)
        else:
            return before[2]
        self._blocks[key] = (shown_in, values, block)
        return block


def _current(moment: Moment) -> set[str]:
    """The parameters of the selected quantity's equation, else of the one under the cursor."""
    from rnntui.language.keys import Key
    from rnntui.language.tree import names

    parameters = moment.program.model.parameters
    key = moment.selected or moment.quantity
    if key in parameters:
        return {key}
    for equation in moment.program.model.equations:
        if equation.target == Key(key).quantity:
            return {n.key for n in names(equation.expression)} & set(parameters)
    return set()
