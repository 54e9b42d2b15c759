"""A few hundred keys of the campaign with keys, and that it finds what is bad; see `keys`."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

if not hasattr(signal, "SIGTSTP"):
    pytest.skip("Unix' signals and terminals", allow_module_level=True)

from .keys import Player, short
from .strokes import Stroke, strokes


@pytest.mark.parametrize("run", range(3))
def test_it_ends_well(run: int, tmp_path: Path) -> None:
    file, played = strokes(seed=0, run=run, keys=250)
    player = Player(file, str(tmp_path))
    failure = player.play(played)
    assert failure is None, f"{failure}: python -m tests.campaigns.keys --only {run} --keys 250"


def test_a_run_is_the_same_again() -> None:
    assert strokes(3, 1, 100) == strokes(3, 1, 100)
    assert strokes(3, 1, 100) != strokes(3, 2, 100)


BAD = """
import os, sys, termios, tty
modes = termios.tcgetattr(0)
tty.setraw(0)
print("\\x1b[?1049h\\x1b[?25l", "." * 2000, flush=True)
typed = b""
while not typed.endswith(b"\\x11"):
    typed += os.read(0, 1)
    if b"xy" in typed: raise KeyError("xy")
    if b"s" in typed: break
if b"s" in typed: sys.exit(3)
print("\\x1b[?1049l\\x1b[?25h", flush=True)
if b"m" not in typed: termios.tcsetattr(0, termios.TCSADRAIN, modes)
"""


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        (b"", ""),
        (b"abc", ""),
        (b"axyc", "traceback: KeyError"),
        (b"s", "status 3"),
        (b"m", "leaves the terminal's modes"),
    ],
)
def test_what_is_bad_is_found_and_made_short(typed: bytes, kind: str, tmp_path: Path) -> None:
    program = tmp_path / "bad.py"
    program.write_text(BAD)
    player = Player("", str(tmp_path))
    player.command = [sys.executable, str(program)]
    played = [Stroke(bytes([byte])) for byte in b"1234" + typed + b"5678"]
    failure = player.play(played)
    assert (failure.kind if failure else "") == kind
    if failure:
        assert b"".join(stroke.keys for stroke in short(player, played, failure, 30)) in (
            typed,
            b"xy",
        )
