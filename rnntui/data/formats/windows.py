"""Long sequences cut into windows, one sequence each: what a recurrence is stepped and trained on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rnntui.data.sequence import InputSequence
from rnntui.data.sequences import Data
from rnntui.text.memory import MOST_OBJECTS, SEQUENCE, check_fits

LONGEST = 200_000  # timesteps that are opened whole without being asked; more take many seconds
USUAL = 1_000


def windowed(data: Data, window: int | None) -> tuple[Data, str]:
    """The data with every sequence cut into windows of so many timesteps, and what to tell of it.

    window: None cuts only where a sequence has more than LONGEST timesteps, into windows of USUAL.
    Each window is a sequence of its own, whose state starts anew. Raises InputError where they would
    be too many.
    """
    longest = max(sequence.length for sequence in data.sequences)
    size = window or (USUAL if longest > LONGEST else longest)
    if size >= longest:
        return data, ""
    count = sum(-(-sequence.length // size) for sequence in data.sequences)
    hint = "cut into longer ones: --window"
    check_fits(f"{count:,} windows", count * SEQUENCE, MOST_OBJECTS, None, hint)
    windows = tuple(part for sequence in data.sequences for part in _cut(sequence, size))
    notice = f"Cut into {len(windows):,} windows of {size:,} timesteps (--window)."
    return replace(data, sequences=windows), notice


def _cut(sequence: InputSequence, size: int) -> Iterator[InputSequence]:
    for start in range(0, sequence.length, size):
        part = slice(start, start + size)
        yield InputSequence(
            None if sequence.inputs is None else sequence.inputs[part],
            None if sequence.targets is None else sequence.targets[part],
            sequence.mask[part],
            sequence.symbols[part],
            sequence.target_symbols[part],
        )
