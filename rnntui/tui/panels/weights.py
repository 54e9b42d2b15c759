"""Weights: the parameters of the equation under the cursor, as heat maps with their numbers."""

from __future__ import annotations

import numpy as np
from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import Static

from rnntui.language.tree import names
from rnntui.session.moment import Moment, bare
from rnntui.text.problems import printable
from rnntui.tui.drawing.cells import column_width
from rnntui.tui.drawing.matrix import MatrixView
from rnntui.tui.panels.panel import Shows

_MOST = 8  # parameters side by side at most; an equation has seldom more
_GAP = 2


class WeightsPanel(Shows, Container):
    """The picked-out parameter, or those of the current equation, side by side.

    In the update phase a parameter is shown with its new value once its line has been passed.
    """

    title = "Weights"

    DEFAULT_CSS = """
    WeightsPanel {
        & MatrixView { position: absolute; }
        & Static { color: $text-muted; width: 1fr; }
    }
    """

    def compose(self) -> ComposeResult:
        """A view for each parameter that may be shown."""
        yield Static("This model has no parameters.", id="none")
        for _ in range(_MOST):
            view = MatrixView()
            view.can_focus = False
            view.display = False
            yield view

    def draw(self, moment: Moment) -> None:
        """Fill as many views as there are parameters to show."""
        keys = self._keys(moment)
        self.query_one("#none").display = not keys
        views = list(self.query(MatrixView))
        places = self._flow([np.asarray(moment.parameter(key)) for key in keys], keys)
        for view, key, (x, y, width, height) in zip(views, keys, places, strict=False):
            view.styles.offset = (x, y)
            view.styles.width, view.styles.height = width, height
            view.show(moment.parameter(key), printable(key))
            view.display = True
        for view in views[len(keys) :]:
            view.display = False
        fixed = [key for key in keys if key in moment.file.training.fixed]
        note = f"fixed: {', '.join(fixed)}" if fixed else ""
        self.border_subtitle = printable(note)

    def _keys(self, moment: Moment) -> list[str]:
        parameters = moment.program.model.parameters
        if moment.selected in parameters:
            return [moment.selected]
        here = _used(moment, moment.selected or moment.quantity, parameters)
        if moment.quantity in parameters and not moment.selected:
            here = [moment.quantity]
        if here:
            self._last = here[:_MOST]
        elif not set(self._last) <= set(parameters) or not self._last:
            self._last = list(parameters[:_MOST])
        return self._last

    def _flow(self, matrices: list[np.ndarray], keys: list[str]) -> list[tuple[int, int, int, int]]:
        """(x, y, width, height) of each: side by side, then on the next line, as words in a text.

        What finds no room on its own shares the rest of the panel; a matrix then scrolls within.
        """
        places = []
        x = y = line = 0
        room, below = max(self.size.width, 1), max(self.size.height, 1)
        for number, (values, key) in enumerate(zip(matrices, keys, strict=True)):
            width = min(_width(values, printable(key)), room)
            height = (values.shape[0] if values.ndim else 1) + 1
            if x and x + width > room:
                x, y, line = 0, y + line + 1, 0
            left = len(matrices) - number - 1
            height = max(min(height, below - y - (3 if left and height > below - y else 0)), 1)
            places.append((x, y, width, height))
            x, line = x + width + _GAP, max(line, height)
        return places

    _last: list[str] = []  # noqa: RUF012  (replaced, never changed)


def _used(moment: Moment, key: str, parameters: tuple[str, ...]) -> list[str]:
    """The parameters in the equation of a quantity."""
    for equation in moment.program.model.equations:
        if equation.target == bare(key):
            found = (name.key for name in names(equation.expression))
            return list(dict.fromkeys(key for key in found if key in parameters))
    return []


def _width(values: np.ndarray, name: str) -> int:
    """Cells for headers and all columns with two decimals."""
    columns = values.shape[1] if values.ndim == 2 else 1
    rows = len(str(values.shape[0] if values.ndim else 1))
    return max(len(name), rows) + 1 + columns * (column_width(values) + 1) + 1
