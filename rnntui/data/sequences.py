"""The [data] table: sequences of symbols or of values, their targets and masks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rnntui.data.fields import Fields, counted, listed
from rnntui.data.sequence import Alphabet, InputSequence
from rnntui.data.streams import TaskStream, read_stream, read_written
from rnntui.text.memory import MOST_NUMBERS
from rnntui.text.placed_text import DataPath
from rnntui.text.problems import InputError, Problem, SourcePlace, near_name

Array = npt.NDArray[np.float64]

_KEYS = (
    "alphabet",
    "one_hot",
    "sequence",
    "sequences",
    "values",
    "length",
    "targets",
    "target_alphabet",
    "target_one_hot",
    "mask",
    "task",
)


@dataclass(frozen=True)
class Data:
    """All sequences of a file. alphabets: each symbol's vector; empty where values are given.

    flat_targets: the targets were given as one number a timestep, so that they fit a scalar
    as well as a vector of one. stream: a task that draws sequences without end; `sequences` then
    has the first of them.
    """

    sequences: tuple[InputSequence, ...]
    alphabet: Alphabet
    target_alphabet: Alphabet
    flat_targets: bool = False
    stream: TaskStream | None = None

    def sequence(self, index: int) -> InputSequence:
        """The sequence at an index from 0."""
        return self.sequences[index] if self.stream is None else self.stream[index]


def read_data(fields: Fields) -> Data:
    """The [data] table; problems are noted in `fields`, and what could be read is returned."""
    if not isinstance(fields.source.data.get("data"), dict):
        return Data((), {}, {})  # which has been noted
    if "task" in fields:
        return _streamed(fields)
    fields.allow(_KEYS, "[data]")
    before = len(fields.problems)
    alphabet, target_alphabet = read_alphabets(fields)
    complete = len(fields.problems) == before
    sequences, flat_targets = read_sequences(fields, alphabet, target_alphabet, complete)
    return Data(sequences, alphabet, target_alphabet, flat_targets)


def read_alphabets(fields: Fields) -> tuple[Alphabet, Alphabet]:
    """The vectors of the inputs' symbols and of the targets', the same if only one is given."""
    alphabet = _alphabet(fields, "alphabet", "one_hot")
    return alphabet, _alphabet(fields, "target_alphabet", "target_one_hot") or alphabet


def read_sequences(
    fields: Fields, alphabet: Alphabet, target_alphabet: Alphabet, complete: bool = True
) -> tuple[tuple[InputSequence, ...], bool]:
    """The sequences of a [data] table in these alphabets, and whether its targets are flat.

    complete: both alphabets could be read; else a missing symbol says nothing new.
    """
    reader = _SequenceReader(fields, alphabet, target_alphabet, complete)
    return tuple(reader.sequences()), reader.flat_targets


def _streamed(fields: Fields) -> Data:
    stream = read_stream(fields)
    if stream is None:
        return Data((), {}, {})
    task = stream.task
    if "sequence" in fields or "sequences" in fields:
        return Data(read_written(fields, task), task.alphabet, task.target_alphabet)
    return Data((stream[0],), task.alphabet, task.target_alphabet, stream=stream)


def _alphabet(fields: Fields, table: str, one_hot: str) -> Alphabet:
    if table in fields and one_hot in fields:
        fields.problem(f"`{table}` and `{one_hot}` say the same", "give one of them", one_hot)
    if table in fields:
        return _vectors(fields.table(table))
    if one_hot not in fields:
        return {}
    value = fields.data[one_hot]
    if not isinstance(value, str | list) or not all(isinstance(s, str) and s for s in value):
        fields.problem(f"`{one_hot}` is a text or a list of symbols", 'such as "AB"', one_hot)
        return {}
    symbols = list(value)
    for symbol, count in Counter(symbols).items():
        if count > 1:
            fields.problem(f"the symbol `{symbol}` stands twice", "", one_hot)
            return {}
    try:
        check_one_hot(len(symbols), len(symbols), fields.source.place(*fields.path, one_hot))
    except InputError as error:
        fields.problems += error.problems
        return {}
    return dict(zip(symbols, np.eye(len(symbols)), strict=True))


def check_one_hot(rows: int, symbols: int, place: SourcePlace | None = None) -> None:
    """Refuse so many one-hot vectors of an alphabet if they would be too many numbers.

    Raises InputError with how many they would be, and how many may be.
    """
    if rows * symbols > MOST_NUMBERS:
        message = (
            f"{rows:,} one-hot vectors of {symbols:,} symbols are {rows * symbols:,} numbers,"
            f" and {MOST_NUMBERS:,} are the most"
        )
        raise InputError(Problem(message, place, "take a part of it, or fewer symbols"))


def _vectors(table: Fields) -> Alphabet:
    if isinstance(table.source.data["data"].get(table.path[-1]), dict) and not table.data:
        table.problem("the alphabet is empty", "write A = [1, 0]")
    vectors: dict[str, Array] = {}
    for symbol in table.data:
        array = table.array(symbol)
        if array is None:
            continue
        vector = np.atleast_1d(array)
        if vector.ndim > 1:
            table.problem(f"`{symbol}` is a vector, not a matrix", "write A = [1, 0]", symbol)
            continue
        first = next(iter(vectors.values()), vector)
        if len(vector) != len(first):
            length = counted(len(vector), "component")
            message = f"`{symbol}` has {length}, the symbols before {len(first)}"
            table.problem(message, "all are equally long", symbol)
            continue
        vectors[symbol] = vector
    return vectors


class _SequenceReader:
    """Reads inputs, targets and masks, one sequence or several alike."""

    def __init__(
        self, fields: Fields, alphabet: Alphabet, target_alphabet: Alphabet, complete: bool
    ) -> None:
        self.fields, self.alphabet, self.target_alphabet = fields, alphabet, target_alphabet
        self.complete = complete
        self.flat_targets = False
        self.numbers = 0  # in the vectors of symbols so far

    def sequences(self) -> list[InputSequence]:
        sources = [k for k in ("sequence", "sequences", "values", "length") if k in self.fields]
        if len(sources) != 1:
            what = "no sequence" if not sources else " and ".join(f"`{k}`" for k in sources)
            message = f"[data] gives {what}" + (" at once" if sources else "")
            hint = "give one of sequence, sequences, values or length"
            self.fields.problem(message, hint, *sources[1:2])
            return []
        (source,) = sources
        several = source == "sequences" or (source == "values" and self._depth(source) == 3)
        paths: list[DataPath] = [(source,)]
        if several:
            value = self.fields.data[source]
            if not isinstance(value, list) or not value:
                self.fields.problem("`sequences` is a list", 'such as ["AB", "BA"]', source)
                return []
            paths = [(source, number) for number in range(len(value))]
        read = [self._sequence(source, path, several) for path in paths]
        sequences = [sequence for sequence in read if sequence is not None]
        self._check_sizes(sequences, paths)
        return sequences

    def _depth(self, key: str) -> int:
        value, depth = self.fields.data[key], 0
        while isinstance(value, list) and value:
            value, depth = value[0], depth + 1
        return depth

    def _sequence(self, source: str, path: DataPath, several: bool) -> InputSequence | None:
        symbols: tuple[str, ...] = ()
        inputs: Array | None = None
        if source == "length":
            length = self.fields.whole("length", 0, least=1, most=10**7)
        elif source == "values":
            inputs = self._values(path)
            length = 0 if inputs is None else len(inputs)
        else:
            symbols = self._symbols(path, self.alphabet, "alphabet")
            length = len(symbols)
        if not length:
            return None
        number = path[1:] if several else ()
        read = self._targets(number, symbols, length)
        if read is None:
            return None
        targets, target_symbols, length = read
        symbols = symbols[:length]
        if symbols:
            inputs = self._vectors(symbols, self.alphabet, path)
            if inputs is None:
                return None
        mask = self._mask(number, length)
        return InputSequence(inputs, targets, mask, symbols, target_symbols)

    def _values(self, path: DataPath) -> Array | None:
        array = self.fields.array(str(path[0]), *path[1:])
        if array is None:
            return None
        if array.ndim not in (1, 2):
            hint = "one row of numbers a timestep"
            self.fields.problem("these values are not a sequence of vectors", hint, *path)
            return None
        return array[:, None] if array.ndim == 1 else array

    def _symbols(self, path: DataPath, alphabet: Alphabet, where: str) -> tuple[str, ...]:
        value = self._at(path)
        if not isinstance(value, str | list) or not all(isinstance(s, str) for s in value):
            hint = 'such as "ABBA" or ["up", "down"]'
            self.fields.problem(f"`{path[0]}` is a text or a list of symbols", hint, *path)
            return ()
        if not value:
            self.fields.problem("the sequence is empty", "it has at least one timestep", *path)
            return ()
        if not self.complete:
            return ()
        if not alphabet:
            hint = 'give alphabet = { A = [1, 0], … } or one_hot = "AB"'
            self.fields.problem("the symbols have no vectors", hint, *path)
            return ()
        for number, symbol in enumerate(value):
            if symbol not in alphabet:
                hint = near_name(symbol, alphabet) or listed(alphabet)
                inner: DataPath = (number,) if isinstance(value, list) else ()
                message = f"the symbol `{symbol}` at t = {number + 1} is not in the {where}"
                self.fields.problem(message, hint, *path, *inner)
                return ()
        return tuple(value)

    def _vectors(self, symbols: Sequence[str], alphabet: Alphabet, path: DataPath) -> Array | None:
        """The vector of each symbol below each other; None where all there are would be too many."""
        vectors = [alphabet[symbol] for symbol in symbols]
        self.numbers += len(vectors) * vectors[0].size
        if self.numbers > MOST_NUMBERS:
            message = f"up to here the data has {self.numbers:,} numbers, and {MOST_NUMBERS:,} are the most"
            self.fields.problem(message, "take a part of it, or fewer symbols", *path)
            return None
        return np.stack(vectors)

    def _at(self, path: DataPath) -> Any:
        value: Any = self.fields.data
        for step in path:
            value = value[step]
        return value

    def _own(self, key: str, number: DataPath) -> DataPath | None:
        """The path of what `key` gives for one sequence of several."""
        value = self.fields.data[key]
        if not number:
            return (key,)
        if isinstance(value, list) and len(value) > int(number[0]):
            return (key, *number)
        if number[0] == 0 or isinstance(value, list):
            hint = "it is a list with one for each sequence"
            self.fields.problem(f"`{key}` has none for sequence {int(number[0]) + 1}", hint, key)
        return None

    def _targets(
        self, number: DataPath, symbols: Sequence[str], length: int
    ) -> tuple[Array | None, tuple[str, ...], int] | None:
        """The targets, their symbols and the length that is left (the last has no next)."""
        if "targets" not in self.fields:
            return None, (), length
        if self.fields.data["targets"] == "next":
            return self._next(symbols)
        path = self._own("targets", number)
        if path is None:
            return None
        value = self._at(path)
        if isinstance(value, str) or (
            isinstance(value, list) and value and isinstance(value[0], str)
        ):
            target_symbols = self._symbols(path, self.target_alphabet, "alphabet of the targets")
            targets = None
            if target_symbols:
                targets = self._vectors(target_symbols, self.target_alphabet, path)
            self.flat_targets = self.flat_targets or self._numbers_as_symbols()
        else:
            target_symbols = ()
            targets = self.fields.array(str(path[0]), *path[1:])
        if targets is None:
            return None
        if targets.ndim not in (1, 2):
            self.fields.problem("targets are one number or one row a timestep", "", *path)
            return None
        if len(targets) != length:
            given = counted(len(targets), "target")
            message = f"these are {given} for {counted(length, 'timestep')}"
            self.fields.problem(message, "one target a timestep", *path)
            return None
        if targets.ndim == 1:
            self.flat_targets = True
        return targets, target_symbols, length

    def _numbers_as_symbols(self) -> bool:
        """Whether the targets' alphabet has numbers, not vectors: { outside = 0.5, … }."""
        table = self.fields.data.get("target_alphabet", self.fields.data.get("alphabet"))
        return isinstance(table, dict) and not any(isinstance(v, list) for v in table.values())

    def _next(self, symbols: Sequence[str]) -> tuple[Array | None, tuple[str, ...], int] | None:
        if not symbols:
            if self.complete:
                message = '"next" is the next symbol, and there are no symbols'
                self.fields.problem(message, "give one target a timestep", "targets")
            return None
        if len(symbols) < 2:
            hint = "a sequence of at least two symbols"
            self.fields.problem('"next" needs a next symbol', hint, "targets")
            return None
        missing = [s for s in symbols[1:] if s not in self.target_alphabet]
        if missing:
            message = f"the symbol `{missing[0]}` is not in the alphabet of the targets"
            self.fields.problem(message, "", "targets")
            return None
        targets = self._vectors(symbols[1:], self.target_alphabet, ("targets",))
        if targets is None:
            return None
        self.flat_targets = self.flat_targets or self._numbers_as_symbols()
        return targets, tuple(symbols[1:]), len(symbols) - 1

    def _mask(self, number: DataPath, length: int) -> Array:
        if "mask" not in self.fields:
            return np.ones(length)
        value = self.fields.data["mask"]
        if value == "last":
            mask = np.zeros(length)
            mask[-1] = 1.0
            return mask
        nested = isinstance(value, list) and bool(value) and isinstance(value[0], list)
        path = self._own("mask", number if nested else ())
        if path is None:
            return np.ones(length)
        given = None
        if isinstance(value, list):
            given = self.fields.array(str(path[0]), *path[1:])
            if given is None:
                return np.ones(length)
        if given is None or given.shape != (length,) or np.any(given < 0):
            hint = f'{counted(length, "number")}, 0 where the loss does not count, or "last"'
            self.fields.problem("the mask does not fit the sequence", hint, *path)
            return np.ones(length)
        return given

    def _check_sizes(self, sequences: Sequence[InputSequence], paths: Sequence[DataPath]) -> None:
        for sequence, path in zip(sequences, paths, strict=False):
            for what in ("inputs", "targets"):
                first, own = getattr(sequences[0], what), getattr(sequence, what)
                if first is not None and own is not None and first.shape[1:] != own.shape[1:]:
                    own_path = path if what == "inputs" else ("targets", *path[1:])
                    message = f"the {what} of sequence 1 and of this one differ in size"
                    self.fields.problem(
                        message, "all sequences have equally long vectors", *own_path
                    )
                    return
