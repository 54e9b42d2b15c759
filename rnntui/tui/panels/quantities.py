"""Gates and states: every quantity's value now as a number and a bar, and its history over t."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rich.text import Text

from rnntui.language.functions import FUNCTIONS
from rnntui.language.tree import Call
from rnntui.session.moment import Moment
from rnntui.text.problems import printable
from rnntui.tui.check_table import MARKS
from rnntui.tui.drawing.bars import bar, heat_strip
from rnntui.tui.drawing.cells import fitted_number
from rnntui.tui.panels.panel import Row, RowsPanel

_NUMBER = 9
_UNIT = {"sigmoid": (0.0, 1.0), "softmax": (0.0, 1.0), "tanh": (-1.0, 1.0)}


@dataclass(frozen=True)
class _Component:
    """One component of a quantity; `index` is empty for a scalar."""

    key: str
    index: tuple[int, ...]

    def __str__(self) -> str:
        return self.key + (f"[{','.join(map(str, self.index))}]" if self.index else "")


class QuantitiesPanel(RowsPanel):
    """Values in the forward phase; in the backward phase the gradients ∂L/∂ that reach them."""

    title = "Gates & states"

    def rows(self, moment: Moment, width: int, height: int) -> Sequence[Row]:
        """A line for each component of each quantity, in the order of computation."""
        self._components = list(_components(moment))
        backward = moment.position.phase == "backward"
        self.note = "∂L/∂ reaching each" if backward else ""
        names = max((len(str(c)) for c in self._components), default=1)
        layout = _Layout.fit(width, min(names, 14), moment.trace.length)
        return [
            lambda c=component: self._row(moment, c, layout, backward)
            for component in self._components
        ]

    def anchor(self, moment: Moment) -> range | None:
        """The quantity that is picked out, else the one under the cursor."""
        key = moment.selected or moment.quantity
        lines = [n for n, c in enumerate(self._components) if c.key == key]
        return range(lines[0], lines[-1] + 1) if lines else None

    def _row(self, moment: Moment, component: _Component, layout: _Layout, backward: bool) -> Text:
        key, t = component.key, moment.t
        of = f"grad({key})" if backward else key
        series = _series(moment, component, backward)
        known = np.array([moment.known(of, step) for step in range(len(series))])
        here = moment.position.phase != "update" and key == moment.quantity
        text = Text(no_wrap=True, overflow="ellipsis")
        text.append("►" if here else " ", style=self.palette.current if here else "")
        name = _fitted(component, layout.name).ljust(layout.name)
        text.append(name, style="reverse" if key == moment.selected else "bold" if here else "")
        if not known[t]:
            text.append("·".rjust(_NUMBER + 1) + "  ")
            text.append(" " * layout.bar)
        else:
            text.append(fitted_number(float(series[t]), 2, _NUMBER + 1) + " ")
            text.append(*_mark(moment, component, backward))
            low, high = _range(moment, key, series[known], backward)
            if layout.bar:
                text.append_text(bar(float(series[t]), low, high, layout.bar, self.palette))
        if layout.history and known.any():
            text.append("  ")
            text.append_text(self._history(series, known, layout, moment.position.t, t))
        return text

    def _history(
        self, series: np.ndarray, known: np.ndarray, layout: _Layout, now: int, t: int
    ) -> Text:
        # t = 0 is shown only where there is an initial state or gradient, that is, where it counts
        first = 0 if now == 0 else 1
        scale = float(np.max(np.abs(series[known & np.isfinite(series)]), initial=0.0))
        return heat_strip(
            series[first:],
            layout.history,
            self.palette,
            scale=scale or 1.0,
            current=t - first,
            cell_width=layout.cell,
            known=known[first:],
        )


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


def _fitted(component: _Component, width: int) -> str:
    """The name in so many cells; a long one loses its end, not its index."""
    whole = printable(str(component))
    if len(whole) <= width:
        return whole
    index = str(component).removeprefix(component.key)
    return printable(component.key)[: max(width - len(index) - 1, 0)] + "…" + index


def _components(moment: Moment) -> Iterator[_Component]:
    shapes = moment.program.shapes
    for equation in moment.program.model.equations:
        for index in np.ndindex(shapes[equation.target]):
            yield _Component(equation.target, index)


def _series(moment: Moment, component: _Component, backward: bool) -> np.ndarray:
    arrays = moment.trace.gradients if backward else moment.trace.values
    array = arrays.get(component.key)
    if array is None:  # the loss does not depend on it
        return np.zeros(moment.trace.length + 1)
    return array[(slice(None), *component.index)]


def _range(moment: Moment, key: str, known: np.ndarray, backward: bool) -> tuple[float, float]:
    """The ends of the bar: those of the activation, else as far as the values have gone."""
    expression = moment.program.model.equation(key).expression
    if not backward and isinstance(expression, Call) and expression.function in _UNIT:
        return _UNIT[expression.function]
    finite = known[np.isfinite(known)]
    size = float(np.max(np.abs(finite), initial=0.0)) or 1.0
    is_loss = isinstance(expression, Call) and FUNCTIONS[expression.function].kind == "loss"
    return (0.0 if is_loss and not backward else -size), size


def _mark(moment: Moment, component: _Component, backward: bool) -> tuple[str, str]:
    """✓ or ✗ where a worked answer says something about this value."""
    kind = "gradients" if backward else "values"
    for check in moment.checks:
        value = check.value
        if (value.kind, value.name, value.t) == (kind, component.key, moment.t):
            if check.computed is None:
                continue
            error = abs(check.computed[component.index] - value.expected[component.index])
            close = bool(error <= value.tolerance[component.index])
            mark, style, _ = MARKS["right" if close else check.status]
            return mark, style
    return " ", ""
