"""Gradients of the parameters: their size, and where each comes from, by loss and by use."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from rich.style import Style

from rnntui.text.numbers import format_number
from rnntui.text.problems import printable
from rnntui.text.terminal_cells import cell_width, left_justified
from rnntui.tui import drawing
from rnntui.tui.drawing.cache import Cache
from rnntui.tui.drawing.line import BOLD, DIM, PLAIN, Line, on
from rnntui.tui.drawing.rows_view import LinesWhenSeen
from rnntui.tui.panels.panel import Room, Rows, RowsPanel
from rnntui.tui.panels.registry import panel

if TYPE_CHECKING:
    import numpy as np

    from rnntui.session.moment import Moment

_LONGEST = 60  # timesteps for which T backward passes are computed at all
_AT_ONCE = 30_000  # numbers that T backward passes may compute while a key is waiting
_TERM = 8  # cells of a term
_BAR = 24  # cells of a bar at most
_HERE = Style(bold=True, underline=True)
_BLANK = Line()


@panel(
    "gradients",
    title="Gradients",
    area="gradients",
    about="the gradient of every parameter, and what each timestep's loss and use contribute",
)
class GradientsPanel(RowsPanel["Moment"]):
    """∂L/∂ of every parameter, and the terms of the chosen one.

    By loss: ∂Loss_t/∂W, what each timestep's loss contributes. By use: what the use at each
    timestep contributes. Of a vector or matrix the sizes (Euclidean norms) are shown.
    """

    def __init__(self) -> None:
        self._cache = Cache()
        self._last = ""

    def view(self, moment: Moment) -> Moment:
        """The moment."""
        return moment

    def rows(self, view: Moment, room: Room) -> Rows:
        """The chosen parameter's terms first, then all totals."""
        import numpy as np

        moment = view
        totals = moment.iteration.gradients
        if not totals:
            return Rows([Line("There is no loss, so there are no gradients.", DIM)])
        chosen = self._chosen(moment)
        self._cache.begin(moment.trace, room.width, room.palette)
        terms: list[Line] = []
        later: Callable[[], object] | None = None
        if chosen and moment.trace.length <= _LONGEST:
            if not _is_soon_computed(moment):
                later = partial(_compute_terms, moment)
            terms = self._terms(moment, chosen, room, computed=later is None)
        terms.append(_BLANK)
        sizes = self._cache.get("sizes", lambda: {key: _size(g) for key, g in totals.items()})
        name = max(map(cell_width, totals))
        largest = max((size for size in sizes.values() if np.isfinite(size)), default=1.0)
        keys = list(totals)

        def line(number: int) -> Line:
            if number < len(terms):
                return terms[number]
            key = keys[number - len(terms)]
            value = sizes[key] if totals[key].ndim else float(totals[key])
            total = partial(self._total, moment, key, value, key == chosen, name, largest, room)
            return self._cache.get((key, key == chosen), total)

        return Rows(LinesWhenSeen(len(terms) + len(keys), line), later=later)

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

    def _terms(self, moment: Moment, key: str, room: Room, computed: bool) -> list[Line]:
        """The terms by loss and by use, three lines each."""
        shown = printable(key)
        scalar = moment.program.shapes[key] == ()
        what = f"∂L/∂{shown}" if scalar else f"‖∂L/∂{shown}‖"
        if not computed:
            return [
                Line(f"{what} {label}", BOLD).add("  …", DIM) if label else _BLANK
                for label in ("by loss", "", "", "by use", "", "")
            ]
        lines = []
        for label, parts in (("by loss", moment.by_loss), ("by use", moment.by_use)):
            version = ("terms", key, label)
            values, total = self._cache.get(version, partial(_values, parts[key], scalar))
            sign = f"  {'Σ' if scalar else '‖Σ‖'} = "
            lines += self._cache.get(
                (*version, moment.t),
                partial(self._split, f"{what} {label}", sign, values, total, moment.t, room),
            )
        return lines

    def _split(
        self, what: str, sign: str, values: np.ndarray, total: float, t: int, room: Room
    ) -> list[Line]:
        """What the terms come to, the terms about t as numbers, and all of them as a strip."""
        width, palette = room.width, room.palette
        cell = max(1, min(_TERM, (width - 2) // len(values)))
        return [
            Line(what, BOLD).add(sign).add(format_number(total, 3), BOLD),
            self._numbers(values, t, room),
            drawing.bars.heat_strip(values, width, palette, current=t - 1, cell_width=cell),
        ]

    def _numbers(self, values: np.ndarray, t: int, room: Room) -> Line:
        """As many terms around t as fit; signs in the same column, so they read without colour."""
        count = max(room.width // _TERM, 1)
        start = max(0, min(t - 1 - count // 2, len(values) - count))
        line = Line()
        for number in range(start, min(start + count, len(values))):
            value = float(values[number])
            style = room.palette.negative if value < 0 else room.palette.positive
            text = drawing.cells.fitted_number(value, 3, _TERM - 1)
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
        room: Room,
    ) -> Line:
        label = f"∂L/∂{printable(key)}"
        scalar = moment.program.shapes[key] == ()
        line = Line("► " if chosen else "  ")
        line.add(left_justified(label if scalar else f"‖{label}‖", name + 6), PLAIN)
        line.add(drawing.cells.fitted_number(value, 3, 10) + " ")
        left = room.width - line.cell_len - 1
        if left >= 4 and math.isfinite(value) and largest > 0:
            style = room.palette.negative if value < 0 else room.palette.positive
            line.add("▬" * round(abs(value) / largest * min(left, _BAR)), style)
        return line


def _is_soon_computed(moment: Moment) -> bool:
    """Whether the terms are there, or are soon enough."""
    length = moment.trace.length
    numbers = sum(gradient.size for gradient in moment.iteration.gradients.values())
    passes = length * (length * len(moment.program.backward) + numbers)
    return passes <= _AT_ONCE or moment.terms_computed


def _compute_terms(moment: Moment) -> None:
    moment.by_loss, moment.by_use  # noqa: B018  (computed once, and kept)


def _values(terms: np.ndarray, scalar: bool) -> tuple[np.ndarray, float]:
    """The terms, or their sizes, and what they come to."""
    import numpy as np

    with np.errstate(all="ignore"):  # sizes may overflow where numbers do not
        if scalar:
            return terms, float(np.sum(terms))
        sizes = np.sqrt((terms**2).reshape(len(terms), -1).sum(axis=1))
        return sizes, _size(np.sum(terms, axis=0))


def _size(gradient: np.ndarray) -> float:
    import numpy as np

    with np.errstate(all="ignore"):
        return float(np.sqrt(np.sum(np.square(gradient))))
