"""Whether training came as far as the iteration that is reported on."""

from __future__ import annotations

from rnntui.engine.training import Iteration
from rnntui.text.problems import InputError, Problem


def check_reached(last: Iteration, number: int) -> None:
    """Raise InputError where training stopped at `last`, before iteration `number`, with the reason."""
    reached = last.before.iteration
    if reached < number:
        reason = last.fault or "there are no targets to train on"
        raise InputError(Problem(f"training stops at iteration {reached}: {reason}"))
