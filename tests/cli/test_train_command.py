"""`rnntui train`, `explain`, `tasks`, `generate` and `check --full`, as a user calls them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from rnntui.cli import main


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def ends(*arguments: str) -> dict:
    result = run("train", *arguments, "--json", "--engine", "numpy")
    assert result.exit_code == 0, result.output
    return json.loads(result.output.splitlines()[-1])


class TestTrain:
    def test_trains_as_far_as_the_file_says(self) -> None:
        end = ends("carousel")
        assert end["iterations"] == 250
        assert end["loss"] == pytest.approx(1.3228113887930881e-05, rel=1e-9)

    def test_saved_and_resumed_it_is_the_same_bits(self, tmp_path: Path) -> None:
        whole, half, rest = (str(tmp_path / name) for name in ("whole.npz", "half.npz", "rest.npz"))
        options = ("reber", "--engine", "numpy", "--json")
        assert run("train", *options, "--iterations", "60", "--save", whole).exit_code == 0
        assert run("train", *options, "--iterations", "25", "--save", half).exit_code == 0
        resumed = run("train", *options, "--iterations", "35", "--resume", half, "--save", rest)
        assert resumed.exit_code == 0
        assert Path(whole).read_bytes() == Path(rest).read_bytes()
        with zipfile.ZipFile(whole) as archive:  # on another day too
            assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}

    def test_until_a_condition_holds(self) -> None:
        end = ends("carousel", "--until", "loss < 0.1")
        assert "the condition holds" in end["stopped"]
        assert end["loss"] < 0.1
        assert 0 < end["iterations"] < 250

    def test_a_key_and_the_seed_can_be_set(self) -> None:
        seeds = {ends("reber", "--iterations", "3", "--seed", str(s))["loss"] for s in (1, 2)}
        assert len(seeds) == 2
        frozen = ends("carousel", "--set", "training.learning_rate=0", "--iterations", "5")
        assert frozen["loss"] == pytest.approx(1.5745509982445909)

    def test_numbers_that_blow_up_end_it_with_a_reason_and_status_1(self) -> None:
        result = run(
            "train", "carousel", "--set", "training.learning_rate=1e300", "--json",
            "--engine", "numpy",
        )  # fmt: skip
        assert result.exit_code == 1
        assert (
            "training stops at iteration" in json.loads(result.output.splitlines()[-1])["stopped"]
        )

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("vanishing-gradient", "--until", "los < 1"), "`los` is not known here"),
            (("carousel", "--until", "loss"), "`loss` is not a condition"),
            (("carousel", "--set", "training"), "`training` sets nothing"),
            (("carousel", "--set", "training.learning_rat=1"), "did you mean `learning_rate`?"),
            (("carousel", "--resume", "no.npz"), "there is no file `no.npz`"),
            (("carousel", "--save", "/no/such/folder/run.npz"), "cannot be written"),
        ],
    )
    def test_what_cannot_be_is_refused(self, arguments: tuple[str, ...], message: str) -> None:
        result = run("train", *arguments, "--iterations", "2", "--engine", "numpy")
        assert result.exit_code == 2
        assert message in result.output

    def test_a_run_of_another_model_is_not_resumed(self, tmp_path: Path) -> None:
        saved = tmp_path / "run.npz"
        run("train", "carousel", "--iterations", "2", "--engine", "numpy", "--save", str(saved))
        result = run("train", "lstm-ab", "--resume", str(saved), "--engine", "numpy")
        assert result.exit_code == 2
        assert "has no parameter `W_ii`" in result.output
        np.savez(tmp_path / "other.npz", a=1)
        result = run("train", "carousel", "--resume", str(tmp_path / "other.npz"))
        assert result.exit_code == 2
        assert "is not a saved run" in result.output

    @pytest.mark.skipif(
        sys.platform == "win32", reason="an interrupt cannot be sent to a process alone"
    )
    def test_ctrl_c_keeps_what_was_trained(self, tmp_path: Path) -> None:
        saved = tmp_path / "run.npz"
        command = [sys.executable, "-m", "rnntui.cli", "train", "reber", "--iterations", "10000000",
                   "--engine", "numpy", "--json", "--save", str(saved)]  # fmt: skip
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()  # it is under way
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert process.returncode == 0, err
        assert b"Traceback" not in err
        assert json.loads(out.splitlines()[-1])["stopped"] == "interrupted"
        with np.load(saved) as archive:
            assert archive["iteration"] > 0


class TestExplain:
    @pytest.mark.parametrize(
        ("name", "sign"),
        [("text", "σ(W_ii x"), ("markdown", "```math"), ("latex", "\\documentclass"),
         ("html", "<math")],
    )  # fmt: skip
    def test_every_format(self, name: str, sign: str, tmp_path: Path) -> None:
        output = tmp_path / "solution"
        result = run("explain", "lstm-ab", "--t", "2", "--format", name, "-o", str(output))
        assert result.exit_code == 0, result.output
        assert sign in output.read_text(encoding="utf-8")

    def test_timesteps_that_are_none_are_refused(self) -> None:
        for written, message in (("x", "is no timestep"), ("99", "t"), ("2-", "is no timestep")):
            result = run("explain", "lstm-ab", "--t", written)
            assert result.exit_code == 2
            assert message in result.output


class TestTasks:
    def test_listed_and_generated(self) -> None:
        listed = json.loads(run("tasks", "--json").output)
        assert {"reber", "copy", "adding"} <= {task["name"] for task in listed}
        first = run("generate", "reber", "-n", "3", "--seed", "1").output
        assert first == run("generate", "reber", "-n", "3", "--seed", "1").output
        assert first != run("generate", "reber", "-n", "3", "--seed", "2").output
        refused = run("generate", "rebar")
        assert refused.exit_code == 2
        assert "did you mean `reber`?" in refused.output


def test_answers_far_along_are_left_to_full(tmp_path: Path) -> None:
    file = tmp_path / "far.toml"
    text = """
model = "carousel"
[data]
values = [[1, 1]]
targets = [0.5]
[parameters]
w_s = 1
w1 = 1
w2 = 1
w3 = 1
[[expect]]
at = { iteration = 2001 }
values = { w1 = 5 }
[[expect]]
at = { iteration = 0 }
values = { w1 = 1 }
"""
    file.write_text(text)
    assert run("check", str(file)).exit_code == 0
    assert run("check", str(file), "--full").exit_code == 1


@pytest.mark.parametrize(
    ("words", "expected"),
    [("rnntui tr", {"plain,trace", "plain,train"}), ("rnntui lstm-ab --mod", {"plain,--model"}),
     ("rnntui train --it", {"plain,--iterations"})],
)  # fmt: skip
def test_the_shell_completes_commands_and_options(words: str, expected: set[str]) -> None:
    environment = {
        "_RNNTUI_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }
    result = CliRunner().invoke(main, prog_name="rnntui", env=environment)
    assert expected <= set(result.output.split())
