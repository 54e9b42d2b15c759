"""What is known at a moment: all that has been computed so far, and nothing from the future."""

from __future__ import annotations

import numpy as np
import pytest
from small_files import ELMAN, LEARNED_START, LSTM, NO_TARGETS, UNEVEN, open_session

from rnntui.session.moment import Moment


def known_values(moment: Moment) -> set[tuple[str, int]]:
    keys = [e.target for e in moment.program.model.equations]
    length = moment.trace.length
    return {(key, t) for key in keys for t in range(1, length + 1) if moment.known(key, t)}


def known_gradients(moment: Moment) -> set[tuple[str, int]]:
    keys = [f"grad({key})" for key in moment.trace.gradients]
    length = moment.trace.length
    return {(key, t) for key in keys for t in range(length + 1) if moment.known(key, t)}


@pytest.mark.parametrize(
    "text",
    [ELMAN, LSTM, LEARNED_START, NO_TARGETS, UNEVEN],
    ids=["elman", "lstm", "learned start", "no targets", "uneven batch"],
)
class TestEveryStep:
    def test_forward_makes_known_what_the_equation_computes_and_no_more(self, text):
        session = open_session(text)
        before: set[tuple[str, int]] = set()
        while session.position.phase == "forward":
            moment = session.moment
            now = known_values(moment)
            assert now - before == {(moment.equation.target, moment.position.t)}
            assert before <= now
            assert not known_gradients(moment)
            before = now
            if session.next_equation().message:
                break
        assert len(before) == len(moment.program.model.equations) * moment.trace.length

    def test_backward_makes_known_the_gradient_it_computes_and_no_more(self, text):
        session = open_session(text)
        session.to_end()
        moment = session.next_equation()
        before: set[tuple[str, int]] = set()
        while moment.position.phase == "backward":
            now = known_gradients(moment)
            computed = {(moment.equation.target, moment.position.t)}
            if moment.quantity in moment.program.model.parameters:
                computed = set()  # a parameter has no gradient of its own at each timestep
            assert now - before == computed
            assert before <= now
            before = now
            moment = session.next_equation()


class TestPlaces:
    def test_the_data_and_the_initial_state_are_known_from_the_start(self):
        moment = open_session(ELMAN).moment
        assert moment.known("x", 3)
        assert moment.known("target", 3)
        assert moment.known("h", 0)
        assert not moment.known("h", 2)

    def test_a_pre_activation_is_known_with_its_quantity(self):
        session = open_session(LSTM)
        assert session.moment.known("pre(i)", 1)
        assert not session.moment.known("pre(f)", 1)
        assert session.next_equation().known("pre(f)", 1)

    def test_after_forward_every_value_is_known(self):
        session = open_session(ELMAN)
        session.to_end()
        moment = session.next_equation()
        assert moment.position.phase == "backward"
        assert all(moment.known(key, t) for key in ("h", "loss") for t in (1, 2, 3))

    def test_in_the_update_every_gradient_is_known(self):
        session = open_session(ELMAN)
        while session.position.phase != "update":
            session.next_equation()
        assert all(session.moment.known("grad(h)", t) for t in range(4))

    def test_at_t_0_only_states_have_a_gradient(self):
        session = open_session(LEARNED_START)
        while (session.position.phase, session.position.t) != ("backward", 0):
            session.next_equation()
        assert session.moment.known("grad(h)", 0)
        assert not session.moment.known("grad(loss)", 0)


class TestParameters:
    def test_in_the_update_a_parameter_is_new_once_its_line_is_reached(self):
        session = open_session(ELMAN)
        before = session.moment.iteration.before.parameters
        after = session.moment.iteration.after.parameters
        assert not np.array_equal(before["u"], after["u"])
        while session.moment.equation.target != "w":
            assert session.moment.parameter("w") == before["w"]
            session.next_equation()
        assert session.moment.parameter("w") == after["w"]
        assert session.moment.parameter("u") == before["u"]
        assert session.next_equation().parameter("u") == before["u"]  # its step alone
        assert session.next_equation().parameter("u") == after["u"]
        assert session.next_equation().parameter("u") == after["u"]

    def test_a_fixed_parameter_stays(self):
        session = open_session(ELMAN + '[training]\nfixed = ["w"]')
        while session.position.phase != "update":
            session.next_equation()
        assert session.moment.parameter("w") == 0.5

    def test_decompositions_add_up_to_the_gradient(self):
        moment = open_session(LSTM).moment
        for key, total in moment.trace.parameter_gradients.items():
            assert np.allclose(moment.by_loss[key].sum(axis=0), total, atol=1e-15)
            assert np.allclose(moment.by_use[key].sum(axis=0), total, atol=1e-15)

    def test_decompositions_belong_to_the_sequence_at_hand(self):
        session = open_session(UNEVEN)
        assert len(session.moment.by_loss["w"]) == 1
        while session.position.sequence == 0:
            session.next_equation()
        assert len(session.moment.by_loss["w"]) == 3
        assert len(session.next_iteration().by_loss["w"]) == 1
