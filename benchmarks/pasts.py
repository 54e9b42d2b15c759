"""A long past to go back into, made as a session makes it: trained in slices, some states kept."""

from __future__ import annotations

from rnntui.data.sequence_file import SequenceFile
from rnntui.engine.arrays import ArrayTraining
from rnntui.engine.compiled import CompiledTraining
from rnntui.engine.training import Iteration, TrainingState
from rnntui.session.checks import start_training
from rnntui.session.trajectory import Trajectory

_SLICE = 0.05  # seconds in one call, as in the session's background runner


class Past:
    """A file trained for some iterations, its history kept as the session keeps it."""

    def __init__(self, file: SequenceFile, compiled: bool = True) -> None:
        self.trainer, start = start_training(file)
        training = CompiledTraining if compiled else ArrayTraining
        self.trajectory = Trajectory(training(self.trainer), start)

    def train(self, iterations: int) -> None:
        """Goes on for some iterations."""
        trajectory = self.trajectory
        end = trajectory.newest + iterations
        while trajectory.newest < end:
            count = max(int(trajectory.rate * _SLICE), 1)
            done = trajectory.extend(min(count, end - trajectory.newest))
            assert done, "a number was not finite"

    def reach(self, iteration: int) -> TrainingState:
        """The state before a past iteration."""
        return self.trajectory.state(iteration)

    def show(self, state: TrainingState) -> Iteration:
        """All that is to be seen there: the traces and the update."""
        return self.trainer.iterate(state)

    @property
    def size(self) -> int:
        """Bytes that the history takes."""
        return self.trajectory.bytes
