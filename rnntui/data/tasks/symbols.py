"""Symbols by their numbers in an alphabet."""

from __future__ import annotations

import numpy as np

from rnntui.data.sequence import Alphabet, Array

NOTHING = -1  # where there would be a target: none is asked for


def symbol_rows(alphabet: Alphabet) -> Array:
    """(symbols + 1, size): the vector of each symbol's number; NOTHING leads to zeros."""
    vectors = np.stack(list(alphabet.values()))
    return np.concatenate([vectors, np.zeros((1, vectors.shape[1]))])
