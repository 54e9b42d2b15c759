"""The controller by itself: no screen, no event loop; whoever shows the session is played by the test."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from stepping import file

from rnntui.session.moment import Moment
from rnntui.session.session import Session
from rnntui.tui.stepper import controller as module
from rnntui.tui.stepper.controller import Controller


class PlayedHost:
    """Notes what it is told, and does what it is asked for when the test says so."""

    def __init__(self) -> None:
        self.shown: list[Moment] = []
        self.told: list[str] = []
        self.timers: list[tuple[float, Callable[[], object]]] = []
        self.pictures: list[Callable[[], object]] = []
        self.works: list[tuple[Callable[..., Any], Callable[[Any], object]]] = []

    def show(self, moment: Moment) -> None:
        self.shown.append(moment)

    def show_progress(self) -> None:
        self.told.append("progress")

    def show_busy(self) -> None:
        self.told.append("busy")

    def after(self, seconds: float, call: Callable[[], object]) -> None:
        self.timers.append((seconds, call))

    def after_picture(self, call: Callable[[], object]) -> None:
        self.pictures.append(call)

    def beside(self, work: Callable[..., Any], then: Callable[[Any], object]) -> None:
        self.works.append((work, then))

    def finish_work(self) -> None:
        work, then = self.works.pop(0)
        then(work(lambda: False))


@pytest.fixture
def host() -> PlayedHost:
    return PlayedHost()


@pytest.fixture
def controller(host: PlayedHost):
    made = Controller(Session(file("lstm-ab"), compiled=False), host)
    yield made
    made.close()


def test_a_move_is_made_at_once_and_shown(controller, host) -> None:
    controller.move(controller.session.next_timestep)
    assert [moment.t for moment in host.shown] == [2]
    assert controller.moment is host.shown[-1]
    assert not host.works


def test_a_long_move_is_made_beside_and_others_do_nothing_meanwhile(
    controller, host, monkeypatch
) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", -1.0)
    controller.move(controller.session.next_timestep)
    controller.move(controller.session.next_iteration)
    assert len(host.works) == 1
    assert not host.shown
    assert controller.session.position.t == 1
    _, tell = host.timers.pop(0)
    tell()
    assert host.told == ["busy"]
    host.finish_work()
    assert [moment.t for moment in host.shown] == [2]
    tell()
    assert host.told.count("busy") == 1, "it has been done by now"
    controller.move(controller.session.next_iteration)
    host.finish_work()
    assert controller.moment.position.iteration == 1


def test_a_run_is_followed_by_one_timer_at_a_time(controller, host, monkeypatch) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", math.inf)
    controller.run_or_pause()
    controller.move(lambda: controller.session.select_next(1))
    assert len(host.timers) == 1
    seconds, follow = host.timers.pop()
    assert 0 < seconds <= 0.04
    follow()
    assert len(host.timers) == 1
    controller.run_or_pause()
    assert not controller.session.running
    _, follow = host.timers.pop()
    follow()
    assert not host.timers
    assert controller.moment.position.iteration == controller.session.history.newest


def test_training_is_held_until_the_picture_is_there(controller, host, monkeypatch) -> None:
    asked: list[str] = []
    session = controller.session
    monkeypatch.setattr(session, "hold", lambda: asked.append("hold"))
    monkeypatch.setattr(session, "release", lambda: asked.append("release"))
    controller.attend()
    assert not asked, "nothing runs"
    controller.run_or_pause()
    controller.attend()
    assert asked == ["hold"]
    host.pictures.pop()()
    assert asked == ["hold", "release"]


def test_answers_are_checked_beside(controller, host) -> None:
    counted: list[int] = []
    controller.check(lambda checks: counted.append(len(checks)))
    assert not counted
    host.finish_work()
    assert counted == [79]


def test_the_end_of_a_run_that_has_ended_before_its_first_picture_is_shown(controller, host):
    def run_to_its_end() -> Moment:
        moment = controller.session.run(until=2)
        while controller.session.running:
            pass
        return moment

    controller.move(run_to_its_end)
    assert controller.moment.position.iteration == 0
    _, follow = host.timers.pop()
    follow()
    assert controller.moment.position.iteration == 2
    assert not host.timers
