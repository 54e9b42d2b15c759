"""`rnntui check`: the exit status for shells, a table for people, JSON for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rnntui.cli import main

FILE = """
title = "Half"
[model]
cell = "h = tanh(w * x)"
loss = "squared_error(h, target)"
[parameters]
w = 0.5
[data]
values = [[1.0], [2.0]]
targets = [[0.5], [0.25]]
"""
RIGHT = "\n[[expect]]\nat = { t = 1 }\nvalues = { x = [1] }\n"
WRONG = "\n[[expect]]\nat = { t = 1 }\nvalues = { x = [7] }\n"
MISTAKE = WRONG + 'wrong = true\nnote = "copied [bold]badly[/] \\u001b[31m"\n'
UNEXPECTED = RIGHT + "wrong = true\n"
UNREADABLE = FILE.replace("tanh(w * x)", "tnah(w * x)")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def write(tmp_path):
    """Write a sequence file and get its path."""

    def written(text: str, name: str = "half.toml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return written


class TestExitStatus:
    @pytest.mark.parametrize(
        ("expected", "status"),
        [("", 0), (RIGHT, 0), (MISTAKE, 0), (RIGHT + MISTAKE, 0), (WRONG, 1), (UNEXPECTED, 1),
         (RIGHT + WRONG, 1)],
    )  # fmt: skip
    def test_all_as_they_should_be_or_not(self, write, expected, status):
        path = write(FILE + expected)
        assert run("check", path).exit_code == status
        assert run("check", path, "--json").exit_code == status

    def test_a_file_that_cannot_be_read(self, write):
        result = run("check", write(UNREADABLE))
        assert result.exit_code == 2
        assert "did you mean `tanh`?" in result.stderr
        assert "half.toml, line 4, column" in result.stderr

    def test_one_unreadable_file_among_good_ones_is_named_and_the_others_are_checked(self, write):
        good, bad = write(FILE + RIGHT), write(UNREADABLE, "bad.toml")
        result = run("check", good, "no-such-file", bad)
        assert result.exit_code == 2
        assert "1 right" in result.stdout
        assert "no-such-file" in result.stderr
        assert "bad.toml" in result.stderr

    def test_several_shipped_files_by_their_bare_names(self):
        result = run("check", "lstm-ab", "lstm-homework", "carousel")
        assert result.exit_code == 0
        assert "3 files" in result.stdout
        assert "16 wrong as announced" in result.stdout

    def test_a_folder_is_searched_through_and_through(self, write):
        write(FILE + RIGHT, "a/one.toml")
        folder = write(FILE + WRONG, "a/b/two.toml").parent.parent
        result = run("check", folder, "--json")
        assert result.exit_code == 1
        assert [Path(f["file"]).name for f in json.loads(result.stdout)] == ["two.toml", "one.toml"]

    def test_a_folder_without_files_is_bad_input(self, tmp_path):
        result = run("check", tmp_path)
        assert result.exit_code == 2
        assert "there is no sequence file in" in result.stderr

    def test_without_a_file(self):
        assert run("check").exit_code == 2


class TestJson:
    def test_it_parses_and_has_every_value(self, write):
        path = write(FILE + RIGHT + MISTAKE)
        (found,) = json.loads(run("check", path, "--json").stdout)
        assert found["file"] == str(path)
        assert (found["title"], found["fine"]) == ("Half", True)
        assert [value["status"] for value in found["expectations"]] == ["right", "mistake"]
        assert found["expectations"][1]["note"] == "copied [bold]badly[/] \x1b[31m"

    def test_by_bare_name(self):
        found = json.loads(run("check", "lstm-homework", "lstm-ab.toml", "--json").stdout)
        assert [Path(report["file"]).stem for report in found] == ["lstm-homework", "lstm-ab"]
        assert {v["status"] for v in found[0]["expectations"]} == {"right", "mistake"}
        assert {v["status"] for v in found[1]["expectations"]} == {"right"}


class TestTable:
    def test_what_is_wrong_is_shown_with_what_was_expected(self, write):
        shown = run("check", write(FILE + RIGHT + WRONG)).stdout
        assert "✓" in shown
        assert "✗" in shown
        assert "1, expected" in " ".join(shown.split()) or "[1], expected [7]" in shown

    def test_markup_and_control_characters_are_shown_literally(self, write):
        path = write(FILE.replace("Half", "[red]Ha\\u001b]lf[/red]") + MISTAKE)
        shown = run("check", path).stdout
        assert "[red]Ha\\x1b]lf[/red]" in shown
        assert "[bold]badly[/]" in shown
        assert "\x1b" not in shown

    def test_an_encoding_without_the_mark_is_no_reason_to_stop(self, write):
        runner = CliRunner(charset="latin-1")
        result = runner.invoke(main, ["check", str(write(FILE + RIGHT))])
        assert result.exit_code == 0
        assert "1 right" in result.stdout
