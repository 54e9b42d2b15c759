"""Training in a thread beside the screen."""

from __future__ import annotations

import sys
import threading

from rnntui.engine.flat_training import StopFlag
from rnntui.session.course import Course

_SLICE = 0.04  # seconds of training between two looks at what was asked meanwhile
_FIRST = 1  # iterations of the first slice, while the speed is not known
# How long a thread that computes in Python keeps the others waiting (Python's own is 5 ms): the
# screen and the training hand over to each other more often than that.
_SWITCH = 0.0001


class Runner:
    """Trains on until it is paused, comes to the iteration `until`, or cannot go on."""

    def __init__(self, course: Course, until: int | None = None) -> None:
        self.until = until
        self._course = course
        self._stop = StopFlag()
        self._thread = threading.Thread(target=self._run, name="training", daemon=True)

    def start(self) -> None:
        """Begin."""
        sys.setswitchinterval(_SWITCH)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether it is still at it."""
        return self._thread.is_alive()

    def abandon(self) -> None:
        """Stop after the iteration at hand, for which nobody waits."""
        self._stop.set()

    def pause(self) -> None:
        """Stop after the iteration at hand, and wait for that."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stop:
            count = max(int(self._course.rate * _SLICE), _FIRST)
            if self.until is not None:
                count = min(count, self.until - self._course.newest)
            if self._course.extend(count, self._stop) == 0:
                return
