"""The update of all parameters at once: an optimiser's equations over flat arrays.

Every rule is elementwise, so one flat array does what `Optimiser` does parameter by parameter,
with the same bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from rnntui.data.training_settings import TrainingSettings
from rnntui.engine.flat import FlatLayout
from rnntui.engine.flat_update_code import update_code
from rnntui.engine.optimiser import gradient_norm
from rnntui.engine.schedule import learning_rate

Array = npt.NDArray[np.float64]


class FlatUpdate:
    """Computes new parameters and memory from a flat gradient."""

    def __init__(self, settings: TrainingSettings, layout: FlatLayout) -> None:
        self._settings = settings
        self._layout = layout
        code = update_code(settings, layout.size)
        self._needs_norm = "gradient_norm" in code.given
        states, size = len(layout.states), layout.size
        self._parameters, self._gradient, self._updated = np.zeros((3, size))
        self._memory, self._remembered = np.zeros((2, states, size))
        before = zip(layout.states, self._memory, strict=True)
        after = zip(layout.states, self._remembered, strict=True)
        self._arrays: dict[str, Any] = {
            **{key: np.zeros(size) for key in code.targets},
            **{code.before(key): row for key, row in before},
            **dict(after),
            "parameter": self._parameters,
            "gradient": self._gradient,
            "updated": self._updated,
        }
        self._run = code.function.bind(0, self._arrays)
        self._all_free = bool(layout.free.all())

    def __call__(
        self, parameters: Array, gradient: Array, memory: Array, iteration: int
    ) -> tuple[Array, Array]:
        """The new parameters and memory, as new arrays; elements that are fixed stay.

        NumPy's warnings are the caller's to silence.
        """
        arrays = self._arrays
        self._parameters[...] = parameters
        self._gradient[...] = gradient
        self._memory[...] = memory
        arrays["learning_rate"] = np.float64(learning_rate(self._settings, iteration))
        arrays["step"] = np.float64(self._settings.steps_before + iteration + 1)
        if self._needs_norm:
            parts = self._layout.views(gradient)
            arrays["gradient_norm"] = gradient_norm(parts[key] for key in self._layout.updated)
        self._run()
        if self._all_free:
            return self._updated.copy(), self._remembered.copy()
        free = self._layout.free
        return (
            np.where(free, self._updated, parameters),
            np.where(free, self._remembered, memory),
        )
