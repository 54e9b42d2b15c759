"""Reading TOML: every key and value has its place."""

from __future__ import annotations

import datetime
import json
import math
import random
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from toml_texts import caret, file_problem

from rnntui.text.problems import InputError, Problem, SourcePlace
from rnntui.text.toml import StringOrigin, TomlText, parse_toml, read_toml

SEQUENCE = """\
# An LSTM by hand
title = "An LSTM"
"quoted \\u0041" = 'C:\\x'  # a comment with = and [
at.t = 3
at . "x y" = 4

[sizes]
hidden = 2

  [ data ]
alphabet = { A = [1, 0], B.one = [0, 1], "C" = {} }
file.name = 'a'
when = 1979-05-27 07:32:00  # a space inside
days = [1979-05-27, 07:32:00, 1979-05-27 07:32:00Z]
flags = [true, false, inf, -nan, 0xDEADBEEF, 1_000.5e-3]

[parameters.deep.er]
W = [
  [30, 0],  # first, ] row
  [ 0 , -1.5, ],
  # only a comment, with [ and "
  ["a,]", 'b#"', \"\"\"c\"]\"\"\"], [],
]
after = 1

[parameters]
b = [[[1]]]

[[expect]]
at = { iteration = 0, t = 2 }

[[expect]]
[expect.values]
c = [2.0]
[[expect.more]]
z = 1
[[expect.more]]
[expect.more.z]
z.z = 2
"""


def problem(text: str, file: str = "x.toml") -> Problem:
    with pytest.raises(InputError) as caught:
        parse_toml(text, file)
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


# --- places -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "line", "value", "key"),
    [
        (("title",), 2, '"An LSTM"', "title = "),
        (("quoted A",), 3, "'C:\\x'", '"quoted '),
        (("at",), 4, "at.t", "at.t"),
        (("at", "t"), 4, "3", "t = 3"),
        (("at", "x y"), 5, "4", '"x y"'),
        (("sizes",), 7, "[sizes]", "sizes]"),
        (("sizes", "hidden"), 8, "2", "hidden"),
        (("data",), 10, "[ data ]", "data ]"),
        (("data", "alphabet"), 11, "{ A =", "alphabet"),
        (("data", "alphabet", "A"), 11, "[1, 0]", "A = "),
        (("data", "alphabet", "A", 1), 11, "0], B", "0], B"),
        (("data", "alphabet", "B"), 11, "B.one", "B.one"),
        (("data", "alphabet", "B", "one"), 11, "[0, 1]", "one ="),
        (("data", "alphabet", "C"), 11, "{} }", '"C"'),
        (("data", "file", "name"), 12, "'a'", "name"),
        (("data", "when"), 13, "1979-05-27 07", "when"),
        (("data", "days", 1), 14, "07:32:00,", "07:32:00,"),
        (("data", "days", 2), 14, "1979-05-27 07:32:00Z", "1979-05-27 07:32:00Z"),
        (("data", "flags", 1), 15, "false", "false"),
        (("data", "flags", 3), 15, "-nan", "-nan"),
        (("data", "flags", 5), 15, "1_000", "1_000"),
        (("parameters", "deep"), 17, "deep.er]", "deep.er]"),
        (("parameters", "deep", "er"), 17, "[parameters.deep.er]", "er]"),
        (("parameters", "deep", "er", "W"), 18, "[", "W = "),
        (("parameters", "deep", "er", "W", 0), 19, "[30", "[30"),
        (("parameters", "deep", "er", "W", 1, 1), 20, "-1.5", "-1.5"),
        (("parameters", "deep", "er", "W", 2, 1), 22, "'b#", "'b#"),
        (("parameters", "deep", "er", "W", 2, 2), 22, '"""c', '"""c'),
        (("parameters", "deep", "er", "W", 3), 22, "[],", "[],"),
        (("parameters", "deep", "er", "after"), 24, "1", "after"),
        (("parameters",), 26, "[parameters]", "parameters]"),  # its own header, though a later one
        (("parameters", "b", 0, 0, 0), 27, "1]]]", "1]]]"),
        (("expect",), 29, "[[expect]]", "expect]]"),
        (("expect", 0), 29, "[[expect]]", "[[expect]]"),
        (("expect", 0, "at", "t"), 30, "2 }", "t = 2"),
        (("expect", 1), 32, "[[expect]]", "[[expect]]"),
        (("expect", -1), 32, "[[expect]]", "[[expect]]"),
        (("expect", 1, "values"), 33, "[expect.values]", "values]"),
        (("expect", 1, "values", "c", 0), 34, "2.0", "2.0"),
        (("expect", 1, "more"), 35, "[[expect.more]]", "more]]"),
        (("expect", 1, "more", 1), 37, "[[expect.more]]", "[[expect.more]]"),
        (("expect", 1, "more", 1, "z"), 38, "[expect.more.z]", "z]"),
        (("expect", 1, "more", 1, "z", "z", "z"), 39, "2", "z = 2"),
    ],
)
def test_places_of_a_file_with_everything(
    path: tuple[str | int, ...], line: int, value: str, key: str
) -> None:
    for text in (SEQUENCE, SEQUENCE.replace("\n", "\r\n"), "\ufeff" + SEQUENCE):
        toml = parse_toml(text, "lstm.toml")
        place, key_place = toml.place(*path), toml.key_place(*path)
        assert (place.line, key_place.line) == (line, line)
        assert caret(place).startswith(value)
        assert caret(key_place).startswith(key)
        assert place.file == key_place.file == "lstm.toml"
        assert place.text == SEQUENCE.split("\n")[line - 1]


def test_a_path_that_leads_nowhere_has_the_nearest_place_around_it() -> None:
    toml = parse_toml("[sizes]\nhidden = [1, [2]]\n", "x.toml")
    assert toml.place("sizes", "input") == toml.place("sizes")
    assert toml.key_place("sizes", 0) == toml.key_place("sizes")
    assert toml.place("sizes", "hidden", 9, "a") == toml.place("sizes", "hidden")
    assert toml.place("sizes", "hidden", "a", 0) == toml.place("sizes", "hidden")
    assert toml.place("sizes", "hidden", 0, "a") == toml.place("sizes", "hidden", 0)
    assert toml.place("sizes", "other", "hidden") == toml.place("sizes")


def test_a_name_missing_at_the_top_is_the_whole_file() -> None:
    toml = parse_toml("a = 1", "x.toml")
    for place in (toml.place(), toml.place("model"), toml.key_place("model", "cell")):
        assert place == SourcePlace(0, file="x.toml")
        assert str(Problem("no model", place)) == "x.toml: no model"
    assert toml.string_origin("model") == StringOrigin(1, 1)


def test_only_a_newline_ends_a_line() -> None:
    toml = parse_toml("a = 'x\u2028\u0085y'\nb = 1", "x.toml")
    assert toml.place("b").line == 2
    assert toml.place("a").text == "a = 'x\u2028\u0085y'"


# --- the contents of strings ------------------------------------------------------------------


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("written", "content", "line", "column"),
    [
        ("'abc'", "abc", 1, 6),
        ('"abc"', "abc", 1, 6),
        ('""', "", 1, 6),
        ("''", "", 1, 6),
        ('"\\tabc"', "\tabc", 1, 6),
        ("'''abc'''", "abc", 1, 8),
        ('"""abc"""', "abc", 1, 8),
        ("'''\nabc\n'''", "abc\n", 2, 1),
        ('"""\n  abc\n"""', "  abc\n", 2, 1),
        ('"""\n\nabc"""', "\nabc", 2, 1),
        ('"""\\\n\n   abc"""', "abc", 3, 4),
        ('"""\n\\  \n abc"""', "abc", 3, 2),
        ('"""\\\n \\\n\tabc"""', "abc", 3, 2),
        ("'''\\\nabc'''", "\\\nabc", 1, 8),
        ("'''\n'''", "", 2, 1),
        ('""""quoted" ""x"""""', '"quoted" ""x""', 1, 8),
        ("''''quoted' ''x'''''", "'quoted' ''x''", 1, 8),
        ('"""a\\""""', 'a"', 1, 8),
        ("3", 3, 1, 5),
        ("[1]", [1], 1, 5),
    ],
)
def test_string_origin(written: str, content: Any, line: int, column: int, newline: str) -> None:
    text = f"k = {written}\nnext = [1]\n".replace("\n", newline)
    toml = parse_toml(text, "x.toml")
    assert toml.data == {"k": content, "next": [1]}
    assert toml.string_origin("k") == StringOrigin(line, column)
    assert caret(toml.place("next", 0)) == "1]"  # the scan goes on after the right quotes


def test_lines_of_equations_map_to_lines_of_the_file() -> None:
    toml = parse_toml("[model]\nequations = '''\nh = tanh(a)\ny = h\n'''\n", "x.toml")
    origin = toml.string_origin("model", "equations")
    lines = toml.text.split("\n")
    for number, equation in enumerate(toml.data["model"]["equations"].splitlines()):
        assert lines[origin.line - 1 + number] == equation


def test_string_origin_in_an_array() -> None:
    toml = parse_toml("k = [\n  'a', '''\nb''']\n", "x.toml")
    assert toml.string_origin("k", 0) == StringOrigin(2, 4)
    assert toml.string_origin("k", 1) == StringOrigin(3, 1)


# --- random data ------------------------------------------------------------------------------


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


# --- size and depth ---------------------------------------------------------------------------


def test_places_in_a_large_array_are_found_in_linear_time() -> None:
    numbers = ", ".join(repr(i / 7) for i in range(100_000))
    toml = parse_toml(f"a = [{numbers}]", "x.toml")
    start = time.thread_time()
    assert toml.place("a", 99_999).text.endswith("]")
    assert time.thread_time() - start < 5
    start = time.thread_time()
    for index in range(0, 100_000, 1000):
        assert caret(toml.place("a", index)).startswith(repr(index / 7))
    assert time.thread_time() - start < 5  # hours, were each element gone through anew


@pytest.mark.parametrize(
    "text",
    ["a = " + "[" * 300 + "1" + "]" * 300, "{".join(["a = "] * 200) + "1" + "}" * 199],
)
def test_deep_but_readable_nesting_has_places(text: str) -> None:
    toml = parse_toml(text, "x.toml")
    path, value = max(paths(toml.data), key=lambda item: len(item[0]))
    assert value == 1
    assert caret(toml.place(*path)).startswith("1")


def test_a_dotted_key_of_many_names_has_a_place() -> None:
    toml = parse_toml(".".join("a" * 2000) + " = 1", "x.toml")
    assert caret(toml.place(*"a" * 2000)) == "1"


def test_a_file_is_named_as_the_user_named_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.toml").write_bytes("\ufeffa = 1\r\nb = 'σ'\r\n".encode())
    toml = read_toml("x.toml")
    assert (toml.file, toml.text, toml.data) == (
        "x.toml",
        "a = 1\r\nb = 'σ'\r\n",
        {"a": 1, "b": "σ"},
    )
    assert toml.place("b") == SourcePlace(2, 5, "b = 'σ'", "x.toml")
    assert read_toml(Path("x.toml")) == toml
