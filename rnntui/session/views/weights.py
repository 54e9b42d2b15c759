"""Weights: every parameter by now, and which the equation at hand uses."""

from __future__ import annotations

from dataclasses import dataclass

from rnntui.language.keys import Key
from rnntui.language.tree import names
from rnntui.session.moment import Moment
from rnntui.session.views.arrays import Array, closed


@dataclass(frozen=True, eq=False)
class ParameterView:
    """One parameter.

    values: in the update phase the new ones, once its line has been passed; the same array as long
    as they are the same numbers. used: whether the equation at hand uses it. selected: whether it is
    picked out.
    """

    key: str
    values: Array
    used: bool
    selected: bool


@dataclass(frozen=True, eq=False)
class WeightsView:
    """Every parameter, in order of appearance. fixed: those that training leaves as they are."""

    parameters: tuple[ParameterView, ...]
    fixed: tuple[str, ...]


def view(moment: Moment) -> WeightsView:
    """What there is to say of the parameters."""
    used = _used(moment)
    parameters = tuple(
        ParameterView(key, closed(moment.parameter(key)), key in used, key == moment.selected)
        for key in moment.program.model.parameters
    )
    return WeightsView(parameters, tuple(moment.file.training.fixed))


def _used(moment: Moment) -> set[str]:
    """The parameters of the selected quantity's equation, else of the one under the cursor."""
    parameters = moment.program.model.parameters
    key = moment.selected or moment.quantity
    if key in parameters:
        return {key}
    for equation in moment.program.model.equations:
        if equation.target == Key(key).quantity:
            return set(parameters) & {name.key for name in names(equation.expression)}
    return set()
