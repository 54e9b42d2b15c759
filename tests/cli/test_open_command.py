"""`rnntui [FILE]`: what it says when it cannot open, and how it leaves the terminal when it can."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pseudo_terminal import RNNTUI, PseudoTerminal, in_a_terminal

from rnntui import __version__
from rnntui.cli import main
from rnntui.data.shipped import shipped_files


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


class TestRefusals:
    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("NOPE", "there is no file `NOPE`"),
            ("lstm-bb", "did you mean `lstm-ab`?"),
            ("carusel.toml", "did you mean `carousel`?"),
            (".", "this is a directory"),
            ("lstm-ab", "this is not a terminal"),
            ("\x1b[31mred", r"`\x1b[31mred`"),
        ],
    )
    def test_one_message_and_exit_status_2(self, name, said):
        result = run(name)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert said in result.stderr
        assert "\x1b" not in result.stderr
        assert "Traceback" not in result.stderr

    def test_all_problems_of_a_file_each_with_its_place(self, tmp_path):
        path = tmp_path / "bad.toml"
        path.write_text('model = "lsmt"\nsizes.hidden = -1\n[data]\nsequence = "ab"\n[trainig]\n')
        result = run(path)
        assert result.exit_code == 2
        lines = result.stderr.splitlines()
        problems = [line for line in lines if line.startswith("rnntui: ")]
        assert len(problems) >= 4
        assert all(re.search(r"bad\.toml, line \d+, column \d+: ", line) for line in problems)
        assert "did you mean `lstm`?" in result.stderr
        assert "did you mean `training`?" in result.stderr

    @pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"\x00" * 99], ids=repr)
    def test_a_file_that_is_no_text(self, tmp_path, content):
        path = tmp_path / "bytes.toml"
        path.write_bytes(content)
        result = run(path)
        assert result.exit_code == 2
        assert result.stderr.startswith("rnntui: ")

    def test_without_a_terminal_the_gallery_does_not_open(self):
        result = run()
        assert result.exit_code == 2
        assert "this is not a terminal" in result.stderr

    @pytest.mark.parametrize("arguments", [["--nope"], ["lstm-ab", "carousel"]])
    def test_what_is_no_command_line(self, arguments):
        assert run(*arguments).exit_code == 2


class TestHelp:
    @pytest.mark.parametrize("option", ["--help", "-h"])
    def test_names_what_one_can_do(self, option):
        result = run(option)
        assert result.exit_code == 0
        for said in ("rnntui FILE", "check", "trace", "gallery"):
            assert said in result.stdout

    @pytest.mark.parametrize("command", ["check", "trace"])
    def test_of_each_command_has_an_example(self, command):
        result = run(command, "--help")
        assert result.exit_code == 0
        assert f"rnntui {command} lstm-ab" in result.stdout

    def test_version(self):
        result = run("--version")
        assert result.exit_code == 0
        assert __version__ in result.stdout


# what undoes the alternate screen, the hidden cursor, mouse reports and bracketed paste
RESTORES = ["\x1b[?1049l", "\x1b[?25h", "\x1b[?1000l", "\x1b[?1003l", "\x1b[?1006l", "\x1b[?2004l"]
RIGHT, END, ESCAPE = "\x1b[C", "\x1b[F", "\x1b"

# an app with a fault of its own behind a key, as any key might have one day
FAULTY = """
from pathlib import Path
from rnntui.data.sequence_file import read_sequence_file
from rnntui.data.shipped import find_file
from rnntui.tui import app
from rnntui.tui.app import RnnTui

class Faulty(RnnTui):
    CSS_PATH = Path(app.__file__).with_name("theme.tcss")
    BINDINGS = [("z", "fail", "fail")]

    def action_fail(self):
        raise ZeroDivisionError("a fault behind a key")

faulty = Faulty(read_sequence_file(find_file("lstm-ab")))
faulty.run()
raise SystemExit(faulty.return_code)
"""


def assert_clean(terminal: PseudoTerminal) -> None:
    """Nothing that the program switched on is still on."""
    output = terminal.output.decode(errors="replace")
    for restore in RESTORES:
        switched_on = restore[:-1] + ("l" if restore.endswith("h") else "h")
        assert output.rfind(restore) > output.rfind(switched_on), repr(restore)
    assert terminal.modes_now() == terminal.modes


@in_a_terminal
class TestInATerminal:
    def test_keys_move_and_q_leaves_the_terminal_as_it_was(self):
        with PseudoTerminal([*RNNTUI, "lstm-ab"]) as terminal:
            terminal.wait_for("input gate")
            terminal.type(".")
            terminal.wait_for("forget gate")
            terminal.type(RIGHT)
            terminal.wait_for("2/7")
            terminal.type(END)
            terminal.wait_for("cross-entropy")
            terminal.type("q")
            assert terminal.finish() == 0
            assert_clean(terminal)

    def test_ctrl_c(self):
        with PseudoTerminal([*RNNTUI, "lstm-ab"]) as terminal:
            terminal.wait_for("input gate")
            terminal.type("\x03")
            assert terminal.finish() == 0
            assert_clean(terminal)

    def test_an_interrupt_from_outside(self):
        with PseudoTerminal([*RNNTUI, "lstm-ab"]) as terminal:
            terminal.wait_for("input gate")
            terminal.read(0.3)
            terminal.process.send_signal(signal.SIGINT)
            terminal.finish()
            assert_clean(terminal)

    def test_an_exception_behind_a_key_is_told_on_a_clean_terminal(self, tmp_path):
        program = tmp_path / "faulty.py"
        program.write_text(FAULTY)
        with PseudoTerminal([sys.executable, str(program)]) as terminal:
            terminal.wait_for("input gate")
            terminal.type("z")
            assert terminal.finish() == 1
            assert_clean(terminal)
            after = terminal.output.decode(errors="replace").rpartition("\x1b[?1049l")[2]
            assert "a fault behind a key" in after

    def test_the_gallery_opens_a_file_and_comes_back(self):
        with PseudoTerminal(RNNTUI) as terminal:
            terminal.wait_for("Sequence files")
            terminal.wait_for(shipped_files()[0].name)  # the preview's frame
            terminal.type("\r")
            terminal.wait_for("· forward")
            terminal.type(ESCAPE)
            terminal.wait_for("Sequence files")
            terminal.type("q")
            assert terminal.finish() == 0
            assert_clean(terminal)

    def test_resizing_while_it_runs(self):
        with PseudoTerminal([*RNNTUI, "lstm-ab"]) as terminal:
            terminal.wait_for("input gate")
            for size in [(200, 60), (1, 1), (2, 2), (10, 3), (120, 40)]:
                terminal.resize(*size)
                terminal.type(".")
                terminal.read(0.15)
            terminal.resize(200, 60)
            terminal.wait_for("Hidden space")
            terminal.type("q")
            assert terminal.finish() == 0
            assert_clean(terminal)

    def test_q_is_answered_at_once_while_worked_answers_are_still_being_checked(self, tmp_path):
        path = tmp_path / "long.toml"
        path.write_text(
            'model = "lstm"\nsizes.hidden = 2\n[data]\none_hot = "ab"\nsequence = "abba"\n'
            'targets = "bbab"\n[[expect]]\nat = { iteration = 10000000 }\nvalues = { b_y = [0, 0] }\n'
        )
        with PseudoTerminal([*RNNTUI, str(path)]) as terminal:
            terminal.wait_for("input gate")
            terminal.type("q")
            assert terminal.finish() == 0  # long before the hours that the checks would take
            assert_clean(terminal)


@in_a_terminal
class TestOpeningInATerminal:
    def test_a_refused_file_is_told_on_a_clean_terminal(self, tmp_path):
        path = tmp_path / "bad.toml"
        path.write_text('model = "lsmt"\n[data]\none_hot = "ab"\nsequence = "ab"\n')
        with PseudoTerminal([*RNNTUI, str(path)]) as terminal:
            assert terminal.finish() == 2
            assert_clean(terminal)
            after = terminal.output.decode(errors="replace").rpartition("\x1b[?1049l")[2]
            said = re.sub(r"\x1b\[[?\d]*[a-z]", "", after).splitlines()
            assert said[0].startswith("rnntui: ")
            assert said[0].endswith("there is no model `lsmt`; did you mean `lstm`?")
            assert said[1:] == ['    model = "lsmt"', "            ^"]

    def test_without_such_a_file_the_screen_is_left_alone(self):
        with PseudoTerminal([*RNNTUI, "NOPE"]) as terminal:
            assert terminal.finish() == 2
            assert terminal.output.startswith(b"rnntui: there is no file `NOPE`")
            assert b"\x1b" not in terminal.output

    @pytest.mark.parametrize("key", ["q", "\x03"], ids=["q", "Ctrl-C"])
    @pytest.mark.parametrize("name", ["lstm-ab", ""], ids=["file", "gallery"])
    def test_quitting_before_the_file_is_read(self, key, name):
        with PseudoTerminal([*RNNTUI, *filter(None, [name])]) as terminal:
            terminal.wait_for("Sequence")
            terminal.type(key)
            assert terminal.finish() == 0
            assert_clean(terminal)
            after = terminal.output.decode(errors="replace").rpartition("\x1b[?1049l")[2]
            assert re.sub(r"\x1b\[[?\d]*[a-z]", "", after) == ""

    def test_keys_typed_ahead(self):
        with PseudoTerminal([*RNNTUI, "lstm-ab"], (120, 40)) as terminal:
            terminal.wait_for("Equation")
            terminal.type(".")
            terminal.wait_for("(2/8)")
            terminal.type("q")
            assert terminal.finish() == 0


@in_a_terminal
def test_no_colour_is_respected():
    with PseudoTerminal(["env", "NO_COLOR=1", *RNNTUI, "lstm-ab"]) as terminal:
        terminal.wait_for("input gate")
        terminal.read(0.3)
        terminal.type("q")
        terminal.finish()
        colours = re.findall(r"\x1b\[[\d;]*?([34]8;2;\d+;\d+;\d+)", terminal.output.decode())
        channels = [colour.split(";")[2:] for colour in colours]
        assert all(len(set(rgb)) == 1 for rgb in channels), "a colour other than grey"


def test_the_module_is_the_command():
    found = subprocess.run([*RNNTUI, "--version"], capture_output=True, text=True, check=True)
    assert __version__ in found.stdout
