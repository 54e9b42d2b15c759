"""A moment: one place on the timeline and everything there is to see from it. Panels draw this."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from rnntui.data.sequence import InputSequence
from rnntui.data.sequence_file import SequenceFile
from rnntui.engine.decomposition import gradients_by_loss, gradients_by_use
from rnntui.engine.metrics import measure
from rnntui.engine.optimiser import Optimiser
from rnntui.engine.trace import Trace
from rnntui.engine.training import Iteration
from rnntui.language.program import Program
from rnntui.language.tree import Equation, Name
from rnntui.session.checks import CheckedValue
from rnntui.session.timeline import Position

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Moment:
    """What is known at one position.

    losses: of every iteration so far reached, by iteration. checks: expectations of this
    iteration and sequence. selected: the quantity that is picked out, or empty.
    """

    file: SequenceFile
    position: Position
    iteration: Iteration
    optimiser: Optimiser
    losses: Sequence[float] = ()
    checks: Sequence[CheckedValue] = ()
    selected: str = ""
    message: str = ""
    _cache: dict[Any, Any] = field(default_factory=dict)

    @property
    def program(self) -> Program:
        """The model with its sizes."""
        return self.file.program

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
        return bare(self.equation.target)

    def lookup(self) -> Callable[[Name], Any]:
        """What names mean in the equation under the cursor."""
        if self.position.phase == "update":
            return self._lookup_update
        return self.trace.lookup(self.position.t)

    def _lookup_update(self, name: Name) -> Any:
        before, update = self.iteration.before, self.iteration.update
        assert update is not None, "the update phase has an update"
        if name.shift == -1:
            found = before.memory.get(name.key)
            return np.zeros_like(before.parameters[self.quantity]) if found is None else found
        if name.key.startswith("grad("):
            return self.iteration.gradients[name.key[5:-1]]
        for values in (update.values, update.given, before.parameters):
            if name.key in values:
                return values[name.key]
        raise KeyError(name.key)

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
        if key.startswith("grad("):
            if phase == "forward":
                return range(0)
            # what has no equation at t ≥ 1 is zero from the start; at t = 0 it does not exist
            order = self._backward_order.get(key, -1 if now else len(self._backward_order))
            return every[now if order <= self.position.equation else now + 1 :]
        if phase != "forward" or key in ("x", "target"):
            return every
        order = self._forward_order.get(bare(key), -1)
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
    def by_loss(self) -> dict[str, Array]:
        """Each parameter's gradient by the timestep whose loss it comes from; T² work, once."""
        return self._once("by_loss", lambda: gradients_by_loss(self.trace))

    @property
    def by_use(self) -> dict[str, Array]:
        """Each parameter's gradient by the timestep at which it is used; once."""
        return self._once("by_use", lambda: dict(gradients_by_use(self.trace).by_use))

    @property
    def terms_computed(self) -> bool:
        """Whether both of these are there already."""
        sequence = self.position.sequence
        return ("by_loss", sequence) in self._cache and ("by_use", sequence) in self._cache

    @property
    def metrics(self) -> dict[str, float]:
        """The file's metrics on this iteration's sequences; measured once."""
        if "metrics" not in self._cache:
            measured = {
                metric.name: measure(metric, self.iteration.traces)
                for metric in self.file.metrics.metrics
            }
            self._cache["metrics"] = measured
        found: dict[str, float] = self._cache["metrics"]
        return found

    def _once(self, what: str, compute: Callable[[], dict[str, Array]]) -> dict[str, Array]:
        # the cache outlives this moment: the session hands it on as long as the trace is the same
        key = (what, self.position.sequence)
        if key not in self._cache:
            self._cache[key] = compute()
        found: dict[str, Array] = self._cache[key]
        return found

    @cached_property
    def _forward_order(self) -> dict[str, int]:
        """Place among the equations of a timestep forward."""
        return {e.target: n for n, e in enumerate(self.program.model.equations)}

    @cached_property
    def _backward_order(self) -> dict[str, int]:
        """Place among the backward equations of the timestep under the cursor."""
        if self.position.t == 0:
            return {e.target: n for n, e in enumerate(initial_gradients(self.program))}
        return {f"grad({e.of})": n for n, e in enumerate(self.program.backward)}


def bare(key: str) -> str:
    """The quantity behind a key: i for pre(i), grad(i) and grad(pre(i))."""
    return key.rpartition("(")[2].rstrip(")") if "(" in key else key


def initial_gradients(program: Program) -> tuple[Equation, ...]:
    """The backward equations at t = 0: of the initial states, and of parameters in them."""
    states = [e for e in program.backward if e.following is not None]
    found = [e.initial() for e in states if e.of in program.model.states]
    return (*found, *(e.equation(last=True) for e in program.backward_initial))
