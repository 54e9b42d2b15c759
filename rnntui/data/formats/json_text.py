"""JSON with places: Python's own reader says what a text means, a scanner where each value stands.

The scanner trusts a text that was read, and it is a loop; it works only when there is something
to complain of.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rnntui.text.placed_text import DataPath
from rnntui.text.problems import InputError, Problem, SourcePlace

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{},:]|[^\s\[\]{},:"]++', re.DOTALL)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_LONG_NUMBER = re.compile(r"\d{4300,}")  # Python refuses to convert longer whole numbers


@dataclass(frozen=True)
class JsonText:
    """A JSON text that was read: its data, and the place of everything in it.

    data: the value that the text is. line: the number of the text's first line in the file.
    """

    file: str
    text: str
    data: Any
    line: int = 1

    def place(self, *path: str | int) -> SourcePlace:
        """Where the value at a path of `data` starts, or else the nearest one around."""
        return _place_at(self.text, self._offsets(path)[1], self.file, self.line)

    def key_place(self, *path: str | int) -> SourcePlace:
        """Where the key at a path of `data` is written; for an element, the element's place."""
        return _place_at(self.text, self._offsets(path)[0], self.file, self.line)

    def _offsets(self, path: DataPath) -> tuple[int, int]:
        """Where the key and the value at a path, or the nearest ones around, are in the text."""
        first = _TOKEN.search(self.text)
        offsets = (first.start(), first.start()) if first else (0, 0)
        for step in path:
            inner = _child(self.text, offsets[1], step)
            if inner is None:
                break
            offsets = inner
        return offsets


@dataclass(frozen=True)
class JsonTable:
    """Some values of a JSON text, as if they were the [data] table of a sequence file.

    values: by key, those of the table. paths: where in the text each of them is. at: the path of
    what the table as a whole is made from.
    """

    json: JsonText
    values: Mapping[str, Any]
    paths: Mapping[str, DataPath]
    at: DataPath = ()

    @property
    def file(self) -> str:
        """What the text is from."""
        return self.json.file

    @property
    def data(self) -> Mapping[str, Any]:
        """The values, under "data"."""
        return {"data": self.values}

    def place(self, *path: str | int) -> SourcePlace:
        """Where the value at a path of `data` starts, or else the nearest one around."""
        return self.json.place(*self._path(path))

    def key_place(self, *path: str | int) -> SourcePlace:
        """Where the key at a path of `data` is written; for an element, the element's place."""
        return self.json.key_place(*self._path(path))

    def _path(self, path: DataPath) -> DataPath:
        """The path in the text of what is at a path of `data`."""
        _, *own = path or ("data",)
        return (*self.paths.get(str(own[0]), self.at), *own[1:]) if own else self.at


def parse_json(text: str, file: str, line: int = 1) -> JsonText:
    """Read a JSON text whose first line has this number in the file.

    Raises InputError if it is not JSON, if an object has a key twice, or if a string cannot be
    shown or saved because it has a lone surrogate.
    """
    try:
        data = _DECODER.decode(text)
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
    return JsonText(file, text, data, line)


class _KeyTwiceError(Exception):
    """An object has a key twice."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise _KeyTwiceError
    return members


_DECODER = json.JSONDecoder(object_pairs_hook=_object)


def _child(text: str, offset: int, step: str | int) -> tuple[int, int] | None:
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
