"""What is read of TOML, and refused, for tests of its places and of its problems."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rnntui.text.problems import InputError, Problem, SourcePlace
from rnntui.text.toml import parse_toml, read_toml


def caret(place: SourcePlace) -> str:
    """What stands at a place, as its own line text has it."""
    return place.text[place.column - 1 :]


def problem(text: str, file: str = "x.toml") -> Problem:
    with pytest.raises(InputError) as caught:
        parse_toml(text, file)
    assert len(caught.value.problems) == 1
    return caught.value.problems[0]


def file_problem(path: Path | str) -> Problem:
    with pytest.raises(InputError) as caught:
        read_toml(path)
    assert len(caught.value.problems) == 1
    return caught.value.problems[0]


def paths(
    data: Any, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every path in `data` but the empty one, with its value."""
    if path:
        yield path, data
    if isinstance(data, dict):
        for name, value in data.items():
            yield from paths(value, (*path, name))
    if isinstance(data, list):
        for index, value in enumerate(data):
            yield from paths(value, (*path, index))
