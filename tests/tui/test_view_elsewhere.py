"""A view of a session brings along all that it needs: it can be mounted in any Textual application."""

from __future__ import annotations

from pathlib import Path

from stepping import file, lines, settle
from textual.app import App, ComposeResult
from textual.containers import Horizontal

from rnntui.session.session import Session
from rnntui.tui.app import RnnTui
from rnntui.tui.stepper.status import StatusLine
from rnntui.tui.stepper.stepper_view import StepperView


class TwoSessions(App[None]):
    """Nothing of rnntui's application."""

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield StepperView(Session(file("lstm-ab"), compiled=False))
            yield StepperView(Session(file("carousel"), compiled=False))


async def test_two_views_in_an_application_of_somebody_elses():
    app = TwoSessions()
    async with app.run_test(size=(200, 60)) as pilot:
        await settle(pilot)
        left, right = app.query(StepperView)
        assert "lstm-ab" in left.query_one(StatusLine).line().plain
        assert "carousel" in right.query_one(StatusLine).line().plain
        for view in (left, right):
            assert view.query_one(StatusLine).size.height == 1
            assert view.frame("equation").styles.border_top[0] in ("heavy", "round")
            assert view.frame("equation").size.height > 10
        left.focus()
        await pilot.press("right", "enter", "question_mark")
        await settle(pilot)
        assert app.screen.query_one("#help").styles.border_top[0] == "round"
        await pilot.press("escape", "colon")
        await settle(pilot)
        assert app.screen.query_one("#go-to").region.bottom == 60
        await pilot.press("escape")
        await settle(pilot)
        assert (left.moment.position.iteration, left.moment.t) == (1, 2)
        assert right.moment.position.iteration == 0
        assert any("σ" in line for line in lines(left.frame("equation")))


async def test_two_narrow_views_say_what_they_are_of():
    app = TwoSessions()
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        for view, name in zip(app.query(StepperView), ("lstm-ab", "carousel"), strict=True):
            text = view.query_one(StatusLine).line().plain
            assert name in text
            assert "iteration 0" in text
            assert "t 1/" in text


def test_the_application_can_be_extended_elsewhere():
    class Extended(RnnTui):
        """Its styles lie beside the original."""

    assert Path(str(Extended.CSS_PATH)).is_file()
