"""`rnntui trace`: one iteration on standard output as one JSON object."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from click.testing import CliRunner, Result

from rnntui.cli import main
from rnntui.data.sequence_file import read_sequence_file
from rnntui.data.shipped import find_file
from rnntui.session.session import Session

BLOWS_UP = """
[model]
cell = "h = w * x"
loss = "squared_error(h, target)"
[parameters]
w = 1
[data]
values = [[1.0], [2.0]]
targets = [[0.0], [0.0]]
[training]
learning_rate = 1e200
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["trace", *arguments])


def test_one_line_one_object():
    result = run("lstm-ab")
    assert result.exit_code == 0
    assert result.stdout.count("\n") == 1
    assert json.loads(result.stdout)["model"] == "lstm"


@pytest.mark.parametrize("iteration", [0, 1, 7])
def test_an_iteration_is_that_after_so_many_updates(iteration):
    session = Session(read_sequence_file(find_file("carousel")))
    for _ in range(iteration):
        session.next_iteration()
    found = json.loads(run("carousel", "--iteration", str(iteration)).stdout)
    assert found["iteration"] == iteration
    assert found["loss"] == session.moment.iteration.loss
    for key, value in session.moment.iteration.before.parameters.items():
        assert np.array_equal(found["parameters"][key], value)


def test_infinities_are_strings_and_parse_strictly(tmp_path):
    path = tmp_path / "blows-up.toml"
    path.write_text(BLOWS_UP)
    result = run(str(path), "--iteration", "1")
    assert result.exit_code == 0

    def no_constant(name: str) -> None:
        pytest.fail(f"{name} is not JSON")

    assert json.loads(result.stdout, parse_constant=no_constant)["loss"] == "inf"


def test_an_iteration_that_training_never_reaches(tmp_path):
    path = tmp_path / "blows-up.toml"
    path.write_text(BLOWS_UP)
    result = run(str(path), "--iteration", "5")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "training stops at iteration 1: loss became inf at t = 1" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["lstm-ba"], "did you mean `lstm-ab`?"),
        (["lstm-ab", "--sequence", "2"], "the batch has 1 sequence"),
        (["lstm-ab", "--iteration", "-1"], "-1"),
        (["lstm-ab", "--iteration", "many"], "many"),
        ([], "FILE"),
        (["/"], "directory"),
    ],
)
def test_bad_input_is_one_message_and_exit_status_2(arguments, said):
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert said in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.skipif(os.name != "posix", reason="a pipe of Unix' shell")
def test_a_reader_that_goes_away_is_no_error():
    command = f"{sys.executable} -m rnntui.cli trace carousel | head -c 10"
    found = subprocess.run(["bash", "-c", command], capture_output=True, check=True)
    assert found.stdout == b'{"model": '
    assert found.stderr == b""


def test_json_is_utf_8_whatever_the_encoding(tmp_path):
    path = tmp_path / "f.toml"
    path.write_text(
        BLOWS_UP.replace("values = [[1.0], [2.0]]", 'one_hot = "é"\nsequence = "éé"'), "utf-8"
    )
    found = subprocess.run(
        [sys.executable, "-m", "rnntui.cli", "trace", str(path)],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert [step["symbol"] for step in json.loads(found.stdout.decode())["steps"]] == ["é", "é"]
