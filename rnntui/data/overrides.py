"""`--set training.learning_rate=0.05`: a key of a sequence file, given on the command line."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from rnntui.text.problems import InputError, Problem
from rnntui.text.toml import TomlText


def with_overrides(toml: TomlText, written: Iterable[str]) -> TomlText:
    """The text with some keys set, as `table.key=value` with a value of TOML, or a bare word.

    Raises InputError for what is not of that form.
    """
    data = dict(toml.data)
    for text in written:
        path, equals, value = text.partition("=")
        keys = [key.strip() for key in path.split(".")]
        if not equals or not all(keys):
            hint = "write it as training.learning_rate=0.05"
            raise InputError(Problem(f"`{text}` sets nothing", None, hint))
        table: Any = data
        for key in keys[:-1]:
            inner = table.get(key, {})
            if not isinstance(inner, dict):
                raise InputError(Problem(f"`{key}` is not a table", None, f"in `{text}`"))
            copied = dict(inner)  # those on the way, and no others: there may be very many
            table[key] = copied
            table = copied
        table[keys[-1]] = _value(value.strip())
    return replace(toml, data=data)


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (tomllib.TOMLDecodeError, KeyError, ValueError, RecursionError):
        return text  # a bare word, such as adam
