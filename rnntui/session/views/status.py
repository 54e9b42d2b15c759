"""The status line: where we are, the loss, and how the worked answers stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rnntui.notation.formula import name_symbol
from rnntui.session.checks import CheckedValue
from rnntui.session.moment import Moment, initial_gradients
from rnntui.session.timeline import Phase


@dataclass(frozen=True)
class AnswerCounts:
    """How many of a file's worked answers are right, wrong as announced, and wrong."""

    right: int
    mistakes: int
    wrong: int

    @classmethod
    def of(cls, checks: Sequence[CheckedValue]) -> AnswerCounts:
        """The counts of these."""
        statuses = [check.status for check in checks]
        right, mistakes = statuses.count("right"), statuses.count("mistake")
        return cls(right, mistakes, len(statuses) - right - mistakes)


@dataclass(frozen=True)
class StatusView:
    """Where a session stands.

    file: its name without folder and ending. sizes: the shapes of the input, the last state and the
    readout `y`, as far as the model has them. sequence: which of the batch's `sequences`, from 1.
    t: 0 is the initial state; None in the update phase, which has no timestep. length: T. quantity:
    the symbol of what the equation computes, which is the `equation`th of `equations`, from 1.
    fault: where a number stopped being finite, or empty. message: what is to be said before all
    else, or empty.
    """

    file: str
    model: str
    sizes: tuple[tuple[int, ...], ...]
    iteration: int
    sequence: int
    sequences: int
    phase: Phase
    t: int | None
    length: int
    quantity: str
    equation: int
    equations: int
    loss: float | None
    fault: str
    message: str


def view(moment: Moment) -> StatusView:
    """Where we are."""
    position, program, iteration = moment.position, moment.program, moment.iteration
    model, states = program.model, program.model.states
    counts = {
        "forward": len(model.equations),
        "backward": len(program.backward if position.t else initial_gradients(program)),
        "update": len(moment.optimiser.equations),
    }
    keys = ("x", states[-1] if states else "", "y")
    return StatusView(
        file=Path(moment.file.file).stem,
        model=model.name,
        sizes=tuple(program.shapes[key] for key in keys if key in program.shapes),
        iteration=position.iteration,
        sequence=position.sequence + 1,
        sequences=len(iteration.traces),
        phase=position.phase,
        t=None if position.phase == "update" else position.t,
        length=moment.trace.length,
        quantity=name_symbol(moment.equation.target),
        equation=position.equation + 1,
        equations=counts[position.phase],
        loss=iteration.loss,
        fault="" if iteration.fault is None else str(iteration.fault),
        message=moment.message,
    )
