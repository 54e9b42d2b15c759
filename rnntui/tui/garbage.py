"""Python's search for cyclic garbage, kept out of the way of keys.

A picture is thousands of small objects, which set off a search every few milliseconds; now and then
one goes through all that was imported as well, half a million objects, and takes as long as several
frames: a third of the time of a key, and nearly all of its longest waits. Little of what is drawn is
cyclic: reference counting frees it at once, whatever the search does. So what was imported is left
out, and the rest is searched after a key's last picture, in small portions, instead of before the
first one of some later key.
"""

from __future__ import annotations

import gc

_PORTION = 2_000  # new objects that are worth a search in a pause
_MOST = 50_000  # those that lead to one whenever it may be: far more than a key's


def search_less() -> None:
    """Leave what there is by now out of every search, and search the rest in pauses."""
    gc.freeze()
    gc.set_threshold(_MOST, *gc.get_threshold()[1:])


def search_some() -> None:
    """Search what is new, and from time to time what is older, as Python does by itself."""
    counts, thresholds = gc.get_count(), (_PORTION, *gc.get_threshold()[1:])
    due = [age for age in range(len(counts)) if counts[age] > thresholds[age]]
    if due:
        gc.collect(due[-1])
