"""Conditions: expressions of the language over an iteration, such as `loss < 0.01`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from rnntui.data.sequence_file import SequenceFile
from rnntui.engine.training import Iteration
from rnntui.language.evaluate import evaluate
from rnntui.language.parse import parse_expression
from rnntui.language.shapes import shape_of
from rnntui.language.tree import Compare, Name, names
from rnntui.text.problems import InputError, Problem, near_name


class Condition:
    """A condition on `loss` (the iteration's), `iteration`, metrics, parameters, grad(W) and the
    quantities of the last timestep.

    looks_inside: whether it asks for more of an iteration than its loss, number and metrics.
    Raises InputError where it cannot be read, or names what the file does not have.
    """

    def __init__(self, text: str, file: SequenceFile) -> None:
        self.text = text
        self._expression = parse_expression(text)
        totals = {"loss", "iteration", *(metric.name for metric in file.metrics.metrics)}
        shapes = {**file.program.all_shapes, **dict.fromkeys(totals, ())}
        for name in names(self._expression):
            if name.key not in shapes or name.shift:
                hint = near_name(name.key, shapes) or "such as loss < 0.01"
                raise InputError(Problem(f"`{name.key}` is not known here", name.place, hint))
        if not isinstance(self._expression, Compare) or shape_of(self._expression, shapes) != ():
            raise InputError(Problem(f"`{text}` is not a condition", None, "such as loss < 0.01"))
        self.looks_inside = any(name.key not in totals for name in names(self._expression))

    def first(
        self, iteration: int, losses: Sequence[float], metrics: Mapping[str, float]
    ) -> int | None:
        """Of iterations from `iteration` on with these losses, the first in which it holds, if any.

        metrics: the last ones recorded. Only for one that does not look inside.
        """
        for number, loss in enumerate(losses, iteration):
            totals = {**metrics, "loss": loss, "iteration": number}
            if self._holds(lambda name, totals=totals: np.float64(totals[name.key])):  # type: ignore[misc]
                return number
        return None

    def holds(self, iteration: Iteration, metrics: Mapping[str, float]) -> bool:
        """Whether it holds in an iteration; of the last sequence in its batch, at its last timestep."""
        totals = {key: np.float64(value) for key, value in metrics.items()}
        totals["loss"] = np.float64(iteration.loss)
        lookup = iteration.lookup(-1).extended(totals)
        return self._holds(lookup.at(iteration.traces[-1].length))

    def _holds(self, value: Callable[[Name], Any]) -> bool:
        return bool(evaluate(self._expression, value))
