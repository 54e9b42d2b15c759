"""Training on: the one loop that a thread beside the screen, a command and a check go through."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from rnntui.engine.engine import Engine, StopFlag
from rnntui.engine.numpy_engine import NumpyEngine
from rnntui.engine.state import TrainingState
from rnntui.engine.training import Trainer
from rnntui.session.conditions import Condition

_HELD = 0.1  # seconds that training may be held up at most
_UNCANCELLED = 0.05  # seconds of training between two looks at whether it is still wanted


class Trains(Protocol):
    """Something that can be trained on: a history that is kept, or the newest state alone."""

    @property
    def newest(self) -> int:
        """The last iteration whose state is there."""

    @property
    def failed(self) -> bool:
        """Whether the newest iteration has no next one: a number is not finite."""

    @property
    def rate(self) -> float:
        """Iterations a second, of late; 0 before the first."""

    def extend(self, iterations: int, stop: StopFlag | None = None) -> Sequence[float]:
        """Train on by some iterations; the losses of those that were done."""

    def state(self, iteration: int) -> TrainingState:
        """The state before an iteration of the last `extend`, at least, or before the newest."""


class Frontier:
    """The newest state of a training, and no other: for a run that nobody goes back in."""

    def __init__(self, engine: Engine, start: TrainingState) -> None:
        self.engine = engine
        self.failed = False
        self.rate = 0.0
        self._before = self._newest = engine.layout.vectors(start)

    @property
    def newest(self) -> int:
        """The iteration that comes next."""
        return self._newest.iteration

    def extend(self, iterations: int, stop: StopFlag | None = None) -> Sequence[float]:
        """Train on by some iterations; the losses of those that were done."""
        started = perf_counter()
        run = self.engine.advance(self._newest, iterations, stop=stop)
        self._before, self._newest, self.failed = self._newest, run.after, run.failed
        if run.losses:
            self.rate = len(run.losses) / max(perf_counter() - started, 1e-9)
        return run.losses

    def state(self, iteration: int) -> TrainingState:
        """The newest state, or one of the last `extend`, computed again."""
        if iteration == self._newest.iteration:
            return self.engine.layout.state(self._newest)
        again = self.engine.advance(self._before, iteration - self._before.iteration)
        return self.engine.layout.state(again.after)


@dataclass(frozen=True)
class Stretch:
    """Iterations in a row that were trained at once. first: the first one's number."""

    first: int
    losses: Sequence[float]


class Run:
    """Trains on, stretch by stretch, until it comes to one of its ends.

    until: the iteration that it ends before. seconds: of a stretch, about. every: no stretch goes past
    a multiple of this. condition: it ends after the first iteration in which this holds, `held_at`.
    metrics: what was recorded last, for the condition.
    """

    def __init__(
        self,
        trainer: Trainer,
        training: Trains,
        until: int | None = None,
        *,
        seconds: float,
        first: int = 1,
        every: int | None = None,
        condition: Condition | None = None,
        metrics: Callable[[], Mapping[str, float]] = dict,
    ) -> None:
        self.until = until
        self.held_at: int | None = None
        self._trainer, self._training = trainer, training
        self._seconds, self._first, self._every = seconds, first, every
        self._condition, self._metrics = condition, metrics

    @property
    def newest(self) -> int:
        """The iteration that it has come to; where the condition held, the one after that."""
        return self._training.newest if self.held_at is None else self.held_at + 1

    @property
    def state(self) -> TrainingState:
        """The state before that iteration."""
        return self._training.state(self.newest)

    @property
    def ended(self) -> bool:
        """Whether there is nothing more to be done."""
        done = self.until is not None and self._training.newest >= self.until
        return done or self._training.failed or self.held_at is not None

    def step(self, stop: StopFlag | None = None) -> Stretch | None:
        """The next stretch, which is shorter (or empty) where `stop` is set or a number is not finite;
        None once the run has ended."""
        if self.ended:
            return None
        newest, condition = self._training.newest, self._condition
        if condition is not None and condition.looks_inside:
            return self._inside(condition, stop)
        stretch = Stretch(newest, self._training.extend(self._count, stop))
        if condition is not None:
            self.held_at = condition.first(newest, stretch.losses, self._metrics())
            if self.held_at is not None:
                return Stretch(newest, stretch.losses[: self.held_at + 1 - newest])
        return stretch

    def _inside(self, condition: Condition, stop: StopFlag | None) -> Stretch:
        """One iteration, and a look at everything in it."""
        newest = self._training.newest
        iteration = self._trainer.iterate(self._training.state(newest))
        losses = self._training.extend(1, stop)
        if losses and condition.holds(iteration, self._metrics()):
            self.held_at = newest
        return Stretch(newest, losses)

    @property
    def _count(self) -> int:
        newest = self._training.newest
        count = max(int(self._training.rate * self._seconds), self._first)
        if self._every is not None:
            count = min(count, self._every - newest % self._every)
        return count if self.until is None else min(count, self.until - newest)


def trained_to(
    trainer: Trainer,
    start: TrainingState,
    iteration: int,
    cancelled: Callable[[], bool] = lambda: False,
) -> TrainingState:
    """The state before an iteration, by NumPy: `Trainer.iterate`'s bits; or the last one on the way
    there, where a number is not finite, or once `cancelled` says so."""
    if start.iteration >= iteration or trainer.program.model.objective is None:
        return start
    run = Run(trainer, Frontier(NumpyEngine(trainer), start), iteration, seconds=_UNCANCELLED)
    while not cancelled() and run.step() is not None:
        pass
    return run.state


class BackgroundRun:
    """A run in a thread beside the screen; whoever is in a hurry holds it up for a moment.

    shares_lock: whether its training keeps other threads of Python waiting.
    """

    def __init__(self, run: Run, shares_lock: Callable[[], bool]) -> None:
        self._run, self._shares_lock = run, shares_lock
        self._abandoned = False
        self._stop = StopFlag()  # for the stretch at hand
        self._free = threading.Event()
        self._free.set()
        self._thread = threading.Thread(target=self._train, name="training", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    @property
    def until(self) -> int | None:
        """The iteration at which it ends of itself."""
        return self._run.until

    @property
    def running(self) -> bool:
        """Whether it is still at it."""
        return self._thread.is_alive()

    def hold(self) -> None:
        """Wait after the iteration at hand, until `release`, where training would share Python's lock
        with whoever asks."""
        if self._shares_lock():
            self._free.clear()
            self._stop.set()

    def release(self) -> None:
        """Go on."""
        self._free.set()

    def abandon(self) -> None:
        """Stop after the iteration at hand, for which nobody waits."""
        self._abandoned = True
        self._stop.set()
        self._free.set()

    def pause(self) -> None:
        """Stop after the iteration at hand, and wait for that."""
        self.abandon()
        if self._thread.is_alive():
            self._thread.join()

    def _train(self) -> None:
        while not self._abandoned:
            if not self._free.wait(_HELD):
                self._free.set()
            self._stop.clear()
            if self._abandoned or not self._free.is_set():  # asked for since it was looked at
                continue
            if self._run.step(self._stop) is None:
                return
