"""The update of all parameters at once: an optimiser's equations over parameter vectors.

Every rule is elementwise, so one vector does what `Optimiser` does parameter by parameter,
with the same bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from rnntui.compile.vector_update_code import update_code
from rnntui.data.training_settings import TrainingSettings
from rnntui.engine.optimiser import gradient_norm
from rnntui.engine.parameter_vector import VectorLayout, VectorState
from rnntui.engine.schedule import learning_rate

Array = npt.NDArray[np.float64]


class VectorUpdate:
    """Computes new parameters and memory from what its arrays contain.

    parameters, gradient: (n,). memory: (states of the optimiser, n). Whoever wants an update writes
    to them.
    """

    def __init__(self, settings: TrainingSettings, layout: VectorLayout) -> None:
        self._settings = settings
        self._layout = layout
        code = update_code(settings, layout.size)
        self._needs_norm = "gradient_norm" in code.given
        states, size = len(layout.states), layout.size
        self.parameters, self.gradient, self._updated, self._zeros = np.zeros((4, size))
        self.memory, self._remembered = np.zeros((2, states, size))
        before = zip(layout.states, self.memory, strict=True)
        after = zip(layout.states, self._remembered, strict=True)
        self._arrays: dict[str, Any] = {
            **{key: np.zeros(size) for key in code.targets},
            **{code.before(key): row for key, row in before},
            **dict(after),
            "parameter": self.parameters,
            "gradient": self.gradient,
            "updated": self._updated,
        }
        self._run = code.function.bind(0, self._arrays)
        self._all_free = bool(layout.free.all())

    def __call__(self, iteration: int) -> VectorState | None:
        """The state after iteration number `iteration`, in new arrays; elements that are fixed stay.

        None where the gradient or a parameter is not finite. NumPy's warnings are the caller's to
        silence.
        """
        arrays = self._arrays
        arrays["learning_rate"] = np.float64(learning_rate(self._settings, iteration))
        arrays["step"] = np.float64(self._settings.steps_before + iteration + 1)
        if self._needs_norm:
            parts = self._layout.views(self.gradient)
            arrays["gradient_norm"] = gradient_norm(parts[key] for key in self._layout.updated)
        self._run()
        if self._all_free:
            parameters, memory = self._updated.copy(), self._remembered.copy()
        else:
            free = self._layout.free
            parameters = np.where(free, self._updated, self.parameters)
            memory = np.where(free, self._remembered, self.memory)
        if not (self._finite(self.gradient) and self._finite(parameters)):
            return None
        return VectorState(iteration + 1, parameters, memory)

    def _finite(self, array: Array) -> bool:
        """Whether all elements are: 0 times a number is 0, unless it is not finite."""
        return bool(array.dot(self._zeros) == 0.0)
