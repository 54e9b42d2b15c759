"""How long an update takes: contenders take turns, so that a disturbance meets them all alike.

The clock is that on the wall, time.perf_counter, unless time.process_time is asked for: on one core
that others use as well, it leaves out what they took.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

Clock = Callable[[], float]


class Contender(Protocol):
    """Something that trains. unit: its updates come in multiples of so many."""

    unit: int

    def train(self, updates: int) -> Sequence[Any]:
        """Goes on for some updates and gives their losses, not yet converted to numbers."""
        ...


@dataclass(frozen=True)
class Figure:
    """Microseconds an update: the median over the rounds, the smallest and the largest."""

    median: float
    least: float
    most: float

    @property
    def spread(self) -> float:
        """The larger distance from the median, relative to it."""
        return max(self.median - self.least, self.most - self.median) / self.median


def seconds_for(contender: Contender, updates: int, clock: Clock) -> float:
    """How long some updates take."""
    start = clock()
    contender.train(updates)
    return clock() - start


def updates_for(contender: Contender, seconds: float, clock: Clock) -> int:
    """How many updates fill so many seconds, at least one unit; this warms it up as well."""
    updates = contender.unit
    contender.train(updates)
    while True:
        taken = seconds_for(contender, updates, clock)
        if taken >= seconds / 4:
            break
        updates *= 4 if taken < seconds / 16 else 2
    wanted = updates * seconds / taken
    return max(1, round(wanted / contender.unit)) * contender.unit


def quickest(
    candidates: Mapping[str, Contender], seconds: float = 0.1, clock: Clock = time.perf_counter
) -> str:
    """The name of the candidate that takes least time, each at the best of three tries."""
    if len(candidates) == 1:
        return next(iter(candidates))
    updates = {name: updates_for(one, seconds, clock) for name, one in candidates.items()}
    tries = [
        {name: seconds_for(one, updates[name], clock) / updates[name]
         for name, one in candidates.items()}
        for _ in range(3)
    ]  # fmt: skip
    return min(candidates, key=lambda name: min(found[name] for found in tries))


def race(
    contenders: Mapping[str, Contender],
    rounds: int,
    seconds: float,
    clock: Clock = time.perf_counter,
) -> dict[str, Figure]:
    """Each contender's time an update, all measured in turns of about so many seconds."""
    updates = {name: updates_for(one, seconds, clock) for name, one in contenders.items()}
    found: dict[str, list[float]] = {name: [] for name in contenders}
    names = list(contenders)
    gc.collect()
    for number in range(rounds):
        shift = number % len(names)  # nobody always comes after the same one
        for name in names[shift:] + names[:shift]:
            taken = seconds_for(contenders[name], updates[name], clock)
            found[name].append(1e6 * taken / updates[name])
    return {
        name: Figure(float(np.median(times)), min(times), max(times))
        for name, times in found.items()
    }
