"""Which lines of a widget have to be painted again: bytes to a terminal cost time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from textual.geometry import Region
from textual.strip import Strip


def changed_regions(before: Sequence[Strip], after: Sequence[Strip], width: int) -> list[Region]:
    """Where as many lines of a widget are other than they were, neighbours together."""
    changed = [
        y
        for y, (old, new) in enumerate(zip(before, after, strict=True))
        if old is not new and old != new
    ]
    # of a run without a gap, the distance from the place in the list stays the same
    runs = (list(run) for _, run in groupby(enumerate(changed), lambda pair: pair[1] - pair[0]))
    return [Region(0, run[0][1], width, len(run)) for run in runs]
