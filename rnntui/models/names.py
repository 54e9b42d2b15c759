"""The names of the shipped models: those of the text files beside this one, which are not read."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent


@cache
def model_names() -> tuple[str, ...]:
    """The names of the shipped models, sorted."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.toml")))


def model_file(name: str) -> Path:
    """The text file of a shipped model."""
    return _FOLDER / f"{name}.toml"
