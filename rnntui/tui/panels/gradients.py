"""Gradients of the parameters: their size, and where each comes from, by loss and by use."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from rich.style import Style

from rnntui.session import views
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
    from rnntui.session.moment import Moment
    from rnntui.session.views.gradients import GradientsView, GradientTerms, GradientView

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
class GradientsPanel(RowsPanel["GradientsView"]):
    """∂L/∂ of every parameter, and the terms of the chosen one.

    By loss: ∂Loss_t/∂W, what each timestep's loss contributes. By use: what the use at each
    timestep contributes. Of a vector or matrix the sizes (Euclidean norms) are shown.
    """

    def __init__(self) -> None:
        self._cache = Cache()
        self._chosen = ""

    def view(self, moment: Moment) -> GradientsView:
        """What there is to say of the gradients."""
        view = views.gradients.view(moment, self._chosen)
        self._chosen = view.chosen
        return view

    def rows(self, view: GradientsView, room: Room) -> Rows:
        """The chosen parameter's terms first, then all totals."""
        if not view.gradients:
            return Rows([Line("There is no loss, so there are no gradients.", DIM)])
        self._cache.begin(view.version, room)
        shows_terms = bool(view.chosen) and view.length <= _LONGEST
        if shows_terms and view.numbers <= _AT_ONCE:
            view.compute()
        terms = self._terms(view, room) if shows_terms else []
        terms.append(_BLANK)
        sizes = self._cache.get("sizes", lambda: [gradient.size for gradient in view.gradients])
        name = max(cell_width(printable(gradient.key)) for gradient in view.gradients)
        largest = max(filter(math.isfinite, sizes), default=1.0)

        def line(number: int) -> Line:
            if number < len(terms):
                return terms[number]
            gradient = view.gradients[number - len(terms)]
            return self._cache.get(
                (gradient.key, gradient.chosen), lambda: _total(gradient, name, largest, room)
            )

        lines = LinesWhenSeen(len(terms) + len(view.gradients), line)
        later = view.compute if shows_terms and not view.is_computed else None
        return Rows(lines, later=later)

    def _terms(self, view: GradientsView, room: Room) -> list[Line]:
        """The terms by loss and by use, three lines each."""
        chosen = next(gradient for gradient in view.gradients if gradient.chosen)
        label = _label(chosen)
        if not view.is_computed:
            waiting = [Line(f"{label} by {by}", BOLD).add("  …", DIM) for by in ("loss", "use")]
            return [waiting[0], _BLANK, _BLANK, waiting[1], _BLANK, _BLANK]
        sign = "Σ" if chosen.is_scalar else "‖Σ‖"
        terms = self._cache.get(("terms", chosen.key), lambda: view.terms)
        return [
            line
            for each in terms
            for line in self._cache.get(
                ("terms", chosen.key, each.by, view.t),
                partial(_split, f"{label} by {each.by}", sign, each, view.t, room),
            )
        ]


def _label(gradient: GradientView) -> str:
    label = f"∂L/∂{printable(gradient.key)}"
    return label if gradient.is_scalar else f"‖{label}‖"


def _split(what: str, sign: str, terms: GradientTerms, t: int, room: Room) -> list[Line]:
    """What the terms come to, the terms about t as numbers, and all of them as a strip."""
    cell = max(1, min(_TERM, (room.width - 2) // len(terms.values)))
    strip = drawing.bars.heat_strip(
        terms.values, room.width, room.palette, current=t - 1, cell_width=cell
    )
    total = format_number(terms.total, 3)
    return [
        Line(what, BOLD).add(f"  {sign} = ").add(total, BOLD),
        _numbers(terms.values.tolist(), t, room),
        strip,
    ]


def _numbers(values: list[float], t: int, room: Room) -> Line:
    """As many terms around t as fit; signs in the same column, so they read without colour."""
    count = max(room.width // _TERM, 1)
    start = max(0, min(t - 1 - count // 2, len(values) - count))
    line = Line()
    for number, value in enumerate(values[start : start + count], start):
        style = room.palette.negative if value < 0 else room.palette.positive
        text = drawing.cells.fitted_number(value, 3, _TERM - 1)
        line.add(text, on(style, _HERE) if number == t - 1 else style).add(" ")
    return line


def _total(gradient: GradientView, name: int, largest: float, room: Room) -> Line:
    value = gradient.value
    line = Line("► " if gradient.chosen else "  ")
    line.add(left_justified(_label(gradient), name + 6), PLAIN)
    line.add(drawing.cells.fitted_number(value, 3, 10) + " ")
    left = room.width - line.cell_len - 1
    if left >= 4 and math.isfinite(value) and largest > 0:
        style = room.palette.negative if value < 0 else room.palette.positive
        line.add("▬" * round(abs(value) / largest * min(left, _BAR)), style)
    return line
