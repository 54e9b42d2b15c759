"""A curve that gets longer, thinned as it grows: a million points cost no more than a thousand."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rnntui.tui.drawing.decimation import Run, thinned, thinned_ahead

_POINTS = 4000  # more than there are dots across, so that thinning is not seen


class GrowingCurve:
    """`y` over the whole numbers from `first` on. stop: the one after the last."""

    def __init__(self, first: int = 0) -> None:
        self.stop = first
        self._x: npt.NDArray[np.float64] = np.empty(0)
        self._y: npt.NDArray[np.float64] = np.empty(0)

    def extend(self, y: npt.ArrayLike) -> None:
        """More of it."""
        new = np.asarray(y, dtype=float)
        x, y = thinned_ahead(self.stop, new, _POINTS)
        x, y = np.concatenate([self._x, x]), np.concatenate([self._y, y])
        self._x, self._y = thinned(x, y, _POINTS)
        self.stop += len(new)

    def before(self, stop: float = np.inf) -> Run:
        """Its points (x, y) with x < stop."""
        count = int(np.searchsorted(self._x, stop))
        return self._x[:count], self._y[:count]

    @property
    def spread(self) -> float:
        """How many times the lowest finite value the highest is; 1 where they are not all positive."""
        finite = self._y[np.isfinite(self._y)]
        low, high = (float(finite.min()), float(finite.max())) if len(finite) else (1.0, 1.0)
        return high / low if low > 0 else 1.0
