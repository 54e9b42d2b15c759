"""What a key is worth at a timestep: the one look-up for conditions, formulas, metrics and checks.

    trace.lookup.value("c", 3)             c at t = 3; grad(c), pre(c) and weight(loss) likewise
    trace.lookup.value("grad(W)", 3)       of this sequence, the same at every t
    evaluate(formula, trace.lookup.at(3))  a formula of the model at t = 3
    iteration.lookup(sequence)             the same, but grad(W) is averaged over the batch
    iteration.update.lookup.at(AFTER)      a line of the update: m(W), hyper(beta1), grad(W), W

An update is a step in time of its own: what an optimiser remembers has a value BEFORE and AFTER it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rnntui.language.tree import Name

BEFORE, AFTER = 0, 1  # the times of an update


@dataclass(frozen=True, eq=False)
class Lookup:
    """Values by key and t.

    over_time: of what varies, by key, indexed by t: arrays (T + 1, *shape), or lists of values.
    constant: of what is the same at every t: parameters, their gradients, settings.
    """

    over_time: Mapping[str, Any]
    constant: Mapping[str, Any]

    def __contains__(self, key: str) -> bool:
        return key in self.constant or key in self.over_time

    def value(self, key: str, t: int) -> Any:
        """The value of a key at t: a scalar, or an array that is not to be written to.

        Raises KeyError for a key that means nothing here.
        """
        if key in self.constant:
            return self.constant[key]
        return self.over_time[key][t]

    def at(self, t: int) -> Callable[[Name], Any]:
        """What names mean at t, for evaluating a formula there."""
        return lambda name: self.value(name.key, t + name.shift)

    def extended(
        self,
        constant: Mapping[str, Any] | None = None,
        over_time: Mapping[str, Any] | None = None,
    ) -> Lookup:
        """With more keys, or other values for those that are here."""
        return Lookup(
            {**self.over_time, **(over_time or {})},
            {**self.constant, **(constant or {})},
        )
