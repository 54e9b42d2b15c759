"""Training beside the screen: run, pause, follow, go to; and changing over to a faster engine."""

from __future__ import annotations

import time

import pytest
from small_files import ELMAN, LSTM, NO_TARGETS, open_session
from test_same_bits import bits

from rnntui.engine.numpy_engine import NumpyEngine
from rnntui.engine.training import Trainer
from rnntui.session import runs
from rnntui.session.history import History
from rnntui.session.session import Session


def wait(session: Session, until, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not until(session):
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.002)


class TestRunning:
    def test_it_runs_until_it_is_paused_and_stands_at_an_exact_moment(self):
        session = open_session(LSTM)
        session.next_timestep()
        session.run(until=10**6)
        wait(session, lambda s: s.history.newest > 20)
        moment = session.pause()
        assert not session.running
        assert moment.position.iteration == session.history.newest > 20
        assert moment.position.t == 2  # the same place in another iteration
        alone = open_session(LSTM)
        alone.next_timestep()
        for _ in range(moment.position.iteration):
            expected = alone.next_iteration()
        assert bits(moment) == bits(expected)

    def test_following_shows_newer_and_newer_moments(self):
        session = open_session(ELMAN)
        session.run(until=10**6)
        seen = []
        for _ in range(5):
            seen.append(session.follow().position.iteration)
            wait(session, lambda s: s.history.newest > seen[-1])
        session.pause()
        assert seen == sorted(set(seen))

    def test_it_ends_where_it_was_told_to(self):
        session = open_session(ELMAN)
        session.run(until=37)
        wait(session, lambda s: not s.running)
        assert session.follow().position.iteration == 37

    def test_without_being_told_it_ends_where_the_file_says_and_then_no_more(self):
        session = open_session(ELMAN + "[training]\niterations = 25\n")
        session.run()
        wait(session, lambda s: not s.running)
        assert session.follow().position.iteration == 25
        session.run()
        wait(session, lambda s: s.history.newest > 60)
        session.pause()

    @pytest.mark.parametrize("move", ["next_iteration", "previous_iteration"])
    def test_a_move_to_another_iteration_pauses_it_and_starts_from_where_it_is(self, move):
        session = open_session(ELMAN)
        session.run(until=10**6)
        wait(session, lambda s: s.history.newest > 20)
        moment = getattr(session, move)()
        assert not session.running
        away = moment.position.iteration - session.history.newest
        assert away == {"next_iteration": 0, "previous_iteration": -1}[move]

    def test_a_step_within_the_iteration_does_not_pause_it(self):
        session = open_session(ELMAN)
        session.run(until=10**6)
        assert session.next_timestep().position.t == 2
        assert session.running
        session.restart()
        assert not session.running
        assert session.history.newest == 0

    def test_a_number_that_is_not_finite_stops_it_with_the_reason(self):
        session = open_session(
            ELMAN.replace("tanh(w * x + u * h[t-1])", "w * x + u * h[t-1]")
            + "[training]\nlearning_rate = 1e160\n"
        )
        session.run(until=100)
        wait(session, lambda s: not s.running)
        moment = session.follow()
        assert "Training stops here" in moment.message
        assert "Training stops here" in session.run().message

    def test_where_there_is_nothing_to_train_on_it_says_so(self):
        session = open_session(NO_TARGETS)
        assert "no targets" in session.run().message
        assert "no targets" in session.go_to(5).message
        assert session.progress is None

    def test_its_progress(self):
        session = open_session(ELMAN)
        session.run(until=10**7)
        wait(session, lambda s: s.history.rate > 0)
        progress = session.progress
        assert progress.running
        assert progress.until == 10**7
        assert progress.seconds_left == pytest.approx(
            (10**7 - progress.newest) / progress.rate, rel=1e-9
        )
        assert 0 < progress.bytes < progress.memory
        session.close()
        wait(session, lambda s: not s.running)


class TestGoingTo:
    def test_past_iterations_and_near_ones_at_once(self):
        session = open_session(ELMAN)
        for target in (1, 0, 1):
            assert session.go_to(target).position.iteration == target
            assert not session.running

    def test_a_far_one_is_run_to(self):
        session = open_session(ELMAN)
        session.go_to(400)
        wait(session, lambda s: not s.running)
        assert session.follow().position.iteration == 400

    def test_before_the_start_is_the_start(self):
        session = open_session(ELMAN)
        session.next_iteration()
        assert session.go_to(-5).position.iteration == 0


class Slower(NumpyEngine):
    """Another engine, told by its name."""

    name = "other"


class TestChangingOver:
    def test_the_other_engine_takes_over_as_far_as_training_has_come(self):
        session = open_session(ELMAN)
        for _ in range(30):
            session.next_iteration()
        session.history.speed_up(Slower)
        wait(session, lambda s: s.history.engine == "other")
        assert session.history.newest == 30
        assert session.next_iteration().position.iteration == 31
        assert len(session.history.losses) == 32

    def test_while_training_runs_nothing_is_lost(self):
        session = open_session(ELMAN)
        session.run(until=3000)
        session.history.speed_up(Slower)
        wait(session, lambda s: not s.running)
        assert session.follow().position.iteration == 3000
        session.close()

    def test_an_engine_that_cannot_be_made_leaves_things_as_they_are(self):
        def broken(trainer: Trainer) -> NumpyEngine:
            raise RuntimeError("no compiler")

        session = open_session(ELMAN)
        session.history.speed_up(broken)
        wait(session, lambda s: "not compiled" in s.history.engine)
        assert session.next_iteration().position.iteration == 1

    def test_one_that_fails_sooner_does_not_take_over(self):
        class Failing(Slower):
            def advance(self, state, iterations, every=0, stop=None):
                run = super().advance(state, min(iterations, 3), every, stop)
                run.failed = True
                return run

        session = open_session(ELMAN)
        for _ in range(10):
            session.next_iteration()
        session.history._catch_up(
            type(session.history._trajectory)(
                Failing(session.trainer), session.history._start, 10**6
            )
        )
        assert session.history.engine == "NumPy"
        assert session.history.newest == 10

    def test_it_happens_once(self):
        made = []

        def make(trainer: Trainer) -> NumpyEngine:
            made.append(1)
            return Slower(trainer)

        session = open_session(ELMAN)
        assert isinstance(session.history, History)
        for _ in range(3):
            session.history.speed_up(make)
        wait(session, lambda s: s.history.engine == "other")
        assert made == [1]


class TestGivingWay:
    """Training in Python waits while something else is done, such as painting the answer to a key."""

    def test_a_run_that_is_held_stands_still_and_then_goes_on(self, monkeypatch):
        monkeypatch.setattr(runs, "_HELD", 60)
        session = open_session(ELMAN)
        session.run(until=10**6)
        wait(session, lambda s: s.history.newest > 5)
        session.hold()
        seen = [-1] * 50

        def stands_still(session: Session) -> bool:  # after the iteration at hand
            seen.append(session.history.newest)
            return seen[-1] == seen[-50]

        wait(session, stands_still)
        held = session.history.newest
        assert session.running
        session.release()
        wait(session, lambda s: s.history.newest > held)
        session.pause()

    def test_one_that_nobody_releases_goes_on_by_itself(self):
        session = open_session(ELMAN)
        session.run(until=10**6)
        wait(session, lambda s: s.history.newest > 5)
        session.hold()
        held = session.history.newest
        wait(session, lambda s: s.history.newest > held + 100)
        session.pause()

    def test_one_that_is_held_can_be_paused_and_comes_to_its_end(self):
        session = open_session(ELMAN)
        session.run(until=10**6)
        session.hold()
        session.pause()
        assert not session.running
        newest = session.history.newest
        session.run(until=newest + 50)
        while session.running:
            session.hold()
            session.release()
        assert session.follow().position.iteration == newest + 50


class TestWork:
    def test_a_key_computes_an_iteration_once(self, monkeypatch):
        session = open_session(LSTM)
        counts = {"iterate": 0, "advance": 0}
        for of, name in ((Trainer, "iterate"), (NumpyEngine, "advance")):
            whole = getattr(of, name)

            def counted(*arguments, name=name, whole=whole, **options):
                counts[name] += 1
                return whole(*arguments, **options)

            monkeypatch.setattr(of, name, counted)
        for _ in range(5):
            session.next_iteration()
        assert counts == {"iterate": 5, "advance": 0}
        assert session.moment.position.iteration == session.history.newest == 5

    def test_iterations_from_the_screen_are_those_of_training(self):
        stepped, trained = open_session(LSTM), open_session(LSTM)
        for _ in range(6):
            stepped.next_iteration()
        trained.history.extend(6)
        assert bits(trained.go_to(6)) == bits(stepped.moment)
        for iteration in range(6):
            ours, theirs = (s.history.state(iteration).parameters for s in (stepped, trained))
            assert all(ours[key].tobytes() == theirs[key].tobytes() for key in theirs)
        assert list(stepped.history.losses) == list(trained.history.losses)

    def test_values_of_an_update_are_not_computed_where_nothing_asks_for_them(self, monkeypatch):
        session = open_session(LSTM)
        monkeypatch.setattr(Trainer, "_update", lambda *_: pytest.fail("nobody asked"))
        assert session.next_iteration().checks == ()


def test_a_run_that_ends_at_once_is_yet_to_be_followed():
    session = open_session(ELMAN)
    session.run(until=3)
    wait(session, lambda s: not s.running)
    assert session.to_be_followed
    assert session.moment.position.iteration == 0
    assert session.follow().position.iteration == 3
    assert not session.to_be_followed
