"""Expectations held against the computation: right, wrong, or wrong as announced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from rnntui.data.expectations import Expectation, ExpectedValue
from rnntui.data.sequence_file import SequenceFile
from rnntui.engine.decomposition import Decomposition
from rnntui.engine.initialisation import draw_parameters
from rnntui.engine.optimiser import Update
from rnntui.engine.state import TrainingState
from rnntui.engine.trace import compute_trace
from rnntui.engine.training import Trainer
from rnntui.language.keys import Key, grad
from rnntui.session.limits import QUICK
from rnntui.session.runs import trained_to

Array = npt.NDArray[np.float64]
Status = Literal["right", "wrong", "mistake", "unexpectedly right", "unreachable"]


@dataclass(frozen=True, eq=False)
class CheckedValue:
    """An expected value beside the computed one.

    status: "mistake" is a published mistake that is wrong, as announced; "unreachable" is a value
    in an iteration that training, stopped by a fault, never came to.
    """

    expectation: Expectation
    value: ExpectedValue
    computed: Array | None
    status: Status

    @property
    def fine(self) -> bool:
        """Whether this is as the file says it is."""
        return self.status in ("right", "mistake")

    @property
    def subject(self) -> str:
        """What the value is of: `c`, `∂L/∂c`, `∂L/∂w1 by loss`."""
        name = self.value.name
        return {
            "gradients": f"∂L/∂{name}",
            "gradients_by_loss": f"∂L/∂{name} by loss",
            "gradients_by_use": f"∂L/∂{name} by use",
            "updates": name if Key(name).operator else f"new {name}",
            "prediction": "prediction",
        }.get(self.value.kind, name)

    @property
    def error(self) -> float:
        """The largest absolute difference."""
        if self.computed is None:
            return float("nan")
        with np.errstate(all="ignore"):
            return float(np.max(np.abs(self.computed - self.value.expected)))


def start_training(file: SequenceFile) -> tuple[Trainer, TrainingState]:
    """The trainer of a file and the state before iteration 0.

    Raises InputError where training would take too much memory.
    """
    sequences = file.data.stream or file.data.sequences
    trainer = Trainer(file.program, sequences, file.training)
    trainer.memory.check_training()
    hidden = file.sizes.get("hidden")
    training = file.training
    parameters = draw_parameters(
        file.program, file.parameters, hidden, training.seed, training.initialisation
    )
    return trainer, trainer.start(parameters)


def check_file(
    file: SequenceFile,
    cancelled: Callable[[], bool] = lambda: False,
    most: int | None = QUICK,
) -> Iterator[CheckedValue]:
    """Every expected value of a file, in order of iterations; training runs as far as needed.

    cancelled: asked before each iteration; once it is true, no more values come. most: values of
    later iterations are left out; None checks them all, however long that takes.
    """
    trainer, state = start_training(file)
    within = [e for e in file.expectations if most is None or e.iteration <= most]
    for iteration in sorted({e.iteration for e in within}):
        state = trained_to(trainer, state, iteration, cancelled)
        if state.iteration < iteration:
            if not cancelled():
                later = [e for e in within if e.iteration >= iteration]
                yield from (
                    CheckedValue(e, value, None, "unreachable") for e in later for value in e.values
                )
            return
        yield from _checked(file, trainer, state, [e for e in within if e.iteration == iteration])


def _checked(
    file: SequenceFile, trainer: Trainer, state: TrainingState, expectations: Sequence[Expectation]
) -> Iterator[CheckedValue]:
    """The expected values of one iteration, sequence after sequence."""
    update = trainer.iterate(state).update if about_updates(expectations) else None
    for sequence in sorted({e.sequence for e in expectations}):
        trace = compute_trace(
            file.program,
            file.data.sequence(sequence),
            state.parameters,
            file.training.reduction,
            file.training.truncate,
        )
        own = [e for e in expectations if e.sequence == sequence]
        yield from check_trace(Decomposition(trace), own, update)


def about_updates(expectations: Sequence[Expectation]) -> bool:
    """Whether an iteration's update has to be computed to check them."""
    return any(value.kind == "updates" for e in expectations for value in e.values)


def check_trace(
    of: Decomposition, expectations: Sequence[Expectation], update: Update | None
) -> Iterator[CheckedValue]:
    """The expected values of one sequence in one iteration; `update` is that iteration's."""
    for expectation in expectations:
        for value in expectation.values:
            computed = np.asarray(_computed(value, of, update), dtype=np.float64)
            status = _status(value, computed, expectation.wrong)
            yield CheckedValue(expectation, value, computed, status)


def _status(value: ExpectedValue, computed: Array, wrong: bool) -> Status:
    with np.errstate(all="ignore"):
        close = bool(np.all(np.abs(computed - value.expected) <= value.tolerance))
    if wrong:
        return "unexpectedly right" if close else "mistake"
    return "right" if close else "wrong"


def _computed(value: ExpectedValue, of: Decomposition, update: Update | None) -> object:
    """What an expectation names."""
    trace, t = of.trace, value.t or 0
    match value.kind:
        case "loss":
            return trace.loss
        case "prediction":
            return np.argmax(trace.values[value.name][t])
        case "values":
            return trace.lookup.value(value.name, t)
        case "updates":
            assert update is not None, "the update of an iteration that is asked for one"
            # a parameter's name means its new value here, in the update's own equations its old one
            return {**update.parameters, **update.values}[value.name]
        case "gradients":
            return trace.lookup.value(grad(value.name), t)
        case "gradients_by_loss":
            return of.by_loss[value.name][t - 1]
    return of.by_use[value.name][t - 1]
