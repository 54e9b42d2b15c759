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
from rnntui.engine.optimiser import gradient_norm
from rnntui.engine.schedule import learning_rate
from rnntui.language.code import SequenceCode
from rnntui.language.tree import Name, names
from rnntui.models.optimisers import rules_for

Array = npt.NDArray[np.float64]


class FlatUpdate:
    """Computes new parameters and memory from a flat gradient."""

    def __init__(self, settings: TrainingSettings, layout: FlatLayout) -> None:
        self._settings = settings
        self._layout = layout
        rules = rules_for(settings.optimizer, settings.hyperparameters)
        lines = [line for rule in rules for line in rule.equations]
        self._needs_norm = any(
            name.key == "gradient_norm" for line in lines for name in names(line.expression)
        )
        self._settings_given = {
            key: np.float64(value) for key, value in settings.hyperparameters.items()
        }
        self._run = _update_code(settings)

    def __call__(
        self, parameters: Array, gradient: Array, memory: Array, iteration: int
    ) -> tuple[Array, Array]:
        """The new parameters and memory, as new arrays; elements that are fixed stay."""
        step = self._settings.steps_before + iteration + 1
        given: dict[str, Any] = {
            **self._settings_given,
            "learning_rate": np.float64(learning_rate(self._settings, iteration)),
            "step": np.float64(step),
            "parameter": parameters,
            "gradient": gradient,
        }
        if self._needs_norm:
            parts = self._layout.views(gradient)
            given["gradient_norm"] = gradient_norm(parts[key] for key in self._layout.updated)
        given |= {
            f"before {key}": row for key, row in zip(self._layout.states, memory, strict=True)
        }
        self._run(0, given)
        updated, remembered = given["updated"], [given[key] for key in self._layout.states]
        new_memory = np.array(remembered).reshape(memory.shape)
        free = self._layout.free
        if free.all():
            return updated, new_memory
        return np.where(free, updated, parameters), np.where(free, new_memory, memory)


def _update_code(settings: TrainingSettings) -> Any:
    """run(0, arrays): the rules' lines, one after the other; each result by its name."""
    code = SequenceCode((), {})
    lines: list[str] = []
    used: dict[str, None] = {}
    targets: list[str] = []
    gradient = "gradient"

    def place(name: Name) -> str:
        if name.shift == -1:
            used[f"before {name.key}"] = None
            return f"={_variable('before ' + name.key)}"
        key = gradient if name.key == "gradient" else name.key
        if key not in targets:
            used[key] = None
        return f"={_variable(key)}"

    for rule in rules_for(settings.optimizer, settings.hyperparameters):
        for line in rule.equations:
            source = code.at(line.expression, place)
            targets.append(line.target)
            lines.append(f"{_variable(line.target)} = {source}")
        gradient = targets[-1]
    unpack = [f"{_variable(key)} = arrays[{key!r}]" for key in used]
    pack = [f"arrays[{key!r}] = {_variable(key)}" for key in targets]
    return code.function([*unpack, *lines, *pack])


def _variable(key: str) -> str:
    return "v_" + key.replace(" ", "_")
