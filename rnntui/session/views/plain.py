"""Views, and arrays, as plain data: what JSON takes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cached_property
from typing import Any

import numpy as np

from rnntui.text.numbers import format_number


def plain(value: Any) -> Any:
    """Dataclasses as mappings (their properties too), arrays as nested lists; a number that is not
    finite is the word for it: "nan", "inf" or "-inf".

    Raises TypeError where there is no such form.
    """
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else format_number(value)
        case np.ndarray() | np.generic():
            numbers = value.dtype.kind == "f" and bool(np.isfinite(value).all())
            return value.tolist() if numbers else plain(value.tolist())
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case Sequence():
            return [plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {name: plain(getattr(value, name)) for name in _said(value)}
    raise TypeError(f"there is no plain form of {type(value).__name__}")


def _said(value: Any) -> Iterator[str]:
    """The names of all that a dataclass says, in order: its fields, then what it works out."""
    for name in (field.name for field in fields(value)):
        if not name.startswith("_") and not name.endswith("version"):
            yield name
    for name, member in vars(type(value)).items():
        if isinstance(member, property | cached_property) and not name.startswith("_"):
            yield name
