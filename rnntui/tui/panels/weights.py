"""Weights: every parameter as a heat map with its numbers, always in the same place."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING

from rnntui.session import views
from rnntui.text.problems import printable
from rnntui.tui import drawing
from rnntui.tui.drawing.cache import Cache
from rnntui.tui.drawing.line import DIM, REVERSE, Line, joined
from rnntui.tui.drawing.rows_view import LinesWhenSeen
from rnntui.tui.panels.panel import Room, Rows, RowsPanel
from rnntui.tui.panels.registry import panel

if TYPE_CHECKING:
    from rnntui.session.moment import Moment
    from rnntui.session.views.weights import ParameterView, WeightsView
    from rnntui.tui.drawing.matrix_rows import MatrixRows


@panel(
    "weights",
    title="Weights",
    area="weights",
    about="every parameter as a heat map with its numbers",
)
class WeightsPanel(RowsPanel["WeightsView"]):
    """Matrices side by side and line by line, as words in a text.

    Those of the equation under the cursor are marked with ► and brought into sight. In the update
    phase a parameter has its new value once its line has been passed.
    """

    def __init__(self) -> None:
        # by parameter, with the room and the values that it shows
        self._matrices: dict[str, tuple[object, object, MatrixRows]] = {}
        self._cache = Cache()

    def view(self, moment: Moment) -> WeightsView:
        """What there is to say of the parameters."""
        return views.weights.view(moment)

    def rows(self, view: WeightsView, room: Room) -> Rows:
        """Lines of matrices with a blank line between."""
        matrices = [self._matrix(parameter, room) for parameter in view.parameters]
        if not matrices:
            return Rows([Line("This model has no parameters.", DIM)])
        fixed = ", ".join(map(printable, view.fixed))
        self._cache.begin(room.width)
        lines = drawing.matrix_rows.flow(matrices, room.width)
        heights = [max(matrix.height for matrix in line) for line in lines]
        starts = list(accumulate((height + 1 for height in heights), initial=0))
        used = [
            range(start, start + height)
            for row, start, height in zip(lines, starts, heights, strict=False)
            if any(matrix.name.startswith("►") for matrix in row)
        ]

        def made(number: int) -> Line:
            line = bisect_right(starts, number) - 1
            of_them = number - starts[line]
            between = of_them == heights[line]
            parts = () if between else tuple(matrix.line(of_them) for matrix in lines[line])
            gap = " " * drawing.matrix_rows.GAP
            return self._cache.get(parts, lambda: joined(parts, gap))

        return Rows(
            LinesWhenSeen(starts[-1] - 1, made),
            range(used[0].start, used[-1].stop) if used else None,
            f"fixed: {fixed}" if fixed else "",
            columns=max(matrix.values.shape[1] for matrix in matrices),
        )

    def _matrix(self, parameter: ParameterView, room: Room) -> MatrixRows:
        """The matrix of a parameter; what is the same as before is not made again."""
        values = parameter.values
        style = room.palette.current if parameter.used else DIM
        if parameter.selected:
            style = REVERSE
        name = ("►" if parameter.used else " ") + printable(parameter.key)
        shown_in = (room.width, room.left, room.palette)
        before = self._matrices.get(parameter.key)
        if before is None or before[0] != shown_in or before[1] is not values:
            matrix = drawing.matrix_rows.MatrixRows.fit(
                values, name, room.width, room.palette, left=room.left, style=style
            )
        elif (name, style) != (before[2].name, before[2].style):
            matrix = replace(before[2], name=name, style=style)
        else:
            return before[2]
        self._matrices[parameter.key] = (shown_in, values, matrix)
        return matrix
