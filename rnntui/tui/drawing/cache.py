"""What was made for earlier pictures, so that it is not made again."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

Made = TypeVar("Made")

_MOST = 1000  # lines: more than any terminal is high, less than memory notices


class Cache:
    """What was made, by all that it shows.

    It is kept for as long as what everything in it shares (a trace, colours) is the same.
    """

    def __init__(self) -> None:
        self._shared: tuple[Hashable, ...] = ()
        self._made: dict[Hashable, Any] = {}

    def begin(self, *shared: Hashable) -> None:
        """What all to come share; if it is other than before, what was made is let go."""
        if shared != self._shared or len(self._made) > _MOST:
            self._shared, self._made = shared, {}

    def get(self, version: Hashable, make: Callable[[], Made]) -> Made:
        """What there is of this version, made if it is not there yet."""
        if version not in self._made:
            self._made[version] = make()
        made: Made = self._made[version]
        return made
