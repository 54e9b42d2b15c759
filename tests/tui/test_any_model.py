"""Any model that opens can be stepped through: no key ends the application, and it says where one is."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from recurrences import RECURRENCES
from sequence_files import files
from stepping import PANELS, moment, screen_text, status, view
from textual.events import Key
from textual.pilot import Pilot

from rnntui.data.sequence_file import parse_sequence_file
from rnntui.text.problems import printable
from rnntui.tui.app import RnnTui

# as many as a minute allows; RNNTUI_EXAMPLES=2000 looks longer
EXAMPLES = int(os.environ.get("RNNTUI_EXAMPLES", "25"))
SIZES = [(80, 24), (120, 40), (200, 60)]

HIDDEN_IS_NO_STATE = """
[model]
cell = '''
S = 0.9 * S[t-1] + x      # state: memory
h = 2 * S                 # hidden: what is read
'''
readout = "y = h"
loss = "loss = squared_error(y, target)"
[data]
values = [[1.0, 2.0], [0.5, 1.0]]
targets = [[1.0, 1.0], [0.0, 1.0]]
"""


def tells(pilot: Pilot) -> None:
    """The status line says at which timestep one is, or why one is not elsewhere."""
    here, line = moment(pilot.app), status(pilot.app)
    position = here.position
    if here.message:
        assert line == printable(here.message)
    elif position.phase == "update":
        assert "update" in line or f"{position.equation + 1}/" in line
    else:
        assert f"t {position.t}/{here.trace.length}" in line


async def press(pilot: Pilot, *keys: str) -> None:
    """Press keys, and look at each answer.

    A pilot's own `press` waits after each for an idle processor: three times what everything else takes.
    """
    for key in keys:
        pilot.app.post_message(Key(key, None))
        await pilot._wait_for_screen()
        await pilot._wait_for_screen()  # for what the first answers called for
        tells(pilot)
        assert screen_text(pilot.app)


async def on_and_back(pilot: Pilot, on: str, back: str, times: int) -> None:
    """As many steps back as there were on lead to where they began."""
    passed = []
    for _ in range(times):
        passed.append(moment(pilot.app).position)
        await press(pilot, on)
        if moment(pilot.app).position == passed[-1]:
            passed.pop()  # there is nothing further on
            break
    for position in reversed(passed):
        await press(pilot, back)
        here = moment(pilot.app).position
        # a timestep back from another phase is the last equation of that timestep
        assert (here if on == "full_stop" else replace(here, equation=0)) == position


async def every_panel(pilot: Pilot) -> None:
    """Each panel full-screen once."""
    await press(pilot, "f")
    for _ in PANELS:
        await press(pilot, "tab")
        assert pilot.app.screen.query_one(f"#{view(pilot.app).grid.current}").display
    await press(pilot, "f")


async def walk(text: str, size: tuple[int, int]) -> None:
    app = RnnTui(parse_sequence_file(text, "drawn.toml"))
    async with app.run_test(size=size) as pilot:
        length = moment(app).trace.length
        await every_panel(pilot)
        await on_and_back(pilot, "full_stop", "comma", 3)
        await on_and_back(pilot, "right", "left", length + 2)
        await press(pilot, "end", *["full_stop"] * 3, *["right"] * length, "full_stop", "enter")
        await press(pilot, "down", "t", "right")
        await every_panel(pilot)
        await press(pilot, "backspace")


class TestDrawnModels:
    @pytest.mark.parametrize("size", SIZES)
    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(files())
    @example(HIDDEN_IS_NO_STATE)
    async def test_every_file_can_be_walked_through(self, size, text):
        await walk(text, size)


class TestRecurrencesOfManyKinds:
    @pytest.mark.parametrize("name", RECURRENCES)
    async def test_each_can_be_walked_through(self, name):
        await walk(RECURRENCES[name], (120, 40))
