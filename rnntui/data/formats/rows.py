"""All timesteps of all sequences, one below the other, and the `Data` they make.

Symbols are held as whole numbers, their place in the alphabet: a million of them take 8 MB.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rnntui.data.sequence import Alphabet, InputSequence
from rnntui.data.sequences import Data, check_one_hot
from rnntui.text.problems import SourcePlace

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]


class Coder:
    """Numbers symbols in order of appearance."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    @property
    def symbols(self) -> tuple[str, ...]:
        """The alphabet so far."""
        return tuple(self._codes)

    def encode(self, symbols: Sequence[str]) -> Codes:
        """The number of each symbol, (T,); new ones join the alphabet."""
        for symbol in dict.fromkeys(symbols):
            self._codes.setdefault(symbol, len(self._codes))
        return np.fromiter(map(self._codes.__getitem__, symbols), np.intp, len(symbols))


@dataclass(frozen=True, eq=False)
class Symbols:
    """Symbols below each other. codes: (rows,), each the place of a symbol in the alphabet."""

    codes: Codes
    alphabet: tuple[str, ...]

    def recoded(self, alphabet: tuple[str, ...]) -> Symbols:
        """The same symbols in another alphabet, which has all of them."""
        index = {symbol: code for code, symbol in enumerate(alphabet)}
        new = np.array([index[symbol] for symbol in self.alphabet], dtype=np.intp)
        return Symbols(new[self.codes], alphabet)

    def names(self) -> tuple[str, ...]:
        """Each row's symbol."""
        return tuple(map(self.alphabet.__getitem__, self.codes.tolist()))

    def one_hot(self) -> Array:
        """Each row's one-hot vector, (rows, alphabet)."""
        return np.eye(len(self.alphabet))[self.codes]


@dataclass(frozen=True, eq=False)
class TimestepRows:
    """Every timestep of a file.

    inputs: (rows, input size) or symbols. targets: (rows, output size), (rows,), symbols or None.
    mask: (rows,). starts: the row in which each sequence starts, the first one 0.
    """

    inputs: Array | Symbols
    targets: Array | Symbols | None
    mask: Array
    starts: Sequence[int]


def data_of(rows: TimestepRows, file: str) -> Data:
    """The sequences, as a sequence file would give them.

    Symbols become one-hot vectors. Where every target is also a symbol of the input, the targets
    have the input's alphabet, else one of their own. The sequences' arrays are views into one.
    Raises InputError where the one-hot vectors would be more than MOST_NUMBERS numbers.
    """
    inputs, targets = rows.inputs, rows.targets
    alphabet: Alphabet = {}
    symbols: tuple[str, ...] = ()
    if isinstance(inputs, Symbols):
        alphabet = one_hot_alphabet(inputs.alphabet, len(rows.mask), file)
        symbols = inputs.names()
        if isinstance(targets, Symbols) and set(targets.alphabet) <= set(inputs.alphabet):
            targets = targets.recoded(inputs.alphabet)
        inputs = inputs.one_hot()
    target_alphabet = alphabet
    target_symbols: tuple[str, ...] = ()
    if isinstance(targets, Symbols):
        target_alphabet = one_hot_alphabet(targets.alphabet, len(rows.mask), file)
        target_symbols = targets.names()
        targets = targets.one_hot()
    ends = [*rows.starts[1:], len(rows.mask)]
    sequences = tuple(
        InputSequence(
            inputs[start:end],
            None if targets is None else targets[start:end],
            rows.mask[start:end],
            symbols[start:end],
            target_symbols[start:end],
        )
        for start, end in zip(rows.starts, ends, strict=True)
    )
    return Data(sequences, alphabet, target_alphabet, targets is not None and targets.ndim == 1)


def one_hot_alphabet(symbols: Iterable[str], rows: int, file: str) -> dict[str, Array]:
    """The one-hot vector of each symbol, for that many rows of them in all."""
    alphabet = list(symbols)
    check_one_hot(rows, len(alphabet), SourcePlace(0, file=file))
    return dict(zip(alphabet, np.eye(len(alphabet)), strict=True))
