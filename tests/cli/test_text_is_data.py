"""Texts of a file, wherever they come out: nothing that a terminal, a page or TeX would obey."""

from __future__ import annotations

import csv
import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rnntui.cli import main
from rnntui.data.sequence_file import SequenceFile, read_sequence_file
from rnntui.session.checks import start_training
from rnntui.session.session import Session
from rnntui.text.json_output import to_json

OBEYED = {
    "escape": "\x1b[31m\x1b]0;owned\x07",
    "csi": "\x9b31m",
    "bell": "\x07\x08\x7f",
    "bidi": "\u202e\u2066\u200f",
    "invisible": "\u200b\ufeff\u00ad",
    "separators": "\u2028\u2029\x85\x0b\x0c",
    "line end": "\r\n",
}
SHOWN = "[red]x[/red] <b>&amp; $\\input{x}$ # **y** `z` | ]]> \\"
HOSTILE = "".join(OBEYED.values()) + SHOWN
NAME = "a\x1b[31m\u202e[red]<b>"


def quoted(text: str) -> str:
    return json.dumps(text)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    symbols = [quoted(f"{text}{number}") for number, text in enumerate((HOSTILE, SHOWN))]
    comment = re.sub(
        r"[\x00-\x1f\x7f\x85\u2028\u2029]|\\", "", HOSTILE
    )  # TOML has no such comments
    file = tmp_path / f"{NAME}.toml"
    file.write_text(
        f"""# {comment}
title = {quoted(HOSTILE)}
description = {quoted(HOSTILE)}
[model]
cell = "h = tanh(w * x[0] + u * h[t-1])  # state: {quoted(comment)[1:-1]}"
readout = "y = softmax(v * h)  # {quoted(comment)[1:-1]}"
loss = "cross_entropy(y, target)"
title = {quoted(HOSTILE)}
source = {quoted(HOSTILE)}
[sizes]
hidden = 2
[parameters]
w = [0.5, 0.1]
u = 0.25
v = [-1, 1]
[data]
one_hot = [{", ".join(symbols)}]
sequence = [{symbols[0]}, {symbols[1]}, {symbols[0]}]
targets = "next"
[training]
iterations = 3
[metrics.{quoted(HOSTILE)}]
value = "norm(h)"
[[expect]]
at = {{ t = 1 }}
values = {{ h = [0.1, 0.1] }}
note = {quoted(HOSTILE)}
""",
        encoding="utf-8",
    )
    return file


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def obeyed(text: str) -> list[str]:
    """What a terminal would obey of a text, line ends aside."""
    return sorted({character for character in text if not character.isprintable()} - {"\n"})


COMMANDS = [
    *(("trace", "--format", kind) for kind in ("json", "jsonl", "csv")),
    *(("explain", "--format", kind) for kind in ("text", "markdown", "latex", "html")),
    ("explain",),
    ("check",),
    ("check", "--json"),
    ("train", "--engine", "numpy"),
    ("train", "--engine", "numpy", "--json"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_nothing_that_is_printed_is_obeyed(command: tuple[str, ...], path: Path) -> None:
    result = run(command[0], str(path), *command[1:])
    assert result.exit_code in (0, 1), result.stderr
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.stdout
    assert obeyed(result.stdout) == []
    assert obeyed(result.stderr) == []


def test_json_is_read_back_as_the_file_has_it(path: Path) -> None:
    steps = json.loads(run("trace", str(path)).stdout)["steps"]
    assert [step["symbol"] for step in steps] == [f"{HOSTILE}0", f"{SHOWN}1"]
    lines = run("trace", str(path), "--format", "jsonl").stdout.split("\n")
    assert json.loads(lines[1])["symbol"] == f"{HOSTILE}0"
    recorded = run("train", str(path), "--json", "--engine", "numpy").stdout.splitlines()
    assert json.loads(recorded[-1])[HOSTILE] > 0
    (report,) = json.loads(run("check", str(path), "--json").stdout)
    assert report["title"] == HOSTILE


@pytest.mark.parametrize("text", [*OBEYED.values(), SHOWN, "é漢σ\U0001f600", "\ud800", ""])
def test_json_of_any_text_comes_back(text: str) -> None:
    for indent in (None, 1):
        written = to_json([text, {text: text}], indent)
        assert json.loads(written) == [text, {text: text}]
        assert obeyed(written) == []
    assert to_json("é漢σ") == '"é漢σ"'


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.found.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_page_has_the_text_as_text(path: Path) -> None:
    page = _Elements()
    page.feed(run("explain", str(path), "--format", "html").stdout)
    assert "b" not in page.found
    assert "input" not in page.found
    assert "[red]x[/red] <b>&amp; $\\input{x}$" in page.text


def test_tex_has_the_text_as_text(path: Path) -> None:
    page = run("explain", str(path), "--format", "latex").stdout
    assert "\\input{x}" not in page
    assert "**y**" in page


def test_what_is_refused_is_shown_with_escapes(tmp_path: Path) -> None:
    file = tmp_path / f"{NAME}.toml"
    for text in (
        f"{quoted(HOSTILE)} = 1\n",
        f'model = {quoted(HOSTILE)}\n[data]\none_hot = "a"\nsequence = "a"\n',
        f'[data]\none_hot = [{quoted(HOSTILE)}, "a"]\nsequence = ["b"]\n',
        f'[data]\none_hot = ["a"]\nsequence = [{quoted(HOSTILE)}]\n',
        f'[model]\ncell = {quoted(HOSTILE)}\n[data]\none_hot = "a"\nsequence = "a"\n',
        f"[training]\noptimizer = {quoted(HOSTILE)}\n",
    ):
        file.write_text(text, encoding="utf-8")
        for command in ("trace", "check", "explain", "train"):
            result = run(command, str(file))
            assert result.exit_code == 2
            assert result.stderr
            assert obeyed(result.stdout + result.stderr) == []


@pytest.mark.parametrize("kind", ["txt", "csv", "json"])
def test_data_and_the_names_of_files(kind: str, tmp_path: Path) -> None:
    content = {
        "txt": f"{SHOWN} \u202eb \x9bc\n\x1b[31m d\n",
        "csv": f'x,y\n"\u202eb","{SHOWN}"\n"\x9bc","d"\n',
        "json": json.dumps([[HOSTILE, "b"], [SHOWN, "b"]]),
    }[kind]
    file = tmp_path / f"{NAME}.{kind}"
    file.write_text(content, encoding="utf-8")
    for command in ("trace", "explain"):
        result = run(command, str(file))
        assert result.exit_code == 0, result.stderr
        assert obeyed(result.stdout + result.stderr) == []


def test_csv_is_read_back(path: Path) -> None:
    rows = list(csv.DictReader(run("trace", str(path), "--format", "csv").stdout.splitlines()))
    assert {row["kind"] for row in rows} >= {"values", "gradients", "updated"}


class TestNotFinite:
    """inf is not called nan, nor the other way round."""

    BLOWS_UP = """
[model]
cell = "h = {}"
loss = "squared_error(h, target)"
[parameters]
w = 1
[data]
values = [[{}], [2.0]]
targets = [[0.0], [0.0]]
[training]
learning_rate = {}
"""
    CASES = (
        ("w * x", "1e200", "1e-3", 0, "inf"),
        ("w * x", "1.0", "1e200", 1, "inf"),
        ("w * x / x", "0.0", "1e-3", 0, "nan"),
    )

    def file(self, tmp_path: Path, case: tuple[str, str, str, int, str]) -> Path:
        path = tmp_path / "f.toml"
        path.write_text(self.BLOWS_UP.format(*case[:3]))
        return path

    @pytest.mark.parametrize("case", CASES)
    def test_the_end_of_training_says_which(
        self, tmp_path: Path, case: tuple[str, str, str, int, str]
    ) -> None:
        path, (*_, iteration, word) = self.file(tmp_path, case), case
        result = run("train", str(path), "--iterations", "5", "--engine", "numpy")
        assert result.exit_code == 1
        assert f"after {iteration} iterations: loss {word}\n" in result.stdout
        found = run("train", str(path), "--iterations", "5", "--engine", "numpy", "--json")
        assert json.loads(found.stdout.splitlines()[-1])["loss"] == word

    @pytest.mark.parametrize("case", CASES)
    def test_the_stepper_says_which(
        self, tmp_path: Path, case: tuple[str, str, str, int, str]
    ) -> None:
        file: SequenceFile = read_sequence_file(self.file(tmp_path, case))
        session = Session(file)
        for _ in range(case[3]):
            session.next_iteration()
        assert to_json(str(session.moment.iteration.loss)) == f'"{case[4]}"'


@pytest.mark.parametrize("scheme", ["uniform", "normal"])
def test_parameters_beyond_float64_are_refused(scheme: str, tmp_path: Path) -> None:
    text = 'model = "elman"\nsizes.hidden = 2\n[data]\none_hot = "ab"\nsequence = "abb"\n'
    text += 'targets = "next"\n[training]\ninitialisation = "{}({})"\n'
    path = tmp_path / "f.toml"
    for argument in ("1e308", "1.7e308", "8e307"):
        path.write_text(text.format(scheme, argument))
        result = run("trace", str(path))
        assert result.exit_code == 2
        assert f"`{scheme}` does not take `{argument}`" in result.stderr
    path.write_text(text.format(scheme, "1e300"))
    _, state = start_training(read_sequence_file(path))
    assert max(abs(value).max() for value in state.parameters.values()) > 1e299


@pytest.mark.skipif(sys.platform == "win32", reason="no such names of files")
def test_tasks_and_samples_are_printed_as_text() -> None:
    for arguments in (("tasks",), ("tasks", "--json"), ("generate", "reber", "-n", "2")):
        result = run(*arguments)
        assert result.exit_code == 0
        assert obeyed(result.stdout) == []
