"""Space, `:` and what goes on beside the screen, by keys."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from stepping import LITERAL, NO_TARGETS
from textual.pilot import Pilot

from rnntui.data.sequence_file import parse_sequence_file
from rnntui.session.session import Session
from rnntui.tui.app import RnnTui
from rnntui.tui.stepper import controller
from rnntui.tui.stepper.go_to import Destination, GoToScreen, read_destination
from rnntui.tui.stepper.panel_frame import PanelFrame
from rnntui.tui.stepper.run_line import RunLine
from rnntui.tui.stepper.stepper_view import StepperView

SMALL = """
model = "elman"
[sizes]
hidden = 2
[data]
one_hot = "ab"
sequence = "abba"
targets = "next"
"""


@pytest.fixture(autouse=True)
def _without_compiling(monkeypatch: pytest.MonkeyPatch) -> None:
    """These are about the screen; compiling would take most of the time."""
    monkeypatch.setattr("rnntui.session.session.can_compile", lambda _: False)


def opened(text: str = SMALL) -> RnnTui:
    return RnnTui(parse_sequence_file(text, "small.toml"))


def stepper(pilot: Pilot) -> StepperView:
    """The view, also where a dialog is in front of it."""
    return next(view for s in pilot.app.screen_stack[::-1] for view in s.query(StepperView))


async def wait(pilot: Pilot, until: Callable[[StepperView], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not until(stepper(pilot)):
        assert time.monotonic() < end, "it takes too long"
        await pilot.pause(0.01)


def run_line(pilot: Pilot) -> str:
    return stepper(pilot).query_one(RunLine).render().plain


class TestRunning:
    async def test_space_runs_and_pauses_and_the_screen_shows_where(self) -> None:
        async with opened().run_test(size=(120, 40)) as pilot:
            await pilot.pause()
            assert not stepper(pilot).query(RunLine)
            await pilot.press("space")
            await wait(pilot, lambda s: s.moment.position.iteration > 10)
            assert "▶ training" in run_line(pilot)
            assert "/s" in run_line(pilot)
            await pilot.press("space")
            screen = stepper(pilot)
            assert not screen.session.running
            assert screen.moment.position.iteration == screen.session.history.newest
            assert f"‖ paused  iteration {screen.session.history.newest:,}" in run_line(pilot)
            assert "of 64 MB" in run_line(pilot)

    async def test_pictures_come_one_after_the_other_while_it_runs(self, monkeypatch) -> None:
        shown: list[tuple[int, float]] = []
        show = StepperView.show

        def noted(view: StepperView, moment) -> None:
            shown.append((moment.position.iteration, time.monotonic()))
            show(view, moment)

        monkeypatch.setattr(StepperView, "show", noted)
        async with opened().run_test(size=(80, 24)) as pilot:
            await pilot.press("space")
            await wait(pilot, lambda s: len(shown) > 30)
            await pilot.press("space")
        iterations, times = zip(*shown, strict=True)
        assert list(iterations) == sorted(iterations)
        assert len(shown) / (times[-1] - times[1]) < 40  # no more of them than anyone sees

    async def test_keys_that_look_go_on_working_and_a_step_pauses(self) -> None:
        async with opened().run_test(size=(120, 40)) as pilot:
            await pilot.press("space")
            await wait(pilot, lambda s: s.session.history.newest > 5)
            panel = stepper(pilot).grid.current
            await pilot.press("tab", "down", "f", "escape")
            assert stepper(pilot).grid.current != panel
            assert stepper(pilot).session.running
            await pilot.press("backspace")
            screen = stepper(pilot)
            assert not screen.session.running
            assert screen.moment.position.iteration == screen.session.history.newest - 1

    async def test_outer_panels_take_turns_in_its_pictures_and_all_show_where_it_pauses(
        self, monkeypatch
    ) -> None:
        pictures: list[list[str]] = []
        show, panel = StepperView.show, StepperView.frame

        def picture(view: StepperView, moment) -> None:
            pictures.append([])
            show(view, moment)

        def shown(view: StepperView, name: str):
            pictures[-1].append(name)
            return panel(view, name)

        outer = {"weights", "gradients", "loss", "hidden"}
        async with opened().run_test(size=(200, 60)) as pilot:
            await pilot.pause()
            monkeypatch.setattr(StepperView, "show", picture)
            monkeypatch.setattr(StepperView, "frame", shown)
            await pilot.press("space")
            await wait(pilot, lambda s: outer <= {name for names in pictures for name in names})
            running = list(pictures)
            await pilot.press("space")
            await wait(pilot, lambda s: all(f.moment is s.moment for f in s.query(PanelFrame)))
        for names in running[1:]:  # the first one is of the moment before
            assert {"sequence", "equation", "quantities"} <= set(names)
            assert len(outer & set(names)) <= 1

    async def test_leaving_ends_it(self) -> None:
        async with opened().run_test(size=(80, 24)) as pilot:
            await pilot.press("space")
            await wait(pilot, lambda s: s.session.running)
            session = stepper(pilot).session
        end = time.monotonic() + 10
        while session.running and time.monotonic() < end:
            time.sleep(0.01)
        assert not session.running

    async def test_without_targets_it_says_why_not(self) -> None:
        async with opened(NO_TARGETS).run_test(size=(120, 40)) as pilot:
            await pilot.press("space")
            assert "no targets" in stepper(pilot).moment.message

    async def test_markup_in_a_file_stays_text_while_it_trains(self) -> None:
        async with opened(LITERAL).run_test(size=(80, 24)) as pilot:
            await pilot.press("space")
            await wait(pilot, lambda s: s.session.history.newest > 5)
            await pilot.press("space")


class TestGoingTo:
    async def test_an_iteration_and_a_timestep(self) -> None:
        async with opened().run_test(size=(120, 40)) as pilot:
            await pilot.press("colon", *"300", "enter")
            await wait(pilot, lambda s: s.moment.position.iteration == 300)
            await pilot.press("colon", *"-50", "enter")
            await wait(pilot, lambda s: s.moment.position.iteration == 250)
            await pilot.press("colon", *"t 3", "enter")
            await wait(pilot, lambda s: s.moment.position.t == 3)
            assert stepper(pilot).moment.position.iteration == 250

    async def test_what_is_no_place_is_refused_and_escape_goes_nowhere(self) -> None:
        async with opened().run_test(size=(80, 24)) as pilot:
            await pilot.press("colon", *"soon", "enter")
            assert isinstance(pilot.app.screen, GoToScreen)
            assert "1200" in pilot.app.screen.query_one("#go-to").border_subtitle
            await pilot.press("escape")
            assert stepper(pilot).moment.position.iteration == 0

    async def test_a_tenth_of_the_sequence(self) -> None:
        async with opened(SMALL.replace('"abba"', f'"{"ab" * 50}"')).run_test() as pilot:
            await pilot.press("ctrl+right", "ctrl+right", "ctrl+left")
            assert stepper(pilot).moment.position.t == 1 + 9

    @pytest.mark.parametrize(
        ("text", "place"),
        [
            ("1200", Destination(1200)),
            (" 1,200 ", Destination(1200)),
            ("+5", Destination(105)),
            ("-500", Destination(0)),
            ("t 30", Destination(100, 30)),
            ("t=7", Destination(100, 7)),
            ("", None),
            ("t-3", None),
            ("1e3", None),
            ("99999999999999", None),
        ],
    )
    def test_how_places_are_written(self, text: str, place: Destination | None) -> None:
        assert read_destination(text, 100) == place


class TestLongComputations:
    async def test_they_are_done_beside_and_keys_that_look_are_answered(self, monkeypatch) -> None:
        monkeypatch.setattr(controller, "_AT_ONCE", 0.05)
        go_on = threading.Event()
        go_on.set()
        computed = Session._computed

        def when_told(session: Session, state):
            assert go_on.wait(20)
            iteration = computed(session, state)
            session.cost = 1.0
            return iteration

        monkeypatch.setattr(Session, "_computed", when_told)
        async with opened().run_test(size=(120, 40)) as pilot:
            await pilot.pause()
            go_on.clear()
            await pilot.press("enter")
            panel = stepper(pilot).grid.current
            await pilot.press("tab")
            assert stepper(pilot).grid.current != panel
            await pilot.press("enter")  # one at a time: this one does nothing
            await wait(pilot, lambda s: s.query(RunLine))
            assert "computing" in run_line(pilot)
            assert stepper(pilot).moment.position.iteration == 0
            go_on.set()
            await wait(pilot, lambda s: s.moment.position.iteration == 1)
            await pilot.app.workers.wait_for_complete()
            await pilot.pause()
            assert stepper(pilot).moment.position.iteration == 1
