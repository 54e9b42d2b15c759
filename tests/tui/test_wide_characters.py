"""Symbols that are no single cell each: columns and borders stand where the terminal puts them."""

from __future__ import annotations

import json

import pytest
from stepping import panel_text, screen_text, settle
from wcwidth import wcswidth

from rnntui.data.sequence_file import parse_sequence_file
from rnntui.tui.app import RnnTui

ALPHABETS = {
    "Thai": ["กั", "บั้น", "ก", "เ"],
    "combining marks": ["e\u0301", "o\u0302\u0301", "e", "n\u0303o"],
    "CJK": ["漢", "字漢", "한", "ｶ"],
    "conjoining Hangul": ["한", "\u1112\u1161\u11ab", "a", "b"],
    "spacing marks": ["கா", "नि", "क्षि", "a"],
    "emoji joined": ["👩\u200d💻", "👨\u200d👩\u200d👧", "x", "👍🏽"],
    "variation selectors": ["❤\ufe0f", "❤\ufe0e", "❤", "1\ufe0f\u20e3"],
    "flags": ["🇩🇪", "🇯🇵", "a", "b"],
}


def model(symbols: list[str]) -> str:
    listed = json.dumps(symbols, ensure_ascii=False)
    turned = json.dumps(symbols[::-1], ensure_ascii=False)
    title = json.dumps(" ".join(symbols), ensure_ascii=False)
    return (
        f'title = {title}\nmodel = "elman"\n[sizes]\nhidden = 2\n[data]\n'
        f"one_hot = {listed}\nsequence = {listed}\ntargets = {turned}\n"
    )


def middles(row: str) -> list[float]:
    """Where the texts of a row have their middles, in cells from the left."""
    found = []
    for word in row.split():
        start = wcswidth(row[: row.index(word)])
        found.append(start + wcswidth(word) / 2)
        row = row.replace(word, " " * wcswidth(word), 1)
    return found


@pytest.mark.parametrize("script", ALPHABETS)
async def test_symbols_stand_below_their_timesteps(script: str) -> None:
    app = RnnTui(parse_sequence_file(model(ALPHABETS[script])))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("end")
        await pilot.pause()
        rows = panel_text(app, "sequence").replace("►", " ").replace("◄", " ").split("\n")
        steps, *others = (middles(row)[1:] for row in rows if row.split())
        assert len(steps) == 4
        assert len(others) == 4  # input, target, predicted, loss
        for row in others:
            assert row == pytest.approx(steps, abs=0.5)


WIDE_NAMES = """
title = "Names of wide characters"
[model]
cell = "漢字 = tanh(重 @ x)\\nh = sigmoid(重 @ x) * 漢字"
loss = "squared_error(h, target)"
[sizes]
hidden = 2
[data]
one_hot = "ab"
sequence = "abba"
targets = [[0, 1], [1, 0], [0, 1], [1, 1]]
[parameters]
"重" = [[1, 2], [3, 4]]
"""


async def test_columns_stand_below_each_other_behind_wide_names() -> None:
    app = RnnTui(parse_sequence_file(WIDE_NAMES))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("end")
        await settle(pilot)
        rows = [row for row in panel_text(app, "quantities").split("\n") if "." in row]
        assert sum("漢" in row for row in rows) == 2
        assert len({wcswidth(row[: row.index(".")]) for row in rows}) == 1


async def test_numbers_of_a_matrix_stand_below_their_columns_behind_a_wide_name() -> None:
    app = RnnTui(parse_sequence_file(WIDE_NAMES))
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        header, *rows = panel_text(app, "weights").split("\n")[:3]
        assert header.split() == ["►重", "0", "1"]
        assert {wcswidth(row) for row in rows} == {wcswidth(header)}


async def test_a_long_equation_of_wide_names_is_broken_and_not_cut() -> None:
    names = " + ".join(["漢字"] * 12)
    text = WIDE_NAMES.replace("sigmoid(重 @ x) * 漢字", f"sigmoid({names})")
    app = RnnTui(parse_sequence_file(text))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("full_stop")
        await pilot.pause()
        working = panel_text(app, "equation").split("= σ(")[1]
        assert working.count("漢字") == 12


@pytest.mark.parametrize("script", ALPHABETS)
async def test_every_line_of_the_screen_ends_at_its_edge(script: str) -> None:
    app = RnnTui(parse_sequence_file(model(ALPHABETS[script])))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("end")
        await pilot.pause()
        assert {wcswidth(line) for line in screen_text(app).split("\n")} == {120}
