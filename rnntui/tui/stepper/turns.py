"""Taking turns in the pictures of running training."""

from __future__ import annotations

from collections.abc import Sequence


class Turns:
    """Panels that are not in every picture. interval: seconds at least from one turn to the next."""

    def __init__(self, names: Sequence[str], interval: float) -> None:
        self._names = tuple(names)
        self._waiting: list[str] = []
        self._interval = interval
        self._last = 0.0

    def next(self, now: float) -> str | None:
        """Whose turn it is; None where the last one's was a moment ago."""
        if now - self._last < self._interval or not self._names:
            return None
        self._last = now
        self._waiting = self._waiting or list(self._names)
        return self._waiting.pop(0)

    @property
    def all_had_theirs(self) -> bool:
        """Whether the turn just taken was the last of a round."""
        return not self._waiting
