"""The loss of every iteration so far, in bounded memory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

_FIRST = 256


class Losses:
    """Losses by iteration; of very many, of every second, fourth, … iteration.

    limit: how many are kept at most. stride: `values[i]` is the loss of iteration i · stride.
    """

    def __init__(self, limit: int) -> None:
        self.stride = 1
        self._limit = max(limit, 2 * _FIRST)
        self._kept = np.empty(_FIRST)
        self._count = 0

    @property
    def values(self) -> Array:
        """The losses, as a view."""
        return self._kept[: self._count]

    def __len__(self) -> int:
        """How many iterations' losses are known."""
        return (self._count - 1) * self.stride + 1 if self._count else 0

    @property
    def bytes(self) -> int:
        """How much memory they take."""
        return self._kept.nbytes

    def put(self, iteration: int, found: Sequence[float]) -> None:
        """The losses of some iterations from `iteration` on; those known before are replaced."""
        first = -(-iteration // self.stride)
        kept = np.asarray(found, dtype=np.float64)[first * self.stride - iteration :: self.stride]
        if first > self._count or not len(kept):
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
            self.stride *= 2
