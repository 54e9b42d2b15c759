"""Weights: every parameter as a heat map with its numbers, always in the same place."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from rich.text import Text

from rnntui.language.tree import names
from rnntui.session.moment import Moment, bare
from rnntui.text.problems import printable
from rnntui.tui.drawing.matrix_rows import MatrixRows, flow, joined
from rnntui.tui.panels.panel import Row, RowsPanel

_SIDEWAYS = 8  # columns that one key scrolls


class WeightsPanel(RowsPanel):
    """Matrices side by side and line by line, as words in a text.

    Those of the equation under the cursor are marked with ► and brought into sight. In the update
    phase a parameter has its new value once its line has been passed.
    """

    title = "Weights"

    _left = 0
    _here: range | None = None

    def rows(self, moment: Moment, width: int, height: int) -> Sequence[Row]:
        """Lines of matrices with a blank line between."""
        here = _current(moment)
        blocks = [
            MatrixRows.fit(
                moment.parameter(key),
                ("►" if key in here else " ") + printable(key),
                width,
                self.palette,
                left=self._left,
                style=self._name_style(moment, key, here),
            )
            for key in moment.program.model.parameters
        ]
        if not blocks:
            return [Text("This model has no parameters.", style="dim")]
        widest = max(block.values.shape[1] for block in blocks)
        self._left = min(self._left, max(widest - 1, 0))
        fixed = ", ".join(map(printable, moment.file.training.fixed))
        self.note = f"fixed: {fixed}" if fixed else ""
        rows: list[Row] = []
        self._here = None
        for line in flow(blocks, width):
            if rows:
                rows.append(Text(""))
            if any(block.name.startswith("►") for block in line):
                first = len(rows) if self._here is None else self._here.start
                self._here = range(first, len(rows) + max(block.height for block in line))
            rows += joined(line)
        return rows

    def anchor(self, moment: Moment) -> range | None:
        """The lines of matrices with those of the current equation."""
        return self._here

    def scroll_columns(self, by: int) -> None:
        """Scroll matrices that are wider than the panel sideways."""
        self._left = max(self._left + by * _SIDEWAYS, 0)
        top = self._top
        self.redraw()
        self.scroll_rows(top - self._top)  # drawing brought the current equation's back into sight

    def _name_style(self, moment: Moment, key: str, here: set[str]) -> Style:
        if key == moment.selected:
            return Style(reverse=True)
        return self.palette.current if key in here else Style(dim=True)


def _current(moment: Moment) -> set[str]:
    """The parameters of the selected quantity's equation, else of the one under the cursor."""
    parameters = moment.program.model.parameters
    key = moment.selected or moment.quantity
    if key in parameters:
        return {key}
    for equation in moment.program.model.equations:
        if equation.target == bare(key):
            return {n.key for n in names(equation.expression)} & set(parameters)
    return set()
