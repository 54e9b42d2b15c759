"""The loss of every iteration so far, in bounded memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

_FIRST = 256


class Losses(Sequence[float]):
    """Losses by iteration. Of very many only every second, fourth, … is kept, and stands for all
    up to the next one.

    limit: how many are kept at most.
    """

    def __init__(self, limit: int) -> None:
        self._limit = max(limit, 1)
        self._kept = np.empty(min(_FIRST, self._limit))
        self._count = 0  # of those kept
        self._stride = 1
        self._length = 0

    def __len__(self) -> int:
        """How many iterations' losses are known."""
        return self._length

    @overload
    def __getitem__(self, index: int) -> float: ...

    @overload
    def __getitem__(self, index: slice) -> Any: ...

    def __getitem__(self, index: int | slice) -> Any:
        """The loss of an iteration, or an array of several."""
        if isinstance(index, slice):
            start, stop, step = index.indices(self._length)
            if step == self._stride == 1:
                return self._kept[start:stop]
            return np.asarray(self._kept[np.arange(start, stop, step) // self._stride])
        if not -self._length <= index < self._length:
            raise IndexError(index)
        return float(self._kept[index % self._length // self._stride])

    def first(self, count: int, limit: int) -> Losses:
        """A copy of the first `count`, to go on with in room for `limit`."""
        copy = Losses(limit)
        copy._stride = self._stride
        copy._length = min(count, self._length)
        copy._count = -(-copy._length // self._stride)
        copy._kept = self._kept[: max(copy._count, 1)].copy()
        return copy

    @property
    def bytes(self) -> int:
        """How much memory they take."""
        return self._kept.nbytes

    def put(self, iteration: int, losses: Sequence[float]) -> None:
        """The losses of some iterations from `iteration` ≤ len on; those known before are replaced."""
        self._length = max(self._length, iteration + len(losses))
        first = -(-iteration // self._stride)
        kept = np.asarray(losses, dtype=np.float64)[
            first * self._stride - iteration :: self._stride
        ]
        if not len(kept):
            return
        end = first + len(kept)
        if end > len(self._kept):
            larger = np.empty(min(max(2 * len(self._kept), end), max(end, self._limit)))
            larger[: self._count] = self._kept[: self._count]
            self._kept = larger
        self._kept[first:end] = kept
        self._count = max(self._count, end)
        while self._count > self._limit:
            self._kept = self._kept[: self._count : 2].copy()
            self._count = len(self._kept)
            self._stride *= 2
