"""Training in a thread beside the screen."""

from __future__ import annotations

import sys
import threading

from rnntui.engine.engine import StopFlag
from rnntui.session.course import Course

_SLICE = 0.04  # seconds of training between two looks at what was asked meanwhile
_FIRST = 1  # iterations of the first slice, while the speed is not known
# How long a thread that computes in Python keeps the others waiting (Python's own is 5 ms): the
# screen and the training hand over to each other more often than that.
_SWITCH = 0.0001
_HELD = 0.1  # seconds that training may be held up at most


class Runner:
    """Trains on until it is paused, comes to the iteration `until`, or cannot go on."""

    def __init__(self, course: Course, until: int | None = None) -> None:
        self.until = until
        self._course = course
        self._ended = False
        self._stop = StopFlag()  # for the slice at hand
        self._free = threading.Event()
        self._free.set()
        self._thread = threading.Thread(target=self._run, name="training", daemon=True)

    def start(self) -> None:
        """Begin."""
        sys.setswitchinterval(_SWITCH)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether it is still at it."""
        return self._thread.is_alive()

    def hold(self) -> None:
        """Wait after the iteration at hand, until `release`, where training would share Python's lock
        with whoever asks."""
        if not self._course.releases_lock:
            self._free.clear()
            self._stop.set()

    def release(self) -> None:
        """Go on."""
        self._free.set()

    def abandon(self) -> None:
        """Stop after the iteration at hand, for which nobody waits."""
        self._ended = True
        self._stop.set()
        self._free.set()

    def pause(self) -> None:
        """Stop after the iteration at hand, and wait for that."""
        self.abandon()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._ended:
            if not self._free.wait(_HELD):
                self._free.set()
            self._stop.clear()
            if self._ended or not self._free.is_set():  # asked for since it was looked at
                continue
            count = max(int(self._course.rate * _SLICE), _FIRST)
            if self.until is not None:
                count = min(count, self.until - self._course.newest)
            if self._course.extend(count, self._stop) == 0 and not self._stop:
                return
