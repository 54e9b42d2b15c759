"""The tree of histories: each begins at an iteration of another, with something changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rnntui.data.sequence_file import SequenceFile
from rnntui.engine.state import TrainingState
from rnntui.engine.training import Trainer
from rnntui.session.history import History


@dataclass(frozen=True, eq=False)
class Branch:
    """One history, and all that it depends on.

    history: None where there is nothing to train on. parent: the branch that it parts from before
    `iteration`, which is the first that is its own; the root has none. edits: what was changed
    there, as lines of a sequence file.
    """

    file: SequenceFile
    trainer: Trainer
    start: TrainingState
    history: History | None
    parent: Branch | None = None
    edits: tuple[str, ...] = ()

    @property
    def iteration(self) -> int:
        """The first iteration that is its own."""
        return self.start.iteration

    @property
    def newest(self) -> int:
        """The last iteration whose state is known."""
        return self.iteration if self.history is None else self.history.newest

    def path(self) -> Iterator[Branch]:
        """This branch, its parent, and so on to the root."""
        branch: Branch | None = self
        while branch is not None:
            yield branch
            branch = branch.parent

    def owner(self, iteration: int) -> Branch:
        """Itself, or the ancestor that the history up to it shares an earlier iteration with."""
        return next(branch for branch in self.path() if branch.iteration <= iteration)

    def state(self, iteration: int) -> TrainingState:
        """The state before an iteration from the root's start to the newest: the same bits always."""
        owner = self.owner(iteration)
        return owner.start if owner.history is None else owner.history.state(iteration)


class Branches:
    """All branches of a session, in the order in which they came to be, and the one at hand.

    memory: bytes that each one's history may take.
    """

    def __init__(
        self, file: SequenceFile, trainer: Trainer, start: TrainingState, memory: int
    ) -> None:
        self._memory = memory
        trains = file.model.objective is not None
        history = History(trainer, start, memory) if trains else None
        self.current = Branch(file, trainer, start, history)
        self.all: tuple[Branch, ...] = (self.current,)

    def grow(
        self, file: SequenceFile, trainer: Trainer, start: TrainingState, edits: tuple[str, ...]
    ) -> Branch:
        """A branch off the one at hand, from the iteration of `start` on, which is then at hand."""
        parent = self.current.owner(start.iteration)
        losses = None if parent.history is None else parent.history.losses
        trains = file.model.objective is not None
        history = History(trainer, start, self._memory, losses) if trains else None
        self.current = Branch(file, trainer, start, history, parent, edits)
        self.all += (self.current,)
        return self.current

    def switch(self, branch: Branch) -> None:
        """Another branch is at hand."""
        assert branch in self.all, "a branch of this session"
        self.current = branch

    def close(self) -> None:
        """Nothing goes on beside any more."""
        for branch in self.all:
            if branch.history is not None:
                branch.history.close()
