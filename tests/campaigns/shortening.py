"""Making what fails shorter for as long as it fails: delta debugging (Zeller & Hildebrandt 2002)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

Part = TypeVar("Part", bound=Sequence)


def shortened(
    whole: Part, fails: Callable[[Part], bool], attempts: int = 300, seconds: float = 60
) -> Part:
    """The shortest part of a sequence found that fails; `whole` itself does. Concatenates with +.

    It tries pieces of half the length, of a quarter, and so on, leaving out one after the other, and
    ends after so many attempts or seconds.
    """
    end = time.monotonic() + seconds
    size = max(len(whole) // 2, 1)
    while len(whole) > 1 and size:
        at = 0
        while at < len(whole):
            if not attempts or time.monotonic() > end:
                return whole
            attempts -= 1
            rest = whole[:at] + whole[at + size :]
            if len(rest) and fails(rest):
                whole = rest
            else:
                at += size
        size = min(size // 2, len(whole) // 2)
    return whole
