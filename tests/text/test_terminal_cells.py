"""How many cells a text takes: known scripts, and cutting and filling by cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from wcwidth import wcswidth

from rnntui.data.sequence_file import parse_sequence_file
from rnntui.text.problems import InputError
from rnntui.text.terminal_cells import (
    cell_width,
    fitting_end,
    fitting_start,
    left_justified,
    right_justified,
)

THAI = "กั"
KNOWN = [
    ("", 0),
    ("h[t-1]", 6),
    ("∂L/∂σ ⊙ ψ²", 10),
    (THAI, 1),
    ("บั้น", 2),
    ("e\u0301", 1),
    ("ŷ", 1),
    ("漢字", 4),
    ("한글", 4),
    ("한", 2),
    ("ﾊﾝ", 2),
    ("👩\u200d👩\u200d👧", 2),
    ("👍🏽", 2),
    ("🇩🇪", 2),
    ("❤\ufe0f", 2),
    ("❤", 1),
    ("1\ufe0f\u20e3", 2),
]
TEXTS = st.text(st.sampled_from(["a", "σ", "—", "漢", "👩", "\u0301", "ก", "ั", " "]), max_size=30)


@pytest.mark.parametrize(("text", "cells"), KNOWN)
def test_a_text_takes_as_many_cells_as_on_a_terminal(text, cells):
    assert cell_width(text) == cells


@pytest.mark.parametrize(("text", "cells"), KNOWN)
def test_what_draws_the_screen_counts_the_same(text, cells):
    assert cell_len(text) == cells


@given(st.text(st.characters(max_codepoint=0x2BFF, exclude_categories=["C"])))
def test_texts_of_common_characters_are_measured_without_tables(text):
    assert cell_width(text) == wcswidth(text)


@given(TEXTS, st.integers(0, 40))
def test_starts_and_ends_fit_and_are_the_longest_that_do(text, width):
    start, end = fitting_start(text, width), fitting_end(text, width)
    assert text.startswith(start)
    assert text.endswith(end)
    for part in (start, end):
        assert width - 2 < cell_width(part) <= width or part == text


def test_no_character_is_cut_off_its_marks():
    assert fitting_start("กักั", 1) == THAI
    assert fitting_end("กักั", 1) == THAI
    assert fitting_start("漢字", 3) == "漢"


@given(TEXTS, st.integers(0, 40))
def test_filled_texts_take_the_width(text, width):
    left, right = left_justified(text, width), right_justified(text, width)
    assert left.rstrip() == text.rstrip()
    assert right.lstrip() == text.lstrip()
    assert cell_width(left) == max(width, cell_width(text))


@pytest.mark.parametrize("title", ["plain", THAI * 8, "漢字" * 8, "e\u0301" * 8, "漢" * 200])
def test_the_caret_stands_below_what_it_points_at(title):
    with pytest.raises(InputError) as refused:
        parse_sequence_file(f'title = "{title}" ?', "f.toml")
    _, line, caret = str(refused.value).split("\n")
    above = fitting_start(line, cell_width(caret))
    assert above.endswith("?")
    assert cell_width(line) <= 80
