"""A moment: one place on the timeline and everything there is to see from it. Panels draw this."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from rnntui.data.sequence import InputSequence
from rnntui.data.sequence_file import SequenceFile
from rnntui.engine.lookup import AFTER
from rnntui.engine.optimiser import Optimiser
from rnntui.engine.trace import Trace
from rnntui.engine.training import Iteration
from rnntui.language.keys import Key
from rnntui.language.program import Program
from rnntui.language.tree import Equation, Name
from rnntui.session.checks import CheckedValue
from rnntui.session.facts import IterationFacts, SequenceFacts
from rnntui.session.timeline import Position

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Moment:
    """What is known at one position.

    facts: what follows from the iteration, shared by all moments in it. losses: of every iteration
    so far reached, by iteration. selected: the quantity that is picked out, or empty.
    """

    file: SequenceFile
    position: Position
    facts: IterationFacts
    optimiser: Optimiser
    losses: Sequence[float] = ()
    selected: str = ""
    message: str = ""

    @property
    def program(self) -> Program:
        """The model with its sizes."""
        return self.file.program

    @property
    def iteration(self) -> Iteration:
        """The iteration at hand."""
        return self.facts.iteration

    @property
    def trace(self) -> Trace:
        """All values of the sequence at hand."""
        return self.iteration.traces[self.position.sequence]

    @property
    def sequence(self) -> InputSequence:
        """The sequence at hand."""
        return self.trace.sequence

    @property
    def t(self) -> int:
        """The timestep to look at: in the update phase, which has none, the last."""
        return self.position.t if self.position.phase != "update" else self.trace.length

    @cached_property
    def equation(self) -> Equation:
        """The equation under the cursor, as it is at this timestep."""
        number, phase = self.position.equation, self.position.phase
        if phase == "forward":
            return self.program.model.equations[number]
        if phase == "update":
            return self.optimiser.equations[number].equation
        if self.position.t == 0:
            return initial_gradients(self.program)[number]
        backward = self.program.backward[number]
        return backward.equation(last=not self.trace.carries(self.position.t))

    @property
    def quantity(self) -> str:
        """The quantity or parameter that the cursor is at: i for grad(pre(i)) too."""
        if self.position.phase == "update":
            return self.optimiser.equations[self.position.equation].parameter
        return self.equation.target.quantity

    def lookup(self) -> Callable[[Name], Any]:
        """What names mean in the equation under the cursor."""
        if self.position.phase != "update":
            return self.trace.lookup.at(self.position.t)
        assert self.iteration.update is not None, "the update phase has an update"
        return self.iteration.update.lookup.at(AFTER)

    def known(self, key: str, t: int) -> bool:
        """Whether a quantity's value at t, or gradient (`grad(key)`), has been computed by now."""
        return t in self.known_range(key)

    def known_range(self, key: str) -> range:
        """The timesteps from 0 to T at which a quantity, or gradient (`grad(key)`), is known by now.

        Values come to be known from t = 1 on, gradients from t = T down: always without a gap.
        """
        (phase, now), every = (self.position.phase, self.position.t), range(self.trace.length + 1)
        if phase == "update":
            return every
        if Key(key).operator == "grad":
            if phase == "forward":
                return range(0)
            # what has no equation at t ≥ 1 is zero from the start; at t = 0 it does not exist
            order = self._backward_order.get(key, -1 if now else len(self._backward_order))
            return every[now if order <= self.position.equation else now + 1 :]
        if phase != "forward" or key in ("x", "target"):
            return every
        order = self._forward_order.get(Key(key).quantity, -1)
        return every[: now + 1 if order <= self.position.equation else now]

    def parameter(self, key: str) -> Array:
        """A parameter's value by now: updated already, in the update phase, if its line is past."""
        after = self.iteration.after
        if self.position.phase == "update" and after is not None:
            lines = self.optimiser.equations[: self.position.equation + 1]
            if any(line.equation.target == key for line in lines):
                return after.parameters[key]
        return self.iteration.before.parameters[key]

    @property
    def checks(self) -> tuple[CheckedValue, ...]:
        """The file's worked answers for this iteration and sequence."""
        return self._sequence_facts.checks

    @property
    def by_loss(self) -> Mapping[str, Array]:
        """Each parameter's gradient by the timestep whose loss it comes from; T² work, once."""
        return self._sequence_facts.decomposition.by_loss

    @property
    def by_use(self) -> Mapping[str, Array]:
        """Each parameter's gradient by the timestep at which it is used; once."""
        return self._sequence_facts.decomposition.by_use

    @property
    def terms_computed(self) -> bool:
        """Whether both of these are there already."""
        return self._sequence_facts.decomposition.is_computed

    @property
    def metrics(self) -> Mapping[str, float]:
        """The file's metrics on this iteration's sequences; measured once."""
        return self.facts.metrics

    @property
    def _sequence_facts(self) -> SequenceFacts:
        return self.facts.sequences[self.position.sequence]

    @cached_property
    def _forward_order(self) -> dict[str, int]:
        """Place among the equations of a timestep forward."""
        return {e.target: n for n, e in enumerate(self.program.model.equations)}

    @cached_property
    def _backward_order(self) -> dict[str, int]:
        """Place among the backward equations of the timestep under the cursor."""
        if self.position.t == 0:
            return {e.target: n for n, e in enumerate(initial_gradients(self.program))}
        return {e.target: n for n, e in enumerate(self.program.backward)}


def initial_gradients(program: Program) -> tuple[Equation, ...]:
    """The backward equations at t = 0: of the initial states, and of parameters in them."""
    states = [e for e in program.backward if e.following is not None]
    found = [e.initial() for e in states if e.of in program.model.states]
    return (*found, *(e.equation(last=True) for e in program.backward_initial))
