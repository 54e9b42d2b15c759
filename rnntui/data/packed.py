"""Sequences below each other in few arrays, as compiled code reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rnntui.data.sequence import InputSequence

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Packed:
    """n sequences of ΣT timesteps in all; every array is C-contiguous.

    lengths: (n,), the timesteps T of each. starts: (n,), the first row of each.
    inputs: (ΣT, input size), targets: (ΣT, output size), a scalar as a vector of one; (0, 1) where
    there are none.
    mask: (ΣT,), the weight of each timestep's loss.
    """

    lengths: Labels
    starts: Labels
    inputs: Array
    targets: Array
    mask: Array


def pack(sequences: Sequence[InputSequence]) -> Packed:
    """Sequences, all with the same sizes, below each other."""
    lengths = np.array([sequence.length for sequence in sequences], dtype=np.int64)
    return Packed(
        lengths,
        first_rows(lengths),
        _stacked([sequence.inputs for sequence in sequences]),
        _stacked([sequence.targets for sequence in sequences]),
        np.concatenate([np.zeros(0), *(sequence.mask for sequence in sequences)]),
    )


def first_rows(lengths: Labels) -> Labels:
    """(n,), where each of n sequences begins when they stand below each other."""
    return np.cumsum(lengths) - lengths


def _stacked(arrays: list[Array | None]) -> Array:
    """All timesteps below each other, (ΣT, size); scalars as vectors of one."""
    columns = [array.reshape(len(array), -1) for array in arrays if array is not None]
    return np.ascontiguousarray(np.concatenate(columns)) if columns else np.zeros((0, 1))
