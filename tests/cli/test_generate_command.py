"""`rnntui generate` prints what a file with the same task and seed trains on."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner, Result

from rnntui.cli import main
from rnntui.data.streams import TaskStream
from rnntui.data.tasks.registry import TASKS, make_task


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["generate", *arguments])


@pytest.mark.parametrize("name", TASKS)
def test_the_sequences_of_a_seed_are_those_of_training(name):
    result = run(name, "-n", "4", "--seed", "17", "--json")
    stream = TaskStream(make_task(name), 17)
    for index, sequence in enumerate(json.loads(result.stdout)["sequences"]):
        np.testing.assert_array_equal(sequence["inputs"], stream[index].inputs)
        np.testing.assert_array_equal(sequence["targets"], stream[index].targets)


def test_a_seed_is_one_that_a_file_can_have():
    assert run("reber", "-n", "1", "--seed", str(2**63)).exit_code == 0
    result = run("reber", "--seed", str(2**63 + 1))
    assert result.exit_code != 0
    assert "--seed" in result.output


def test_more_sequences_than_there_is_memory_for_are_refused_before_they_are_drawn() -> None:
    result = CliRunner().invoke(
        main, ["generate", "adding", "-n", "1000000", "--set", "length=10000"]
    )
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "1,000,000 of these sequences would take 3 TB" in result.stderr
    assert "and 300 MB is the most; take fewer: -n" in result.stderr
