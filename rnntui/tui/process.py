"""What the application changes of the process that it runs in, and puts back when it ends.

Threads take turns more often: what is computed keeps the thread that writes to the terminal
waiting for Python's own 5 ms otherwise, half the time of a key.

Textual waits for the next of so many ticks a second with a picture, even if there is one to be
shown: 60 of them, its own number, are most of the time that a key may take.

Python's search for cyclic garbage is kept out of the way of keys. A picture is thousands of small
objects, which set off a search every few milliseconds; now and then one goes through all that was
imported as well, half a million objects, and takes as long as several frames: a third of the time
of a key, and nearly all of its longest waits. Little of what is drawn is cyclic: reference counting
frees it at once, whatever the search does. So what was imported is left out, and the rest is
searched after a key's last picture, in small portions, instead of before the first one of some
later key.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_HAND_OVER = 0.0001  # seconds that a thread that computes in Python keeps the others waiting
_FPS, _PICTURES = "TEXTUAL_FPS", "240"  # which Textual reads when it is imported
# New objects that lead to a search whenever it may be: far more than a key's. Starting makes some
# hundred thousand to stay; to look through them all after every 700, as is usual, would take a
# tenth of the time it has.
_STARTING, _STEPPING = 100_000, 50_000
_PORTION = 2_000  # new objects that are worth a search in a pause

_tuned = False


@contextmanager
def tuned() -> Iterator[None]:
    """The process as the application wants it, from before Textual is imported to the end.

    However it ends, everything is as it was then.
    """
    global _tuned
    interval, thresholds, pictures = (
        sys.getswitchinterval(),
        gc.get_threshold(),
        os.environ.get(_FPS),
    )
    sys.setswitchinterval(_HAND_OVER)
    gc.set_threshold(_STARTING, *thresholds[1:])
    os.environ.setdefault(_FPS, _PICTURES)
    _tuned = True
    try:
        yield
    finally:
        _tuned = False
        sys.setswitchinterval(interval)
        gc.set_threshold(*thresholds)
        gc.unfreeze()
        if pictures is None:
            os.environ.pop(_FPS, None)


def search_less() -> None:
    """Leave what there is by now out of every search, and search the rest in pauses.

    It is for the whole process, so where that has not been tuned nothing is done.
    """
    if _tuned:
        gc.freeze()
        gc.set_threshold(_STEPPING, *gc.get_threshold()[1:])


def search_garbage() -> None:
    """Search what is new, and from time to time what is older, as Python does by itself."""
    counts, thresholds = gc.get_count(), (_PORTION, *gc.get_threshold()[1:])
    due = [age for age in range(len(counts)) if counts[age] > thresholds[age]]
    if due:
        gc.collect(due[-1])
