"""Gates and states: every quantity's value now, its history over t, and how worked answers stand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from rnntui.language.functions import FUNCTIONS
from rnntui.language.keys import grad
from rnntui.language.tree import Call
from rnntui.session.checks import CheckedValue
from rnntui.session.moment import Moment
from rnntui.session.views.arrays import Array, Version, closed, component_name, component_series

_UNIT = {"sigmoid": (0.0, 1.0), "softmax": (0.0, 1.0), "tanh": (-1.0, 1.0)}


@dataclass(frozen=True, eq=False)
class QuantityView:
    """One quantity, or in the backward phase the gradient that reaches it.

    shape: of its value. history: (T + 1, *shape), t = 0 first. known: the timesteps at which it is
    known by now. low, high: the ends of the range that it can have; None, as far as it has gone.
    current: whether it is under the cursor. selected: whether it is picked out.
    """

    key: str
    shape: tuple[int, ...]
    history: Array
    known: range
    low: float | None
    high: float | None
    current: bool
    selected: bool
    _check: CheckedValue | None

    @cached_property
    def statuses(self) -> npt.NDArray[np.str_] | None:
        """How the worked answer for its value now stands, component by component; None without one."""
        if self._check is None or self._check.computed is None:
            return None
        value = self._check.value
        with np.errstate(all="ignore"):
            close = np.abs(self._check.computed - value.expected) <= value.tolerance
        return np.where(close, "right", self._check.status)

    def component(self, index: tuple[int, ...]) -> str:
        """The name of a component, `S[0,1]`."""
        return component_name(self.key, index)

    def series(self, index: tuple[int, ...]) -> Array:
        """The history of a component, (T + 1,)."""
        return component_series(self.history, index)


@dataclass(frozen=True, eq=False)
class QuantitiesView:
    """Every quantity, in the order of computation.

    layout_version: of the names and shapes alone. gradients: whether the numbers are gradients.
    t: the timestep to look at. first: that of the histories, 0 only where the initial state counts.
    length: T. in_sight: the quantity to be in sight, if it is one.
    """

    version: Version
    layout_version: Version
    gradients: bool
    t: int
    first: int
    length: int
    in_sight: str
    quantities: tuple[QuantityView, ...]


def view(moment: Moment) -> QuantitiesView:
    """Values in the forward and the update phase; in the backward phase gradients."""
    position, trace = moment.position, moment.trace
    gradients = position.phase == "backward"
    quantity = moment.quantity
    under_cursor = quantity if position.phase != "update" else ""
    checks = _checks(moment, "gradients" if gradients else "values")
    arrays = trace.gradients if gradients else trace.values
    shapes = moment.program.shapes
    quantities = []
    for equation in moment.program.model.equations:
        key = equation.target
        history = arrays.get(key)
        if history is None:  # the loss does not depend on it
            history = np.zeros((trace.length + 1, *shapes[key]))
        low, high = (None, None) if gradients else _range(equation.expression)
        quantities.append(
            QuantityView(
                key,
                shapes[key],
                closed(history),
                moment.known_range(grad(key) if gradients else key),
                low,
                high,
                key == under_cursor,
                key == moment.selected,
                checks.get(key),
            )
        )
    return QuantitiesView(
        (trace, moment.checks, gradients),
        (moment.program.model.equations, shapes),
        gradients,
        moment.t,
        0 if position.t == 0 and position.phase != "update" else 1,
        trace.length,
        moment.selected or quantity,
        tuple(quantities),
    )


def _checks(moment: Moment, kind: str) -> dict[str, CheckedValue]:
    """By quantity, the first worked answer for its value at this timestep that could be computed."""
    by_quantity: dict[str, CheckedValue] = {}
    for check in moment.checks:
        value = check.value
        if value.kind == kind and value.t == moment.t and check.computed is not None:
            by_quantity.setdefault(value.name, check)
    return by_quantity


def _range(expression: object) -> tuple[float | None, float | None]:
    """What a value of this expression lies between, where the outermost function says it."""
    if not isinstance(expression, Call):
        return None, None
    if expression.function in _UNIT:
        return _UNIT[expression.function]
    return (0.0 if FUNCTIONS[expression.function].kind == "loss" else None), None
