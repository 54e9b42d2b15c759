"""Two sessions on one screen: each is stepped by itself, in a layout of its own."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from stepping import file, lines, settle
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.pilot import Pilot
from textual.screen import Screen

from rnntui.data.sequence_file import SequenceFile
from rnntui.session.session import Session
from rnntui.tui.app import RnnTui
from rnntui.tui.screens.footer import KeysFooter
from rnntui.tui.stepper.run_line import RunLine
from rnntui.tui.stepper.status import StatusLine
from rnntui.tui.stepper.stepper_view import StepperView


class TwoScreen(Screen[None]):
    """The left one has the keys at first."""

    AUTO_FOCUS = "#left"

    def __init__(self, left: SequenceFile, right: SequenceFile) -> None:
        super().__init__()
        self.left, self.right = StepperView(Session(left)), StepperView(Session(right))
        self.left.id, self.right.id = "left", "right"

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield self.left
            yield self.right
        yield KeysFooter()


@pytest.fixture(autouse=True)
def _without_compiling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rnntui.session.session.can_compile", lambda _: False)


async def opened(pilot: Pilot, left: str = "lstm-ab", right: str = "batch") -> TwoScreen:
    screen = TwoScreen(file(left), file(right))
    pilot.app.push_screen(screen)
    await settle(pilot)
    return screen


async def wait(pilot: Pilot, until: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not until():
        assert time.monotonic() < end, "it takes too long"
        await pilot.pause(0.01)


def status(view: StepperView) -> str:
    return view.query_one(StatusLine).line().plain


def equation(view: StepperView) -> str:
    return "\n".join(lines(view.frame("equation")))


def shown(view: StepperView) -> list[str]:
    return [name for name, frame in view.grid.frames.items() if frame.display]


async def test_each_answers_its_own_keys_and_the_other_stays_where_it_is():
    app = RnnTui(file("carousel"))
    async with app.run_test(size=(200, 60)) as pilot:
        screen = await opened(pilot)
        left, right = screen.left, screen.right
        before = status(right), equation(right)
        await pilot.press("right", "full_stop")
        await settle(pilot)
        assert "lstm-ab" in status(left)
        assert "t 2/7 · f (2/8)" in status(left)
        assert "forget gate" in str(left.frame("equation").border_subtitle)
        assert (status(right), equation(right)) == before
        right.focus()
        before = status(left), equation(left)
        await pilot.press("enter", "enter", "end", "tab")
        await settle(pilot)
        assert right.moment.position.iteration == 2
        assert "iteration 2" in status(right)
        assert right.grid.current == "quantities"
        assert (status(left), equation(left)) == before
        assert left.grid.current == "equation"
        assert all(frame.moment is right.moment for frame in map(right.frame, right.grid.frames))


async def test_each_has_the_layout_for_its_own_size():
    app = RnnTui(file("carousel"))
    async with app.run_test(size=(200, 60)) as pilot:
        screen = await opened(pilot)
        assert screen.left.size.width == screen.right.size.width == 100
        assert "weights" in shown(screen.left)
        assert "gradients" not in shown(screen.left)  # as on a terminal of 100 × 60
        screen.left.styles.width = 70
        await settle(pilot)
        assert screen.left.size.width == 70
        assert len(shown(screen.left)) == 3
        assert len(shown(screen.right)) == 6
        await pilot.press("f")
        await settle(pilot)
        assert shown(screen.left) == ["equation"]
        assert screen.left.frame("equation").outer_size.width == 70
        assert len(shown(screen.right)) == 6


async def test_a_click_takes_the_keys_there_and_the_frame_tells():
    app = RnnTui(file("carousel"))
    async with app.run_test(size=(200, 60)) as pilot:
        screen = await opened(pilot)
        assert not screen.left.has_class("aside")
        assert screen.right.has_class("aside")
        await pilot.click(screen.right.frame("equation"))
        await settle(pilot)
        assert screen.focused is screen.right
        assert screen.left.has_class("aside")
        assert not screen.right.has_class("aside")
        await pilot.press("right")
        assert (screen.left.moment.t, screen.right.moment.t) == (1, 2)


async def test_both_train_at_once_and_both_answer_meanwhile():
    app = RnnTui(file("carousel"))
    async with app.run_test(size=(200, 60)) as pilot:
        screen = await opened(pilot)
        views = (screen.left, screen.right)
        for view in views:
            view.focus()
            await pilot.press("space")
        await wait(pilot, lambda: all(view.moment.position.iteration > 10 for view in views))
        for view in views:
            assert "▶ training" in view.query_one(RunLine).render().plain
            view.focus()
            await pilot.press("tab", "down")
            assert view.grid.current == "quantities"
            assert view.session.running
        screen.left.focus()
        await pilot.press("space")
        assert not screen.left.session.running
        assert screen.right.session.running
        reached = screen.left.moment.position.iteration
        further = screen.right.moment.position.iteration + 10
        await wait(pilot, lambda: screen.right.moment.position.iteration > further)
        assert screen.left.moment.position.iteration == reached
        await pilot.press("right")
        await settle(pilot)
        assert f"iteration {reached}" in status(screen.left)
        assert screen.left.moment.t == 2
    sessions = [view.session for view in views]
    end = time.monotonic() + 10
    while any(session.running for session in sessions) and time.monotonic() < end:
        time.sleep(0.01)
    assert not any(session.running for session in sessions)


async def test_the_theme_is_for_both():
    app = RnnTui(file("carousel"))
    async with app.run_test(size=(200, 60)) as pilot:
        screen = await opened(pilot)

        def styles() -> list[list[object]]:
            bodies = [view.frame("weights").body for view in (screen.left, screen.right)]
            return [
                [s.style for y in range(body.size.height) for s in body.render_line(y)]
                for body in bodies
            ]

        dark = styles()
        await pilot.press("t")
        await settle(pilot)
        assert all(one != other for one, other in zip(dark, styles(), strict=True))
