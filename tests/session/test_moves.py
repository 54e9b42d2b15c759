"""Every way to move, and where it arrives."""

from __future__ import annotations

import numpy as np
import pytest
from small_files import (
    ELMAN,
    EVEN,
    LEARNED_START,
    NO_TARGETS,
    ONE_TIMESTEP,
    UNEVEN,
    open_session,
)

from rnntui.session.session import Session


def place(session: Session) -> tuple[int, str, int, str]:
    """Where the cursor is: sequence, phase, timestep and what the equation there computes."""
    position = session.position
    return position.sequence, position.phase, position.t, session.moment.equation.target


def whole_iteration(session: Session) -> list[tuple[int, str, int, str]]:
    """Every place from here to the end of the iteration, one equation at a time."""
    iteration, places = session.position.iteration, []
    while session.position.iteration == iteration:
        places.append(place(session))
        assert len(places) < 1000, "it goes round in circles"
        if session.next_equation().message:
            break
    return places


def go(session: Session, phase: str, t: int, target: str) -> None:
    """Step to a place in this iteration."""
    while (session.position.phase, session.position.t, session.moment.equation.target) != (
        phase,
        t,
        target,
    ):
        assert not session.next_equation().message
        assert session.position.iteration < 5, "there is no such place"


FORWARD = ["h", "loss"]
BACKWARD = ["grad(loss)", "grad(h)", "grad(pre(h))", "grad(x)", "grad(w)", "grad(u)"]


def passes(sequence: int, length: int) -> list[tuple[int, str, int, str]]:
    """All places of one sequence of the Elman network: forward, then backward to t = 0."""
    steps = range(1, length + 1)
    return [
        *((sequence, "forward", t, target) for t in steps for target in FORWARD),
        *((sequence, "backward", t, target) for t in reversed(steps) for target in BACKWARD),
        (sequence, "backward", 0, "grad(h)"),
    ]


def update_of(sequence, *parameters):
    """The lines of the update: of each parameter its step, then its new value."""
    lines = [(f"change({key})", key) for key in parameters]
    return [(sequence, "update", 0, target) for pair in lines for target in pair]


class TestEquations:
    def test_an_iteration_is_forward_then_backward_to_the_initial_state_then_the_update(self):
        updates = update_of(0, "w", "u")
        assert whole_iteration(open_session(ELMAN)) == passes(0, 3) + updates

    def test_the_sequences_of_a_batch_come_one_after_the_other_and_share_the_update(self):
        session = open_session(UNEVEN)
        updates = update_of(1, "w", "u")
        assert whole_iteration(session) == passes(0, 1) + passes(1, 3) + updates
        # the next batch is the third sequence and, around again, the first
        assert whole_iteration(session) == passes(0, 2) + passes(1, 1) + updates

    def test_a_batch_of_all_has_every_sequence(self):
        session = open_session(UNEVEN.replace("batch = 2", 'batch = "all"'))
        updates = update_of(2, "w", "u")
        assert whole_iteration(session) == passes(0, 1) + passes(1, 3) + passes(2, 2) + updates

    def test_a_learned_initial_state_has_its_gradient_at_t_0(self):
        places = whole_iteration(open_session(LEARNED_START))
        assert [p for p in places if p[1] == "backward" and p[2] == 0] == [
            (0, "backward", 0, "grad(h)"),
            (0, "backward", 0, "grad(H0)"),
        ]
        assert places[-1] == (0, "update", 0, "H0")

    def test_without_state_there_is_no_t_0(self):
        places = whole_iteration(open_session(ONE_TIMESTEP))
        assert {(phase, t) for _, phase, t, _ in places} == {
            ("forward", 1),
            ("backward", 1),
            ("update", 0),
        }

    def test_without_targets_there_is_only_forward(self):
        session = open_session(NO_TARGETS)
        assert whole_iteration(session) == [(0, "forward", t, "h") for t in (1, 2, 3)]
        assert session.message == "There are no targets, so there is nothing to train on."
        assert place(session) == (0, "forward", 3, "h")

    def test_with_every_parameter_fixed_there_is_no_update(self):
        session = open_session(ELMAN + '[training]\nfixed = ["w", "u"]')
        before = session.moment.iteration.before.parameters
        assert whole_iteration(session) == passes(0, 3)
        assert session.position.iteration == 1
        assert session.moment.iteration.before.parameters == before

    def test_a_fixed_parameter_has_no_line_in_the_update(self):
        session = open_session(ELMAN + '[training]\nfixed = ["w"]')
        assert [p for p in whole_iteration(session) if p[1] == "update"] == update_of(0, "u")

    @pytest.mark.parametrize(
        "text",
        [ELMAN, UNEVEN, EVEN, LEARNED_START, NO_TARGETS, ONE_TIMESTEP],
        ids=["elman", "uneven", "even", "learned start", "no targets", "one timestep"],
    )
    def test_back_is_the_same_way_back_over_two_iterations(self, text):
        session = open_session(text)
        there = [session.position]
        while session.position.iteration < 2 and not session.next_equation().message:
            there.append(session.position)
        back = [session.position]
        while not session.previous_equation().message and len(back) <= len(there):
            back.append(session.position)
        assert back == there[::-1]

    def test_before_the_beginning_there_is_nothing(self):
        session = open_session(ELMAN)
        start = session.position
        for move in (session.previous_equation, session.previous_timestep):
            assert move().message == "This is the very beginning."
            assert session.position == start
        assert "none before" in session.previous_iteration().message
        assert session.position == start

    def test_a_move_takes_the_message_away(self):
        session = open_session(ELMAN)
        assert session.previous_equation().message
        assert not session.next_equation().message


class TestTimesteps:
    def test_the_equation_stays_the_same(self):
        session = open_session(ELMAN)
        session.next_equation()
        session.next_timestep()
        assert place(session) == (0, "forward", 2, "loss")
        session.previous_timestep()
        assert place(session) == (0, "forward", 1, "loss")

    def test_after_the_last_comes_backward_which_goes_down(self):
        session = open_session(ELMAN)
        session.to_end()
        session.next_timestep()
        assert place(session) == (0, "backward", 3, "grad(loss)")
        session.next_timestep()
        assert place(session) == (0, "backward", 2, "grad(loss)")

    def test_through_an_iteration_stop_by_stop_and_into_the_next(self):
        session = open_session(UNEVEN)
        stops = [(session.position.sequence, session.position.phase, session.position.t)]
        while session.next_timestep().position.iteration == 0:
            stops.append((session.position.sequence, session.position.phase, session.position.t))
        assert stops == [
            (0, "forward", 1), (0, "backward", 1), (0, "backward", 0),
            (1, "forward", 1), (1, "forward", 2), (1, "forward", 3),
            (1, "backward", 3), (1, "backward", 2), (1, "backward", 1), (1, "backward", 0),
            (1, "update", 0),
        ]  # fmt: skip
        assert place(session) == (0, "forward", 1, "h")
        session.previous_timestep()
        assert session.position.iteration == 0
        assert place(session) == (1, "update", 0, "u")

    def test_back_out_of_backward_comes_the_end_of_the_sequence(self):
        session = open_session(ELMAN)
        go(session, "backward", 3, "grad(h)")
        session.previous_timestep()
        assert place(session) == (0, "forward", 3, "loss")

    def test_home_and_end_stay_in_the_sequence_of_the_batch(self):
        session = open_session(UNEVEN)
        while session.position.sequence == 0:
            session.next_equation()
        session.to_end()
        assert place(session) == (1, "forward", 3, "loss")
        session.next_timestep()
        session.to_start()
        assert place(session) == (1, "forward", 1, "h")

    def test_home_and_end_from_the_update(self):
        session = open_session(ELMAN)
        go(session, "update", 0, "u")
        session.to_end()
        assert place(session) == (0, "forward", 3, "loss")
        go(session, "update", 0, "u")
        session.to_start()
        assert place(session) == (0, "forward", 1, "h")

    @pytest.mark.parametrize(("asked", "reached"), [(-7, 1), (0, 1), (2, 2), (3, 3), (99, 3)])
    def test_to_a_timestep_as_far_as_there_are_any(self, asked, reached):
        session = open_session(ELMAN)
        session.next_equation()
        session.to_timestep(asked)
        assert place(session) == (0, "forward", reached, "loss")
        go(session, "backward", 1, "grad(x)")
        session.to_timestep(asked)
        assert place(session) == (0, "backward", reached, "grad(x)")
        go(session, "update", 0, "u")
        session.to_timestep(asked)
        assert place(session) == (0, "forward", reached, "h")


class TestIterations:
    def test_the_place_stays_the_same_in_every_phase(self):
        for phase, t, target in [
            ("forward", 2, "loss"),
            ("backward", 1, "grad(pre(h))"),
            ("backward", 0, "grad(h)"),
            ("update", 0, "u"),
        ]:
            session = open_session(ELMAN)
            go(session, phase, t, target)
            session.next_iteration()
            assert session.position.iteration == 1
            assert place(session) == (0, phase, t, target)
            session.previous_iteration()
            assert session.position.iteration == 0
            assert place(session) == (0, phase, t, target)

    def test_a_shorter_sequence_is_entered_at_its_end(self):
        session = open_session(UNEVEN)
        while place(session) != (1, "forward", 3, "loss"):
            session.next_equation()
        session.next_iteration()
        assert place(session) == (1, "forward", 1, "loss")

    def test_one_iteration_is_one_step_down_the_gradient(self):
        session = open_session(ELMAN + "[training]\nlearning_rate = 0.25")
        first = session.moment
        second = session.next_iteration()
        for key, before in first.iteration.before.parameters.items():
            expected = before - 0.25 * first.iteration.gradients[key]
            assert np.array_equal(second.iteration.before.parameters[key], expected)

    def test_a_batch_follows_the_average_of_its_gradients(self):
        moment = open_session(EVEN).moment
        one, other = (trace.parameter_gradients["w"] for trace in moment.iteration.traces)
        assert moment.iteration.gradients["w"] == pytest.approx((one + other) / 2, abs=1e-16)

    def test_without_targets_there_is_no_next_one(self):
        session = open_session(NO_TARGETS)
        start = session.position
        assert "no targets" in session.next_iteration().message
        assert session.position == start

    def test_losses_are_those_of_the_iterations_reached_and_stay_when_going_back(self):
        session = open_session(ELMAN)
        losses = [session.moment.iteration.loss]
        losses += [session.next_iteration().iteration.loss for _ in range(3)]
        assert list(session.moment.losses) == losses
        assert list(session.previous_iteration().losses) == losses
        assert losses == sorted(losses, reverse=True), "training this file lowers the loss"


class TestRestart:
    def test_everything_is_as_at_the_beginning(self):
        session, fresh = open_session(ELMAN), open_session(ELMAN)
        go(session, "backward", 2, "grad(h)")
        for _ in range(3):
            session.next_iteration()
        moment = session.restart()
        assert moment.position == fresh.position
        assert moment.iteration.before.parameters == fresh.moment.iteration.before.parameters
        assert list(moment.losses) == list(fresh.moment.losses)
        assert "Restarted" in moment.message

    def test_training_again_takes_the_same_way(self):
        session = open_session(LEARNED_START)
        once = [session.next_iteration().iteration.loss for _ in range(3)]
        session.restart()
        again = [session.next_iteration().iteration.loss for _ in range(3)]
        assert again == once
        assert list(session.moment.losses)[1:] == once


class TestSelect:
    def test_down_the_quantities_then_the_parameters_and_around(self):
        session = open_session(ELMAN)
        assert session.quantities == ("h", "loss", "w", "u")
        # it starts from what the cursor is at
        names = [session.select_next().selected for _ in range(4)]
        assert names == ["loss", "w", "u", "h"]
        assert session.select_next(-1).selected == "u"

    def test_in_the_backward_phase_it_starts_from_the_quantity_behind_the_gradient(self):
        session = open_session(ELMAN)
        go(session, "backward", 2, "grad(pre(h))")
        assert session.select_next().selected == "loss"

    def test_a_selection_stays_through_moves_and_can_be_taken_away(self):
        session = open_session(ELMAN)
        session.select("u")
        assert session.next_iteration().selected == "u"
        assert session.next_equation().selected == "u"
        assert session.select("").selected == ""

    def test_selecting_does_not_move(self):
        session = open_session(ELMAN)
        session.next_timestep()
        before = session.position
        session.select_next()
        assert session.position == before
