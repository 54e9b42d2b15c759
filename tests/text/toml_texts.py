"""What is read of TOML, and refused, for tests of its places and of its problems."""

from __future__ import annotations

from pathlib import Path

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
