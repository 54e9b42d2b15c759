"""Arrays of a view: closed to writing."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

Version = object
"""What can be asked only whether it is equal to another one: so are the numbers it stands for."""


def closed(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The same numbers, not to be written to; the array itself where it is closed already."""
    if not array.flags.writeable:
        return array
    view = array.view()
    view.flags.writeable = False
    return view


def component_name(key: str, index: tuple[int, ...]) -> str:
    """A component of a quantity, `S[0,1]`; a scalar has only its name."""
    return f"{key}[{','.join(map(str, index))}]" if index else key


def component_series(values: Array, index: tuple[int, ...]) -> Array:
    """One component at every timestep, (T + 1,), of a quantity's values, (T + 1, …)."""
    along: Any = (slice(None), *index)
    return np.asarray(values[along])
