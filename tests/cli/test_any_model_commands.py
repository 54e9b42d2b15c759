"""Any model that opens can be printed, checked and trained by the commands: no file ends in a traceback."""

from __future__ import annotations

import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recurrences import RECURRENCES
from sequence_files import files

from rnntui.cli import main

# as many as a quarter of a minute allows; RNNTUI_EXAMPLES=2000 looks longer
EXAMPLES = int(os.environ.get("RNNTUI_EXAMPLES", "100"))
SAVED = "run.npz"
JSON = [("check", "--json"), ("trace",), ("trace", "--iteration", "2"), ("train", "--json")]
TEXT = [
    ("check", "--full"),
    ("train",),
    ("train", "--engine", "numpy", "--save", SAVED),
    *(("trace", "--format", name) for name in ("jsonl", "csv")),
    *(("explain", "--format", name) for name in ("text", "markdown", "latex", "html")),
    ("explain", "--t", "1", "--iteration", "1"),
]
DONE, NOT_AS_IT_SHOULD_BE, BAD_INPUT = 0, 1, 2


def run(text: str, command: str, *options: str) -> Result:
    """A command on a file of this text; where it is refused, by a message and nothing else."""
    if command == "train":
        options = ("--iterations", "3", *options)
    with TemporaryDirectory() as folder:
        file = Path(folder, "drawn.toml")
        file.write_text(text, encoding="utf-8")
        written = [str(Path(folder, option)) if option == SAVED else option for option in options]
        result = CliRunner().invoke(main, [command, str(file), *written])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    if result.exit_code == BAD_INPUT:
        assert result.stderr.startswith("rnntui: ")
        assert not result.stdout
    elif result.exit_code == NOT_AS_IT_SHOULD_BE:
        assert command in ("check", "train")
    else:
        assert result.exit_code == DONE
    return result


def holds(text: str, command: tuple[str, ...]) -> None:
    """What the command promises: JSON that parses, or some text; or a reason why not."""
    result = run(text, *command)
    if result.exit_code == BAD_INPUT:
        untrained = "there are no targets" in result.stderr or "nothing to train" in result.stderr
        assert untrained or "not finite" in result.stderr, result.stderr
    elif command in JSON:
        several = command[0] == "train"
        for value in result.stdout.splitlines() if several else [result.stdout]:
            json.loads(value)
    else:
        assert result.stdout


@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(files(), st.sampled_from(JSON + TEXT))
def test_any_file_by_any_command(text, command):
    holds(text, command)


@pytest.mark.parametrize("command", JSON + TEXT, ids=" ".join)
@pytest.mark.parametrize("name", RECURRENCES)
def test_every_recurrence_by_every_command(name, command):
    holds(RECURRENCES[name], command)
