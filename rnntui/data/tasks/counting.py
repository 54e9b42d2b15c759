"""aⁿbⁿ and aⁿbⁿcⁿ: languages that need counting, several strings in a row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from rnntui.data.random_stream import RandomStream
from rnntui.data.sequence import Alphabet, Array
from rnntui.data.tasks.graph import Edge, Graph
from rnntui.data.tasks.task import Labels, Task, TaskSequence, one_hot, option, read_only
from rnntui.text.problems import InputError, Problem

_MORE, _TURN = 0.8, 0.2  # the course's convention for another A, and for the first B
_Node = tuple[int, int, int]


@dataclass(frozen=True)
class CountedStrings:
    """Predict the next symbol of `strings` strings in a row, n ~ U{1 … longest}, and one A more.

    truth: the symbol itself where the count tells it, (.8, .2) for A and B while it does not.
    That is the course's convention and n's distribution only roughly: `graph` has the generator's
    own probabilities, 1/(longest + 1 − k) for the first B after k times A.

    states: the count. It goes up with A and down with each further letter; before the letters
    after B it is n again.
    """

    title: ClassVar[str]
    letters: ClassVar[str]
    strings: int = option(5, 1, 1000, "strings in a row")
    longest: int = option(8, 1, 100, "n is at most this")

    @cached_property
    def alphabet(self) -> Alphabet:
        """A unit vector for each letter."""
        return one_hot(self.letters)

    @property
    def target_alphabet(self) -> Alphabet:
        """The same as of the inputs."""
        return self.alphabet

    @cached_property
    def state_names(self) -> tuple[str, ...]:
        """The counts."""
        return tuple(str(count) for count in range(self.longest + 1))

    @cached_property
    def graph(self) -> Graph:
        """The machine with one node for each count that n ≤ longest can lead to."""
        nodes: dict[_Node, int] = {(0, 0, 0): 0}
        edges = []
        waiting = [(0, 0, 0)]
        while waiting:
            node = waiting.pop(0)
            for symbol, target, probability in self._arrows(node):
                if target not in nodes:
                    nodes[target] = len(nodes)
                    waiting.append(target)
                edges.append(Edge(nodes[node], symbol, nodes[target], probability))
        labels = tuple(self._label(node) for node in nodes)
        return Graph(labels, tuple(count for _, count, _ in nodes), tuple(edges))

    def draw(self, random: RandomStream) -> TaskSequence:
        """Strings of independent, uniformly distributed lengths."""
        return self.sequence(self._counts(random))

    def written(self, text: str) -> TaskSequence:
        """Strings in a row and the A after them: `AABBABA` is a²b², ab and an A."""
        counts = [len(run) for run in re.findall(f"{self.letters[0]}+", text)][:-1]
        if (
            text
            != "".join(self._strings[n - 1][0] for n in counts if n <= self.longest)
            + self.letters[0]
        ):
            example = "".join(letter * 2 for letter in self.letters) + self.letters[0]
            message = f"`{text[:40]}` is not a row of {self.title} and an A after it"
            raise InputError(Problem(message, None, f"n from 1 to {self.longest}: {example}"))
        return self.sequence(counts)

    def sequence(self, counts: Sequence[int]) -> TaskSequence:
        """The strings of the given n, in a row. Raises InputError where one is out of bounds."""
        wrong = [n for n in counts if not 1 <= n <= self.longest]
        if wrong or not counts:
            hint = f"not `{wrong[0]}`" if wrong else "not none"
            raise InputError(Problem(f"n is from 1 to {self.longest}", None, hint))
        parts = [self._strings[n - 1] for n in counts]
        text = "".join(part[0] for part in parts) + self.letters[0]
        columns = np.concatenate([*(part[1] for part in parts), [0]])
        unit = np.eye(len(self.letters))
        return TaskSequence(
            inputs=read_only(unit[columns[:-1]]),
            targets=read_only(unit[columns[1:]]),
            mask=read_only(np.ones(len(text) - 1)),
            symbols=tuple(text[:-1]),
            target_symbols=tuple(text[1:]),
            truth=read_only(np.concatenate([part[2] for part in parts])),
            states=read_only(np.concatenate([[0], *(part[3] for part in parts)])),
            state_names=self.state_names,
            words=text,
        )

    def _counts(self, random: RandomStream) -> list[int]:
        return [random.integers(1, self.longest + 1) for _ in range(self.strings)]

    @cached_property
    def _letters(self) -> tuple[list[int], ...]:
        """For n = 1 … longest: the letters' numbers."""
        return tuple(string[1].tolist() for string in self._strings)

    @cached_property
    def _strings(self) -> tuple[tuple[str, Labels, Array, Labels], ...]:
        """For n = 1 … longest: text, columns, truth after each symbol, count after each symbol."""
        return tuple(self._string(n) for n in range(1, self.longest + 1))

    def _string(self, n: int) -> tuple[str, Labels, Array, Labels]:
        size = len(self.letters)
        columns = np.repeat(np.arange(size), n)
        truth = np.eye(size)[np.append(columns[1:], 0)]
        truth[:n] = [_MORE, _TURN, *[0.0] * (size - 2)]
        up, down = np.arange(1, n + 1), np.arange(n - 1, -1, -1)
        again = np.append(down[:-1], n)  # the letter after this one starts from n
        counts = np.concatenate([up, *[again] * (size - 2), down])
        return "".join(letter * n for letter in self.letters), columns, truth, counts

    def _arrows(self, node: _Node) -> list[tuple[str, _Node, float]]:
        """From (letter, count, n): what can be read, where it leads, and how likely it is.

        n is 0 while it is open, and where it no longer matters: in the last letter's run.
        """
        letter, count, n = node
        if letter > 0:
            return [(self.letters[letter], self._after(letter, count, n), 1.0)]
        if count == 0:
            return [(self.letters[0], (0, 1, 0), 1.0)]
        end = 1.0 / (self.longest + 1 - count)
        turn = [(self.letters[1], self._after(1, count, count), end)]
        more = [(self.letters[0], (0, count + 1, 0), 1.0 - end)] if count < self.longest else []
        return more + turn

    def _after(self, letter: int, count: int, n: int) -> _Node:
        """Where a letter leads that has been read with `count` of it still to come."""
        last = len(self.letters) - 1
        if count == 1 and letter == last:
            return (0, 0, 0)
        if count == 1:
            return (letter + 1, n, 0 if letter + 1 == last else n)
        return (letter, count - 1, 0 if letter == last else n)

    def _label(self, node: _Node) -> str:
        letter, count, n = node
        if node == (0, 0, 0):
            return "0"
        return f"{self.letters[letter]}{count}" + (f" of {n}" if n else "")


@dataclass(frozen=True)
class AnBn(CountedStrings, Task):
    """AABB, AB, AAABBB, …: a context-free language."""

    name = "anbn"
    title = "aⁿbⁿ"
    states_are = "count"
    description = (
        "Predict the next symbol of strings of n A and n B; after the first B all is known."
    )
    source = "Rodriguez, Wiles & Elman 1999, A recurrent neural network that learns to count"
    letters = "AB"


@dataclass(frozen=True)
class AnBnCn(CountedStrings, Task):
    """AABBCC, ABC, AAABBBCCC, …: a context-sensitive language."""

    name = "anbncn"
    title = "aⁿbⁿcⁿ"
    states_are = "count"
    description = "The same with n C as well, which no context-free grammar can count."
    source = "Gers & Schmidhuber 2001, Learning simple context-free and context-sensitive languages"
    letters = "ABC"
