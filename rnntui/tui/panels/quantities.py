"""Gates and states: every quantity's value now as a number and a bar, and its history over t."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.style import Style

from rnntui.text.problems import printable
from rnntui.text.terminal_cells import cell_width, fitting_start, left_justified
from rnntui.tui import drawing
from rnntui.tui.drawing.cache import Cache
from rnntui.tui.drawing.line import BOLD, PLAIN, REVERSE, Line
from rnntui.tui.drawing.marks import MARKS
from rnntui.tui.drawing.palette import Palette
from rnntui.tui.drawing.rows_view import LinesWhenSeen
from rnntui.tui.panels.panel import Room, Rows, RowsPanel
from rnntui.tui.panels.registry import panel

if TYPE_CHECKING:
    import numpy as np

    from rnntui.language.program import Program
    from rnntui.session.moment import Moment

_NUMBER = 9
_LONGEST_NAME = 14
_UNIT = {"sigmoid": (0.0, 1.0), "softmax": (0.0, 1.0), "tanh": (-1.0, 1.0)}


@dataclass(frozen=True)
class _Component:
    """One component of a quantity; `index` is empty for a scalar."""

    key: str
    index: tuple[int, ...]

    def __str__(self) -> str:
        return self.key + (f"[{','.join(map(str, self.index))}]" if self.index else "")


@dataclass(frozen=True)
class _Components:
    """Every component of every quantity, in the order of computation.

    lines: by quantity, where its components are. name: the cells of the longest name.
    """

    all: tuple[_Component, ...]
    lines: dict[str, range]
    name: int

    @classmethod
    def of(cls, program: Program) -> _Components:
        """The components of a model; there may be thousands, and they do not change."""
        import numpy as np

        components: list[_Component] = []
        lines = {}
        for equation in program.model.equations:
            first = len(components)
            key = equation.target
            components += [_Component(key, index) for index in np.ndindex(program.shapes[key])]
            lines[key] = range(first, len(components))
        name = max((cell_width(str(component)) for component in components), default=1)
        return cls(tuple(components), lines, min(name, _LONGEST_NAME))


@dataclass(frozen=True)
class _Layout:
    """Cells for the name, the bar and the history; the number has its own."""

    name: int
    bar: int
    history: int
    cell: int

    @classmethod
    def fit(cls, width: int, name: int, length: int) -> _Layout:
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


@panel(
    "quantities",
    title="Gates & states",
    area="quantities",
    about="every quantity's value as a number and a bar, and its history; on the way back gradients",
)
class QuantitiesPanel(RowsPanel["Moment"]):
    """Values in the forward phase; in the backward phase the gradients ∂L/∂ that reach them."""

    def __init__(self) -> None:
        self._cache = Cache()
        self._components: tuple[Program, _Components] | None = None

    def view(self, moment: Moment) -> Moment:
        """The moment."""
        return moment

    def rows(self, view: Moment, room: Room) -> Rows:
        """A line for each component of each quantity, in the order of computation.

        The quantity that is picked out is in sight, else the one under the cursor.
        """
        from rnntui.language.keys import grad

        moment = view
        components = self._components_of(moment)
        backward = moment.position.phase == "backward"
        layout = _Layout.fit(room.width, components.name, moment.trace.length)
        self._cache.begin(moment.trace, moment.checks, backward, layout, room.palette)
        here = moment.quantity if moment.position.phase != "update" else ""
        known = {
            key: moment.known_range(grad(key) if backward else key) for key in components.lines
        }

        def line(number: int) -> Line:
            component = components.all[number]
            key = component.key
            version = (number, moment.position.t, known[key], key == here, key == moment.selected)
            return self._cache.get(
                version,
                lambda: self._line(
                    moment, component, known[key], layout, key == here, room.palette
                ),
            )

        return Rows(
            LinesWhenSeen(len(components.all), line),
            anchor=components.lines.get(moment.selected or moment.quantity),
            note="∂L/∂ reaching each" if backward else "",
        )

    def _components_of(self, moment: Moment) -> _Components:
        if self._components is None or self._components[0] is not moment.program:
            self._components = moment.program, _Components.of(moment.program)
        return self._components[1]

    def _line(
        self,
        moment: Moment,
        component: _Component,
        known: range,
        layout: _Layout,
        here: bool,
        palette: Palette,
    ) -> Line:
        key, t = component.key, moment.t
        backward = moment.position.phase == "backward"
        series = _series(moment, component, backward)
        line = Line("►", palette.current) if here else Line(" ")
        name = left_justified(_fitted(component, layout.name), layout.name)
        line.add(name, REVERSE if key == moment.selected else BOLD if here else PLAIN)
        # t = 0 is shown only where there is an initial state or gradient, that is, where it counts
        first = 0 if moment.position.t == 0 and moment.position.phase != "update" else 1
        room = drawing.bars.strip_room(layout.history, layout.cell, t)
        version = (component, first)
        history = self._cache.get(
            version, lambda: drawing.decimation.Furthest(series[first:], max(room, 1))
        )
        seen = range(max(known.start - first, 0), max(known.stop - first, 0))
        initial = _finite_size(series[0]) if 0 in known else 0.0
        largest = max(history.largest(seen), initial) or 1.0
        if t not in known:
            line.add("·".rjust(_NUMBER + 1) + "  " + " " * layout.bar)
        else:
            line.add(drawing.cells.fitted_number(float(series[t]), 2, _NUMBER + 1) + " ")
            line.add(*_mark(moment, component, backward))
            if layout.bar:
                low, high = _range(moment, key, largest, backward)
                line.join(drawing.bars.bar(float(series[t]), low, high, layout.bar, palette))
        if layout.history and known:
            line.add("  ").join(
                drawing.bars.strip_of(
                    history,
                    seen,
                    palette,
                    scale=largest,
                    current=t - first,
                    cell_width=layout.cell,
                )
            )
        return line


def _finite_size(value: float) -> float:
    return abs(float(value)) if math.isfinite(value) else 0.0


def _fitted(component: _Component, width: int) -> str:
    """The name in so many cells; a long one loses its end, not its index."""
    whole = printable(str(component))
    if cell_width(whole) <= width:
        return whole
    index = str(component).removeprefix(component.key)
    return fitting_start(printable(component.key), width - len(index) - 1) + "…" + index


def _series(moment: Moment, component: _Component, backward: bool) -> np.ndarray:
    import numpy as np

    arrays = moment.trace.gradients if backward else moment.trace.values
    array = arrays.get(component.key)
    if array is None:  # the loss does not depend on it
        return np.zeros(moment.trace.length + 1)
    return array[(slice(None), *component.index)]


def _range(moment: Moment, key: str, largest: float, backward: bool) -> tuple[float, float]:
    """The ends of the bar: those of the activation, else as far as the values have gone."""
    from rnntui.language.functions import FUNCTIONS
    from rnntui.language.tree import Call

    expression = moment.program.model.equation(key).expression
    if not backward and isinstance(expression, Call) and expression.function in _UNIT:
        return _UNIT[expression.function]
    is_loss = isinstance(expression, Call) and FUNCTIONS[expression.function].kind == "loss"
    return (0.0 if is_loss and not backward else -largest), largest


def _mark(moment: Moment, component: _Component, backward: bool) -> tuple[str, Style]:
    """✓ or ✗ where a worked answer says something about this value."""
    kind = "gradients" if backward else "values"
    for check in moment.checks:
        value = check.value
        if (value.kind, value.name, value.t) == (kind, component.key, moment.t):
            if check.computed is None:
                continue
            error = abs(check.computed[component.index] - value.expected[component.index])
            close = bool(error <= value.tolerance[component.index])
            status = "right" if close else check.status
            return MARKS[status].sign, MARKS[status].style
    return " ", PLAIN
