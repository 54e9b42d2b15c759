"""Nested brackets (Dyck languages) of bounded depth: predict what comes, or judge what has come."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnntui.data.random_stream import RandomStream
from rnntui.data.sequence import Alphabet
from rnntui.data.tasks.grammar import Grammar
from rnntui.data.tasks.graph import Edge, Graph
from rnntui.data.tasks.task import Task, TaskSequence, one_hot, option, read_only
from rnntui.text.problems import InputError, Problem

_PAIRS = ("()", "[]", "{}", "<>")
_CLOSING = {pair[0]: pair[1] for pair in _PAIRS}
_END = "."


@dataclass(frozen=True)
class Brackets(Grammar, Task):
    """Strings such as ([])(). of brackets that close in the order opposite to their opening.

    Where there is room a bracket opens or the last one closes, with probability ½ each; outside
    all brackets the string ends with probability ½, unless it is empty. states: the depth.
    """

    name = "brackets"
    title = "Nested brackets"
    states_are = "depth"
    description = "Predict the next symbol of nested brackets: which one closes is on a stack."
    source = "Chomsky & Schützenberger 1963; bounded depth as in Hewitt et al. 2020"
    kinds: int = option(2, 1, 4, "kinds of brackets")
    depth: int = option(4, 1, 6, "brackets open at once, at most")

    @property
    def symbols(self) -> str:
        """The brackets, pair by pair, and the full stop that ends a string."""
        return "".join(_PAIRS[: self.kinds]) + _END

    @property
    def state_names(self) -> tuple[str, ...]:
        """The depths, and the end."""
        return (*(str(depth) for depth in range(self.depth + 1)), "end")

    @cached_property
    def graph(self) -> Graph:
        """One node for each stack of open brackets; `start` is outside all before the first."""
        stacks, edges = ["start", ""], []
        number = {"": 1}
        for node, stack in enumerate(stacks):  # which grows on the way
            open_ = "" if stack == "start" else stack
            arrows = [(pair[0], open_ + pair[0]) for pair in _PAIRS[: self.kinds]]
            if len(open_) == self.depth:
                arrows = []
            share = 1.0 if stack == "start" or not arrows else 0.5
            weights = [share / self.kinds] * len(arrows)
            if open_:
                arrows.append((_CLOSING[open_[-1]], open_[:-1]))
                weights.append(share if len(arrows) == 1 else 1.0 - share)
            for (symbol, target), weight in zip(arrows, weights, strict=True):
                if target not in number:
                    number[target] = len(stacks)
                    stacks.append(target)
                edges.append(Edge(node, symbol, number[target], weight))
        edges.append(Edge(1, _END, len(stacks), 0.5))
        depths = [0, *(len(stack) for stack in stacks[1:]), self.depth + 1]
        labels = ("start", "outside", *stacks[2:], "end")
        return Graph(labels, tuple(depths), tuple(edges))


@dataclass(frozen=True)
class BracketValidity(Task):
    """Answer at every timestep whether what has been read is complete and well nested.

    The strings are those of the task `brackets`, without the end; in half of them one symbol has
    been replaced by another, after which nothing is well nested any more.
    states: the depth, or `broken` where no continuation can mend the string.
    """

    name = "bracket-validity"
    title = "Nested brackets, valid or not"
    states_are = "depth"
    description = "Answer after each bracket whether all are closed in the right order."
    source = "Chomsky & Schützenberger 1963; recognition of Dyck words, as in Suzgun et al. 2019"
    kinds: int = option(2, 1, 4, "kinds of brackets")
    depth: int = option(4, 1, 6, "brackets open at once, at most, in the strings left whole")

    @cached_property
    def alphabet(self) -> Alphabet:
        """A unit vector for each bracket."""
        return one_hot(self._symbols)

    @cached_property
    def target_alphabet(self) -> Alphabet:
        """✓ where what has been read is complete and well nested, else ✗."""
        return {"✗": read_only(np.array([0.0])), "✓": read_only(np.array([1.0]))}

    @cached_property
    def state_names(self) -> tuple[str, ...]:
        """The depths of whole strings, `deeper` and `broken`."""
        return (*(str(depth) for depth in range(self.depth + 1)), "deeper", "broken")

    @cached_property
    def _symbols(self) -> str:
        return "".join(_PAIRS[: self.kinds])

    @cached_property
    def language(self) -> Brackets:
        """What the strings are drawn from."""
        return Brackets(self.kinds, self.depth)

    def draw(self, random: RandomStream) -> TaskSequence:
        """A string of the language, or one with a symbol replaced."""
        return self.sequence("".join(self._symbols[number] for number in self._string(random)))

    def _string(self, random: RandomStream) -> list[int]:
        """The numbers of the brackets of a string."""
        numbers = self.language.walk(random)[:-1]
        if random.random() < 0.5:
            return numbers
        replaced = random.integers(0, len(numbers))
        other = random.integers(0, len(self._symbols) - 1)
        numbers[replaced] = other + (
            other >= numbers[replaced]
        )  # any but the one that stands there
        return numbers

    def written(self, text: str) -> TaskSequence:
        """A string of brackets, without the answer."""
        return self.sequence(text)

    def sequence(self, text: str) -> TaskSequence:
        """A given string of brackets, judged. Raises InputError where it has other symbols."""
        wrong = [symbol for symbol in text if symbol not in self.alphabet]
        if wrong or not text:
            hint = f"not `{wrong[0]}`" if wrong else "not none"
            raise InputError(Problem(f"the brackets are {self._symbols}", None, hint))
        states = self._judge(text)
        answers = ["✓" if state == 0 else "✗" for state in states[1:]]
        return TaskSequence(
            inputs=read_only(np.stack([self.alphabet[symbol] for symbol in text])),
            targets=read_only(np.stack([self.target_alphabet[answer] for answer in answers])),
            mask=read_only(np.ones(len(text))),
            symbols=tuple(text),
            target_symbols=tuple(answers),
            states=read_only(np.array(states)),
            state_names=self.state_names,
            words=f"{text} {answers[-1]}",
        )

    def _judge(self, text: str) -> list[int]:
        """The state after each symbol, from the empty string on."""
        broken = len(self.state_names) - 1
        states, stack = [0], ""
        for symbol in text:
            if states[-1] == broken:
                states.append(broken)
            elif symbol in _CLOSING:
                stack += symbol
                states.append(min(len(stack), self.depth + 1))
            elif stack and symbol == _CLOSING[stack[-1]]:
                stack = stack[:-1]
                states.append(min(len(stack), self.depth + 1))
            else:
                states.append(broken)
        return states
