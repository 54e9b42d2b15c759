"""Gradients of the parameters: their size, and where each comes from, by loss and by use."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.text import Text

from rnntui.session.moment import Moment
from rnntui.text.numbers import format_number
from rnntui.text.problems import printable
from rnntui.tui.drawing.bars import heat_strip
from rnntui.tui.drawing.cells import fitted_number
from rnntui.tui.panels.panel import Row, RowsPanel

_LONGEST = 60  # timesteps for which T backward passes are still answered within a frame or two
_TERM = 8  # cells of a term


class GradientsPanel(RowsPanel):
    """∂L/∂ of every parameter, and the terms of the chosen one.

    By loss: ∂Loss_t/∂W, what each timestep's loss contributes. By use: what the use at each
    timestep contributes. Of a vector or matrix the sizes (Euclidean norms) are shown.
    """

    title = "Gradients"

    def rows(self, moment: Moment, width: int, height: int) -> Sequence[Row]:
        """The chosen parameter's terms first, then all totals."""
        totals = moment.iteration.gradients
        if not totals:
            return [Text("There is no loss, so there are no gradients.", style="dim")]
        chosen = self._chosen(moment)
        rows: list[Row] = []
        if chosen and moment.trace.length <= _LONGEST:
            with np.errstate(all="ignore"):  # sizes may overflow where numbers do not
                rows += self._terms(moment, chosen, width)
            rows.append(Text(""))
        name = max(len(key) for key in totals)
        largest = max((_size(g) for g in totals.values() if np.isfinite(_size(g))), default=1.0)
        for key, gradient in totals.items():
            rows.append(lambda k=key, g=gradient: self._total(k, g, chosen, name, largest, width))
        return rows

    def _chosen(self, moment: Moment) -> str:
        parameters = moment.program.model.parameters
        if moment.selected in parameters:
            self._last = moment.selected
        elif moment.quantity in parameters:
            self._last = moment.quantity
        elif self._last not in parameters:
            free = [key for key in parameters if key not in moment.file.training.fixed]
            self._last = (free or list(parameters))[0] if parameters else ""
        return self._last

    _last = ""

    def _terms(self, moment: Moment, key: str, width: int) -> list[Text]:
        rows = []
        scalar = moment.program.shapes[key] == ()
        shown = printable(key)
        what = f"∂L/∂{shown}" if scalar else f"‖∂L/∂{shown}‖"
        for label, found in (("by loss", moment.by_loss), ("by use", moment.by_use)):
            terms = found[key]
            values = terms if scalar else np.sqrt((terms**2).reshape(len(terms), -1).sum(axis=1))
            total = float(np.sum(terms)) if scalar else _size(np.sum(terms, axis=0))
            heading = Text.assemble(
                (f"{what} {label}", "bold"),
                f"  {'Σ' if scalar else '‖Σ‖'} = ",
                (format_number(total, 3), "bold"),
                no_wrap=True,
                overflow="ellipsis",
            )
            rows += [heading, self._numbers(values, moment.t, width)]
            cell = max(1, min(_TERM, (width - 2) // len(values)))
            strip = heat_strip(values, width, self.palette, current=moment.t - 1, cell_width=cell)
            rows.append(strip)
        return rows

    def _numbers(self, values: np.ndarray, t: int, width: int) -> Text:
        """As many terms around t as fit; signs in the same column, so they read without colour."""
        room = max(width // _TERM, 1)
        start = max(0, min(t - 1 - room // 2, len(values) - room))
        text = Text(no_wrap=True)
        for number in range(start, min(start + room, len(values))):
            value = float(values[number])
            style = self.palette.negative if value < 0 else self.palette.positive
            here = number == t - 1
            text.append(fitted_number(value, 3, _TERM - 1), style=style)
            text.stylize("bold underline" if here else "", len(text) - _TERM + 1)
            text.append(" ")
        return text

    def _total(
        self, key: str, gradient: np.ndarray, chosen: str, name: int, largest: float, width: int
    ) -> Text:
        scalar = gradient.ndim == 0
        value = float(gradient) if scalar else _size(gradient)
        text = Text("► " if key == chosen else "  ", no_wrap=True, overflow="ellipsis")
        label = f"∂L/∂{printable(key)}"
        text.append((label if scalar else f"‖{label}‖").ljust(name + 6))
        text.append(fitted_number(value, 3, 10) + " ")
        room = width - text.cell_len - 1
        if room >= 4 and np.isfinite(value) and largest > 0:
            style = self.palette.negative if value < 0 else self.palette.positive
            text.append("▬" * round(abs(value) / largest * min(room, 24)), style=style)
        return text


def _size(gradient: np.ndarray) -> float:
    with np.errstate(all="ignore"):
        return float(np.sqrt(np.sum(np.square(gradient))))
