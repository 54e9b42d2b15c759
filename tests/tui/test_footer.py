"""The footer: the keys of the screen in front, which the mouse can press."""

from __future__ import annotations

from stepping import file, lines
from textual.widgets import OptionList

from rnntui.tui.app import RnnTui
from rnntui.tui.screens.footer import KeysFooter
from rnntui.tui.screens.stepper import StepperScreen
from rnntui.tui.stepper.help import HelpScreen


async def test_the_line_is_the_hints_with_a_space_between():
    app = RnnTui()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        footer = app.screen.query_one(KeysFooter)
        line = lines(footer)[0]
        assert line == "⏎ open t theme ? help q quit"
        for hint in footer.hints:
            assert line[hint.start : hint.stop] == f"{hint.shown} {hint.description}"


async def test_where_it_is_narrow_it_is_cut():
    app = RnnTui(file("lstm-ab"))
    async with app.run_test(size=(20, 10)):
        assert len(lines(app.screen.query_one(KeysFooter))[0]) <= 20


async def test_the_mouse_over_a_key_tells_what_it_does_and_a_click_presses_it():
    app = RnnTui(file("lstm-ab"))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        footer = app.screen.query_one(KeysFooter)
        hint = next(hint for hint in footer.hints if hint.description == "help")
        await pilot.hover(footer, offset=(hint.start, 0))
        assert (footer.hovered, footer.tooltip) == (hint, "this help")
        await pilot.click(footer, offset=(hint.stop - 1, 0))
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)


async def test_a_click_between_keys_does_nothing():
    app = RnnTui()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        footer = app.screen.query_one(KeysFooter)
        await pilot.click(footer, offset=(footer.hints[-1].stop, 0))
        await pilot.click(footer, offset=(footer.hints[0].stop, 0))
        assert not isinstance(app.screen, StepperScreen)
        assert app.screen.focused is app.screen.query_one(OptionList)
