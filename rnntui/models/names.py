"""The names of the shipped models: those of the text files beside this one, none of which is read."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def model_names() -> tuple[str, ...]:
    """The names of the shipped models, sorted."""
    return tuple(sorted(file.stem for file in Path(__file__).parent.glob("*.toml")))
