"""What training and looking take of memory, told from sizes and lengths before anything is made."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from rnntui.data.sequence import InputSequence
from rnntui.data.streams import TaskStream
from rnntui.data.training_settings import TrainingSettings
from rnntui.language.program import Program
from rnntui.models.optimisers import OPTIMIZERS
from rnntui.text.memory import MOST_COMPUTED, check_fits

_NUMBER = 8  # bytes
_VIEW = 100  # of an array
_VIEWS = 4096  # timesteps at most of which all views are there at once
_COPIES = 10  # of all parameters: values, gradient, update, and what is kept of them on the way
_SEQUENCE = 100  # where a sequence is among all that are packed


class MemoryEstimate:
    """About how many bytes a program needs for some sequences and settings."""

    def __init__(
        self,
        program: Program,
        sequences: Sequence[InputSequence] | TaskStream,
        settings: TrainingSettings,
    ) -> None:
        shapes = program.shapes
        parameters = program.model.parameters
        self._quantities = [prod(shapes[a.target]) for a in program.assignments]
        self._inputs = sum(prod(shapes[key]) for key in ("x", "target") if key in shapes)
        self._parameters = sum(prod(shapes[key]) for key in parameters)
        self._states = len(OPTIMIZERS[settings.optimizer].states)
        if isinstance(sequences, TaskStream):
            self.batch = settings.batch or 1
            self.longest = sequences[0].length
            self.timesteps = self.batch * self.longest
        else:
            lengths = [sequence.length for sequence in sequences]
            self.batch = settings.batch or len(lengths)
            self.longest = max(lengths, default=0)
            self.timesteps = -(-self.batch * sum(lengths) // max(len(lengths), 1))

    @property
    def parameters(self) -> int:
        """Of the parameters, their gradients, and what the optimiser remembers."""
        return (_COPIES + 2 * self._states) * _NUMBER * self._parameters

    @property
    def sequence(self) -> int:
        """Of the values, gradients and intermediate results of the longest sequence."""
        numbers = 2 * (sum(self._quantities) + self._inputs)
        views = 2 * len(self._quantities) * min(self.longest, _VIEWS)
        return self.longest * 2 * _NUMBER * numbers + _VIEW * views

    @property
    def packed(self) -> int:
        """Of the inputs and targets of a batch."""
        return self.timesteps * _NUMBER * (self._inputs + 2) + self.batch * _SEQUENCE

    @property
    def traces(self) -> int:
        """Of the values and gradients of a batch, all of which are there to be looked at."""
        numbers = 2 * (sum(self._quantities) + self._inputs)
        return _NUMBER * (self.timesteps * numbers + self.batch * self._parameters)

    def check_training(self) -> None:
        """Refuse training that would take too much memory. Raises InputError."""
        what = f"training {self._parameters:,} parameters"
        check_fits(what, self.parameters, MOST_COMPUTED, hint="take fewer hidden units")
        what = f"a sequence of {self.longest:,} timesteps"
        hint = "cut it into shorter ones, such as --window 1000, or take fewer units"
        check_fits(what, self.sequence, MOST_COMPUTED, hint=hint)
        what = f"a batch of {self.batch:,} sequences"
        check_fits(what, self.packed, MOST_COMPUTED, hint="take a smaller batch")

    def check_traces(self) -> None:
        """Refuse an iteration whose values would take too much memory. Raises InputError."""
        what = f"every value of {self.batch:,} sequences with {self.timesteps:,} timesteps"
        hint = "take a smaller batch, or fewer units; `rnntui train` keeps no values"
        check_fits(what, self.traces, MOST_COMPUTED, hint=hint)

    def check_decompositions(self) -> None:
        """Refuse gradients by loss and by use that would take too much memory. Raises InputError."""
        size = 2 * _NUMBER * self.longest * self._parameters
        what = f"gradients by loss and by use at {self.longest:,} timesteps"
        check_fits(what, size, MOST_COMPUTED, hint="cut the sequence into shorter ones")
