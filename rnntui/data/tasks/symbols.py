"""Tasks of symbols: drawn as places in an alphabet, they become arrays for a whole range at once."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np

from rnntui.data.packed import Packed, first_rows
from rnntui.data.random_stream import RandomStream
from rnntui.data.tasks.task import Alphabet, Array, Task

SymbolNumbers = tuple[list[int], list[int]]
"""Each timestep's place in the input and in the target alphabet, or NOTHING."""
NOTHING = -1  # in place of a target: none is asked for


@dataclass(frozen=True)
class SymbolTask(Task):
    """A task whose inputs and targets are symbols; the loss counts where there is a target."""

    @abstractmethod
    def draw_symbols(self, random: RandomStream) -> SymbolNumbers:
        """The symbols of the sequence that `draw` gives: all that training needs of it."""

    def draw_packed(self, streams: Iterable[RandomStream]) -> Packed:
        """A sequence from each stream, below each other, made from the symbols' numbers."""
        drawn = [self.draw_symbols(random) for random in streams]
        lengths = np.array([len(inputs) for inputs, _ in drawn], dtype=np.int64)
        inputs = np.array(list(chain.from_iterable(s[0] for s in drawn)), dtype=np.int64)
        targets = np.array(list(chain.from_iterable(s[1] for s in drawn)), dtype=np.int64)
        input_rows, target_rows = self.symbol_rows
        mask = (targets != NOTHING).astype(np.float64)
        return Packed(lengths, first_rows(lengths), input_rows[inputs], target_rows[targets], mask)

    @cached_property
    def symbol_rows(self) -> tuple[Array, Array]:
        """For inputs and targets (symbols + 1, size): each one's vector; NOTHING leads to zeros."""
        return _rows(self.alphabet), _rows(self.target_alphabet)


def _rows(alphabet: Alphabet) -> Array:
    vectors = np.stack(list(alphabet.values()))
    return np.concatenate([vectors, np.zeros((1, vectors.shape[1]))])
