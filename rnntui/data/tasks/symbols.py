"""Sequences of symbols as numbers of the symbols, and as arrays for a whole range of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np

from rnntui.data.packed import Packed, first_rows
from rnntui.data.sequence import Alphabet, Array

SymbolNumbers = tuple[list[int], list[int]]
"""For each timestep the number of its symbol in the input and in the target alphabet, or NOTHING."""
NOTHING = -1  # where there would be a target: none is asked for


def symbol_numbers(symbols: Sequence[str], alphabet: Alphabet) -> list[int]:
    """The number of each symbol in its alphabet; NOTHING for the empty one."""
    numbers = {symbol: number for number, symbol in enumerate(alphabet)}
    return [numbers[symbol] if symbol else NOTHING for symbol in symbols]


def symbol_rows(alphabet: Alphabet) -> Array:
    """(symbols + 1, size): the vector of each symbol's number; NOTHING leads to zeros."""
    vectors = np.stack(list(alphabet.values()))
    return np.concatenate([vectors, np.zeros((1, vectors.shape[1]))])


def pack_symbols(drawn: Sequence[SymbolNumbers], input_rows: Array, target_rows: Array) -> Packed:
    """Sequences below each other; the loss counts where there is a target.

    input_rows, target_rows: the `symbol_rows` of both alphabets.
    """
    lengths = np.array([len(inputs) for inputs, _ in drawn], dtype=np.int64)
    inputs = np.array(list(chain.from_iterable(s[0] for s in drawn)), dtype=np.int64)
    targets = np.array(list(chain.from_iterable(s[1] for s in drawn)), dtype=np.int64)
    mask = (targets != NOTHING).astype(np.float64)
    return Packed(lengths, first_rows(lengths), input_rows[inputs], target_rows[targets], mask)
