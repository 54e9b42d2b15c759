"""How far training is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RunProgress:
    """A run at a moment.

    newest: the last iteration it has come to. until: where it ends of itself, or None. rate:
    iterations a second, of late. bytes: what the history takes of `memory`. engine: what computes.
    """

    running: bool
    newest: int
    until: int | None
    rate: float
    bytes: int
    memory: int
    engine: str

    @property
    def seconds_left(self) -> float | None:
        """How long it will take; None where it has no end, or no rate yet."""
        if self.until is None or not self.rate:
            return None
        return max(self.until - self.newest, 0) / self.rate
