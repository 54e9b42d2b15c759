"""What follows from an iteration, each computed once and only if somebody looks at it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
import numpy.typing as npt

from rnntui.data.sequence_file import SequenceFile
from rnntui.engine.decomposition import gradients_by_loss, gradients_by_use
from rnntui.engine.metrics import measure
from rnntui.engine.trace import Trace
from rnntui.engine.training import Iteration
from rnntui.session.checks import CheckedValue, about_updates, check_trace

Array = npt.NDArray[np.float64]


class SequenceFacts:
    """What follows from one sequence of an iteration's batch: `index` in it, from 0."""

    def __init__(self, file: SequenceFile, iteration: Iteration, index: int) -> None:
        self._file, self._iteration, self._index = file, iteration, index

    @property
    def trace(self) -> Trace:
        """All values of the sequence."""
        return self._iteration.traces[self._index]

    @cached_property
    def checks(self) -> tuple[CheckedValue, ...]:
        """The file's worked answers for this iteration and sequence, held against the computation."""
        number, sequence = self._iteration.before.iteration, self._iteration.indices[self._index]
        answers = [
            e for e in self._file.expectations if e.iteration == number and e.sequence == sequence
        ]
        update = self._iteration.update if about_updates(answers) else None
        return tuple(check_trace(self.trace, answers, update))

    @cached_property
    def by_loss(self) -> Mapping[str, Array]:
        """Each parameter's gradient by the timestep whose loss it comes from, (T, *shape): T² work."""
        return gradients_by_loss(self.trace)

    @cached_property
    def by_use(self) -> Mapping[str, Array]:
        """Each parameter's gradient by the timestep at which it is used, (T, *shape)."""
        return gradients_by_use(self.trace).by_use

    @property
    def terms_computed(self) -> bool:
        """Whether both of these are there already."""
        return "by_loss" in self.__dict__ and "by_use" in self.__dict__


class IterationFacts:
    """What follows from an iteration and from each sequence of its batch.

    sequences: the facts of each, in the batch's order.
    """

    def __init__(self, file: SequenceFile, iteration: Iteration) -> None:
        self._file, self.iteration = file, iteration
        self.sequences = tuple(
            SequenceFacts(file, iteration, index) for index in range(len(iteration.traces))
        )

    @cached_property
    def metrics(self) -> Mapping[str, float]:
        """The file's metrics on the batch, by name."""
        traces = self.iteration.traces
        return {metric.name: measure(metric, traces) for metric in self._file.metrics.metrics}
