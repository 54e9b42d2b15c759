"""What generated code over time uses beside NumPy: rows of timesteps, and `concat` at all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

_LISTED = 4096  # timesteps whose views are kept; of more they are made anew whenever asked for


def concat_over_time(length: int, *parts: tuple[Array, bool, int]) -> Array:
    """`concat` at each of `length` timesteps; a part is its values, whether they have time, its rank."""
    columns = []
    for values, timed, rank in parts:
        whole = values if timed else np.broadcast_to(values, (length, *np.shape(values)))
        columns.append(whole[:, None] if rank == 0 else whole)
    return np.concatenate(columns, axis=1)


class TimestepViews:
    """A view of each timestep's values, forward (order 1) or backward (−1), as often as asked for.

    Where there are fewer than `length`, the last timesteps have None.
    """

    def __init__(self, values: Array, length: int, order: int) -> None:
        self._values = values
        self._timesteps = range(length)[::order]

    def __iter__(self) -> Iterator[Any]:
        values, count = self._values, len(self._values)
        for t in self._timesteps:
            yield values[t, ...] if t < count else None


def rows(values: Array, length: int, order: int) -> Iterable[Any]:
    """See TimestepViews; the views themselves where they do not take much memory."""
    views = TimestepViews(values, length, order)
    return list(views) if length <= _LISTED else views
