"""Parity: whether the ones so far are even or odd in number."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnntui.data.random_stream import RandomStream
from rnntui.data.sequence import Alphabet
from rnntui.data.tasks.graph import Edge, Graph
from rnntui.data.tasks.task import Labels, Task, TaskSequence, option, read_only


@dataclass(frozen=True)
class Parity(Task):
    """Random bits; the target at each timestep is 1 where the ones so far are odd in number.

    states: the parity, which is the target.
    """

    name = "parity"
    title = "Parity"
    states_are = "parity"
    description = "Answer after each bit whether the ones so far are odd: a single flip-flop."
    source = "Minsky & Papert 1969, Perceptrons; here bit after bit"
    length: int = option(12, 1, 10_000, "timesteps")

    @cached_property
    def alphabet(self) -> Alphabet:
        """One component, the bit itself."""
        return {str(bit): read_only(np.array([float(bit)])) for bit in (0, 1)}

    @property
    def target_alphabet(self) -> Alphabet:
        """The same as of the inputs."""
        return self.alphabet

    @property
    def state_names(self) -> tuple[str, ...]:
        """The number of ones so far."""
        return ("even", "odd")

    @cached_property
    def graph(self) -> Graph:
        """Two nodes; a 1 leads from each to the other."""
        pairs = [(state, bit) for state in (0, 1) for bit in (0, 1)]
        edges = tuple(Edge(s, str(bit), s ^ bit, 0.5, str(s ^ bit)) for s, bit in pairs)
        return Graph(self.state_names, (0, 1), edges)

    def draw(self, random: RandomStream) -> TaskSequence:
        """A sequence of independent bits."""
        bits, parities = self._bits(random)
        return TaskSequence(
            inputs=read_only(bits[:, None].astype(np.float64)),
            targets=read_only(parities[:, None].astype(np.float64)),
            mask=read_only(np.ones(self.length)),
            symbols=tuple(str(bit) for bit in bits.tolist()),
            target_symbols=tuple(str(parity) for parity in parities.tolist()),
            states=read_only(np.concatenate([[0], parities])),
            state_names=self.state_names,
            words="".join(str(bit) for bit in bits.tolist()),
        )

    def _bits(self, random: RandomStream) -> tuple[Labels, Labels]:
        bits = random.integers(0, 2, self.length)
        return bits, np.cumsum(bits) % 2
