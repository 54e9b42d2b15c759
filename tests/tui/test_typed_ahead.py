"""Keys that are typed faster than they are answered: each arrives where it was meant."""

from __future__ import annotations

from threading import Event

import pytest
from stepping import file, moment, opened, settle
from textual.app import App
from textual.events import Key
from textual.keys import _character_to_key
from textual.pilot import Pilot

from rnntui.tui.app import RnnTui
from rnntui.tui.pending_file import PendingFile
from rnntui.tui.stepper.status import StatusLine
from rnntui.tui.stepper.stepper_view import StepperView

NAMES = {"\r": "enter", "\x1b": "escape", "\x10": "ctrl+p", "\x11": "ctrl+q", "\x7f": "backspace"}


def type_at_once(app: App, text: str, *keys: str) -> None:
    """Characters and keys as they come from a terminal in one piece, with no pause in between."""
    for character in text:
        key = NAMES.get(character) or _character_to_key(character)
        app.post_message(Key(key, character if character.isprintable() else None))
    for key in keys:
        app.post_message(Key(key, None))


async def answered(pilot: Pilot) -> None:
    """Wait until all keys have had their effect."""
    await pilot.pause()
    while pilot.app.keyboard.is_busy or _trains(pilot.app):
        await pilot.pause(0.01)
    await settle(pilot)


def _trains(app: App) -> bool:
    """Whether training runs on to where a key has sent it, or its end is yet to be shown."""
    screen = app.screen_stack[-1] if app.screen_stack else None
    views = list(screen.query(StepperView)) if screen is not None else []
    return any(view.session.to_be_followed for view in views)


@pytest.mark.parametrize(
    ("text", "iteration"),
    [
        (":40\r", 40),
        (":\r\r", 1),  # an empty prompt closes; the Enter after it trains
        ("::\r\r\r", 0),  # `:` is no place to go to: the prompt stays, with what was typed
        (":\r\r\r\r", 3),
        (":1\r:+1\r:+1\r\r", 4),
        ("\r\r:\x1b\r", 3),
        ("?\x1b\r", 1),
        ("?\r\r", 1),  # Enter closes the help, too
    ],
)
async def test_it_is_as_if_it_had_been_typed_slowly(text, iteration):
    reached = []
    for at_once in (True, False):
        app = RnnTui(file("lstm-ab"))
        async with app.run_test(size=(100, 34)) as pilot:
            await settle(pilot)
            for piece in [text] if at_once else text:
                type_at_once(app, piece)
                await answered(pilot)
            reached.append((moment_of(app).position, len(app.screen_stack)))
    assert reached[0] == reached[1]
    assert reached[0][0].iteration == iteration


def moment_of(app: RnnTui):
    while len(app.screen_stack) > 2:
        app.pop_screen()
    return moment(app)


async def test_many_moves_are_all_made():
    app = RnnTui(file("reber"))
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        type_at_once(app, "." * 40 + "\r", "right", "right")
        await answered(pilot)
        expected = moment(app).position
    slow = RnnTui(file("reber"))
    async with slow.run_test(size=(120, 40)) as pilot:
        for key in [*["full_stop"] * 40, "enter", "right", "right"]:
            await pilot.press(key)
        await settle(pilot)
        assert moment(slow).position == expected


@pytest.mark.parametrize(
    "text", ["\x10\r\r\r\r", "\x10\x1b\x1b\x1b", "\x10quit\x1b\r", "\x10\x10\r"]
)
async def test_the_command_palette_survives(text):
    app = RnnTui(file("lstm-ab"))
    async with app.run_test(size=(100, 34)) as pilot:
        await settle(pilot)
        type_at_once(app, text)
        await answered(pilot)


@pytest.mark.parametrize("key", ["pagedown", "pageup", "down", "up", "enter", "home", "end"])
async def test_the_command_palette_survives_keys_before_it_is_filled(key):
    app = RnnTui(file("lstm-ab"))
    async with app.run_test(size=(100, 34)) as pilot:
        await settle(pilot)
        type_at_once(app, "\x10", key, key)
        await answered(pilot)


@pytest.mark.parametrize("keys", [("enter",) * 4, ("down", "enter", "right", "right")])
async def test_the_gallery_opens_one_file_and_the_rest_is_for_it(keys):
    app = RnnTui()
    async with app.run_test(size=(100, 34)) as pilot:
        await pilot.pause()
        type_at_once(app, "", *keys)
        await answered(pilot)
        await opened(pilot)
        assert len(app.screen_stack) == 3


async def test_of_many_keys_few_are_painted(monkeypatch):
    painted = []
    monkeypatch.setattr(StatusLine, "show", lambda _, moment: painted.append(moment.position))
    app = RnnTui(file("lstm-ab"))
    async with app.run_test(size=(100, 34)) as pilot:
        await settle(pilot)
        painted.clear()
        type_at_once(app, "." * 60 + "x")  # the last one does nothing
        await answered(pilot)
        assert len(painted) < 30
        assert painted[-1] == moment(app).position


@pytest.mark.parametrize(
    ("text", "iteration", "equation"), [(":40\r", 40, 0), ("\r\r:+3\r.", 5, 1), ("?\r\r", 1, 0)]
)
async def test_what_is_typed_while_the_file_is_read_is_for_the_stepper(text, iteration, equation):
    read = Event()

    def opens(chosen, progress):
        assert read.wait(60)
        return file("lstm-ab")

    app = RnnTui(PendingFile("lstm-ab", opens))
    async with app.run_test(size=(100, 34)) as pilot:
        await pilot.pause()
        type_at_once(app, text)
        await pilot.pause(0.1)
        read.set()
        await opened(pilot)
        for _ in range(1000):
            await pilot.pause(0.02)
            position = moment(app).position
            if (position.iteration, position.equation) == (iteration, equation):
                break
        assert (position.iteration, position.equation) == (iteration, equation)


async def test_quitting_overtakes_what_waits():
    app = RnnTui(file("lstm-ab"))
    async with app.run_test(size=(100, 34)) as pilot:
        await settle(pilot)
        type_at_once(app, "\r" * 500 + "\x11")
        await pilot.pause()
        iteration = moment(app).position.iteration
    assert app.return_code == 0
    assert iteration < 500
