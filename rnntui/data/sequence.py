"""One sequence: what goes in at each timestep and what should come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Alphabet = Mapping[str, Array]
"""The vector of each symbol."""


@dataclass(frozen=True, eq=False)
class InputSequence:
    """A sequence of T timesteps; all arrays have time first and are not to be written to.

    inputs: (T, input size), or None for a recurrence that takes no input.
    targets: (T, output size), or (T,) where the target is a scalar, or None.
    mask: (T,), the weight of each timestep's loss; 0 where none is asked for.
    symbols, target_symbols: how each timestep is called on screen; empty where values were given.
    """

    inputs: Array | None
    targets: Array | None
    mask: Array
    symbols: tuple[str, ...] = ()
    target_symbols: tuple[str, ...] = ()

    @property
    def arrays(self) -> tuple[Array, ...]:
        """Those of inputs, targets and mask that there are."""
        found = (self.inputs, self.targets, self.mask)
        return tuple(array for array in found if array is not None)

    @property
    def length(self) -> int:
        """T, the number of timesteps."""
        return len(self.mask)
