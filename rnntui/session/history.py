"""Past iterations: states to go back to, and the losses on the way."""

from __future__ import annotations

from rnntui.engine.training import Trainer, TrainingState

_KEYFRAMES = 1024  # states kept at most; twice the spacing each time there are more


class History:
    """States before each iteration; those not kept are computed again from the last one kept.

    An iteration is a function of the state before it, so what is computed again is the same bits.
    Memory is bounded: at most `_KEYFRAMES` states, thinned out evenly as training goes on.
    """

    def __init__(self, trainer: Trainer, start: TrainingState) -> None:
        self._trainer = trainer
        self._states = {start.iteration: start}
        self._spacing = 1
        self.losses: list[float] = []  # by iteration, as far as training has gone

    def remember(self, state: TrainingState) -> None:
        """Keep the state before an iteration, if it falls on a keyframe."""
        if state.iteration % self._spacing == 0:
            self._states[state.iteration] = state
        while len(self._states) > _KEYFRAMES:
            self._spacing *= 2
            self._states = {k: s for k, s in self._states.items() if k % self._spacing == 0}

    def remember_loss(self, iteration: int, loss: float | None) -> None:
        """Note an iteration's loss the first time it is reached."""
        if loss is not None and iteration == len(self.losses):
            self.losses.append(loss)

    def state(self, iteration: int) -> TrainingState:
        """The state before an iteration that has been reached."""
        state = self._states[max(k for k in self._states if k <= iteration)]
        while state.iteration < iteration:
            after = self._trainer.iterate(state).after
            assert after is not None, "an iteration that was reached can be computed again"
            state = after
        return state
