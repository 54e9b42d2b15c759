"""What the two ways of fast training share: NumPy alone, and compiled kernels."""

from __future__ import annotations

from abc import ABC, abstractmethod
from array import array
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from rnntui.engine.parameter_vector import VectorState
from rnntui.engine.state import TrainingState
from rnntui.engine.training import Trainer

Array = npt.NDArray[np.float64]


@dataclass(eq=False)
class Advance:
    """What some iterations came to.

    after: the state after the last one. losses: of each. kept: the states after every so many, as
    was asked for. failed: the next iteration has a number that is not finite, and was not done.
    """

    after: VectorState
    losses: array[float] = field(default_factory=lambda: array("d"))
    kept: list[VectorState] = field(default_factory=list)
    failed: bool = False

    def add(self, loss: float, after: VectorState, every: int) -> None:
        """One more iteration."""
        self.losses.append(loss)
        self.after = after
        if every and after.iteration % every == 0:
            self.kept.append(after)


class StopFlag:
    """Asks training to stop, from another thread; compiled code looks at it too."""

    def __init__(self) -> None:
        self.flag = np.zeros(1, dtype=np.uint8)

    def set(self) -> None:
        """Stop after the iteration at hand."""
        self.flag[0] = 1

    def clear(self) -> None:
        """Ask no more."""
        self.flag[0] = 0

    def __bool__(self) -> bool:
        return bool(self.flag[0])


class Engine(ABC):
    """Trains like a Trainer, many iterations in one call.

    The state after an iteration is a function of the state before it, bit for bit, however the
    iterations are split into calls. exact: it is `Trainer.iterate`'s, bit for bit. releases_lock:
    it computes without Python's lock.
    """

    name = ""
    exact = False
    releases_lock = False

    def __init__(self, trainer: Trainer) -> None:
        self.trainer = trainer
        self.layout = trainer.layout

    @abstractmethod
    def advance(
        self, state: VectorState, iterations: int, every: int = 0, stop: StopFlag | None = None
    ) -> Advance:
        """Train for some iterations; fewer where a number is not finite, or once `stop` is set.

        every: keep the states before iterations that it divides; 0 keeps none.
        """

    def train(self, state: TrainingState, iterations: int) -> tuple[TrainingState, Array]:
        """The state after some iterations, and the loss of each; fewer where a number was not finite."""
        run = self.advance(self.layout.vectors(state), iterations)
        return self.layout.state(run.after), np.array(run.losses)
