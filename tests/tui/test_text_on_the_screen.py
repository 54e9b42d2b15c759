"""Texts of a file on the screen: every one of them as text, nothing of it obeyed."""

from __future__ import annotations

import json

import pytest
from stepping import screen_text

from rnntui.data.sequence_file import parse_sequence_file
from rnntui.tui.app import RnnTui

OBEYED = "\x1b[31m\x9b31m\x07\x7f\u202e\u2066\u200b\ufeff\u2028\x85\r\n"
SHOWN = "[red]x[/red] [/] <b>"
COMMENT = f"\x9b31m\u202e\u200b\ufeff{SHOWN}"


def hostile() -> str:
    """A sequence file whose every text is to be obeyed by something."""
    text, comment = json.dumps(OBEYED + SHOWN), json.dumps(COMMENT)[1:-1]
    symbols = json.dumps([f"{SHOWN}a", f"{OBEYED}b"])
    return f"""
title = {text}
description = {text}
[model]
cell = "h = tanh(w * x[0] + u * h[t-1])  # state: {comment}"
readout = "y = softmax(v * h)  # {comment}"
loss = "cross_entropy(y, target)"
title = {text}
source = {text}
[sizes]
hidden = 2
[data]
one_hot = {symbols}
sequence = {symbols}
targets = "next"
[metrics.{text}]
value = "norm(h)"
[[expect]]
at = {{ t = 1 }}
values = {{ h = [0.1, 0.1] }}
note = {text}
"""


def obeyed(text: str) -> list[str]:
    return sorted({character for character in text if not character.isprintable()} - {"\n"})


@pytest.mark.parametrize("size", [(80, 24), (200, 60)], ids=str)
async def test_the_screen_has_nothing_to_obey(size: tuple[int, int]) -> None:
    app = RnnTui(parse_sequence_file(hostile(), f"{OBEYED}{SHOWN}.toml"))
    async with app.run_test(size=size) as pilot:
        # an equation, the end of the sequence, the backward phase, the update, training, every panel
        keys = "right . . end right right ] enter enter tab tab tab tab tab tab tab tab f escape ?"
        for key in keys.split():
            await pilot.press(key)
            await pilot.pause()
            assert obeyed(screen_text(app)) == [], key
    assert app.return_code in (0, None)


async def test_markup_stands_on_the_screen_as_it_was_written() -> None:
    app = RnnTui(parse_sequence_file(hostile(), "f.toml"))
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.press("right")
        await pilot.pause()
        assert "[red]x[/red]" in screen_text(app)
