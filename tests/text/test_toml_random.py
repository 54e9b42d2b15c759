"""Random data, texts and bytes: what is read has places, and what is refused is one problem."""

from __future__ import annotations

import datetime
import json
import math
import random
import tomllib
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from toml_texts import caret, file_problem, paths, problem

from rnntui.text.problems import InputError
from rnntui.text.toml import TomlText, parse_toml, read_toml


class Writer:
    """Writes random data as TOML in random ways, and notes where it put every key and value."""

    def __init__(self, choose: random.Random) -> None:
        self.text = ""
        self.values: dict[tuple[str | int, ...], int] = {}
        self.keys: dict[tuple[str | int, ...], int] = {}
        self._choose = choose

    def document(self, data: dict[str, Any]) -> str:
        self._body(data, ())
        return self.text

    def _body(self, table: dict[str, Any], path: tuple[str | int, ...]) -> None:
        headed: list[tuple[str, Any]] = []
        for name, value in table.items():
            tables = isinstance(value, list) and value and all(isinstance(v, dict) for v in value)
            if (isinstance(value, dict) or tables) and self._choose.random() < 0.6:
                headed.append((name, value))
            else:
                self._pair(name, value, path, self._gap())
                self.text += self._choose.choice(["\n", ' # = [ \' """ {\n', "\t\n\n"])
        for name, value in headed:
            for index, element in enumerate(value if isinstance(value, list) else [value]):
                self.text += self._gap()
                inner = (*path, name, index) if isinstance(value, list) else (*path, name)
                self.values[inner] = self.keys[inner] = len(self.text)
                self.values.setdefault((*path, name), len(self.text))
                brackets = 2 if isinstance(value, list) else 1
                self.text += "[" * brackets + self._gap()
                names = [step for step in inner if isinstance(step, str)]
                for outer in names[:-1]:
                    self.text += f"{self._name(outer)}{self._gap()}.{self._gap()}"
                if index == 0:
                    self.keys[(*path, name)] = len(self.text)
                self.text += self._name(name) + self._gap() + "]" * brackets + " # c\n"
                self._body(element, inner)

    def _pair(self, name: str, value: Any, path: tuple[str | int, ...], lead: str) -> None:
        """`name = value`, or `name.inner = value` for a table with one entry."""
        self.text += lead
        path = (*path, name)
        self.keys[path] = self.values[path] = len(self.text)
        self.text += self._name(name) + self._gap()
        if isinstance(value, dict) and len(value) == 1 and self._choose.random() < 0.5:
            self.text += "."
            ((inner, content),) = value.items()
            self._pair(inner, content, path, self._gap())
        else:
            self.text += "=" + self._gap()
            self._value(value, path)

    def _value(self, value: Any, path: tuple[str | int, ...]) -> None:
        self.values[path] = len(self.text)
        self.keys.setdefault(path, len(self.text))
        if isinstance(value, dict):
            self.text += "{" + self._gap()
            for index, (name, inner) in enumerate(value.items()):
                self._pair(name, inner, path, ("," if index else "") + self._gap())
                self.text += self._gap()
            self.text += "}"
        elif isinstance(value, list):
            self.text += "["
            for index, inner in enumerate(value):
                self.text += self._wide_gap()
                self._value(inner, (*path, index))
                self.text += self._wide_gap()
                if index < len(value) - 1 or self._choose.random() < 0.5:
                    self.text += ","
            self.text += self._wide_gap() + "]"
        elif isinstance(value, str):
            self.text += self._string(value)
        elif isinstance(value, bool):
            self.text += "true" if value else "false"
        elif isinstance(value, datetime.date | datetime.time):
            self.text += value.isoformat().replace("T", self._choose.choice("T "))
        else:
            self.text += self._choose.choice(["", "", "+"] if value > 0 else [""]) + repr(value)

    def _string(self, value: str) -> str:
        basic = json.dumps(value).replace("\x7f", "\\u007f")
        plain = all(c.isprintable() for c in value) and "'" not in value
        ways = [basic, f'""{basic}""', f'"""\n{basic[1:]}""', f'"""\\\n \n{basic[1:]}""']
        if value[:1] in (" ", ""):  # a backslash at the end of a line would swallow the blank
            ways.pop()
        return self._choose.choice([*ways, f"'{value}'", f"'''\n{value}'''"] if plain else ways)

    def _name(self, name: str) -> str:
        bare = name.isascii() and name.replace("-", "a").replace("_", "a").isalnum()
        quoted = json.dumps(name).replace("\x7f", "\\u007f")
        literal = all(c.isprintable() for c in name) and "'" not in name
        return self._choose.choice([quoted, *[name] * bare, *[f"'{name}'"] * literal])

    def _gap(self) -> str:
        return self._choose.choice(["", "", " ", "\t "])

    def _wide_gap(self) -> str:
        return self._choose.choice(["", " ", "\n", " # ], [ \" '''\n\t"])


NAMES = st.text("ab-_0", min_size=1, max_size=3) | st.text("a.\"'\\#=é\n\x7f", max_size=3)
# json.dumps writes what is beyond the 16-bit plane as a pair of surrogates, which TOML refuses.
STRINGS = st.text(st.characters(max_codepoint=0xD7FF), max_size=6) | st.text(
    "\"'\\\n [", max_size=6
)
SCALARS = (
    STRINGS
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.dates(min_value=datetime.date(1000, 1, 1))
    | st.times()
    | st.datetimes(min_value=datetime.datetime(1000, 1, 1))
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(NAMES, VALUES, min_size=1, max_size=4), st.integers(), st.booleans())
@settings(deadline=None, max_examples=300)
def test_every_value_of_random_data_is_where_it_was_written(
    data: dict[str, Any], seed: int, windows: bool
) -> None:
    writer = Writer(random.Random(seed))
    text = writer.document(data)
    toml = parse_toml(text.replace("\n", "\r\n") if windows else text, "x.toml")
    assert toml.data == data
    assert set(writer.values) == {path for path, _ in paths(data)}
    for path in writer.values:
        for place, offset in (
            (toml.place(*path), writer.values[path]),
            (toml.key_place(*path), writer.keys[path]),
        ):
            start = text.rfind("\n", 0, offset) + 1
            assert place.line == text.count("\n", 0, offset) + 1, path
            assert place.column == offset - start + 1, path
            assert place.text == text[start:].split("\n")[0]


def same(one: Any, other: Any) -> bool:
    """Equal, of the same type, and not a number where the other is not."""
    if type(one) is not type(other):
        return False
    return one == other or (isinstance(one, float) and math.isnan(one) and math.isnan(other))


def written_at(toml: TomlText, path: tuple[str | int, ...], value: Any) -> bool:
    """Whether the text from `path`'s place, up to some end, is a literal for `value`."""
    place = toml.place(*path)
    rest = "\n".join([caret(place), *toml.text.split("\n")[place.line :]])
    for end in range(1, len(rest) + 1):
        try:
            literal = tomllib.loads(f"v = {rest[:end]}")["v"]
        except tomllib.TOMLDecodeError:
            continue
        if same(literal, value):
            return True
    return False


PIECES = [*"abt01.=[]{}\"'#\\,- \n\r", '"""', "'''", "[[", "]]", " = ", "[a]\n", "[[a]]\n", "b=1\n"]


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
@settings(deadline=None, max_examples=1500)
@example("a=1\nb.\"\"=['''\n1''''',{'b'=2}]#\n[b.c]\n[[a1]]")
@example('a = {""."b"=1 , b.a=[ ]}\r\n\'"\'=2')
def test_whatever_tomllib_reads_has_places_and_whatever_it_refuses_is_a_problem(text: str) -> None:
    try:
        refused = not tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        refused = True
    if refused:
        assert problem(text).place
        return
    toml = parse_toml(text, "x.toml")
    for path, value in paths(toml.data):
        assert toml.place(*path).line, path
        if isinstance(value, dict | list):
            assert caret(toml.place(*path))[0] in "[{" or isinstance(value, dict)
        else:
            assert written_at(toml, path, value), path
        if isinstance(path[-1], str):
            key = caret(toml.key_place(*path))
            assert any(_is_key(key[:end], path[-1]) for end in range(1, len(key) + 1)), path


def _is_key(written: str, name: str) -> bool:
    try:
        return list(tomllib.loads(f"{written}=0")) == [name]
    except tomllib.TOMLDecodeError:
        return False


@given(st.binary(max_size=200) | st.text("a=1[]'\"\né\ufeff\0 ").map(str.encode))
@settings(deadline=None, max_examples=500)
@example(b"\xef\xbb\xbfa = '\xff'")
@example(b"\xed\xa0\x80")
@example(b"{\"('x' y)\" = 1}")
@example(b"a = {\"('x' y)\" = 1, \"('x' y)\" = 1}")
def test_random_bytes_raise_nothing_but_an_input_error(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "random.toml"
    path.write_bytes(content)
    try:
        toml = read_toml(path)
    except InputError:
        assert str(file_problem(path)).startswith(str(path))
    else:
        assert [toml.place(*steps) for steps, _ in paths(toml.data)]
