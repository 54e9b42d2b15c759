"""The history of one branch's training: it begins with NumPy, and goes on compiled once the kernel is there.

What is promised: stepping, running and replay give the same bits, forward and back, because all of
them come from one trajectory. When a compiled kernel takes over, it first computes every iteration
from the start again, so that from then on all states are the kernel's, whenever it took over; those
seen before were NumPy's, which agree within 1e-12, relative, for each iteration.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from rnntui.engine.engine import Engine, StopFlag
from rnntui.engine.numpy_engine import NumpyEngine
from rnntui.engine.state import TrainingState
from rnntui.engine.training import Iteration, Trainer
from rnntui.session.losses import Losses
from rnntui.session.trajectory import Trajectory

_SLICE = 0.05  # seconds of catching up between two looks at how far training has gone
_CLOSE = 0.02  # seconds of catching up for which training may be kept waiting

Compile = Callable[[Trainer], Engine]


class History:
    """States and losses by iteration, from `start` on; see `Trajectory`.

    memory: bytes that the history may take. before: the losses of the iterations before `start`,
    where it is not the first.
    """

    def __init__(
        self, trainer: Trainer, start: TrainingState, memory: int, before: Losses | None = None
    ) -> None:
        self._trainer, self._start, self.memory = trainer, start, memory
        self._before = before
        self._trajectory = self._begun(NumpyEngine(trainer))
        self._turn = threading.Lock()  # who holds it may train on, or change the trajectory
        self._stop = StopFlag()
        self._thread: threading.Thread | None = None
        self._waiting = ""  # what is to be said of the one that is to take over

    @property
    def newest(self) -> int:
        """The last iteration whose state is known."""
        return self._trajectory.newest

    @property
    def newest_state(self) -> TrainingState:
        """Its state, also while training goes on."""
        return self._trajectory.newest_state

    @property
    def failed(self) -> bool:
        """Whether the newest iteration has no next one: a number is not finite."""
        return self._trajectory.failed

    @property
    def rate(self) -> float:
        """Iterations a second, of late."""
        return self._trajectory.rate

    @property
    def losses(self) -> Losses:
        """The loss of every iteration so far."""
        return self._trajectory.losses

    @property
    def bytes(self) -> int:
        """How much memory the history takes."""
        return self._trajectory.bytes

    @property
    def engine(self) -> str:
        """What computes the states."""
        return self._trajectory.training.name + self._waiting

    @property
    def releases_lock(self) -> bool:
        """Whether other threads can run Python while it trains."""
        return self._trajectory.training.releases_lock

    def extend(self, iterations: int, stop: StopFlag | None = None) -> Sequence[float]:
        """Train on from the newest state; the losses of the iterations that were done."""
        with self._turn:
            return self._trajectory.extend(iterations, stop)

    def take(self, iteration: Iteration) -> bool:
        """Go on by the newest iteration as it is on the screen, if training would do the same."""
        with self._turn:
            return self._trajectory.take(iteration)

    def state(self, iteration: int) -> TrainingState:
        """The state before an iteration up to the newest."""
        return self._trajectory.state(iteration)

    def restart(self) -> None:
        """Forget all but the start; what was compiled stays."""
        with self._turn:
            self._trajectory = self._begun(self._trajectory.training)

    def speed_up(self, compile_: Compile) -> None:
        """Make a faster way of training in a thread, and change over to it; only the first time."""
        if self._thread is None:
            arguments = (compile_,)
            self._waiting = ", compiling"
            self._thread = threading.Thread(target=self._change_over, args=arguments, daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Give up changing over."""
        self._stop.set()

    def _change_over(self, compile_: Compile) -> None:
        try:
            training = compile_(self._trainer)
        except Exception:  # whatever the compiler met with: training goes on as it is
            self._waiting = ", not compiled"
            return
        faster = self._begun(training)
        self._catch_up(faster)
        self._waiting = ""

    def _catch_up(self, faster: Trajectory) -> None:
        while not self._stop and not faster.failed:
            behind = self.newest - faster.newest
            if behind <= faster.rate * _CLOSE:
                with self._turn:
                    behind = self.newest - faster.newest
                    if behind <= faster.rate * _CLOSE and self._arrive(faster, behind):
                        return
            faster.extend(min(max(behind, 1), max(int(faster.rate * _SLICE), 1)), self._stop)

    def _arrive(self, faster: Trajectory, behind: int) -> bool:
        """Take the faster one's place, if it comes as far."""
        faster.extend(behind)
        if faster.newest < self._trajectory.newest:
            return False  # it meets a number that is not finite where NumPy did not
        if faster.newest > self._trajectory.newest:
            faster = self._as_far(faster)
        self._trajectory = faster
        return True

    def _as_far(self, faster: Trajectory) -> Trajectory:
        """One that has gone no further than the session has: going on is for the user to say."""
        exact = self._begun(faster.training)
        exact.extend(self._trajectory.newest - exact.newest)
        return exact

    def _begun(self, training: Engine) -> Trajectory:
        return Trajectory(training, self._start, self.memory, self._before)
