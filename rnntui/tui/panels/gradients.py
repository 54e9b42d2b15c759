"""Gradients of the parameters: their size, and where each comes from, by loss and by use."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from rich.style import Style
from textual.timer import Timer
from textual.worker import get_current_worker

from rnntui.session.moment import Moment
from rnntui.text.numbers import format_number
from rnntui.text.problems import printable
from rnntui.tui.drawing.bars import heat_strip
from rnntui.tui.drawing.cells import fitted_number
from rnntui.tui.drawing.line import BOLD, DIM, PLAIN, Line, on
from rnntui.tui.panels.panel import Kept, LinesWhenSeen, RowsPanel

_LONGEST = 60  # timesteps for which T backward passes are computed at all
_AT_ONCE = 30_000  # numbers that T backward passes may compute while a key is waiting
_PAUSE = 0.1  # seconds without a key after which more than that is computed, beside the screen
_TERM = 8  # cells of a term
_BAR = 24  # cells of a bar at most
_HERE = Style(bold=True, underline=True)
_BLANK = Line()


class GradientsPanel(RowsPanel):
    """∂L/∂ of every parameter, and the terms of the chosen one.

    By loss: ∂Loss_t/∂W, what each timestep's loss contributes. By use: what the use at each
    timestep contributes. Of a vector or matrix the sizes (Euclidean norms) are shown.
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._kept = Kept()
        self._last = ""
        self._pause: Timer | None = None

    def rows(self, moment: Moment, width: int, height: int) -> Sequence[Line]:
        """The chosen parameter's terms first, then all totals."""
        totals = moment.iteration.gradients
        if not totals:
            return [Line("There is no loss, so there are no gradients.", DIM)]
        chosen = self._chosen(moment)
        self._kept.begin(moment.trace, width, self.palette)
        terms: list[Line] = []
        if chosen and moment.trace.length <= _LONGEST:
            terms = self._terms(moment, chosen, width)
        terms.append(_BLANK)
        sizes = self._kept.get("sizes", lambda: {key: _size(g) for key, g in totals.items()})
        name = max(len(key) for key in totals)
        largest = max((size for size in sizes.values() if np.isfinite(size)), default=1.0)
        keys = list(totals)

        def line(number: int) -> Line:
            if number < len(terms):
                return terms[number]
            key = keys[number - len(terms)]
            value = sizes[key] if totals[key].ndim else float(totals[key])
            total = partial(self._total, moment, key, value, key == chosen, name, largest, width)
            return self._kept.get((key, key == chosen), total)

        return LinesWhenSeen(len(terms) + len(keys), line)

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

    def _terms(self, moment: Moment, key: str, width: int) -> list[Line]:
        """The terms by loss and by use, three lines each."""
        shown = printable(key)
        scalar = moment.program.shapes[key] == ()
        what = f"∂L/∂{shown}" if scalar else f"‖∂L/∂{shown}‖"
        if not self._computed(moment):
            return [
                Line(f"{what} {label}", BOLD).add("  …", DIM) if label else _BLANK
                for label in ("by loss", "", "", "by use", "", "")
            ]
        lines = []
        for label, found in (("by loss", moment.by_loss), ("by use", moment.by_use)):
            version = ("terms", key, label)
            values, total = self._kept.get(version, partial(_values, found[key], scalar))
            sign = f"  {'Σ' if scalar else '‖Σ‖'} = "
            lines += self._kept.get(
                (*version, moment.t),
                partial(self._split, f"{what} {label}", sign, values, total, moment.t, width),
            )
        return lines

    def _split(
        self, what: str, sign: str, values: np.ndarray, total: float, t: int, width: int
    ) -> list[Line]:
        """What the terms come to, the terms about t as numbers, and all of them as a strip."""
        cell = max(1, min(_TERM, (width - 2) // len(values)))
        return [
            Line(what, BOLD).add(sign).add(format_number(total, 3), BOLD),
            self._numbers(values, t, width),
            heat_strip(values, width, self.palette, current=t - 1, cell_width=cell),
        ]

    def _computed(self, moment: Moment) -> bool:
        """Whether the terms are there, or are soon enough; else they will be, after a pause."""
        if self._pause is not None:
            self._pause.stop()
            self._pause = None
        length = moment.trace.length
        numbers = sum(gradient.size for gradient in moment.iteration.gradients.values())
        passes = length * (length * len(moment.program.backward) + numbers)
        if passes <= _AT_ONCE or moment.terms_computed:
            return True
        self._pause = self.set_timer(_PAUSE, partial(self._compute, moment))
        return False

    def _compute(self, moment: Moment) -> None:
        def compute() -> None:
            worker = get_current_worker()
            moment.by_loss, moment.by_use  # noqa: B018  (computed once, and kept)
            if not worker.is_cancelled:  # else there is another moment, or no screen
                self.app.call_from_thread(self.redraw)

        self.run_worker(compute, thread=True, exclusive=True)

    def _numbers(self, values: np.ndarray, t: int, width: int) -> Line:
        """As many terms around t as fit; signs in the same column, so they read without colour."""
        room = max(width // _TERM, 1)
        start = max(0, min(t - 1 - room // 2, len(values) - room))
        line = Line()
        for number in range(start, min(start + room, len(values))):
            value = float(values[number])
            style = self.palette.negative if value < 0 else self.palette.positive
            text = fitted_number(value, 3, _TERM - 1)
            line.add(text, on(style, _HERE) if number == t - 1 else style).add(" ")
        return line

    def _total(
        self,
        moment: Moment,
        key: str,
        value: float,
        chosen: bool,
        name: int,
        largest: float,
        width: int,
    ) -> Line:
        label = f"∂L/∂{printable(key)}"
        scalar = moment.program.shapes[key] == ()
        line = Line("► " if chosen else "  ")
        line.add((label if scalar else f"‖{label}‖").ljust(name + 6), PLAIN)
        line.add(fitted_number(value, 3, 10) + " ")
        room = width - line.cell_len - 1
        if room >= 4 and np.isfinite(value) and largest > 0:
            style = self.palette.negative if value < 0 else self.palette.positive
            line.add("▬" * round(abs(value) / largest * min(room, _BAR)), style)
        return line


def _values(terms: np.ndarray, scalar: bool) -> tuple[np.ndarray, float]:
    """The terms, or their sizes, and what they come to."""
    with np.errstate(all="ignore"):  # sizes may overflow where numbers do not
        if scalar:
            return terms, float(np.sum(terms))
        sizes = np.sqrt((terms**2).reshape(len(terms), -1).sum(axis=1))
        return sizes, _size(np.sum(terms, axis=0))


def _size(gradient: np.ndarray) -> float:
    with np.errstate(all="ignore"):
        return float(np.sqrt(np.sum(np.square(gradient))))
