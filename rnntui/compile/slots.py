"""Quantities end to end in one vector: where each of them stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod

from rnntui.language.shapes import Shape


@dataclass(frozen=True)
class Slot:
    """Where a quantity stands in a parameter vector: its first element, and how many there are."""

    start: int
    size: int

    @property
    def part(self) -> slice:
        """Its elements."""
        return slice(self.start, self.start + self.size)


def slots(keys: Iterable[str], shapes: Mapping[str, Shape]) -> tuple[dict[str, Slot], int]:
    """A slot for each quantity, one after the other, and the length of it all."""
    slots_by_key: dict[str, Slot] = {}
    start = 0
    for key in keys:
        slots_by_key[key] = Slot(start, prod(shapes[key]))
        start += slots_by_key[key].size
    return slots_by_key, start
