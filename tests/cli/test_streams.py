"""Standard streams that are full, closed or have lost their reader: a message, and no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.skipif(
    not os.path.exists("/dev/full"), reason="this system has no full device to write to"
)

COMMANDS = (
    "trace lstm-ab", "trace lstm-ab --format csv", "check lstm-ab", "check lstm-ab --json",
    "explain lstm-ab", "explain lstm-ab --format html", "tasks", "tasks --json", "generate reber",
    "generate reber --json", "train lstm-ab --iterations 3", "train lstm-ab --iterations 3 --json",
    "--help", "--version", "train --help",
)  # fmt: skip


def shell(redirected: str) -> subprocess.CompletedProcess[str]:
    command = f'exec "{sys.executable}" -m rnntui.cli {redirected}'
    return subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_full_output_is_one_message(command: str) -> None:
    done = shell(f"{command} > /dev/full")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("rnntui: the output cannot be written: No space")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_a_closed_output_is_one_message(command: str) -> None:
    done = shell(f"{command} >&-")
    assert done.returncode == 2
    assert done.stderr == "rnntui: standard output is closed; give it a place, such as > file\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_messages_that_nobody_reads_do_no_harm(command: str) -> None:
    for closed in ("2>&-", "<&- 2>&-", "2> /dev/full"):
        done = shell(f"{command} {closed}")
        assert done.returncode == 0, closed
        assert done.stdout


def test_a_closed_input_has_no_sequences_in_it() -> None:
    done = shell("trace - --model lstm <&-")
    assert done.returncode == 2
    assert done.stderr.count("\n") >= 1
    assert "Traceback" not in done.stderr


def test_the_number_of_a_closed_stream_is_not_a_files(tmp_path: Path) -> None:
    done = shell(f"trace lstm-ab --format npz -o {tmp_path}/trace.npz 2>&- <&-")
    assert done.returncode == 0
    with np.load(tmp_path / "trace.npz") as archive:
        assert archive.files


def test_a_reader_who_leaves_is_no_fault() -> None:
    done = shell("trace lstm-ab --format jsonl | head -n 1; exit $?")
    assert done.returncode == 0
    assert done.stdout.startswith("{")
    assert done.stderr == ""


def test_what_was_trained_is_saved_though_nobody_can_be_told(tmp_path: Path) -> None:
    saved = tmp_path / "run.npz"
    done = shell(f"train lstm-ab --iterations 40 --json --save {saved} > /dev/full")
    assert done.returncode == 2
    with np.load(saved) as archive:
        assert archive["iteration"] > 0


def test_the_stepper_says_that_it_needs_a_terminal() -> None:
    for closed in ("<&-", "< /dev/null 2>&1"):
        done = shell(f"lstm-ab {closed}")
        assert done.returncode == 2
        assert "not a terminal" in done.stdout + done.stderr
