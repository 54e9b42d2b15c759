"""Our own two ways to train, behind the interface of the benchmarks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tasks import Workload

from rnntui.engine.compiled_engine import CompiledEngine
from rnntui.engine.numpy_engine import NumpyEngine
from rnntui.engine.training import Trainer
from rnntui.session.checks import start_training


class Ours:
    """Trains a workload from its start.

    compiled: with a generated kernel, else with NumPy. drawn: with sequences from the task's
    generator, a fresh one for every update, as a user trains; else with those drawn beforehand.
    calls: updates in one call; a session asks for so many at a time.
    """

    calls = 1000

    def __init__(self, workload: Workload, compiled: bool, drawn: bool) -> None:
        trainer, self.state = start_training(workload.file)
        if not drawn:
            trainer = Trainer(trainer.program, workload.sequences, trainer.settings)
        self.engine = CompiledEngine(trainer) if compiled else NumpyEngine(trainer)
        self.unit = 1

    def train(self, updates: int) -> Sequence[Any]:
        """Goes on for some updates; their losses."""
        losses: list[Any] = []
        while updates > 0:
            count = min(updates, self.calls)
            self.state, found = self.engine.train(self.state, count)
            assert len(found) == count, "a number was not finite"
            losses.extend(found)
            updates -= count
        return losses


def first_losses(workload: Workload, updates: int) -> list[float]:
    """The losses of the first updates, as the stepper computes them: what all others must equal."""
    trainer, state = start_training(workload.file)
    losses = []
    for _ in range(updates):
        iteration = trainer.iterate(state)
        assert iteration.after is not None, "a number was not finite"
        assert iteration.loss is not None, "there is something to train on"
        losses.append(iteration.loss)
        state = iteration.after
    return losses
