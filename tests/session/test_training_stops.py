"""Training that comes to a number which is not finite stops, says why, and spoils nothing."""

from __future__ import annotations

import numpy as np
import pytest
from small_files import BLOWS_UP, NO_TARGETS, open_session

from rnntui.session.session import Session

ROOT_OF_A_NEGATIVE = BLOWS_UP.replace("h = w * x", "h = sqrt(w * x)").replace("[2.0]", "[-1.0]")


@pytest.fixture
def stopped() -> Session:
    """One iteration on, where the numbers overflow."""
    session = open_session(BLOWS_UP)
    session.next_iteration()
    return session


class TestOverflow:
    def test_the_cursor_stays_and_the_message_names_the_first_number(self, stopped):
        before = stopped.position
        moment = stopped.next_iteration()
        assert moment.position == before
        assert moment.message.startswith("Training stops here: loss became inf at t = 1.")
        assert "smaller learning rate" in moment.message

    def test_the_parameters_are_left_as_they_were(self, stopped):
        before = stopped.moment.iteration.before.parameters["w"].copy()
        stopped.next_iteration()
        while not stopped.next_equation().message:
            assert np.array_equal(stopped.moment.parameter("w"), before)
        assert stopped.position.phase == "update"
        assert stopped.moment.iteration.after is None
        assert np.array_equal(stopped.moment.parameter("w"), before)

    def test_the_loss_is_remembered_as_what_it_is(self, stopped):
        assert list(stopped.moment.losses)[1:] == [float("inf")]

    def test_the_way_back_is_open(self, stopped):
        stopped.next_iteration()
        moment = stopped.previous_iteration()
        assert moment.position.iteration == 0
        assert moment.message == ""
        assert moment.iteration.before.parameters["w"] == 1
        assert stopped.next_iteration().position.iteration == 1


class TestNan:
    def test_in_the_first_iteration(self):
        session = open_session(ROOT_OF_A_NEGATIVE)
        moment = session.next_iteration()
        assert moment.position.iteration == 0
        assert moment.message.startswith(
            "Training stops here: h became NaN (not a number) at t = 2."
        )

    def test_where_nothing_trains_the_message_does_not_speak_of_training(self):
        nan = NO_TARGETS.replace("tanh(w * x + u * h[t-1])", "sqrt(w * x + 0 * u * h[t-1])")
        session = open_session(nan)
        assert session.moment.iteration.fault is not None
        assert session.next_iteration().message.startswith("There are no targets")
