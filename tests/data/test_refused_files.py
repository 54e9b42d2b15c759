"""Files that are refused, and what is said: the place, what is wrong, what would be right."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from refused_cases import cases

from rnntui.data.sequence_file import parse_sequence_file, read_sequence_file
from rnntui.data.shipped import shipped_files
from rnntui.text.problems import InputError

HEAD = """\
model = "elman"
sizes.hidden = 2

[data]
"""
DATA = """\
one_hot = "AB"
sequence = "ABA"
targets = "BAB"
"""
OWN = """\
[data]
values = [1, 2, 3]
[model]
"""


def refusal(text: str) -> str:
    with pytest.raises(InputError) as caught:
        parse_sequence_file(text, "f.toml")
    assert str(caught.value) == "\n".join(str(problem) for problem in caught.value.problems)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        *cases("whole_files"),
        *cases("before_data", after=f"\n[data]\n{DATA}"),
        *cases("data_tables", before=HEAD),
        *cases("other_tables", before=HEAD + DATA),
        *cases("own_models", before=OWN),
    ],
)
def test_what_is_said(text: str, said: str) -> None:
    assert refusal(text) == said


class TestTheCaret:
    """Line and column lead to the same place in the file, however its strings are written."""

    @pytest.mark.parametrize(
        "cell",
        [
            'cell = "k = W @ x + b"',
            "cell = 'k = W @ x + b'",
            "  cell   =   'k = W @ x + b'",
            'cell = """k = W @ x + b"""',
            'cell = """\n   k = W @ x + b\n"""',
            "cell = '''\n\nk = W @ x + b  # sum\n'''",
            "cell = '''\nh = x\n\tk = (W @ x\n + b)\n'''",
            'cell = """\r\nh = x\r\nk = W @ x + b\r\n"""',
        ],
    )
    def test_of_a_shape_clash(self, cell: str) -> None:
        text = f'{OWN}{cell}\nloss = "sum(k)"\n[parameters]\nW = [[1], [2]]\nb = [1, 2, 3]\n'
        with pytest.raises(InputError) as caught:
            parse_sequence_file(text, "f.toml")
        (problem,) = caught.value.problems
        assert problem.place is not None
        line = text.split("\n")[problem.place.line - 1]
        assert line[problem.place.column - 1] == "+"
        assert problem.message == "`W @ x` is a vector of 2 but `b` is a vector of 3"
        shown, caret = problem.excerpt().split("\n")[1:]
        assert shown[caret.index("^")] == "+"

    def test_in_a_string_with_escaped_line_breaks(self) -> None:
        """As programs write it: the line is that of the string, the excerpt that of the equation."""
        assert refusal(f'{OWN}cell = "h = x\\nk = h + @"\n') == (
            "f.toml, line 4, column 17: this cannot be read as an expression\n"
            "            k = h + @\n"
            "                    ^"
        )

    def test_in_a_shipped_model_is_said_to_be_there(self) -> None:
        said = refusal(f"{HEAD}{DATA}[parameters]\nW_hh = [[1, 0, 0], [0, 1, 0]]\n")
        assert said.startswith("f.toml, model elman, line 5, column ")
        assert "`W_hh` is a 2×3 matrix in line 9" in said

    def test_of_a_number_on_a_very_long_line(self) -> None:
        for digits in (400, 5000):
            said = refusal(f"{HEAD}{DATA}[parameters]\nb_hh = [1, 1{'0' * digits}]\n")
            first, shown, caret = said.split("\n")
            what = "a number this large is not a value that can be computed with"
            what = what if digits == 400 else "a whole number has too many digits"
            assert first == f"f.toml, line 9, column 12: {what}"
            assert len(shown) <= 80
            assert shown[caret.index("^")] == "1"


class TestFilesOfOtherKinds:
    """What is no text at all: one line, with the name of the file."""

    @staticmethod
    def said(path: Path) -> str:
        with pytest.raises(InputError) as caught:
            read_sequence_file(path)
        return str(caught.value).replace(f"{path}", "PATH")

    def test_missing(self, tmp_path: Path) -> None:
        assert self.said(tmp_path / "x.toml") == "PATH: there is no such file"

    def test_directory(self, tmp_path: Path) -> None:
        assert self.said(tmp_path) == "PATH: this is a directory, not a sequence file"

    @pytest.mark.parametrize("content", [b"", b"\n\n", b"  # nothing\n", b"\xef\xbb\xbf"])
    def test_empty(self, tmp_path: Path, content: bytes) -> None:
        file = tmp_path / "x.toml"
        file.write_bytes(content)
        assert self.said(file) == "PATH: the file is empty"

    def test_binary(self, tmp_path: Path) -> None:
        file = tmp_path / "x.npy"
        file.write_bytes(b"\x93NUMPY\x01\x00v\x00")
        assert self.said(file) == "PATH: this is a binary file, not a sequence file"

    def test_not_utf8(self, tmp_path: Path) -> None:
        file = tmp_path / "x.toml"
        file.write_bytes('title = "Caf\xe9"\n'.encode("latin-1"))
        assert self.said(file) == (
            "PATH, line 1, column 13: the file is not UTF-8: byte 0xe9 at offset 12\n"
            '    title = "Caf\\xe9"\n'
            "                ^"
        )

    def test_a_name_with_escapes(self) -> None:
        with pytest.raises(InputError) as caught:
            read_sequence_file("\x1b[31m[bold].toml")
        assert str(caught.value) == r"\x1b[31m[bold].toml: there is no such file"


def test_problems_are_reported_together_and_in_file_order() -> None:
    with pytest.raises(InputError) as caught:
        parse_sequence_file(cases("whole_files")[-1].values[0], "f.toml")  # type: ignore[attr-defined]
    places = [problem.place for problem in caught.value.problems if problem.place]
    assert [place.line for place in places] == [1, 2, 6, 9, 10]


# --- whatever happens to a file, it is read or refused ------------------------------------------

SHIPPED = [file.read_bytes() for file in shipped_files()]
TOKENS = [
    "0", "-1", "1e999", "nan", '""', '"x"', "[]", "[1]", "[[1, 2], [3]]", "{}", "true", '"next"',
    '"all"', "[t-1]", "@", "\x1b", "\x9b", "h", "x", "target", "(", ")", "=", ".T", "x[0]", '"""', "#",
    "1979-05-27", "[[[[[[[[[[1]]]]]]]]]]", "9" * 30, "loss", "y", "sum(", "concat(x, h)", "\\u0000",
]  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A shipped file with a few bytes, words or lines changed."""
    content = draw(st.sampled_from(SHIPPED))[: draw(st.integers(200, 4000))]
    for _ in range(draw(st.integers(1, 3))):
        way = draw(st.sampled_from(["bytes", "word", "line"]))
        if way == "bytes":
            start = draw(st.integers(0, len(content)))
            end = start + draw(st.integers(0, 6))
            content = content[:start] + draw(st.binary(max_size=4)) + content[end:]
        elif way == "word":
            words = [m.span() for m in re.finditer(rb'[\w.-]+|"[^"\n]*"|\[[^][]*\]', content)]
            start, end = draw(st.sampled_from(words or [(0, 0)]))
            content = content[:start] + draw(st.sampled_from(TOKENS)).encode() + content[end:]
        else:
            lines = content.split(b"\n")
            other = draw(st.sampled_from(SHIPPED)).split(b"\n")
            start = draw(st.integers(0, len(lines) - 1))
            end = start + draw(st.integers(0, 2))
            lines[start:end] = draw(st.lists(st.sampled_from(lines + other), max_size=2))
            content = b"\n".join(lines)
    return content


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damaged())
def test_a_damaged_file_is_read_or_refused(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "damaged.toml"
        file.write_bytes(content)
        said = ""
        try:
            read_sequence_file(file)
        except InputError as error:
            said = str(error)
        assert all(character == "\n" or character.isprintable() for character in said)
