"""What a task is: options with bounds, and sequences drawn one at a time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from itertools import count
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from rnntui.data.random_stream import RandomStream
from rnntui.data.sequence import Alphabet, Array, InputSequence
from rnntui.data.tasks.graph import Graph
from rnntui.text.problems import InputError, Problem

Labels = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class TaskSequence(InputSequence):
    """One sequence of a task, of T timesteps; its arrays are read-only, and shared between sequences.

    truth: (T, output size), the probabilities of the next symbol given all before it, where the
        task is a language; else None.
    states: (T + 1,), the label of the task's state after t timesteps (a grammar's state, a count,
        a carry), t = 0 first, as in a trace; -1 where there is none. It is what colours mean.
    state_names: the name of each label.
    words: the whole sequence as people say it: `BTXSE`, `93 + 87 = 180`; or empty.
    """

    truth: Array | None = None
    states: Labels = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    state_names: tuple[str, ...] = ()
    words: str = ""


@dataclass(frozen=True)
class Option:
    """A whole number that a task can be given, from `least` to `most`."""

    name: str
    default: int
    least: int
    most: int
    description: str


def option(default: int, least: int, most: int, description: str) -> Any:
    """The field of a task's class that is one of its options."""
    bounds = {"default": default, "least": least, "most": most, "description": description}
    return field(default=default, metadata=bounds)


@dataclass(frozen=True)
class Task(ABC):
    """A generator of sequences. The fields of a subclass are its options.

    Inputs and targets are symbols, with an alphabet each, or both are numbers.
    states_are: one word for what the labels in `states` mean, such as `count`.
    Making one with an option out of its bounds raises InputError.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    states_are: ClassVar[str]
    description: ClassVar[str]
    source: ClassVar[str]

    def __post_init__(self) -> None:
        problems = [
            Problem(
                f"`{option.name}` is a whole number from {option.least} to {option.most}",
                None,
                f"not `{str(value)[:40]}`",
            )
            for option in self.options()
            if not _within(value := getattr(self, option.name), option)
        ]
        if problems:
            raise InputError(problems)

    @classmethod
    def options(cls) -> tuple[Option, ...]:
        """What the task can be given, in the order of its fields."""
        return tuple(Option(name=f.name, **f.metadata) for f in fields(cls))

    @property
    @abstractmethod
    def alphabet(self) -> Alphabet:
        """The vector of each input symbol; empty where the inputs are numbers."""

    @property
    @abstractmethod
    def target_alphabet(self) -> Alphabet:
        """The vector of each target symbol; empty where the targets are numbers."""

    @property
    @abstractmethod
    def state_names(self) -> tuple[str, ...]:
        """The name of each label in a sequence's `states`."""

    @property
    def graph(self) -> Graph | None:
        """The machine that produces the sequences or reads them, where there is a finite one."""
        return None

    @abstractmethod
    def draw(self, random: RandomStream) -> TaskSequence:
        """A sequence: the same random numbers give the same one."""

    def written(self, text: str) -> TaskSequence:
        """The sequence that is written so: `BTXSE`, `93 + 87`.

        Raises InputError where the task has no such sequence, or none that can be written.
        """
        message = f"sequences of {self.name} cannot be written out: `{text[:40]}`"
        raise InputError(Problem(message, None, "leave it to the task to draw them"))

    def sequences(self, seed: int) -> Iterator[TaskSequence]:
        """Sequences without end: those of a `TaskStream` with this seed, one after the other."""
        for index in count():
            yield self.draw(RandomStream(seed, index))


def one_hot(symbols: str | tuple[str, ...]) -> dict[str, Array]:
    """A unit vector for each symbol."""
    rows = read_only(np.eye(len(symbols)))
    return {symbol: rows[number] for number, symbol in enumerate(symbols)}


def read_only(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The array itself, closed to writing, so that sequences can share it."""
    array.setflags(write=False)
    return array


def last_only(length: int) -> Array:
    """(length,), a mask that asks for an answer at the last timestep alone."""
    mask = np.zeros(length)
    mask[-1] = 1.0
    return read_only(mask)


def _within(value: object, bounds: Option) -> bool:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return is_whole and bounds.least <= value <= bounds.most  # type: ignore[operator]
