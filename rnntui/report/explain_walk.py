"""The moments of one sequence in one iteration, as the stepper shows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rnntui.data.sequence_file import SequenceFile
from rnntui.report.reached import check_reached
from rnntui.session.moment import Moment, initial_gradients
from rnntui.session.session import Session
from rnntui.session.timeline import Phase, Position
from rnntui.text.problems import InputError, Problem


class Walk:
    """Goes to an iteration and a sequence of its batch (counted from 0); gives the moments there.

    Raises InputError where training stops before, or where the batch has fewer sequences.
    """

    def __init__(self, file: SequenceFile, iteration: int, sequence: int) -> None:
        session = Session(file)
        moment = session.train_to(iteration) if iteration else session.moment
        check_reached(moment.iteration, iteration)
        count = len(moment.iteration.traces)
        if not 0 <= sequence < count:
            message = f"there is no sequence {sequence + 1} in the batch"
            hint = "there is one" if count == 1 else f"there are {count}"
            raise InputError(Problem(message, None, hint))
        self.start = replace(moment, position=Position(iteration, sequence, "forward", 1, 0))

    def forward(self, t: int) -> Iterator[Moment]:
        """The forward equations of a timestep."""
        return self._moments("forward", t, len(self.start.program.model.equations))

    def backward(self, t: int) -> Iterator[Moment]:
        """The backward equations of a timestep; of t = 0, the gradients of the initial state."""
        program = self.start.program
        count = len(program.backward) if t else len(initial_gradients(program))
        return self._moments("backward", t, count)

    def update(self) -> Iterator[Moment]:
        """The equations of the update, none where there is no update."""
        there = self.start.iteration.update is not None
        return self._moments("update", 0, len(self.start.optimiser.equations) if there else 0)

    def count(self, times: range) -> int:
        """How many equations these timesteps have, forward and, where there is a loss, backward."""
        program = self.start.program
        backward = program.model.objective is not None
        each = len(program.model.equations) + (len(program.backward) if backward else 0)
        first = len(initial_gradients(program)) if backward and 0 in times else 0
        return first + each * (len(times) - (0 in times))

    def _moments(self, phase: Phase, t: int, count: int) -> Iterator[Moment]:
        here = self.start.position
        for number in range(count):
            position = Position(here.iteration, here.sequence, phase, t, number)
            yield replace(self.start, position=position)
