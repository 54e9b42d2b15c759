"""Loss: of every iteration so far, and of each timestep of the sequence at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, overload

import numpy as np

from rnntui.session.moment import Moment
from rnntui.session.views.arrays import Array, Version, closed


class FirstLosses(Sequence[float]):
    """The first `count` of losses that become more."""

    def __init__(self, losses: Sequence[float], count: int) -> None:
        self._losses, self._count = losses, count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> float: ...

    @overload
    def __getitem__(self, index: slice) -> Any: ...

    def __getitem__(self, index: int | slice) -> Any:
        """The loss of an iteration, or those of several."""
        if isinstance(index, slice):
            start, stop, step = index.indices(self._count)
            return self._losses[start:stop:step]
        if not -self._count <= index < self._count:
            raise IndexError(index)
        return self._losses[index % self._count]


@dataclass(frozen=True, eq=False)
class LossView:
    """Two curves; none where the model has no loss.

    objective: the name of what training minimises, or None. losses: of the iterations that had been
    reached. iteration: the one at hand. at_each_t: (T,), of t = 1 … T. known: the timesteps at which it
    is known by now. t: the one to look at. version: of `at_each_t`. losses_version: of losses that are
    the same, but for those that there were not yet.
    """

    version: Version
    objective: str | None
    losses_version: Version
    losses: Sequence[float]
    iteration: int
    at_each_t: Array
    known: range
    t: int
    _moment: Moment

    @property
    def loss(self) -> float | None:
        """The iteration's, if it is known by now."""
        return self.losses[self.iteration] if self.iteration < len(self.losses) else None

    @property
    def loss_at_t(self) -> float | None:
        """That of the timestep, if it is known by now."""
        return float(self.at_each_t[self.t - 1]) if self.t >= 1 and self.t in self.known else None

    @cached_property
    def metrics(self) -> Mapping[str, float]:
        """The file's metrics, by name."""
        return self._moment.metrics if self.objective is not None else {}


def view(moment: Moment) -> LossView:
    """What there is to say of the loss."""
    objective, trace = moment.program.model.objective, moment.trace
    losses = np.empty(0) if objective is None else trace.values[objective][1:]
    return LossView(
        trace,
        objective,
        moment.losses,
        FirstLosses(moment.losses, len(moment.losses)),
        moment.position.iteration,
        closed(losses),
        range(0) if objective is None else moment.known_range(objective),
        moment.t,
        moment,
    )
