"""A session with a long past to go back into, made as its user makes it: by letting it run."""

from __future__ import annotations

import time

from rnntui.data.sequence_file import read_sequence_file
from rnntui.data.shipped import find_file
from rnntui.engine.state import TrainingState
from rnntui.session.history import History
from rnntui.session.session import Session


class LongSession:
    """A shipped file in a session, trained as far as is asked for.

    compiled: with the kernel that the session changes over to, else with NumPy all the way.
    """

    def __init__(self, name: str, compiled: bool = True) -> None:
        self.session = Session(read_sequence_file(find_file(name)), compiled=compiled)
        self.compiled = compiled
        assert self.session.history is not None, "the file trains"
        self.history: History = self.session.history

    def train(self, until: int) -> float:
        """Run to an iteration; the seconds that took, compiling and changing over included."""
        start = time.perf_counter()
        self.session.run(until)
        while self.session.running or (self.compiled and self.history.engine != "compiled"):
            time.sleep(0.002)
            if self.history.engine.endswith("not compiled"):
                raise RuntimeError(f"the session trains with {self.history.engine}")
        self.session.pause()
        assert self.history.newest == until, "a number was not finite"
        return time.perf_counter() - start

    def reach(self, iteration: int) -> TrainingState:
        """The state before a past iteration."""
        return self.history.state(iteration)

    @property
    def size(self) -> int:
        """Bytes that the history takes."""
        return self.history.bytes
