"""Long sequences are cut into windows, and nothing of them is lost."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from rnntui.data.formats.opening import open_sequences
from rnntui.data.formats.options import ModelOptions
from rnntui.data.formats.windows import LONGEST, USUAL
from rnntui.session.session import Session


def written(folder: Path, length: int) -> Path:
    path = folder / "long.csv"
    lines = [f"{math.sin(t / 7)!r},{math.cos(t / 7)!r}" for t in range(length)]
    path.write_text("x,y\n" + "\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize("window", [1, 7, 50, 99, 100, 1000])
def test_windows_end_to_end_are_the_sequence(tmp_path: Path, window: int) -> None:
    path = written(tmp_path, 100)
    (whole,) = open_sequences(path).data.sequences
    parts = open_sequences(path, ModelOptions(window=window)).data.sequences
    assert all(part.length <= window for part in parts)
    assert len(parts) == -(-100 // window)
    for what in ("inputs", "targets", "mask"):
        joined = np.concatenate([getattr(part, what) for part in parts])
        assert np.array_equal(joined, getattr(whole, what))


def test_the_next_input_is_the_target_across_the_cut(tmp_path: Path) -> None:
    path = tmp_path / "symbols.txt"
    path.write_text("ABCABCAB\n")
    options = ModelOptions(target="next", window=3)
    parts = open_sequences(path, options).data.sequences
    assert ["".join(p.symbols) for p in parts] == ["ABC", "ABC", "A"]
    assert ["".join(p.target_symbols) for p in parts] == ["BCA", "BCA", "B"]


def test_a_very_long_sequence_is_cut_without_being_asked_and_it_is_said(tmp_path: Path) -> None:
    file = open_sequences(written(tmp_path, LONGEST + 1))
    assert {part.length for part in file.data.sequences} == {USUAL, 1}
    assert file.notice == "Cut into 201 windows of 1,000 timesteps (--window)."
    assert Session(file).moment.message == file.notice
    assert open_sequences(written(tmp_path, 100)).notice == ""
