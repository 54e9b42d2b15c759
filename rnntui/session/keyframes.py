"""States to go back to: kept close together where it is recent, further apart where it is long ago."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from rnntui.engine.parameter_vector import VectorState

_RECENT = 64  # states that are not thinned, where they are at most half of those that fit
_OVERHEAD = 400  # bytes of a state beside its numbers: the arrays' and the dictionary's own


class Keyframes:
    """Some states of a run by iteration, in bounded memory.

    limit: bytes. Where there would be more, all but the most recent are thinned: every second one
    goes, so that the gaps between them grow evenly. The first is never dropped.
    """

    def __init__(self, start: VectorState, limit: int) -> None:
        self.limit = limit
        self._states = {start.iteration: start}
        self._order = [start.iteration]
        self._size = start.bytes + _OVERHEAD
        self._recent = max(min(_RECENT, limit // self._size // 2), 1)
        self._spacing = 1

    @property
    def bytes(self) -> int:
        """How much memory they take."""
        return self._size * len(self._order)

    def __len__(self) -> int:
        return len(self._order)

    @property
    def newest(self) -> VectorState:
        """The last one."""
        return self._states[self._order[-1]]

    def add(self, states: Iterable[VectorState]) -> None:
        """Keep states, each later than all before it."""
        for state in states:
            if state.iteration > self._order[-1]:
                self._states[state.iteration] = state
                self._order.append(state.iteration)
                self._grow_old()
        while self.bytes > self.limit and len(self._order) > self._recent + 1:
            self._thin()
        # a model so large that no more than the first and the last one fit
        while self.bytes > self.limit and len(self._order) > 2:
            del self._states[self._order.pop(1)]

    def before(self, iteration: int) -> VectorState:
        """The last state kept at an iteration or before it."""
        return self._states[self._order[bisect_right(self._order, iteration) - 1]]

    def _grow_old(self) -> None:
        """A state that is no longer recent stays only if it falls on the spacing."""
        if len(self._order) > self._recent:
            oldest = len(self._order) - self._recent
            if self._order[oldest] % self._spacing:
                del self._states[self._order.pop(oldest)]

    def _thin(self) -> None:
        old, recent = self._order[1 : -self._recent], self._order[-self._recent :]
        count = len(old)
        while old and len(old) == count:  # the states may be further apart than the spacing
            self._spacing *= 2
            old = [iteration for iteration in old if iteration % self._spacing == 0]
        self._order = [self._order[0], *old, *recent]
        self._states = {iteration: self._states[iteration] for iteration in self._order}
