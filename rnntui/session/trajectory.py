"""Where training has been: the state before every iteration so far, each to be had again.

The states are computed by one way of fast training. Some are kept; those between are computed
again from the one before them, which gives the same bits, because an iteration is a function of
the state before it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from threading import Lock

from rnntui.engine.engine import Engine, StopFlag
from rnntui.engine.parameter_vector import VectorState
from rnntui.engine.state import TrainingState
from rnntui.engine.training import Iteration
from rnntui.session.keyframes import Keyframes
from rnntui.session.losses import Losses

_LOSSES = 8  # one part in so many of the memory is for the losses
_NEAR = 32  # states before the one asked for that are computed along with it
_NEAR_MEMORY = 4  # at most one part in so many of the memory is for those
_REPLAY = 0.004  # seconds that going back between two kept states may take


class Trajectory:
    """States and losses by iteration. The methods may be called from several threads.

    training: what computes the states. memory: bytes that the history may take in all. before: the
    losses of the iterations before `start`; they are copied.
    failed: the newest iteration has a number that is not finite, so there is no next one.
    rate: iterations a second of the last `extend`; 0 before the first.
    """

    def __init__(
        self,
        training: Engine,
        start: TrainingState,
        memory: int,
        before: Losses | None = None,
    ) -> None:
        self.training = training
        self.memory = memory
        self.failed = False
        self.rate = 0.0
        most = memory // _LOSSES // 8
        self.losses = Losses(most) if before is None else before.first(start.iteration, most)
        first = training.layout.vectors(start)
        self._start = first
        self._newest = first
        self._near_count = max(min(_NEAR, memory // _NEAR_MEMORY // max(first.bytes, 1)), 1)
        left = memory - memory // _LOSSES - self._near_count * first.bytes
        self._keyframes = Keyframes(first, left)
        self._near: dict[int, VectorState] = {}
        self._lock = Lock()
        self._computing = Lock()

    @property
    def newest(self) -> int:
        """The last iteration whose state is known."""
        return self._newest.iteration

    @property
    def newest_state(self) -> TrainingState:
        """Its state."""
        return self.training.layout.state(self._newest)

    @property
    def bytes(self) -> int:
        """How much memory the history takes."""
        near = sum(state.bytes for state in list(self._near.values()))
        return self._keyframes.bytes + self.losses.bytes + near

    @property
    def every(self) -> int:
        """How far apart states are kept at first: as far as `_REPLAY` allows."""
        apart = 1
        while 2 * apart <= self.rate * _REPLAY:
            apart *= 2
        return apart

    def extend(self, iterations: int, stop: StopFlag | None = None) -> Sequence[float]:
        """Train on from the newest state; the losses of the iterations that were done."""
        if iterations <= 0 or self.failed:
            return ()
        with self._computing:
            before, started = self._newest, time.perf_counter()
            run = self.training.advance(before, iterations, self.every, stop)
            seconds = time.perf_counter() - started
        with self._lock:
            done = len(run.losses)
            if done:
                self.rate = done / max(seconds, 1e-9)
            self.losses.put(before.iteration, run.losses)
            self._keyframes.add(run.kept)
            self._newest = run.after
            self.failed = run.failed
        return run.losses

    def take(self, iteration: Iteration) -> bool:
        """Go on by an iteration that was computed already; whether that was what comes next."""
        with self._lock:
            number = iteration.before.iteration
            if not self.training.exact or number != self._newest.iteration:
                return False
            if iteration.after is None or iteration.loss is None:
                return False
            after = self.training.layout.vectors(iteration.after)
            self.losses.put(number, [iteration.loss])
            if after.iteration % self.every == 0:
                self._keyframes.add([after])
            self._newest = after
            return True

    def state(self, iteration: int) -> TrainingState:
        """The state before an iteration from the start's to the newest: the same bits at every time."""
        return self.training.layout.state(self._vectors(iteration))

    def _vectors(self, iteration: int) -> VectorState:
        with self._lock:
            if iteration == self._newest.iteration:
                return self._newest
            if iteration in self._near:
                return self._near[iteration]
            base = self._keyframes.before(iteration)
        if base.iteration == iteration:
            return base
        return self._replay(base, iteration)

    def _replay(self, base: VectorState, iteration: int) -> VectorState:
        """Compute from a kept state; the last ones on the way are likely to be asked for next."""
        near = min(self._near_count, iteration - base.iteration)
        with self._computing:
            far = iteration - base.iteration - near
            if far:
                base = self.training.advance(base, far).after
            run = self.training.advance(base, near, 1)
        with self._lock:
            self._near = {state.iteration: state for state in run.kept}
        return run.after
