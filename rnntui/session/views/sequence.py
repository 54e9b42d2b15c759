"""The sequence: input, target, prediction and loss at each timestep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np

from rnntui.data.tasks.task import TaskSequence
from rnntui.notation.formula import format_value
from rnntui.session.moment import Moment
from rnntui.session.views.arrays import Array, Version, closed


@dataclass(frozen=True, eq=False)
class SequenceRow:
    """Of each timestep t = 1 … T one thing.

    name: input, target, predicted or loss. values: (T, …), none where there are only symbols.
    symbols: what each value is called, or empty. known: the timesteps at which it is known by now.
    """

    name: str
    values: Array | None
    symbols: Sequence[str]
    known: range

    def texts(self, steps: range) -> list[str]:
        """What some consecutive timesteps say, known or not: `A`, `(1 −1)`, `0.88`."""
        within = slice(steps.start - 1, steps.stop - 1)
        if self.symbols:
            return list(self.symbols[within])
        return [] if self.values is None else [short(value) for value in self.values[within]]


@dataclass(frozen=True, eq=False)
class SequenceView:
    """A column for each timestep.

    length: T. t: the timestep under the cursor; of the initial state, the first. words: the whole
    sequence as people say it, or empty. rows: those that apply.
    """

    version: Version
    length: int
    t: int
    words: str
    rows: tuple[SequenceRow, ...]


def view(moment: Moment) -> SequenceView:
    """What there is to say of the sequence at hand."""
    sequence, trace = moment.sequence, moment.trace
    words = sequence.words if isinstance(sequence, TaskSequence) else ""
    always = range(trace.length + 1)
    rows = [
        SequenceRow("input", _closed(sequence.inputs), sequence.symbols, always),
        SequenceRow("target", _closed(sequence.targets), sequence.target_symbols, always),
    ]
    readout = _readout(moment)
    if readout is not None:
        values = closed(trace.values[readout][1:])
        rows.append(
            SequenceRow(
                "predicted", values, _predictions(moment, values), moment.known_range(readout)
            )
        )
    objective = moment.program.model.objective
    if objective is not None:
        values = closed(trace.values[objective][1:])
        rows.append(SequenceRow("loss", values, (), moment.known_range(objective)))
    present = tuple(row for row in rows if row.symbols or row.values is not None)
    return SequenceView(trace, trace.length, max(moment.t, 1), words, present)


def short(value: Array) -> str:
    """A value in a few characters: `0.88`, `(1 −1)`."""
    text = format_value(value, 2)
    return f"({text[1:-1]})" if text.startswith("[") else text


def _closed(array: Array | None) -> Array | None:
    return None if array is None else closed(array)


def _readout(moment: Moment) -> str | None:
    """The quantity that is the prediction: the last with the role readout, or what is called y."""
    model = moment.program.model
    keys = [e.target for e in model.equations if model.role(e.target) == "readout"]
    return keys[-1] if keys else None


def _predictions(moment: Moment, values: Array) -> Sequence[str]:
    """The symbols of the largest components, where targets are symbols and there is one for each."""
    alphabet = tuple(moment.file.data.target_alphabet)
    if not moment.sequence.target_symbols or values.shape[1:] != (len(alphabet),):
        return ()
    return _LargestComponents(values, alphabet)


class _LargestComponents(Sequence[str]):
    """The symbol of the largest component of each row, found when it is asked for."""

    def __init__(self, values: Array, alphabet: tuple[str, ...]) -> None:
        self._values, self._alphabet = values, alphabet

    def __len__(self) -> int:
        return len(self._values)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if not isinstance(index, slice):
            return self._symbols(self._values[index : index + 1 or None])[0]
        return self._symbols(self._values[index])

    def _symbols(self, values: Array) -> list[str]:
        finite = np.isfinite(values).all(axis=1)
        largest = np.where(finite, values.argmax(axis=1), -1)
        return ["nan" if best < 0 else self._alphabet[best] for best in largest.tolist()]
