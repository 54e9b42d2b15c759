"""Python's search for cyclic garbage, kept out of the way of keys.

A picture is thousands of small objects, which set off a search every few milliseconds; now and then
one goes through all that was imported as well, half a million objects, and takes as long as several
frames: a third of the time of a key, and nearly all of its longest waits. Little of what is drawn is
cyclic: reference counting frees it at once, whatever the search does.
"""

from __future__ import annotations

import gc

_YOUNG = 20_000  # new objects that lead to a search of these alone: some pictures


def search_less() -> None:
    """Leave what there is by now out of every search, and search the rest less often."""
    gc.freeze()
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])
