"""Moves within one iteration: position → position, of nothing but the timeline."""

from __future__ import annotations

from dataclasses import replace

from rnntui.session.timeline import Position, Stop, Timeline

START = Position(0, 0, "forward", 1, 0)
"""The first equation of the first iteration."""


class Cursor:
    """Where each move leads from a position on a timeline.

    None is said of a move that leads out of the iteration, before its first stop or past its last:
    where that arrives is for whoever knows the other iteration's timeline to say.
    """

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline

    def next_equation(self, at: Position) -> Position | None:
        """One micro-step on: the next equation, else the first one of the next stop."""
        if at.equation + 1 < self._stop(at).equations:
            return replace(at, equation=at.equation + 1)
        return self._next_stop(at, 0)

    def previous_equation(self, at: Position) -> Position | None:
        """One micro-step back."""
        if at.equation > 0:
            return replace(at, equation=at.equation - 1)
        return self._previous_stop(at, None)

    def next_timestep(self, at: Position) -> Position | None:
        """The same equation one stop on in the order of computation; the first of another phase."""
        return self._next_stop(at, at.equation)

    def previous_timestep(self, at: Position) -> Position | None:
        """The same equation one stop back; the last of another phase."""
        return self._previous_stop(at, at.equation)

    def to_start(self, at: Position) -> Position:
        """The first equation of the sequence at hand, forward."""
        return Position(at.iteration, at.sequence, "forward", 1, 0)

    def to_end(self, at: Position) -> Position:
        """The last equation of the sequence at hand, forward."""
        length = self.timeline.lengths[at.sequence]
        return Position(at.iteration, at.sequence, "forward", length, self.timeline.forward - 1)

    def to_timestep(self, at: Position, t: int) -> Position:
        """The same phase and equation at timestep t, as far as there are any; from the update, which
        has no timestep, the first equation forward."""
        t = min(max(t, 1), self.timeline.lengths[at.sequence])
        if at.phase == "update":
            return Position(at.iteration, at.sequence, "forward", t, 0)
        equations = self.timeline.backward if at.phase == "backward" else self.timeline.forward
        return replace(at, t=t, equation=min(at.equation, equations - 1))

    def to_last(self, iteration: int) -> Position:
        """The last equation of all in an iteration of this timeline."""
        stop = self.timeline.stop(self.timeline.stops - 1)
        return _in(stop, iteration, stop.equations - 1)

    def fitted(self, at: Position, iteration: int) -> Position:
        """The place `at`, which may be of another timeline, in an iteration of this one, whose
        sequences may be fewer or shorter."""
        sequence = min(at.sequence, len(self.timeline.lengths) - 1)
        t = min(at.t, self.timeline.lengths[sequence])
        return Position(iteration, sequence, at.phase, t, at.equation)

    def _stop(self, at: Position) -> Stop:
        return self.timeline.stop(self.timeline.number(at))

    def _next_stop(self, at: Position, equation: int) -> Position | None:
        number = self.timeline.number(at) + 1
        if number >= self.timeline.stops:
            return None
        stop = self.timeline.stop(number)
        return _in(stop, at.iteration, equation if stop.phase == at.phase else 0)

    def _previous_stop(self, at: Position, equation: int | None) -> Position | None:
        """The stop before; `equation` None is its last one."""
        number = self.timeline.number(at) - 1
        if number < 0:
            return None
        stop = self.timeline.stop(number)
        last = stop.equations - 1
        same = equation if stop.phase == at.phase else None
        return _in(stop, at.iteration, last if same is None else same)


def _in(stop: Stop, iteration: int, equation: int) -> Position:
    """A position at a stop; an equation that it does not have is its last one."""
    equation = min(equation, stop.equations - 1)
    return Position(iteration, stop.sequence, stop.phase, stop.t, equation)
