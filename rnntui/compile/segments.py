"""Quantities end to end in one vector: where each of them stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod

from rnntui.language.shapes import Shape


@dataclass(frozen=True)
class Segment:
    """Where a quantity stands in a parameter vector: its first element, and how many there are."""

    start: int
    size: int

    @property
    def part(self) -> slice:
        """Its elements."""
        return slice(self.start, self.start + self.size)


def segments(keys: Iterable[str], shapes: Mapping[str, Shape]) -> tuple[dict[str, Segment], int]:
    """A segment for each quantity, one after the other, and the length of it all."""
    segments_by_key: dict[str, Segment] = {}
    start = 0
    for key in keys:
        segments_by_key[key] = Segment(start, prod(shapes[key]))
        start += segments_by_key[key].size
    return segments_by_key, start
