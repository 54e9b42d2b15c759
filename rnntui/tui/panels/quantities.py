"""Gates and states: every quantity's value now as a number and a bar, and its history over t."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from rnntui.session import views
from rnntui.text.problems import printable
from rnntui.text.terminal_cells import cell_width, fitting_start, left_justified
from rnntui.tui import drawing
from rnntui.tui.drawing.cache import Cache
from rnntui.tui.drawing.line import BOLD, PLAIN, REVERSE, Line
from rnntui.tui.drawing.marks import MARKS
from rnntui.tui.drawing.rows_view import LinesWhenSeen
from rnntui.tui.panels.panel import Room, Rows, RowsPanel
from rnntui.tui.panels.registry import panel

if TYPE_CHECKING:
    from rnntui.session.moment import Moment
    from rnntui.session.views.quantities import QuantitiesView, QuantityView

_NUMBER = 9
_LONGEST_NAME = 14


@panel(
    "quantities",
    title="Gates & states",
    area="quantities",
    about="every quantity's value as a number and a bar, and its history; on the way back gradients",
)
class QuantitiesPanel(RowsPanel["QuantitiesView"]):
    """Values in the forward phase; in the backward phase the gradients ∂L/∂ that reach them."""

    def __init__(self) -> None:
        self._cache, self._names = Cache(), Cache()

    def view(self, moment: Moment) -> QuantitiesView:
        """What there is to say of the quantities."""
        return views.quantities.view(moment)

    def rows(self, view: QuantitiesView, room: Room) -> Rows:
        """A line for each component of each quantity, in the order of computation."""
        self._names.begin(view.layout_version)
        components = self._names.get("components", lambda: _Components.of(view))
        layout = _Widths.fit(room.width, components.name, view.length)
        self._cache.begin(view.version, layout, room.palette)

        def line(number: int) -> Line:
            component = components.all[number]
            quantity = view.quantities[component.quantity]
            moving = (view.t, view.first, quantity.known, quantity.current, quantity.selected)
            return self._cache.get(
                (number, *moving), lambda: self._line(view, quantity, component, layout, room)
            )

        note = "∂L/∂ reaching each" if view.gradients else ""
        anchor = components.lines.get(view.in_sight)
        return Rows(LinesWhenSeen(len(components.all), line), anchor, note)

    def _line(
        self,
        view: QuantitiesView,
        quantity: QuantityView,
        component: _Component,
        layout: _Widths,
        room: Room,
    ) -> Line:
        palette, t, first, known = room.palette, view.t, view.first, quantity.known
        line = Line("►", palette.current) if quantity.current else Line(" ")
        style = REVERSE if quantity.selected else BOLD if quantity.current else PLAIN
        name = _fitted(quantity.key, component.name, layout.name)
        line.add(left_justified(name, layout.name), style)
        series = quantity.series(component.index)
        parts = max(drawing.bars.strip_room(layout.history, layout.cell, t), 1)
        history = self._cache.get(
            (component, first), lambda: drawing.decimation.Furthest(series[first:], parts)
        )
        seen = range(max(known.start - first, 0), max(known.stop - first, 0))
        initial = _finite_size(series[0]) if 0 in known else 0.0
        largest = max(history.largest(seen), initial) or 1.0
        if t not in known:
            line.add("·".rjust(_NUMBER + 1) + "  " + " " * layout.bar)
        else:
            value = float(series[t])
            line.add(drawing.cells.fitted_number(value, 2, _NUMBER + 1) + " ")
            _add_mark(line, quantity, component.index)
            if layout.bar:
                low = -largest if quantity.low is None else quantity.low
                high = largest if quantity.high is None else quantity.high
                line.join(drawing.bars.bar(value, low, high, layout.bar, palette))
        if layout.history and known:
            strip = drawing.bars.strip_of(
                history, seen, palette, scale=largest, current=t - first, cell_width=layout.cell
            )
            line.add("  ").join(strip)
        return line


@dataclass(frozen=True)
class _Component:
    """One component of the quantity with this number; `index` is empty for a scalar."""

    quantity: int
    index: tuple[int, ...]
    name: str


@dataclass(frozen=True)
class _Components:
    """Every component of every quantity, in the order of computation.

    lines: by quantity, where its components are. name: the cells of the longest name.
    """

    all: tuple[_Component, ...]
    lines: dict[str, range]
    name: int

    @classmethod
    def of(cls, view: QuantitiesView) -> _Components:
        """The components of a model; there may be thousands, and they do not change."""
        components: list[_Component] = []
        lines = {}
        for number, quantity in enumerate(view.quantities):
            first = len(components)
            indices = product(*map(range, quantity.shape))
            components += [_Component(number, i, quantity.component(i)) for i in indices]
            lines[quantity.key] = range(first, len(components))
        longest = max((cell_width(component.name) for component in components), default=1)
        return cls(tuple(components), lines, min(longest, _LONGEST_NAME))


@dataclass(frozen=True)
class _Widths:
    """Cells for the name, the bar and the history; the number has its own."""

    name: int
    bar: int
    history: int
    cell: int

    @classmethod
    def fit(cls, width: int, name: int, length: int) -> _Widths:
        """What fits in a line: first the number, then the bar, then the history."""
        left = width - 1 - name - _NUMBER - 3
        if left < 4:
            return cls(name, 0, 0, 1)
        if left < 18:
            return cls(name, left, 0, 1)
        bar_width = min(left // 3, 20)
        history = left - bar_width - 2
        cell = max(1, min(3, (history - 2) // max(length, 1)))
        return cls(name, bar_width, history, cell)


def _finite_size(value: float) -> float:
    return abs(float(value)) if math.isfinite(value) else 0.0


def _fitted(key: str, name: str, width: int) -> str:
    """The name in so many cells; a long one loses its end, not its index."""
    whole = printable(name)
    if cell_width(whole) <= width:
        return whole
    index = name.removeprefix(key)
    return fitting_start(printable(key), width - len(index) - 1) + "…" + index


def _add_mark(line: Line, quantity: QuantityView, index: tuple[int, ...]) -> None:
    """✓ or ✗ where a worked answer says something about this value."""
    if quantity.statuses is None:
        line.add(" ")
    else:
        mark = MARKS[str(quantity.statuses[index])]
        line.add(mark.sign, mark.style)
