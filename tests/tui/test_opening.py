"""The screen that is there while a file is read: the stepper to come, whose place the stepper takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from threading import Event
from typing import Any

import pytest
from stepping import PANELS, file, opened, screen_text, settle, view

from rnntui.data.sequence_file import SequenceFile, parse_sequence_file
from rnntui.tui.app import DARK, LIGHT, RnnTui
from rnntui.tui.panels.registry import registered_panels
from rnntui.tui.pending_file import PendingFile
from rnntui.tui.screens.opening import OpeningScreen
from rnntui.tui.screens.stepper import StepperScreen
from rnntui.tui.stepper.layout import LAYOUTS, Layout, layout_for

SIZES = [(80, 24), (120, 40), (200, 60)]


def layout(size: tuple[int, int]) -> Layout:
    """The layout in a terminal of this size, whose last line is the footer."""
    return layout_for(size[0], size[1] - 1)


class Slow:
    """Opens a file when told to."""

    def __init__(self) -> None:
        self.go = Event()
        self.text = ""

    def __call__(self, chosen: Mapping[str, Any], progress: Any) -> SequenceFile:
        progress(3 << 20, 40 << 20)
        self.go.wait()
        return parse_sequence_file(self.text) if self.text else file("lstm-ab")


@pytest.fixture
def slow() -> Iterator[Slow]:
    found = Slow()
    yield found
    found.go.set()


@pytest.fixture
def app(slow: Slow) -> RnnTui:
    return RnnTui(PendingFile("lstm-ab", slow))


class TestMeanwhile:
    @pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
    async def test_frames_and_keys_are_where_the_stepper_has_them(self, app, slow, size):
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            assert isinstance(app.screen, OpeningScreen)
            regions = {name: app.screen.query_one(f"#{name}").region for name in PANELS}
            lines = screen_text(app).splitlines()
            slow.go.set()
            await opened(pilot)
            await settle(pilot)
            assert isinstance(app.screen, StepperScreen)
            assert regions == {name: app.screen.query_one(f"#{name}").region for name in PANELS}
            assert screen_text(app).splitlines()[-1] == lines[-1]  # the footer
            assert lines[0].startswith(" lstm-ab")
            areas = {panel.area: panel.title for panel in registered_panels()}
            for slot in layout(size).slots:
                shared = " │ ".join(areas[area] for area in slot.areas)
                assert any(shared in line for line in lines)

    async def test_how_much_has_been_read(self, app):
        async with app.run_test(size=(80, 24)) as pilot:
            while "reading" not in screen_text(app):
                await pilot.pause(0.01)
            assert "lstm-ab · reading 3 of 40 MB" in screen_text(app)

    async def test_q_quits_at_once(self, app, slow):
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("q")
        assert not slow.go.is_set()
        assert (app.return_code, app.refusal) == (0, None)

    async def test_the_theme_is_changed_at_once(self, app, slow):
        async with app.run_test(size=(80, 24)) as pilot:
            assert app.theme == DARK
            await pilot.press("t")
            assert app.theme == LIGHT
            slow.go.set()
            await opened(pilot)
            assert app.theme == LIGHT

    async def test_another_size(self, app):
        async with app.run_test(size=(200, 60)) as pilot:
            for size in [*SIZES, (1, 1), (20, 5)]:
                await pilot.resize_terminal(*size)
                await pilot.pause()
                shown = [name for name in PANELS if app.screen.query_one(f"#{name}").display]
                assert len(shown) == len(layout(size).slots)
        assert {layout(size) for size in SIZES} <= set(LAYOUTS)


class TestThen:
    async def test_keys_pressed_meanwhile_are_for_the_stepper(self, app, slow):
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("tab", "tab", "x", "f")
            assert isinstance(app.screen, OpeningScreen)
            slow.go.set()
            await opened(pilot)
            await settle(pilot)
            assert (view(app).grid.current, view(app).grid.full) == ("weights", True)

    async def test_a_file_that_is_refused_ends_the_app_with_what_is_wrong(self, app, slow):
        slow.text = 'model = "lsmt"\n[data]\none_hot = "ab"\nsequence = "ab"\n'
        slow.go.set()
        async with app.run_test(size=(80, 24)) as pilot:
            while app.refusal is None:
                await pilot.pause(0.01)
        assert app.return_code == 2
        assert "did you mean `lstm`?" in str(app.refusal)

    async def test_a_fault_of_our_own_is_not_taken_for_bad_input(self):
        def opens(chosen: Mapping[str, Any], progress: Any) -> SequenceFile:
            raise ZeroDivisionError("a fault while reading")

        async def run() -> None:
            async with app.run_test(size=(80, 24)) as pilot:
                while app.return_code is None:
                    await pilot.pause(0.01)

        app = RnnTui(PendingFile("lstm-ab", opens))
        with pytest.raises(ZeroDivisionError, match="a fault while reading"):
            await run()
        assert app.refusal is None
