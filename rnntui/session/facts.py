"""What follows from an iteration, each computed once and only if somebody looks at it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
import numpy.typing as npt

from rnntui.data.sequence_file import SequenceFile
from rnntui.engine.decomposition import Decomposition
from rnntui.engine.metrics import measure
from rnntui.engine.training import Iteration
from rnntui.session.checks import CheckedValue, about_updates, check_trace

Array = npt.NDArray[np.float64]


class SequenceFacts:
    """What follows from one sequence of an iteration's batch.

    index: its number in the batch, from 0. decomposition: of its gradients."""

    def __init__(self, file: SequenceFile, iteration: Iteration, index: int) -> None:
        self._file, self._iteration, self._index = file, iteration, index
        self.decomposition = Decomposition(iteration.traces[index])

    @cached_property
    def checks(self) -> tuple[CheckedValue, ...]:
        """The file's worked answers for this iteration and sequence, held against the computation."""
        number, sequence = self._iteration.before.iteration, self._iteration.indices[self._index]
        answers = [
            e for e in self._file.expectations if e.iteration == number and e.sequence == sequence
        ]
        update = self._iteration.update if about_updates(answers) else None
        return tuple(check_trace(self.decomposition, answers, update))


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
