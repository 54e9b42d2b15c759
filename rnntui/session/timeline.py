"""Where one can stand within an iteration: each sequence forward and backward, then the update."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Phase = Literal["forward", "backward", "update"]


@dataclass(frozen=True)
class Position:
    """A place on the timeline.

    sequence: place in the batch, from 0. t: the timestep; 0 in the backward phase is the initial
    state; 0 in the update phase, which has no timestep. equation: index within the phase's equations.
    """

    iteration: int
    sequence: int
    phase: Phase
    t: int
    equation: int


@dataclass(frozen=True)
class Stop:
    """A group of equations that one presses through: a timestep of a phase, or the update."""

    sequence: int
    phase: Phase
    t: int
    equations: int


class Timeline:
    """All stops of one iteration, numbered in the order of computation.

    lengths: T of each sequence of the batch. forward, backward, initial, update: how many
    equations a timestep forward and backward has, the initial state's gradients, the update.
    """

    def __init__(
        self, lengths: Sequence[int], forward: int, backward: int, initial: int, update: int
    ) -> None:
        self.lengths = tuple(lengths)
        self.forward, self.backward = forward, backward
        self.initial, self.update = initial, update
        self._starts = [0]
        for length in self.lengths:
            passes = length * (2 if backward else 1) + (1 if initial else 0)
            self._starts.append(self._starts[-1] + passes)

    @property
    def stops(self) -> int:
        """How many stops there are."""
        return self._starts[-1] + (1 if self.update else 0)

    def stop(self, number: int) -> Stop:
        """Stop number `number`, from 0."""
        if number >= self._starts[-1]:
            return Stop(len(self.lengths) - 1, "update", 0, self.update)
        sequence = bisect_right(self._starts, number) - 1
        within = number - self._starts[sequence]
        length = self.lengths[sequence]
        if within < length:
            return Stop(sequence, "forward", within + 1, self.forward)
        t = 2 * length - within
        return Stop(sequence, "backward", t, self.backward if t else self.initial)

    def number(self, position: Position) -> int:
        """The stop at which a position stands."""
        if position.phase == "update":
            return self._starts[-1]
        length = self.lengths[position.sequence]
        within = position.t - 1 if position.phase == "forward" else 2 * length - position.t
        return self._starts[position.sequence] + within
