"""Recall after a lag: a whole string at once (copy), or each symbol in its turn (delayed recall)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnntui.data.random_stream import RandomStream
from rnntui.data.sequence import Alphabet
from rnntui.data.tasks.task import Task, TaskSequence, one_hot, option, read_only
from rnntui.text.problems import InputError, Problem

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BLANK, _RECALL = "_", ">"
_NONE = "-"


@dataclass(frozen=True)
class Copy(Task):
    """`length` letters, `lag` blanks, the sign >, and then the same letters are asked for.

    The input while they are is blank; only there does the loss count. states: how many letters
    are still to be recalled.
    """

    name = "copy"
    title = "Copy"
    states_are = "held"
    description = "Remember a string over a time of blanks, and repeat it when asked."
    source = "Hochreiter & Schmidhuber 1997; in this form Arjovsky, Shah & Bengio 2016"
    length: int = option(5, 1, 1000, "letters to remember")
    lag: int = option(10, 0, 10_000, "blanks between the letters and the sign to recall them")
    letters: int = option(4, 2, 26, "letters in the alphabet")

    @cached_property
    def alphabet(self) -> Alphabet:
        """A unit vector for each letter, the blank _ and the sign > to recall."""
        return one_hot(_LETTERS[: self.letters] + _BLANK + _RECALL)

    @cached_property
    def target_alphabet(self) -> Alphabet:
        """A unit vector for each letter."""
        return one_hot(_LETTERS[: self.letters])

    @cached_property
    def state_names(self) -> tuple[str, ...]:
        """How many letters are held."""
        return tuple(str(held) for held in range(self.length + 1))

    def draw(self, random: RandomStream) -> TaskSequence:
        """A string of independent letters."""
        columns = random.integers(0, self.letters, self.length)
        text = "".join(_LETTERS[column] for column in columns.tolist())
        # the first letter is asked for where the sign is read, the others while blanks are
        symbols = text + _BLANK * self.lag + _RECALL + _BLANK * (self.length - 1)
        waiting, total = self.length + self.lag, len(symbols)
        targets = np.zeros((total, self.letters))
        targets[np.arange(waiting, total), columns] = 1.0
        up, down = np.arange(self.length + 1), np.arange(self.length - 1, -1, -1)
        return TaskSequence(
            inputs=read_only(np.stack([self.alphabet[symbol] for symbol in symbols])),
            targets=read_only(targets),
            mask=read_only(np.repeat([0.0, 1.0], [waiting, self.length])),
            symbols=tuple(symbols),
            target_symbols=("",) * waiting + tuple(text),
            states=read_only(np.concatenate([up, np.full(self.lag, self.length), down])),
            state_names=self.state_names,
            words=text,
        )


@dataclass(frozen=True)
class DelayedRecall(Task):
    """Random letters; the target at each timestep is the letter of `lag` timesteps before.

    The loss counts from the first that has one. states: the letter that is due, none at first.
    """

    name = "delayed-recall"
    title = "Delayed recall"
    states_are = "due"
    description = "Repeat each letter a fixed number of timesteps later: a shift register."
    source = "Jaeger 2001, Short term memory in echo state networks (GMD report 152)"
    length: int = option(20, 2, 10_000, "timesteps")
    lag: int = option(3, 1, 9999, "timesteps between a letter and its recall; less than length")
    letters: int = option(2, 2, 26, "letters in the alphabet")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.lag >= self.length:
            message = "`lag` is less than `length`, or nothing is recalled"
            raise InputError(Problem(message, None, f"not {self.lag} and {self.length}"))

    @cached_property
    def alphabet(self) -> Alphabet:
        """A unit vector for each letter."""
        return one_hot(_LETTERS[: self.letters])

    @property
    def target_alphabet(self) -> Alphabet:
        """The same as of the inputs."""
        return self.alphabet

    @cached_property
    def state_names(self) -> tuple[str, ...]:
        """The letter that is due, - while none is."""
        return (_NONE, *_LETTERS[: self.letters])

    def draw(self, random: RandomStream) -> TaskSequence:
        """A sequence of independent letters."""
        columns = random.integers(0, self.letters, self.length)
        text = "".join(_LETTERS[column] for column in columns.tolist())
        unit = np.eye(self.letters)
        targets = np.zeros((self.length, self.letters))
        targets[self.lag :] = unit[columns[: -self.lag]]
        states = np.zeros(self.length + 1, dtype=np.int64)
        states[self.lag + 1 :] = columns[: -self.lag] + 1
        return TaskSequence(
            inputs=read_only(unit[columns]),
            targets=read_only(targets),
            mask=read_only(np.repeat([0.0, 1.0], [self.lag, self.length - self.lag])),
            symbols=tuple(text),
            target_symbols=("",) * self.lag + tuple(text[: -self.lag]),
            states=read_only(states),
            state_names=self.state_names,
            words=text,
        )
