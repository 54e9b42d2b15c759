"""Dialogs and lists get keys and clicks that do not fit them yet, or no longer: nothing ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.style import Style
from textual.command import CommandList
from textual.events import Click
from textual.widgets import OptionList

from rnntui.data.sequence_file import read_sequence_file
from rnntui.data.shipped import find_file
from rnntui.tui.app import RnnTui
from rnntui.tui.commands import Commands
from rnntui.tui.pending_file import PendingFile


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (1, 40), (100, 2)])
@pytest.mark.parametrize("screen", ["gallery", "models"])
async def test_a_page_in_hardly_a_terminal(
    screen: str, size: tuple[int, int], tmp_path: Path
) -> None:
    data = tmp_path / "f.csv"
    data.write_text("x,y\n1,2\n")
    asked = PendingFile("f", lambda *_: pytest.fail("nothing is read"), lacks_model=True)
    app = RnnTui(None if screen == "gallery" else asked)
    async with app.run_test(size=size) as pilot:
        await pilot.press("pagedown", "pageup", "end", "pagedown", "home", "pageup")
        assert app.is_running


@pytest.mark.parametrize("at", [(20, 50), (300, 3), (-1, -1)])
async def test_a_click_outside_the_palette_and_the_terminal(at: tuple[int, int]) -> None:
    app = RnnTui()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("ctrl+p")
        assert isinstance(app.screen, Commands)
        app.screen.post_message(Click(app.screen, *at, 0, 0, 1, False, False, False, *at))
        await pilot.pause()
        await pilot.press("escape")
        assert app.is_running
        assert not isinstance(app.screen, Commands)


async def test_a_click_beside_the_palette_closes_it() -> None:
    app = RnnTui()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("ctrl+p")
        await pilot.click(offset=(50, 29))
        await pilot.pause()
        assert not isinstance(app.screen, Commands)


@pytest.mark.parametrize("opening", ["ctrl+p", "question_mark", "colon"])
async def test_a_dialog_goes_once(opening: str) -> None:
    app = RnnTui(read_sequence_file(find_file("lstm-ab")))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(opening)
        dialog, below = app.screen, app.screen_stack[-2]
        gone = dialog.dismiss()
        again = dialog.dismiss()
        assert app.screen is below
        await pilot.pause()
        await gone
        await again
        assert app.screen is below
        await pilot.press(opening)  # and comes again
        assert app.screen is not below


async def test_the_themes_are_such_a_dialog() -> None:
    app = RnnTui()
    async with app.run_test(size=(81, 24)) as pilot:
        app.search_themes()
        await pilot.pause()
        assert isinstance(app.screen, Commands)
        app.screen.query_one(CommandList).clear_options()
        await pilot.press("down", "pagedown", "pageup", "d", "pagedown", "escape")
        assert not isinstance(app.screen, Commands)
        assert app.is_running


@pytest.mark.parametrize("opening", ["palette", "themes", "gallery"])
async def test_a_click_on_an_entry_that_is_gone(opening: str) -> None:
    app = RnnTui()
    async with app.run_test(size=(100, 30)) as pilot:
        if opening == "palette":
            await pilot.press("ctrl+p")
        elif opening == "themes":
            app.search_themes()
        await pilot.pause()
        options = app.screen.query_one(OptionList)
        style = Style(meta={"option": 99})
        options.post_message(Click(options, 3, 3, 0, 0, 1, False, False, False, 3, 3, style))
        await pilot.pause()
        assert app.is_running


async def test_a_dialog_behind_another_stays() -> None:
    app = RnnTui(read_sequence_file(find_file("lstm-ab")))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("colon")
        behind = app.screen
        await pilot.press("ctrl+p")
        in_front = app.screen
        assert in_front is not behind
        await behind.dismiss()
        assert app.screen is in_front
        assert behind in app.screen_stack


async def test_commands_that_are_found_when_the_palette_has_gone() -> None:
    app = RnnTui()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("ctrl+p")
        palette = app.screen
        assert isinstance(palette, Commands)
        await palette.query("*").remove()
        palette._list_visible = not palette._list_visible
        await pilot.pause()
        assert app.is_running
