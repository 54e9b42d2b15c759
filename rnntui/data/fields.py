"""Reading a table of a sequence file: typed values, or problems with their places."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from rnntui.text.placed_text import DataPath, PlacedText
from rnntui.text.problems import Problem, near_name

Array = npt.NDArray[np.float64]

_DEEPEST = 8  # lists in lists; NumPy stops at 32 axes, and Python's stack somewhere beyond


class Fields:
    """The table at `path` of a text. Problems are collected in `problems`, shared by all."""

    def __init__(self, source: PlacedText, path: DataPath, problems: list[Problem]) -> None:
        self.source, self.path, self.problems = source, path, problems
        self.data: Mapping[str, Any] = {}
        value: Any = source.data
        for step in path:
            if isinstance(value, dict) and step not in value:
                return
            value = value[step]
        if isinstance(value, dict):
            self.data = value
        else:
            named = all(isinstance(step, str) for step in path)
            hint = f"write [{_dotted(path)}]" if named else f"write {path[-1]} = {{ … }}"
            problems.append(Problem(f"`{path[-1]}` is a table", source.place(*path), hint))

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def table(self, key: str) -> Fields:
        """The table under `key`; empty where there is none."""
        return Fields(self.source, (*self.path, key), self.problems)

    def problem(self, message: str, hint: str = "", *path: str | int) -> None:
        """Note a problem at a key of this table (or at the table itself)."""
        self.problems.append(Problem(message, self.source.place(*self.path, *path), hint))

    def allow(self, keys: Iterable[str], what: str) -> None:
        """Note every key that is not among `keys`, with a near name."""
        allowed = list(keys)
        for key in self.data:
            if key not in allowed:
                hint = near_name(key, allowed) or listed(allowed)
                place = self.source.key_place(*self.path, key)
                self.problems.append(Problem(f"`{key}` is not a key of {what}", place, hint))

    def text(self, key: str, default: str = "") -> str:
        """A string."""
        value = self.data.get(key, default)
        if isinstance(value, str):
            return value
        self.problem(f"`{key}` is a text", "write it in quotes", key)
        return default

    def flag(self, key: str) -> bool:
        """true or false; false where there is none."""
        value = self.data.get(key, False)
        if isinstance(value, bool):
            return value
        self.problem(f"`{key}` is true or false", "", key)
        return False

    def choice(self, key: str, options: Iterable[str], default: str) -> str:
        """One of some words."""
        value = self.data.get(key, default)
        words = list(options)
        if isinstance(value, str) and value in words:
            return value
        hint = near_name(str(value), words) or listed(words)
        self.problem(f"`{key}` cannot be {_shown(value)}", hint, key)
        return default

    def whole(self, key: str, default: int, least: int = 0, most: int = 10**9) -> int:
        """A whole number within bounds."""
        value = self.data.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        too_large = isinstance(value, int) and value > most
        bounds = f"from {least} to {most}" if too_large else f"from {least} on"
        self.problem(f"`{key}` is a whole number {bounds}", f"not {_shown(value)}", key)
        return default

    def number(self, key: str, default: float, least: float = -math.inf) -> float:
        """A finite number, at least `least`."""
        value = self.data.get(key, default)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and least <= value <= 1.7e308:
            return float(value)
        bound = "" if least == -math.inf else f" from {least:g} on"
        self.problem(f"`{key}` is a finite number{bound}", f"not {_shown(value)}", key)
        return default

    def words(self, key: str) -> tuple[str, ...]:
        """A list of strings."""
        value = self.data.get(key, [])
        if isinstance(value, list) and all(isinstance(word, str) for word in value):
            return tuple(value)
        self.problem(f"`{key}` is a list of names", 'such as ["W", "b"]', key)
        return ()

    def array(self, key: str, *inner: str | int) -> Array | None:
        """A number, or nested lists of numbers that all have the same lengths."""
        value: Any = self.data[key]
        for step in inner:
            value = value[step]
        return self._array(value, (key, *inner))

    def _array(self, value: Any, path: DataPath) -> Array | None:
        if not isinstance(value, list):
            return self._scalar(value, path)
        if not value:
            self.problem(f"`{_dotted(path)}` is empty", "", *path)
            return None
        if len(path) > _DEEPEST:
            self.problem("lists are nested too deeply", "a matrix is a list of rows", *path)
            return None
        if (plain := _plain_numbers(value)) is not None:
            return plain  # the common case, fast for long lists
        parts = [self._array(item, (*path, number)) for number, item in enumerate(value)]
        arrays = [part for part in parts if part is not None]
        if len(arrays) < len(parts):
            return None
        first = arrays[0]
        for number, part in enumerate(arrays):
            if part.ndim != first.ndim:
                hint = "a vector has numbers, a matrix has rows"
                self.problem("numbers and lists are mixed", hint, *path, number)
                return None
            if part.shape != first.shape:
                message = f"row {number + 1} has {_count(part)}, row 1 has {_count(first)}"
                self.problem(message, "all rows are equally long", *path, number)
                return None
        return np.stack(arrays)

    def _scalar(self, value: Any, path: DataPath) -> Array | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.problem(f"{_shown(value)} is not a number", "", *path)
            return None
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            size = f"{value}" if isinstance(value, float) else "a number this large"
            self.problem(f"{size} is not a value that can be computed with", "", *path)
            return None
        return np.array(number)


def _plain_numbers(value: list[Any]) -> Array | None:
    """Numbers, or rows of them, converted all at once; None where anything calls for a closer look."""
    rows = value if type(value[0]) is list else [value]
    if not rows[0] or not all(type(row) is list and len(row) == len(rows[0]) for row in rows):
        return None
    if set(map(type, chain.from_iterable(rows))) - {int, float}:
        return None
    try:
        numbers = np.array(rows, dtype=np.float64)
    except OverflowError:
        return None
    if not np.isfinite(numbers).all():
        return None
    return numbers if rows is value else numbers[0]


def counted(number: int, noun: str) -> str:
    """A number of things: `1 row`, `2 rows`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(names: Iterable[str]) -> str:
    """A hint that names all there are."""
    all_names = list(names)
    if len(all_names) < 2:
        return f"there is only {all_names[0]}" if all_names else "there are none"
    return f"there are {', '.join(all_names)}"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    text = f"`{value}`" if not isinstance(value, bool) else f"`{str(value).lower()}`"
    return text if len(text) <= 40 else f"{text[:38]}…`"


def _count(array: Array) -> str:
    return counted(len(array), "number" if array.ndim == 1 else "row")


def _dotted(path: DataPath) -> str:
    return ".".join(str(step) for step in path)
