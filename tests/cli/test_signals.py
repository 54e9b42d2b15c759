"""Signals that end a command: what was trained is saved, and the exit status says which it was."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from rnntui.cli.signals import Ended, signals_ignored, signals_raised

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Unix' signals")

TRAIN = [sys.executable, "-m", "rnntui.cli", "train", "reber", "--iterations", "100000000"]
ENDING = ("SIGTERM", "SIGHUP", "SIGQUIT")


def started(*options: str, **environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*TRAIN, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize("name", ENDING)
def test_training_is_saved_and_can_be_resumed(name: str, tmp_path: Path) -> None:
    saved = tmp_path / "run.npz"
    with started("--engine", "numpy", "--json", "--save", str(saved)) as process:
        assert process.stdout is not None
        process.stdout.readline()  # it is under way
        process.send_signal(getattr(signal, name))
        out, err = process.communicate(timeout=30)
    assert process.returncode == 128 + getattr(signal, name)
    assert err == b""
    end = json.loads(out.splitlines()[-1])
    assert end["stopped"] == "interrupted"
    with np.load(saved) as archive:
        assert archive["iteration"] == end["iterations"] > 0
    resumed = subprocess.run(
        [*TRAIN[:-1], "5", "--engine", "numpy", "--json", "--resume", str(saved)],
        capture_output=True,
        check=True,
    )
    assert json.loads(resumed.stdout.splitlines()[-1])["iterations"] == end["iterations"] + 5


@pytest.mark.skipif(importlib.util.find_spec("llvmlite") is None, reason="llvmlite is an extra")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_also_of_compiled_training(name: str, tmp_path: Path) -> None:
    saved = tmp_path / "run.npz"
    with started("--engine", "compiled", "--json", "--save", str(saved)) as process:
        assert process.stdout is not None
        process.stdout.readline()  # it is under way
        process.send_signal(getattr(signal, name))
        _, err = process.communicate(timeout=30)
    assert b"Traceback" not in err
    number = getattr(signal, name)
    assert process.returncode == (0 if name == "SIGINT" else 128 + number)
    with np.load(saved) as archive:
        assert archive["iteration"] > 0
        assert str(archive["engine"]) == "compiled"


def test_nohup_is_respected(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        process = started("--engine", "numpy", "--json", "--save", str(tmp_path / "run.npz"))
    finally:
        signal.signal(signal.SIGHUP, before)
    with process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGHUP)
        assert process.stdout.readline()
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    assert process.returncode == 128 + signal.SIGTERM


def test_the_bar_leaves_the_cursor_to_be_seen() -> None:
    from pseudo_terminal import PseudoTerminal

    with PseudoTerminal([*TRAIN, "--engine", "numpy"]) as terminal:
        terminal.wait_for("100000000")  # never half a number
        terminal.wait_for("/s")
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.finish() == 128 + signal.SIGTERM
        assert terminal.output.rfind(b"\x1b[?25h") > terminal.output.rfind(b"\x1b[?25l") >= 0


def test_only_the_first_signal_is_raised_and_then_none_interrupts_what_is_to_be_kept() -> None:
    numbers = [getattr(signal, name) for name in ENDING]
    before = {number: signal.getsignal(number) for number in numbers}
    status: object = 0
    try:
        with signals_raised():
            with signals_ignored():
                os.kill(os.getpid(), signal.SIGTERM)
            os.kill(os.getpid(), signal.SIGHUP)
            time.sleep(10)
    except Ended as ended:
        status = ended.code
        for number in numbers:
            os.kill(os.getpid(), number)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert status == 128 + signal.SIGHUP


def test_where_none_comes_handlers_are_those_of_before() -> None:
    numbers = [getattr(signal, name) for name in ENDING]
    before = [signal.getsignal(number) for number in numbers]
    with signals_raised():
        assert [signal.getsignal(number) for number in numbers] != before
    assert [signal.getsignal(number) for number in numbers] == before
