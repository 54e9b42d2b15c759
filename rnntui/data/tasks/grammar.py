"""Languages of finite machines: a string is a random walk from the first node to an end."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import ClassVar

import numpy as np

from rnntui.data.random_stream import RandomStream
from rnntui.data.sequence import Alphabet, Array
from rnntui.data.tasks.graph import Graph
from rnntui.data.tasks.task import TaskSequence, one_hot, read_only
from rnntui.text.problems import InputError, Problem

_REMEMBERED = 8192  # strings; short ones come again and again, and the rest is made anew


class Grammar(ABC):
    """What a task is beside a task whose strings are those of a finite machine.

    The next symbol of a string is predicted: the input is all but its last, the target all but its
    first.

    states: the machine's state after each symbol read, so that `states` of a string has one label
    for each of its symbols: that of the node which produces it.
    """

    name: ClassVar[str]

    @property
    @abstractmethod
    def symbols(self) -> str:
        """The alphabet, in the order of its vectors' components."""

    @property
    @abstractmethod
    def graph(self) -> Graph:
        """The grammar."""

    @property
    @abstractmethod
    def state_names(self) -> tuple[str, ...]:
        """The name of each of the machine's states."""

    @cached_property
    def alphabet(self) -> Alphabet:
        """A unit vector for each symbol."""
        return one_hot(self.symbols)

    @property
    def target_alphabet(self) -> Alphabet:
        """The same as of the inputs."""
        return self.alphabet

    def draw(self, random: RandomStream) -> TaskSequence:
        """The string of a walk."""
        symbols = self.symbols
        text = "".join([symbols[number] for number in self.walk(random)])
        sequence = self._sequences.get(text)
        if sequence is None:
            sequence = self.sequence(text)
            if len(self._sequences) < _REMEMBERED:
                self._sequences[text] = sequence
        return sequence

    def walk(self, random: RandomStream) -> list[int]:
        """The numbers of a string's symbols: one random number is taken wherever there is a choice."""
        uniform, arrows = random.random, self.arrows
        node, numbers = 0, []
        while leaving := arrows[node]:
            chosen = uniform() if len(leaving) > 1 else 0.0
            for bound, number, target in leaving:
                if chosen < bound:
                    numbers.append(number)
                    node = target
                    break
        return numbers

    def written(self, text: str) -> TaskSequence:
        """A string of the grammar."""
        return self.sequence(text)

    def sequence(self, text: str) -> TaskSequence:
        """The sequence of a given string. Raises InputError where the grammar has no such string."""
        nodes = self._read(text)
        columns = [self._columns[symbol] for symbol in text]
        unit = self._unit
        return TaskSequence(
            inputs=read_only(unit[columns[:-1]]),
            targets=read_only(unit[columns[1:]]),
            mask=read_only(np.ones(len(text) - 1)),
            symbols=tuple(text[:-1]),
            target_symbols=tuple(text[1:]),
            truth=read_only(self._truth[nodes[1:]]),
            states=read_only(np.array([self.graph.states[node] for node in nodes])),
            state_names=self.state_names,
            words=text,
        )

    @cached_property
    def _sequences(self) -> dict[str, TaskSequence]:
        return {}

    @cached_property
    def _columns(self) -> dict[str, int]:
        return {symbol: column for column, symbol in enumerate(self.symbols)}

    @cached_property
    def _unit(self) -> Array:
        return np.eye(len(self.symbols))

    @cached_property
    def arrows(self) -> tuple[tuple[tuple[float, int, int], ...], ...]:
        """For each node its arrows: (cumulative probability, symbol's number, target); at last 1."""
        arrows = []
        for edges in self.graph.leaving:
            bounds = np.cumsum([edge.probability for edge in edges]).tolist()
            bounds[-1:] = [1.0] if edges else []
            arrows.append(
                tuple(
                    (bound, self._columns[edge.symbol], edge.target)
                    for bound, edge in zip(bounds, edges, strict=True)
                )
            )
        return tuple(arrows)

    @cached_property
    def _truth(self) -> Array:
        """(nodes, symbols): the probability of each symbol to come next."""
        table = np.zeros((len(self.graph.labels), len(self.symbols)))
        for edge in self.graph.edges:
            table[edge.source, self._columns[edge.symbol]] = edge.probability
        return table

    def _read(self, text: str) -> list[int]:
        """The node that each symbol of the string leaves."""
        nodes, node = [], 0
        for t, symbol in enumerate(text):
            leaving = self.graph.leaving[node]
            edge = next((e for e in leaving if e.symbol == symbol), None)
            if edge is None:
                raise InputError(self._wrong(text[:t], f"not `{symbol}`", node))
            nodes.append(node)
            node = edge.target
        if self.graph.leaving[node] or len(text) < 2:
            raise InputError(self._wrong(text, "and not its end", node))
        return nodes

    def _wrong(self, before: str, instead: str, node: int) -> Problem:
        symbols = " or ".join(edge.symbol for edge in self.graph.leaving[node])
        where = f"after `{before}` comes" if before else "a string begins with"
        return Problem(
            f"{where} {symbols or 'the end'}, {instead}", None, f"the task is {self.name}"
        )
