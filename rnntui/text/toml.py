"""TOML with places: the values of a file, and the line and column where each was written.

`tomllib` decides what is valid and what it means, but forgets where things stood. A scanner, which
may then trust the text, finds the places when one is first asked for. It is a loop, not a
recursion: a file that `tomllib` could read never fails here for being nested deeply.
"""

from __future__ import annotations

import ast
import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from rnntui.text.memory import ELEMENT, ENTRY, LIST, MOST_OBJECTS, TABLE, check_fits
from rnntui.text.opening import open_to_read
from rnntui.text.problems import InputError, Problem, SourcePlace
from rnntui.text.toml_keys import count_key_names

_MEBIBYTES = 64
_LONGEST_KEY = 2_000  # names in a dotted key
_MOST_KEY_STEPS = 20_000_000  # in looking up keys, from name to name
_BYTE_ORDER_MARK = "\ufeff"
_WHOLE_FILE = -1  # the offset of what has no place in the file

_BASIC = r'"(?:[^"\\]++|\\.)*+"'
_LITERAL = r"'[^']*+'"
# Commas are skipped like white space: tomllib has checked that they are where they must be.
_SEPARATORS = re.compile(r"(?:[ \t\r\n,]++|#[^\n]*+)*+")
_KEY_PART = re.compile(rf"[ \t]*+([A-Za-z0-9_-]++|{_BASIC}|{_LITERAL})[ \t]*+\.?")
_SCALAR = re.compile(
    r'(?:"""(?:[^"\\]++|\\.|"{1,2}(?!"))*+"{3,5}'  # the last two quotes may belong to the content
    r"|'''(?:[^']++|'{1,2}(?!'))*+'{3,5}"
    rf"|{_BASIC}|{_LITERAL}"
    r"|[^\s,\]}#]++(?: \d\d:[^\s,\]}#]++)?)"  # a date may have a space before its time
    rf"{_SEPARATORS.pattern}",
    re.DOTALL,
)
# tomllib drops a newline right after three quotes, and in """ a backslash up to the next word.
_QUOTES = re.compile(r'''"""(?:\r?\n)?(?:\\[ \t]*+\r?\n[ \t\r\n]*+)*+|'{3}(?:\r?\n)?|["']''')

_KEY_TUPLE = re.compile(r"(Cannot (?:declare|redefine|mutate)[a-z ]*) (\(.*\))( twice)?")
_HINTS = {
    "Invalid value": "text goes in quotes; a number has digits before its point (0.5, not .5)",
    "Cannot overwrite a value": "each key may be given only once",
    "Illegal character '\\n'": "the quotes are not closed on this line",
    "Found invalid character '\\n'": "the quotes are not closed on this line",
}
# Python refuses to convert longer whole numbers, and tomllib passes that on without a place.
_LONG_NUMBER = re.compile(r"(?<![\w.])[+-]?[0-9][0-9_]{4300,}")


@dataclass(frozen=True)
class StringOrigin:
    """Where the content of a string starts in the file: 1-based line and column."""

    line: int
    column: int


@dataclass(frozen=True)
class TomlText:
    """A TOML file that was read: its name, text and data, and the place of everything in it.

    A path is the steps into `data`, such as `"expect", 0, "at", "t"`. Where it leads nowhere, its
    place is that of the nearest value around, or else the file as a whole (line 0, not printed).
    """

    file: str
    text: str
    data: dict[str, Any]

    def place(self, *path: str | int) -> SourcePlace:
        """Where the value at `path` starts: for a table, its `[header]`, its `{` or its key."""
        return self._lines.place(self._find(path).value)

    def key_place(self, *path: str | int) -> SourcePlace:
        """Where the key at `path` is written; for an element of an array, the element's place."""
        return self._lines.place(self._find(path).key)

    def string_origin(self, *path: str | int) -> StringOrigin:
        """Where the content of the string at `path` starts, after its quotes.

        That is the first character of the string as `data` has it: column 1 of the next line
        where three quotes are followed by a newline. For a value that is no string, its place.
        """
        offset = max(self._find(path).value, 0)
        quotes = _QUOTES.match(self.text, offset)
        place = self._lines.place(quotes.end() if quotes else offset)
        return StringOrigin(place.line, place.column)

    def _find(self, path: tuple[str | int, ...]) -> _Spot:
        spot = self._root
        for step in path:
            if (inner := spot.child(step)) is None:
                break
            spot = inner
        return spot

    @cached_property
    def _root(self) -> _Spot:
        return _Scanner(self.text).scan()

    @cached_property
    def _lines(self) -> _Lines:
        return _Lines(self.text, self.file)


def read_toml(file: str | Path) -> TomlText:
    """Read the TOML file called `file`.

    Raises `InputError` if it cannot be read, is over 64 MiB, binary, not UTF-8, empty or not TOML.
    """
    name = str(file)
    try:
        if Path(file).is_dir():  # opening one fails with another error on each system
            raise _refusal("this is a directory, not a sequence file", name)
        with open_to_read(Path(file)) as stream:
            content = stream.read((_MEBIBYTES << 20) + 1)
    except FileNotFoundError:
        raise _refusal("there is no such file", name) from None
    except (OSError, ValueError) as error:  # ValueError: no file can have such a name
        reason = getattr(error, "strerror", None) or error
        raise _refusal(f"the file cannot be read: {reason}", name) from None
    if len(content) > _MEBIBYTES << 20:
        raise _refusal(f"the file is larger than {_MEBIBYTES} MiB, the most that is read", name)
    if b"\0" in content:
        raise _refusal("this is a binary file, not a sequence file", name)
    return parse_toml(_decode(content, name), name)


def parse_toml(text: str, file: str) -> TomlText:
    """Read TOML from `text`, less any byte order mark; places and problems name `file`.

    Raises `InputError` with one problem if the text is empty or not TOML.
    """
    text = text.removeprefix(_BYTE_ORDER_MARK)
    _check_size(text, file)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(str(error), _Lines(text, file)) from None
    except RecursionError:
        raise _refusal("arrays or tables are nested too deeply", file) from None
    except ValueError:
        number = _LONG_NUMBER.search(text)
        place = _Lines(text, file).place(number.start() if number else _WHOLE_FILE)
        raise InputError(Problem("a whole number has too many digits", place)) from None
    if not data:
        raise _refusal("the file is empty", file)
    return TomlText(file, text, data)


def _check_size(text: str, file: str) -> None:
    """Refuse, before they are made, more objects than there is memory for, and keys without end."""
    values = ENTRY * text.count("=") + LIST * (text.count("[") + text.count("{"))
    size = values + ELEMENT * text.count(",") + len(text)
    hint = "put long sequences into a .csv, .npy or .txt file"
    check_fits("what is in the file", size, MOST_OBJECTS, SourcePlace(0, file=file), hint)
    _check_keys(text, size, file)


def _check_keys(text: str, size: int, file: str) -> None:
    """Refuse a key that is too long, and more tables named in keys and headers than there may be.

    size: in bytes, of all else that is in the text.
    """
    dots, brackets = text.count("."), text.count("[")
    steps = (dots + text.count("=")) * (dots + 2)
    if (
        dots < _LONGEST_KEY
        and steps <= _MOST_KEY_STEPS
        and size + TABLE * (dots + brackets) <= MOST_OBJECTS
    ):
        return  # however they are put together
    keys = count_key_names(text)
    if keys.longest > _LONGEST_KEY:
        message = f"a dotted key has more than {_LONGEST_KEY:,} names"
        raise InputError(Problem(message, _Lines(text, file).place(keys.longest_at)))
    what = f"what is in the file, with {keys.count:,} names of tables in its keys and headers,"
    place, hint = SourcePlace(0, file=file), "give its keys and headers fewer names"
    check_fits(what, size + TABLE * keys.count, MOST_OBJECTS, place, hint)
    if keys.steps > _MOST_KEY_STEPS:
        what = f"looking up the file's keys, name by name, would take {keys.steps:,} steps"
        message = f"{what}, and {_MOST_KEY_STEPS:,} are the most"
        raise InputError(Problem(message, place, hint))


def _decode(content: bytes, file: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8").removeprefix(_BYTE_ORDER_MARK)
        shown = content.decode("utf-8", "backslashreplace").removeprefix(_BYTE_ORDER_MARK)
        what = f"the file is not UTF-8: byte 0x{content[error.start]:02x} at offset {error.start}"
        raise InputError(Problem(what, _Lines(shown, file).place(len(before)))) from None


def _syntax_error(message: str, lines: _Lines) -> InputError:
    """What tomllib said, in its words, with the place taken out of them."""
    words, _, where = message.rpartition(" (at ")
    # "end of document" is shown after the last thing written, not on an empty line below it.
    offset = len(lines.text.rstrip())
    if position := re.fullmatch(r"line (\d+), column (\d+)\)", where):
        offset = lines.starts[int(position[1]) - 1] + int(position[2]) - 1
    hint = _HINTS.get(words, "")
    if key := _KEY_TUPLE.fullmatch(words):
        words = f"{key[1]} `{'.'.join(ast.literal_eval(key[2]))}`{key[3] or ''}"
    message = f"not valid TOML: {words[:1].lower()}{words[1:]}"
    return InputError(Problem(message, lines.place(offset), hint))


def _refusal(message: str, file: str) -> InputError:
    return InputError(Problem(message, SourcePlace(0, file=file)))


class _Lines:
    """Offsets of a text as lines and columns. Only LF ends a line, as in TOML."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.starts = [0, *(newline.end() for newline in re.finditer("\n", text))]

    def place(self, offset: int) -> SourcePlace:
        if offset == _WHOLE_FILE:
            return SourcePlace(0, file=self.file)
        line = bisect_right(self.starts, offset)
        start = self.starts[line - 1]
        end = self.starts[line] - 1 if line < len(self.starts) else len(self.text)
        return SourcePlace(
            line, offset - start + 1, self.text[start:end].removesuffix("\r"), self.file
        )


@dataclass(slots=True)
class _Spot:
    """Where one value and its key are written (offsets), and the spots inside it.

    Scalars in arrays, of which there may be millions, are kept as bare offsets.
    """

    key: int
    value: int
    fields: dict[str, _Spot] = field(default_factory=dict)
    elements: list[_Spot | int] = field(default_factory=list)

    def child(self, step: str | int) -> _Spot | None:
        if isinstance(step, str):
            return self.fields.get(step)
        if not -len(self.elements) <= step < len(self.elements):
            return None
        element = self.elements[step]
        return element if isinstance(element, _Spot) else _Spot(element, element)

    def table(self, name: str, offset: int) -> _Spot:
        """The table `name` in this one, new at `offset` if need be; of an array, its last table."""
        spot = self.fields.setdefault(name, _Spot(offset, offset))
        last = spot.elements[-1] if spot.elements else spot
        return last if isinstance(last, _Spot) else spot


class _Scanner:
    """Finds every key and value of a text that tomllib has accepted.

    Each step takes the offset of a token and returns that of the next one after separators.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._root = _Spot(_WHOLE_FILE, _WHOLE_FILE)
        self._table = self._root  # the table of the last header
        self._open: list[_Spot] = []  # arrays and inline tables not closed yet, innermost last

    def scan(self) -> _Spot:
        offset = self._after(_SEPARATORS, 0)
        while offset < len(self._text):
            first = self._text[offset]
            if self._open and first in "]}":
                self._open.pop()
                offset = self._after(_SEPARATORS, offset + 1)
            elif self._open and self._text[self._open[-1].value] == "[":
                offset = self._elements(offset)
            elif not self._open and first == "[":
                offset = self._header(offset)
            else:
                offset = self._pair(offset)
        return self._root

    def _header(self, start: int) -> int:
        brackets = 2 if self._text.startswith("[[", start) else 1
        parent, name, offset, end = self._key(start + brackets, self._root)
        if brackets == 2:
            array = parent.fields.setdefault(name, _Spot(offset, start))
            self._table = _Spot(start, start)
            array.elements.append(self._table)
        else:
            self._table = parent.table(name, offset)
            # A header below it may have made this table already: its own header is its place.
            self._table.key, self._table.value = offset, start
        return self._after(_SEPARATORS, end + brackets)

    def _pair(self, start: int) -> int:
        parent, name, offset, equals = self._key(start, (self._open or [self._table])[-1])
        spot = parent.fields[name] = _Spot(offset, self._after(_SEPARATORS, equals + 1))
        return self._value(spot)

    def _elements(self, offset: int) -> int:
        """The scalars from here to the end of the array, or up to an array or table in it."""
        elements = self._open[-1].elements
        while self._text[offset] not in "[{]":
            elements.append(offset)
            offset = self._after(_SCALAR, offset)
        if self._text[offset] == "]":
            return offset
        elements.append(spot := _Spot(offset, offset))
        return self._value(spot)

    def _value(self, spot: _Spot) -> int:
        if self._text[spot.value] not in "[{":
            return self._after(_SCALAR, spot.value)
        self._open.append(spot)
        return self._after(_SEPARATORS, spot.value + 1)

    def _key(self, offset: int, parent: _Spot) -> tuple[_Spot, str, int, int]:
        """A dotted key in `parent`: the table it leads to, its last name and where, its end."""
        name, start = "", offset
        while part := _KEY_PART.match(self._text, offset):
            if start < offset:  # the name before this one is that of a table
                parent = parent.table(name, start)
            name, start, offset = part[1], part.start(1), part.end()
            if name[0] in "\"'":  # tomllib knows the escapes
                (name,) = tomllib.loads(f"{name}=0")
        return parent, name, start, offset

    def _after(self, pattern: re.Pattern[str], offset: int) -> int:
        match = pattern.match(self._text, offset)
        return match.end() if match else len(self._text)
