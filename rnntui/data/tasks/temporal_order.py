"""Temporal order: two symbols far apart, and the answer is which came when."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnntui.data.random_stream import RandomStream
from rnntui.data.sequence import Alphabet
from rnntui.data.tasks.task import Task, TaskSequence, last_only, one_hot, option, read_only

_SYMBOLS = "EBabcdXY"
NUMBERS = _E, _B, _A, _X = 0, 1, 2, 6  # of some of them: their places
_CLASSES = {"XX": "Q", "XY": "R", "YX": "S", "YY": "U"}
_SEEN = ("-", "X", "Y", "XX", "XY", "YX", "YY")


@dataclass(frozen=True)
class TemporalOrder(Task):
    """E, then a, b, c or d at random, but X or Y at two timesteps; B at the end asks for the class.

    The paper's rules, in proportion to `length`: the first X or Y after a tenth to two tenths of
    it, the second after five to six tenths; the whole is up to a tenth longer.
    states: which of X and Y have been read, in order.
    """

    name = "temporal-order"
    title = "Temporal order"
    states_are = "read"
    description = "Two X or Y among distractors, far apart: answer which came first and second."
    source = "Hochreiter & Schmidhuber 1997, experiment 6a (there with lengths from 100 on)"
    length: int = option(20, 10, 10_000, "timesteps at least; at most a tenth more")

    @cached_property
    def alphabet(self) -> Alphabet:
        """A unit vector for each of E B a b c d X Y."""
        return one_hot(_SYMBOLS)

    @cached_property
    def target_alphabet(self) -> Alphabet:
        """A unit vector for each class: Q for XX, R for XY, S for YX, U for YY."""
        return one_hot("".join(_CLASSES.values()))

    @property
    def state_names(self) -> tuple[str, ...]:
        """What has been read of X and Y, - before either."""
        return _SEEN

    def draw(self, random: RandomStream) -> TaskSequence:
        """A sequence with its two X or Y, and its class at the end."""
        numbers, first, second = self._numbers(random)
        length = len(numbers)
        text = [_SYMBOLS[number] for number in numbers]
        seen = text[first] + text[second]
        answer = _CLASSES[seen]
        targets = np.zeros((length, len(_CLASSES)))
        targets[-1] = self.target_alphabet[answer]
        states = np.zeros(length + 1, dtype=np.int64)
        states[first + 1 :] = _SEEN.index(seen[0])
        states[second + 1 :] = _SEEN.index(seen)
        return TaskSequence(
            inputs=read_only(np.stack([self.alphabet[symbol] for symbol in text])),
            targets=read_only(targets),
            mask=last_only(length),
            symbols=tuple(text),
            target_symbols=("",) * (length - 1) + (answer,),
            states=read_only(states),
            state_names=self.state_names,
            words=f"{''.join(text)} → {answer}",
        )

    def _numbers(self, random: RandomStream) -> tuple[list[int], int, int]:
        """The symbols' numbers, and at which timesteps (from 0) the two X or Y are."""
        tenth = self.length // 10
        length = self.length + random.integers(0, tenth + 1)
        first = random.integers(tenth, self.length // 5 + 1)
        second = random.integers(self.length // 2, 6 * self.length // 10 + 1)
        numbers = random.integers(_A, _X, length).tolist()
        numbers[0], numbers[-1] = _E, _B
        numbers[first], numbers[second] = random.integers(_X, len(_SYMBOLS), 2).tolist()
        return numbers, first, second
