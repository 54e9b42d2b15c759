"""Gradients of the parameters: their size, and where one comes from, by loss and by use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnntui.session.moment import Moment
from rnntui.session.views.arrays import Array, Version, closed


@dataclass(frozen=True, eq=False)
class GradientView:
    """∂L/∂ of one parameter. chosen: whether its terms are shown."""

    key: str
    gradient: Array
    chosen: bool

    @property
    def is_scalar(self) -> bool:
        """Whether it is one number, which has a sign; of others the size is shown."""
        return self.gradient.ndim == 0

    @cached_property
    def size(self) -> float:
        """Its Euclidean norm."""
        return _size(self.gradient)

    @property
    def value(self) -> float:
        """The number to show: itself, or its size."""
        return float(self.gradient) if self.is_scalar else self.size


@dataclass(frozen=True, eq=False)
class GradientTerms:
    """The chosen parameter's gradient, split over the timesteps.

    by: `loss` (term t is ∂Loss_t/∂W, what that timestep's loss contributes) or `use` (what the use
    at that timestep contributes).
    """

    by: str
    _terms: Array

    @cached_property
    def values(self) -> Array:
        """(T,): the terms, or of a vector or matrix their sizes."""
        if self._terms.ndim == 1:
            return closed(self._terms)
        with np.errstate(all="ignore"):  # sizes may overflow where numbers do not
            squares = (self._terms**2).reshape(len(self._terms), -1)
            return closed(np.sqrt(squares.sum(axis=1)))

    @cached_property
    def total(self) -> float:
        """What they come to, or its size."""
        with np.errstate(all="ignore"):
            total = np.sum(self._terms, axis=0)
        return float(total) if self._terms.ndim == 1 else _size(total)


@dataclass(frozen=True, eq=False)
class GradientsView:
    """The gradient of every parameter, and the terms of the chosen one.

    t: the timestep to look at. length: T. chosen: a parameter, empty where there is none. numbers:
    how many it takes to compute the terms, which grow with T². gradients: empty without a loss.
    """

    version: Version
    t: int
    length: int
    chosen: str
    numbers: int
    gradients: tuple[GradientView, ...]
    _moment: Moment

    @property
    def is_computed(self) -> bool:
        """Whether the terms are there; else `compute` has to be called before they are read."""
        return bool(self._moment.terms_computed)

    @property
    def terms(self) -> tuple[GradientTerms, ...]:
        """By loss and by use, if they are computed; else none."""
        if not self.is_computed or not self.chosen:
            return ()
        return (
            GradientTerms("loss", self._moment.by_loss[self.chosen]),
            GradientTerms("use", self._moment.by_use[self.chosen]),
        )

    def compute(self) -> None:
        """Compute the terms of all parameters, once for all moments of this trace; in any thread."""
        if self.gradients:
            self._moment.by_loss, self._moment.by_use  # noqa: B018


def view(moment: Moment, before: str = "") -> GradientsView:
    """What there is to say of the gradients.

    The chosen parameter is the one that is picked out, else the one under the cursor, else the one
    that was chosen `before`, else the first that is trained.
    """
    totals, trace = moment.iteration.gradients, moment.trace
    chosen = _chosen(moment, before)
    numbers = sum(gradient.size for gradient in totals.values())
    return GradientsView(
        trace,
        moment.t,
        trace.length,
        chosen,
        trace.length * (trace.length * len(moment.program.backward) + numbers),
        tuple(GradientView(key, closed(array), key == chosen) for key, array in totals.items()),
        moment,
    )


def _chosen(moment: Moment, before: str) -> str:
    parameters = moment.program.model.parameters
    for key in (moment.selected, moment.quantity, before):
        if key in parameters:
            return key
    trained = [key for key in parameters if key not in moment.file.training.fixed]
    return next(iter(trained or parameters), "")


def _size(gradient: Array) -> float:
    with np.errstate(all="ignore"):
        return float(np.sqrt(np.sum(np.square(gradient))))
