"""A training run without a screen: iteration after iteration, until one of its ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from rnntui.data.sequence_file import SequenceFile
from rnntui.engine.compiled import CompiledTraining
from rnntui.engine.metrics import measure
from rnntui.engine.training import Iteration, TrainingState
from rnntui.language.evaluate import evaluate
from rnntui.language.parse import parse_expression
from rnntui.language.shapes import shape_of
from rnntui.language.tree import Compare, Expression, Name, names
from rnntui.session.checks import start_training
from rnntui.text.problems import InputError, Problem, near_name

_LEAP = 1000  # iterations in one call of a kernel, so that a key or Ctrl-C is not kept waiting


@dataclass(frozen=True)
class Progress:
    """One iteration of a run. metrics: those recorded at it, by name; empty in between."""

    iteration: int
    loss: float
    metrics: Mapping[str, float] = field(default_factory=dict)


class TrainingRun:
    """Trains a file from `state` on, or from its start.

    after: the state that the run has come to, whole at every moment. loss, metrics: the last ones.
    stopped: why it ended before its iterations were done, or empty; failed: because a number was
    not finite. compiled: with a generated kernel (engine.compiled) instead of NumPy.
    Raises InputError for a file with nothing to train on, or a condition that cannot be.
    """

    def __init__(
        self,
        file: SequenceFile,
        until: str = "",
        state: TrainingState | None = None,
        compiled: bool = False,
    ) -> None:
        if file.model.objective is None:
            raise InputError(Problem("there are no targets, so there is nothing to train on"))
        self.file = file
        self.trainer, start = start_training(file)
        self.after = state or start
        self.stopped = ""
        self.failed = False
        self.loss = float("nan")
        self.metrics: dict[str, float] = {}
        self._until = _condition(until, file) if until else None
        self._compiled = CompiledTraining(self.trainer) if compiled else None

    def run(self, iterations: int) -> Iterator[Progress]:
        """Train for some iterations, one at a time (with a kernel, many at a time)."""
        end = self.after.iteration + iterations
        while self.after.iteration < end and not self.stopped:
            if self._compiled is None or self._looks_inside():
                yield from self._step(end)
            else:
                yield from self._leap(self._compiled, end)

    def _step(self, end: int) -> Iterator[Progress]:
        iteration = self.trainer.iterate(self.after)
        progress = self._progress(iteration, last=self.after.iteration + 1 == end)
        if iteration.after is None:
            self._fail(f"{iteration.fault}")
            return
        self.after = iteration.after
        if self._until is not None and self._holds(iteration):
            self.stopped = f"the condition holds at iteration {progress.iteration}"
        yield progress

    def _leap(self, compiled: CompiledTraining, end: int) -> Iterator[Progress]:
        """Up to the next recording of metrics, in one call of the kernel."""
        before = self.after
        every = self.file.metrics.every if self.file.metrics.metrics else _LEAP
        count = min(end - before.iteration, every - before.iteration % every, _LEAP)
        recorded: dict[str, float] = {}
        if self.file.metrics.metrics and before.iteration % every == 0:
            recorded = self._measured(self.trainer.iterate(before))
        after, losses = compiled.train(before, count)
        stop = self._first_holding(before.iteration, losses)
        if stop is not None:  # the state there: the same iterations once more, and no further
            after, losses = compiled.train(before, stop + 1)
            self.stopped = f"the condition holds at iteration {before.iteration + stop}"
        self.after = after
        for number, loss in enumerate(losses):
            self.loss = float(loss)
            yield Progress(before.iteration + number, self.loss, recorded if not number else {})
        if len(losses) < count and stop is None:
            fault = self.trainer.iterate(after).fault
            self._fail(f"{fault or 'a number was not finite'}")
        elif after.iteration == end and self.file.metrics.metrics:
            self.metrics = self._measured(self.trainer.iterate(after))

    def _fail(self, reason: str) -> None:
        self.failed = True
        self.stopped = f"training stops at iteration {self.after.iteration}: {reason}"

    def _looks_inside(self) -> bool:
        """Whether the condition asks for more than a kernel tells of each iteration."""
        if self._until is None:
            return False
        told = {"loss", "iteration"}
        return any(name.key not in told for name in names(self._until))

    def _first_holding(self, first: int, losses: npt.NDArray[np.float64]) -> int | None:
        if self._until is None:
            return None
        for number, loss in enumerate(losses):
            values = {"loss": loss, "iteration": np.float64(first + number)}
            if evaluate(self._until, lambda name, values=values: values[name.key]):  # type: ignore[misc]
                return number
        return None

    def _measured(self, iteration: Iteration) -> dict[str, float]:
        self.metrics = {m.name: measure(m, iteration.traces) for m in self.file.metrics.metrics}
        return self.metrics

    def _progress(self, iteration: Iteration, last: bool) -> Progress:
        number = iteration.before.iteration
        recorded: dict[str, float] = {}
        metrics = self.file.metrics
        if number % metrics.every == 0 or last:
            recorded = self._measured(iteration)
        loss = float("nan") if iteration.loss is None else iteration.loss
        self.loss = loss
        return Progress(number, loss, recorded)

    def _holds(self, iteration: Iteration) -> bool:
        assert self._until is not None
        trace = iteration.traces[-1]

        def look(name: Name) -> Any:
            if name.key == "iteration":
                return np.float64(iteration.before.iteration)
            if name.key == "loss":
                return np.float64(iteration.loss)
            if name.key in self.metrics:
                return np.float64(self.metrics[name.key])
            if name.key.startswith("grad(") and name.key[5:-1] in iteration.gradients:
                return iteration.gradients[name.key[5:-1]]
            return trace.value(name.key, trace.length)

        return bool(evaluate(self._until, look))


def _condition(text: str, file: SequenceFile) -> Expression:
    """A condition on `loss` (the iteration's), `iteration`, metrics, parameters, grad(W) and the
    quantities of the last timestep."""
    condition = parse_expression(text)
    shapes = {
        **file.program.all_shapes,
        **{metric.name: () for metric in file.metrics.metrics},
        "iteration": (),
        "loss": (),
    }
    for name in names(condition):
        if name.key not in shapes or name.shift:
            hint = near_name(name.key, shapes) or "such as loss < 0.01"
            raise InputError(Problem(f"`{name.key}` is not known here", name.place, hint))
    if not isinstance(condition, Compare) or shape_of(condition, shapes) != ():
        raise InputError(Problem(f"`{text}` is not a condition", None, "such as loss < 0.01"))
    return condition
