"""Binary addition: two numbers, bit by bit, the least significant first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnntui.data.random_stream import RandomStream
from rnntui.data.sequence import Alphabet
from rnntui.data.tasks.graph import Edge, Graph
from rnntui.data.tasks.task import Task, TaskSequence, option, read_only
from rnntui.text.problems import InputError, Problem


@dataclass(frozen=True)
class BinaryAddition(Task):
    """Two bits in, one bit of the sum out; a and b ~ U{0 … 2^(bits − 1) − 1}, so that it fits.

    states: the carry into the next timestep.
    """

    name = "binary-addition"
    title = "Binary addition"
    states_are = "carry"
    description = "Add two numbers bit by bit, least significant first; the state is the carry."
    source = "Cottrell & Tsung 1993, Learning simple arithmetic procedures; here binary, 8 bits"
    bits: int = option(8, 2, 62, "timesteps; a and b have one bit less")

    @cached_property
    def alphabet(self) -> Alphabet:
        """The bit of a and the bit of b, as two components."""
        pairs = [(a, b) for a in (0, 1) for b in (0, 1)]
        return {f"{a}{b}": read_only(np.array([a, b], dtype=np.float64)) for a, b in pairs}

    @cached_property
    def target_alphabet(self) -> Alphabet:
        """The bit of the sum."""
        return {str(bit): read_only(np.array([float(bit)])) for bit in (0, 1)}

    @property
    def state_names(self) -> tuple[str, ...]:
        """Without and with a carry."""
        return ("0", "1")

    @cached_property
    def graph(self) -> Graph:
        """Two nodes; an arrow reads a pair of bits and answers with the sum's bit."""
        edges = tuple(
            Edge(carry, f"{a}{b}", (carry + a + b) // 2, 0.25, str((carry + a + b) % 2))
            for carry in (0, 1)
            for a in (0, 1)
            for b in (0, 1)
        )
        return Graph(("no carry", "carry"), (0, 1), edges)

    def draw(self, random: RandomStream) -> TaskSequence:
        """The sum of two numbers, each drawn uniformly."""
        return self.sequence(*self._terms(random))

    def written(self, text: str) -> TaskSequence:
        """A sum such as `93 + 87`; the answer is computed."""
        match = re.fullmatch(r"\s*([0-9]{1,19})\s*\+\s*([0-9]{1,19})\s*", text)
        if match is None:
            raise InputError(Problem(f"`{text[:40]}` is not a sum", None, "such as 93 + 87"))
        return self.sequence(int(match[1]), int(match[2]))

    def sequence(self, a: int, b: int) -> TaskSequence:
        """a + b. Raises InputError where one of them is negative or has too many bits."""
        most = 2 ** (self.bits - 1) - 1
        for term in (a, b):
            if not 0 <= term <= most:
                raise InputError(Problem(f"a term is from 0 to {most}", None, f"not `{term}`"))
        bits = np.arange(self.bits)
        rows = np.stack([(a >> bits) & 1, (b >> bits) & 1, ((a + b) >> bits) & 1], axis=1)
        # the carry into a bit is what the sum's bit has more than the bits of a and b
        carries = np.append(rows.sum(axis=1) % 2, 0)
        return TaskSequence(
            inputs=read_only(rows[:, :2].astype(np.float64)),
            targets=read_only(rows[:, 2:].astype(np.float64)),
            mask=read_only(np.ones(self.bits)),
            symbols=tuple(f"{p}{q}" for p, q, _ in rows.tolist()),
            target_symbols=tuple(str(bit) for bit in rows[:, 2].tolist()),
            states=read_only(carries),
            state_names=self.state_names,
            words=f"{a} + {b} = {a + b}",
        )

    def _terms(self, random: RandomStream) -> tuple[int, int]:
        bound = 2 ** (self.bits - 1)
        return random.integers(0, bound), random.integers(0, bound)
