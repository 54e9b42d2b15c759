"""The mouse on what is no longer there."""

from __future__ import annotations

import pytest
from stepping import file, moment
from textual.geometry import Offset
from textual.widgets import Static

from rnntui.tui.app import RnnTui


async def test_a_press_on_a_text_that_has_just_gone_ends_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = RnnTui(file("lstm-ab"))
    async with app.run_test(size=(100, 34)) as pilot:
        gone = Static("gone")
        monkeypatch.setattr(
            app.screen, "get_widget_and_offset_at", lambda *_: (gone, Offset(0, 0)), raising=True
        )
        await pilot.mouse_down(offset=(10, 10))
        await pilot.mouse_up(offset=(10, 10))
        await pilot.press("enter")
        assert moment(app).position.iteration == 1
