"""A training run without a screen, with what is recorded on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from rnntui.data.sequence_file import SequenceFile
from rnntui.engine.compiled_engine import CompiledEngine
from rnntui.engine.metrics import measure
from rnntui.engine.numpy_engine import NumpyEngine
from rnntui.engine.state import TrainingState
from rnntui.session.checks import start_training
from rnntui.session.conditions import Condition
from rnntui.session.runs import Frontier, Run
from rnntui.text.problems import InputError, Problem

_SECONDS = 0.1  # in one call, so that Ctrl-C is not kept waiting
_FIRST = 16  # iterations of the first call, while the speed is not known

# What NumPy takes for a sequence, and for an equation at a timestep; what compiling takes, and for an
# equation: seconds, of the same machine. A guess that is the same everywhere, for bits depend on it.
_SEQUENCE, _AT_A_TIMESTEP = 60e-6, 0.8e-6
_COMPILING, _AN_EQUATION = 0.1, 5e-3


def ends_sooner_compiled(file: SequenceFile, iterations: int) -> bool:
    """Whether training so long takes NumPy longer than compiling it does."""
    stream, settings = file.data.stream, file.training
    seen = [stream[k] for k in range(8)] if stream else list(file.data.sequences[:64])
    batch = settings.batch or (1 if stream else len(file.data.sequences))
    length = sum(sequence.length for sequence in seen) / max(len(seen), 1)
    equations = len(file.program.assignments) + len(file.program.backward)
    numpy = batch * (_SEQUENCE + length * equations * _AT_A_TIMESTEP)
    return iterations * numpy > _COMPILING + equations * _AN_EQUATION


@dataclass(frozen=True)
class Recorded:
    """One iteration of a run. metrics: those recorded at it, by name; empty in between."""

    iteration: int
    loss: float
    metrics: Mapping[str, float] = field(default_factory=dict)


class RecordedRun:
    """Trains a file from `state` on, or from its start.

    loss, metrics: the last ones. stopped: why it ended before its iterations were done, or empty;
    failed: because a number was not finite. compiled: with a generated kernel (engine.compiled_engine)
    instead of NumPy. Raises InputError for a file with nothing to train on, or a condition that
    cannot be.
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
        self.loss: float | None = None
        self.metrics: dict[str, float] = {}
        self._condition = Condition(until, file) if until else None
        self._compiled = compiled
        self._start = state or start
        self._run: Run | None = None

    @property
    def after(self) -> TrainingState:
        """The state that the run has come to, whole at every moment, also while it is compiled."""
        return self._start if self._run is None else self._run.state

    @property
    def failed(self) -> bool:
        """Whether it stopped because a number was not finite."""
        return self._run is not None and self._frontier.failed

    @property
    def engine(self) -> str:
        """What computes it."""
        return CompiledEngine.name if self._compiled else NumpyEngine.name

    @cached_property
    def _frontier(self) -> Frontier:
        engine = CompiledEngine(self.trainer) if self._compiled else NumpyEngine(self.trainer)
        return Frontier(engine, self._start)

    def run(self, iterations: int) -> Iterator[Recorded]:
        """Train for some iterations; what is recorded on the way, and now and then how far it is."""
        run = self._run = self._to(self._frontier.newest + iterations)
        while not run.ended:
            metrics = self._measured() if self._records(run.newest) else {}
            stretch = run.step()
            assert stretch is not None, "it has not ended"
            last = stretch.first + len(stretch.losses) - 1
            for number, loss in enumerate(stretch.losses, stretch.first):
                self.loss = loss
                if number == last or self._records(number):
                    yield Recorded(number, loss, metrics if number == stretch.first else {})
        self.stopped = self._why_stopped(run)
        if not self.stopped:
            self._measured()

    def _to(self, until: int) -> Run:
        every = self.file.metrics.every if self.file.metrics.metrics else None
        return Run(
            self.trainer, self._frontier, until, seconds=_SECONDS, first=_FIRST, every=every,
            condition=self._condition, metrics=lambda: self.metrics,
        )  # fmt: skip

    def _why_stopped(self, run: Run) -> str:
        if run.held_at is not None:
            return f"the condition holds at iteration {run.held_at}"
        if not self._frontier.failed:
            return ""
        iteration = self.trainer.iterate(self.after)
        self.loss = iteration.loss  # which may be what is not finite: inf, or nan
        reason = iteration.fault or "a number was not finite"
        return f"training stops at iteration {iteration.before.iteration}: {reason}"

    def _records(self, iteration: int) -> bool:
        return iteration % self.file.metrics.every == 0

    def _measured(self) -> dict[str, float]:
        """The file's metrics on the iteration that comes next; none without a word where it has none."""
        if self.file.metrics.metrics:
            traces = self.trainer.iterate(self._frontier.state(self._frontier.newest)).traces
            self.metrics = {m.name: measure(m, traces) for m in self.file.metrics.metrics}
        return self.metrics
