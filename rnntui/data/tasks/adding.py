"""The adding problem: remember two marked numbers over a long time, and add them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnntui.data.random_stream import RandomStream
from rnntui.data.sequence import Alphabet
from rnntui.data.tasks.task import Task, TaskSequence, last_only, option, read_only

FIRST_MARK_WITHIN = 10


@dataclass(frozen=True)
class Adding(Task):
    """Pairs of a value ~ U(−1, 1) and a marker; the target at the end is ½ + (X1 + X2)/4.

    The paper's rules: of a length between `length` and a tenth more; X1 among the first ten
    pairs, X2 among the first length/2 − 1 others; markers 1 for both, −1 for the first and last
    pair unless marked, else 0; the first pair's value is 0 if it is marked.
    states: how many marked values have been read.
    """

    name = "adding"
    title = "Adding problem"
    states_are = "read"
    description = "Remember the two marked numbers of a long sequence, and answer with their sum."
    source = "Hochreiter & Schmidhuber 1997, experiment 4 (there with lengths from 100 on)"
    length: int = option(20, 12, 10_000, "timesteps at least; at most a tenth more")

    @property
    def alphabet(self) -> Alphabet:
        """None: the inputs are numbers."""
        return {}

    @property
    def target_alphabet(self) -> Alphabet:
        """None: the target is a number."""
        return {}

    @property
    def state_names(self) -> tuple[str, ...]:
        """How many of the two marked values have been read."""
        return ("0", "1", "2")

    def draw(self, random: RandomStream) -> TaskSequence:
        """A sequence of values with two of them marked."""
        length = self.length + random.integers(0, self.length // 10 + 1)
        one = random.integers(0, FIRST_MARK_WITHIN)
        other = random.integers(0, self.length // 2 - 1)
        other += other >= one  # among those that are still unmarked
        inputs = np.zeros((length, 2))
        inputs[:, 0] = random.uniform(-1.0, 1.0, length)
        inputs[[0, -1], 1] = -1.0
        inputs[[one, other], 1] = 1.0
        if 0 in (one, other):
            inputs[0, 0] = 0.0
        x1, x2 = inputs[[one, other], 0].tolist()
        targets = np.zeros((length, 1))
        targets[-1] = 0.5 + (x1 + x2) / 4.0
        states = np.zeros(length + 1, dtype=np.int64)
        states[1:] = np.cumsum(inputs[:, 1] == 1.0)
        return TaskSequence(
            inputs=read_only(inputs),
            targets=read_only(targets),
            mask=last_only(length),
            states=read_only(states),
            state_names=self.state_names,
            words=f"½ + ({x1:.2f} {'+-'[x2 < 0]} {abs(x2):.2f})/4 = {targets[-1, 0]:.2f}",
        )
