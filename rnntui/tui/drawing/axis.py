"""One axis of a plot: its range, where each value is on it, and few, readable ticks."""

from __future__ import annotations

import itertools
import math
import sys
from dataclasses import dataclass

import numpy as np

from rnntui.text.numbers import format_number

Tick = tuple[float, str]
"""Where it is, as a share of the axis, and its text."""

_LARGEST = sys.float_info.max


@dataclass(frozen=True)
class Axis:
    """A linear or logarithmic scale from `low` to `high` (for a logarithm, both are positive)."""

    low: float
    high: float
    log: bool = False
    whole: bool = False
    """Whether only whole numbers mean anything on it, such as timesteps."""

    def share(self, values: np.ndarray | float) -> np.ndarray:
        """Where `values` are: 0 at `low`, 1 at `high`, NaN for what is not on the axis or not finite."""
        values = np.asarray(values, dtype=float)
        on_it = (values >= self.low) & (values <= self.high)
        values = np.where(on_it, values, self.low)
        if self.log:
            low, high = math.log10(self.low), math.log10(self.high)
            shares = (np.log10(values) - low) / (high - low)
        else:
            # Halved first: the distance between two finite numbers need not be finite.
            low, span = self.low / 2, self.high / 2 - self.low / 2
            shares = (values / 2 - low) / span
        return np.where(on_it, shares, np.nan)

    def ticks(self, count: int) -> list[Tick]:
        """At most about `count` round values."""
        values = self._decades(count) if self.log else self._round_values(count)
        if len(values) < 2 and self.log:  # less than a decade: round values, on the log scale
            values = [value for value in self._round_values(count) if value > 0]
            texts = tick_texts(values)
        else:
            texts = _decade_texts(values) if self.log else tick_texts(values)
        shares = self.share(np.clip(values, self.low, self.high)).tolist()
        return list(zip(shares, texts, strict=True))

    def _round_values(self, count: int) -> list[float]:
        half_span = self.high / 2 - self.low / 2
        rough = max(half_span / max(count, 1) * 2, 1.0 if self.whole else 5e-324)
        if not math.isfinite(rough):
            return [self.low, self.high]
        power = 10.0 ** math.floor(math.log10(rough))
        steps = [m * unit for unit in (power / 10, power) for m in (1, 2, 5)] + [10 * power]
        wide = next((k for k, step in enumerate(steps) if step >= rough * 0.999), len(steps) - 1)
        choices = [self._multiples(step) for step in reversed(steps[: wide + 1])]
        # A single tick would not tell the scale.
        several = (ticks for ticks in choices if 2 <= len(ticks) <= count + 2)
        return next(several, choices[0] or [self.low, self.high])

    def _multiples(self, step: float) -> list[float]:
        """Those within, or none if there is no telling them apart."""
        if step == 0 or not math.isfinite(step) or (self.whole and step < 1):
            return []
        start, stop = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        if abs(start) > 1e15:  # the range is finer than the numbers in it
            return []
        return [k * step for k in range(start, min(stop, start + 20) + 1)]

    def _decades(self, count: int) -> list[float]:
        low, high = math.ceil(math.log10(self.low)), math.floor(math.log10(self.high))
        stride = max(math.ceil((high - low + 1) / max(count, 1)), 1)
        # A power below the smallest number is zero, which has no place on a logarithmic axis.
        return [10.0**k for k in range(low, high + 1, stride) if 10.0**k > 0]


def axis_for(
    values: np.ndarray, *, log: bool = False, margin: float = 0.0, whole: bool = False
) -> Axis:
    """The axis that holds all of the finite `values`, with a share of its range as `margin`.

    A single value gets room on both sides: a flat line in the middle, not on the frame.
    `whole` axes have ticks at whole numbers only.
    """
    if not values.size:
        return Axis(0.0, 1.0)
    low, high = float(values.min()), float(values.max())
    if log:
        if math.log10(high) - math.log10(low) < 1e-9:
            return Axis(max(low / 2, 5e-324), min(high * 2, _LARGEST), log=True)
        return Axis(low, high, log=True)
    if whole and low == high:
        return Axis(low - 1 if low else low, high + 1, whole=True)
    if high / 2 - low / 2 <= 1e-9 * max(abs(low), abs(high)) / 2 or high / 2 - low / 2 < 1e-300:
        room = max(abs(low) * 0.1, 0.1 if low == 0 else 1e-290)
        return Axis(max(low - room, -_LARGEST), min(high + room, _LARGEST))
    pad = (high / 2 - low / 2) * margin * 2
    return Axis(max(low - pad, -_LARGEST), min(high + pad, _LARGEST), whole=whole)


def _decade_texts(values: list[float]) -> list[str]:
    """In one notation all: 0.1 is read faster than 1e-1, but not beside 1e-5."""
    plain = all(1e-4 < value < 1e5 for value in values)
    return [f"{value:g}" if plain else format_number(value, 0) for value in values]


def tick_texts(values: list[float]) -> list[str]:
    """`values` with the fewest decimals, the same for all, that still tell them apart exactly.

    >>> tick_texts([0.0, 0.25, 0.5]), tick_texts([0.0, 50.0])
    (['0.00', '0.25', '0.50'], ['0', '50'])
    >>> tick_texts([0.0, 50_000.0, 100_000.0]), tick_texts([500_000.0, 1_000_000.0])
    (['0', '50k', '100k'], ['0.5M', '1M'])
    """
    if values and 1e5 <= max(values) < 1e10 and all(value % 1 == 0 for value in values):
        unit, letter = (1e6, "M") if max(values) >= 1e6 else (1e3, "k")
        if any(value % (unit / 100) for value in values):
            unit, letter = 1.0, ""
        return [f"{value / unit:.10g}{letter if value else ''}" for value in values]
    gaps = [abs(b / 2 - a / 2) * 2 for a, b in itertools.pairwise(values)]
    tolerance = min(gaps, default=max(map(abs, values), default=0.0)) / 100
    plain = all(value == 0 or 1e-4 <= abs(value) < 1e5 for value in values)
    for digits in range(7):
        texts = [format_number(value, digits) for value in values]
        if plain and any("e" in text for text in texts):
            continue  # 0.1 is read faster than 1e-1
        if all(
            abs(float(t) / 2 - v / 2) * 2 <= tolerance for t, v in zip(texts, values, strict=True)
        ):
            return texts
    return [f"{value:.3g}" for value in values]
