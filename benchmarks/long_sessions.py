"""A session with a long past to go back into, made as its user makes it: by letting it run."""

from __future__ import annotations

import time

from rnntui.data.sequence_file import read_sequence_file
from rnntui.data.shipped import find_file
from rnntui.engine.state import TrainingState
from rnntui.session.course import Course
from rnntui.session.session import Session


class LongSession:
    """A shipped file in a session, trained as far as is asked for.

    compiled: with the kernel that the session changes over to, else with NumPy all the way.
    """

    def __init__(self, name: str, compiled: bool = True) -> None:
        self.session = Session(read_sequence_file(find_file(name)), compiled=compiled)
        self.compiled = compiled
        assert self.session.course is not None, "the file trains"
        self.course: Course = self.session.course

    def train(self, until: int) -> float:
        """Run to an iteration; the seconds that took, compiling and changing over included."""
        start = time.perf_counter()
        self.session.run(until)
        while self.session.running or (self.compiled and self.course.engine != "compiled"):
            time.sleep(0.002)
            if self.course.engine.endswith("not compiled"):
                raise RuntimeError(f"the session trains with {self.course.engine}")
        self.session.pause()
        assert self.course.newest == until, "a number was not finite"
        return time.perf_counter() - start

    def reach(self, iteration: int) -> TrainingState:
        """The state before a past iteration."""
        return self.course.state(iteration)

    @property
    def size(self) -> int:
        """Bytes that the history takes."""
        return self.course.bytes
