"""Reading TOML: every bad text or file is one clear problem, with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from toml_texts import caret, file_problem, problem


@pytest.mark.parametrize(
    ("text", "line", "column", "message", "hint"),
    [
        ("a = 1\nmodel = lstm\n", 2, 9, "invalid value", "text goes in quotes"),
        ("a = .5", 1, 5, "invalid value", "0.5, not .5"),
        ("a = 01\n", 1, 6, "expected newline or end of document after a statement", ""),
        ("a\n", 1, 2, "expected '=' after a key in a key/value pair", ""),
        ("[a\n", 1, 3, "expected ']' at the end of a table declaration", ""),
        ("= 1", 1, 1, "invalid statement", ""),
        ("a = 1\na = 2\n", 2, 6, "cannot overwrite a value", "only once"),
        ("a = 1\na = 2", 2, 6, "cannot overwrite a value", "only once"),
        ("[a.b]\n[a.b]\n", 2, 5, "cannot declare `a.b` twice", ""),
        ("['it''s']\n", 1, 6, "expected ']' at the end of a table declaration", ""),
        ('["it\'s)"]\n["it\'s)"]\n', 2, 9, "cannot declare `it's)` twice", ""),
        ("a = {}\na.b = 1\n", 2, 8, "cannot mutate immutable namespace `a`", ""),
        ("[a.b]\n[a]\nb.c = 1\n", 3, 8, "cannot redefine namespace `a.b`", ""),
        ("a = {\"('x' y)\" = 1, \"('x' y)\" = 1}", 1, 34, "duplicate inline table key", ""),
        ("a = [1, 2\n\n", 1, 10, "unclosed array", ""),
        ("a = [1, 2\nb = 1\n", 2, 1, "unclosed array", ""),
        ('a = "b\n', 1, 7, "illegal character '\\n'", "quotes are not closed"),
        ("a = 'b\r\nc = 'd'", 1, 7, "found invalid character '\\n'", "quotes are not closed"),
        ("a = '''b\nc\n", 2, 2, "expected \"'''\"", ""),
        ('a = """b\n', 1, 9, "unterminated string", ""),
        ("a = 1\r\nb = x\r\n", 2, 5, "invalid value", ""),
        ("\ufeffa = x", 1, 5, "invalid value", ""),
        ("a = 2001-02-30", 1, 5, "invalid date or datetime", ""),
        ("a = '\0'", 1, 6, "found invalid character '\\x00'", ""),
    ],
)
def test_syntax_errors(text: str, line: int, column: int, message: str, hint: str) -> None:
    found = problem(text)
    assert found.message.startswith(f"not valid TOML: {message}")
    assert "(at" not in found.message
    assert hint in found.hint
    assert bool(hint) <= bool(found.hint)
    place = found.place
    assert place is not None
    assert (place.line, place.column, place.file) == (line, column, "x.toml")
    assert place.text == text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")[line - 1]


def test_a_syntax_error_is_shown_with_a_caret() -> None:
    assert str(problem("a = 1\nmodel = lstm\n")) == (
        "x.toml, line 2, column 9: not valid TOML: invalid value; text goes in quotes; "
        "a number has digits before its point (0.5, not .5)\n"
        "    model = lstm\n"
        "            ^"
    )


@pytest.mark.parametrize(
    "text", ["", "\n", " \t\r\n\n", "# only\n# comments", "\ufeff", "\ufeff# c"]
)
def test_an_empty_file(text: str) -> None:
    assert str(problem(text)) == "x.toml: the file is empty"


def test_nesting_too_deep_for_the_parser() -> None:
    for text in ("a = " + "[" * 100_000, "a = " + "{a=" * 50_000):
        assert str(problem(text)) == "x.toml: arrays or tables are nested too deeply"


def test_a_whole_number_too_long_for_python() -> None:
    digits = "1" * 5000
    found = problem(
        f"b = 0.{digits}\na = [1,\n -{digits}]"
    )  # a fraction may be as long as it likes
    assert found.message == "a whole number has too many digits"
    assert found.place is not None
    assert (found.place.line, found.place.column) == (3, 2)


def test_no_such_file(tmp_path: Path) -> None:
    path = tmp_path / "none.toml"
    assert str(file_problem(path)) == f"{path}: there is no such file"


def test_a_directory(tmp_path: Path) -> None:
    assert str(file_problem(tmp_path)) == f"{tmp_path}: this is a directory, not a sequence file"


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "x.toml"
    path.write_text("a = 1")
    monkeypatch.setattr(Path, "open", refuse)  # the superuser may read everything
    assert str(file_problem(path)) == f"{path}: the file cannot be read: Permission denied"


def test_names_no_file_can_have() -> None:
    assert str(file_problem("a\0b")) == "a\\x00b: the file cannot be read: embedded null byte"
    assert file_problem("x" * 10_000).message.startswith("the file cannot be read: ")


def test_a_file_larger_than_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.toml"
    with path.open("wb") as stream:
        stream.truncate((64 << 20) + 1)
    assert str(file_problem(path)) == (
        f"{path}: the file is larger than 64 MiB, the most that is read"
    )


def test_a_binary_file(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b"\x89PNG\0\0\xff")
    assert str(file_problem(path)) == f"{path}: this is a binary file, not a sequence file"


@pytest.mark.parametrize(
    ("content", "offset", "line", "column"),
    [
        (b"a = 1\nb = '\xcf\x83 \xe9'\n", 14, 2, 8),
        (b"\xef\xbb\xbfa = '\xe9'", 8, 1, 6),
        (b"a = '\xcf", 5, 1, 6),
    ],
)
def test_a_file_that_is_not_utf8(
    tmp_path: Path, content: bytes, offset: int, line: int, column: int
) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(content)
    found = file_problem(path)
    byte = content[offset]
    assert found.message == f"the file is not UTF-8: byte 0x{byte:02x} at offset {offset}"
    assert found.place is not None
    assert (found.place.line, found.place.column) == (line, column)
    assert caret(found.place).startswith(f"\\x{byte:02x}")
