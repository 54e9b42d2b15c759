"""Reading TOML: every key and value has its place."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from toml_texts import caret, paths

from rnntui.text.problems import Problem, SourcePlace
from rnntui.text.toml import StringOrigin, parse_toml, read_toml

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
    toml = parse_toml(".".join("a" * 1000) + " = 1", "x.toml")
    assert caret(toml.place(*"a" * 1000)) == "1"


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
