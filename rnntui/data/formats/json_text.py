"""JSON with places: Python's own reader says what a text means, a scanner where each value stands.

The scanner trusts a text that was read, and it is a loop; it works only when there is something
to complain of.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rnntui.text.problems import InputError, Problem, SourcePlace
from rnntui.text.toml import TomlText

Step = str | int

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{},:]|[^\s\[\]{},:"]++', re.DOTALL)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_LONG_NUMBER = re.compile(r"\d{4300,}")  # Python refuses to convert longer whole numbers


@dataclass(frozen=True)
class JsonText(TomlText):
    """One sequence within a JSON text, as if it were the [data] table of a sequence file.

    data: {"data": the table}. at: the path of the sequence within the text. paths: that of each
    value of the table. line: the number of the text's first line in the file.
    """

    at: tuple[Step, ...] = ()
    paths: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)
    line: int = 1

    def place(self, *path: Step) -> SourcePlace:
        """Where the value at a path of `data` stands, or else the nearest one around."""
        return self._json_place(path, key=False)

    def key_place(self, *path: Step) -> SourcePlace:
        """Where the key at a path of `data` stands; of an element, the element."""
        return self._json_place(path, key=True)

    def _json_place(self, path: tuple[Step, ...], key: bool) -> SourcePlace:
        own = path[1:]  # less "data"
        inner = (*self.paths.get(str(own[0]), self.at), *own[1:]) if own else self.at
        return json_place(self.text, inner, self.file, self.line, key)


def parse_json(text: str, file: str, line: int = 1) -> Any:
    """The value of a JSON text whose first line has this number in the file.

    Raises InputError if it is not JSON, if an object has a key twice, or if a string cannot be
    shown or saved because it has a lone surrogate.
    """
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        # the end is shown after the last thing written, not on an empty line below it
        place = _place_at(text, min(error.pos, len(text.rstrip())), file, line)
        message = f"not valid JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise InputError(Problem(message, place)) from None
    except _KeyTwiceError:
        key, offset = _key_twice(text)
        message = f"the key `{key}` stands twice in one object"
        raise InputError(Problem(message, _place_at(text, offset, file, line))) from None
    except RecursionError:
        message = "lists or objects are nested too deeply"
        raise InputError(Problem(message, SourcePlace(line, file=file))) from None
    except ValueError:
        number = _LONG_NUMBER.search(text)
        place = _place_at(text, number.start() if number else 0, file, line)
        raise InputError(Problem("a whole number has too many digits", place)) from None
    if (half := _lone_surrogate(text)) is not None:
        message, hint = "half a character is written here", "surrogates come in pairs"
        raise InputError(Problem(message, _place_at(text, half, file, line), hint))
    return value


def json_place(
    text: str, path: tuple[Step, ...], file: str, line: int = 1, key: bool = False
) -> SourcePlace:
    """Where the value at a path of a text stands (or its key), or else the nearest one around."""
    first = _TOKEN.search(text)
    written = offset = first.start() if first else 0
    for step in path:
        found = _child(text, offset, step)
        if found is None:
            break
        written, offset = found
    return _place_at(text, written if key else offset, file, line)


class _KeyTwiceError(Exception):
    """An object has a key twice."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _KeyTwiceError
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_object)


def _child(text: str, offset: int, step: Step) -> tuple[int, int] | None:
    """Where the key and the value of one step into the list or object at `offset` stand."""
    is_object = text[offset] == "{"
    depth, index = 0, 0
    name, name_start = None, 0
    for token in _TOKEN.finditer(text, offset):
        written = token[0]
        if depth == 0 and written not in "[{":
            return None
        if depth == 1:
            if written in "]}":
                return None
            if written == ",":
                index, name = index + 1, None
            elif is_object and name is None:
                name, name_start = json.loads(written), token.start()
            elif written != ":" and step == (name if is_object else index):
                return name_start if is_object else token.start(), token.start()
        depth += (written in "[{") - (written in "]}")
    return None


def _key_twice(text: str) -> tuple[str, int]:
    """The first key that an object has twice, and where it stands for the second time."""
    keys: list[set[str]] = []
    before: re.Match[str] | None = None
    for token in _TOKEN.finditer(text):
        written = token[0]
        if written in "[{":
            keys.append(set())
        elif written in "]}":
            keys.pop()
        elif written == ":" and before is not None:
            name = json.loads(before[0])
            if name in keys[-1]:
                return name, before.start()
            keys[-1].add(name)
        before = token
    raise AssertionError("there is none")


def _lone_surrogate(text: str) -> int | None:
    """Where the first string starts that has a surrogate without its other half."""
    if not _SURROGATE.search(text):
        return None
    for token in _TOKEN.finditer(text):
        try:
            _ = token[0].startswith('"') and json.loads(token[0]).encode()
        except UnicodeEncodeError:
            return token.start()
    return None


def _place_at(text: str, offset: int, file: str, line: int) -> SourcePlace:
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    written = text[start : end if end >= 0 else len(text)]
    return SourcePlace(line + text.count("\n", 0, start), offset - start + 1, written, file)
