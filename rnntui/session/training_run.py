"""A training run without a screen: iteration after iteration, until one of its ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import numpy as np

from rnntui.data.sequence_file import SequenceFile
from rnntui.engine.compiled_engine import CompiledEngine
from rnntui.engine.metrics import measure
from rnntui.engine.numpy_engine import NumpyEngine
from rnntui.engine.state import TrainingState
from rnntui.engine.training import Iteration
from rnntui.language.evaluate import evaluate
from rnntui.language.parse import parse_expression
from rnntui.language.shapes import shape_of
from rnntui.language.tree import Compare, Expression, Name, names
from rnntui.session.checks import start_training
from rnntui.text.problems import InputError, Problem, near_name

_LEAP = 0.1  # seconds in one call, so that Ctrl-C is not kept waiting
_FIRST = 16  # iterations of the first call, while the speed is not known


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
        self.stopped = ""
        self.failed = False
        self.loss = float("nan")
        self.metrics: dict[str, float] = {}
        self._until = _condition(until, file) if until else None
        self._training = CompiledEngine(self.trainer) if compiled else NumpyEngine(self.trainer)
        self._after = self._training.layout.vectors(state or start)
        self._rate = 0.0

    @property
    def after(self) -> TrainingState:
        """The state that the run has come to."""
        return self._training.layout.state(self._after)

    @property
    def engine(self) -> str:
        """What computes it."""
        return self._training.name

    def run(self, iterations: int) -> Iterator[Progress]:
        """Train for some iterations; what is recorded on the way, and now and then how far it is."""
        end = self._after.iteration + iterations
        while self._after.iteration < end and not self.stopped:
            if self._looks_inside():
                yield self._step()
            else:
                yield from self._leap(end)
        if self._after.iteration == end and self.file.metrics.metrics and not self.stopped:
            self._measured(self.trainer.iterate(self.after))

    def _step(self) -> Progress:
        """One iteration, and a look at everything in it."""
        iteration = self.trainer.iterate(self.after)
        number = iteration.before.iteration
        recorded = self._measured(iteration) if self._records(number) else {}
        self.loss = float("nan") if iteration.loss is None else iteration.loss
        run = self._training.advance(self._after, 1)
        self._after = run.after
        if run.failed:
            self._fail(iteration)
        elif self._holds(self._look(iteration)):
            self.stopped = f"the condition holds at iteration {number}"
        return Progress(number, self.loss, recorded)

    def _leap(self, end: int) -> Iterator[Progress]:
        """As many iterations as can go in one call: at most up to the next recording of metrics."""
        before, every = self._after, self.file.metrics.every
        recorded: dict[str, float] = {}
        count = min(end - before.iteration, max(int(self._rate * _LEAP), _FIRST))
        if self.file.metrics.metrics:
            count = min(count, every - before.iteration % every)
            if self._records(before.iteration):
                recorded = self._measured(self.trainer.iterate(self.after))
        started = perf_counter()
        run = self._training.advance(before, count)
        self._rate = len(run.losses) / max(perf_counter() - started, 1e-9)
        stop = self._first_holding(before.iteration, run.losses)
        if stop is not None:  # the state there: the same iterations once more, and no further
            run = self._training.advance(before, stop + 1)
            self.stopped = f"the condition holds at iteration {before.iteration + stop}"
        self._after = run.after
        for number, loss in enumerate(run.losses, before.iteration):
            self.loss = loss
            if self._records(number) or number + 1 == run.after.iteration:
                yield Progress(number, loss, recorded if number == before.iteration else {})
        if run.failed:
            self._fail(self.trainer.iterate(self.after))

    def _records(self, iteration: int) -> bool:
        return iteration % self.file.metrics.every == 0

    def _fail(self, iteration: Iteration) -> None:
        self.failed = True
        reason = iteration.fault or "a number was not finite"
        self.stopped = f"training stops at iteration {iteration.before.iteration}: {reason}"

    def _looks_inside(self) -> bool:
        """Whether the condition asks for more of each iteration than its loss."""
        if self._until is None:
            return False
        told = {"loss", "iteration", *(metric.name for metric in self.file.metrics.metrics)}
        return any(name.key not in told for name in names(self._until))

    def _first_holding(self, first: int, losses: Sequence[float]) -> int | None:
        for number, loss in enumerate(losses):
            given = {"loss": loss, "iteration": first + number, **self.metrics}
            if self._holds(lambda name, given=given: np.float64(given[name.key])):  # type: ignore[misc]
                return number
        return None

    def _holds(self, look: Callable[[Name], Any]) -> bool:
        return self._until is not None and bool(evaluate(self._until, look))

    def _measured(self, iteration: Iteration) -> dict[str, float]:
        self.metrics = {m.name: measure(m, iteration.traces) for m in self.file.metrics.metrics}
        return self.metrics

    def _look(self, iteration: Iteration) -> Callable[[Name], Any]:
        """What names mean in a condition at an iteration."""
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

        return look


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
