"""Back is as exact as forward: what was seen at a place is seen there again, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_files import ELMAN, EVEN, LEARNED_START, LSTM, NO_TARGETS, UNEVEN, open_session

from rnntui.session import history
from rnntui.session.moment import Moment
from rnntui.session.session import Session

FILES = {
    "elman": ELMAN,
    "lstm": LSTM,
    "learned start": LEARNED_START,
    "even batch": EVEN,
    "uneven batch": UNEVEN,
    "no targets": NO_TARGETS,
}
OPPOSITE = {
    "next_equation": "previous_equation",
    "next_timestep": "previous_timestep",
    "next_iteration": "previous_iteration",
}
OPPOSITE |= {back: there for there, back in OPPOSITE.items()}
MOVES = [*OPPOSITE, "to_start", "to_end", "restart", "select_next"]


def bits(moment: Moment) -> dict[str, bytes]:
    """Every number there is at a moment, as bytes."""
    iteration = moment.iteration
    found = {"loss": np.array(iteration.loss, dtype=float), "checks": np.zeros(0)}
    after = iteration.after.parameters if iteration.after else {}
    groups = [("parameter", iteration.before.parameters), ("updated", after)]
    groups.append(("gradient", iteration.gradients))
    for n, trace in enumerate(iteration.traces):
        groups += [(f"value {n}", trace.values), (f"∂L/∂ {n}", trace.gradients)]
        groups.append((f"∂L/∂parameter {n}", trace.parameter_gradients))
    for group, arrays in groups:
        found |= {f"{group} {key}": array for key, array in arrays.items()}
    return {key: np.asarray(array).tobytes() for key, array in found.items()}


@given(st.sampled_from(sorted(FILES)), st.lists(st.sampled_from(MOVES), max_size=40))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_wherever_a_walk_returns_to_everything_is_as_it_was(name, moves):
    session = open_session(FILES[name])
    seen = {session.position: bits(session.moment)}
    for move in moves:
        moment = getattr(session, move)()
        assert moment.position == session.position
        assert bits(moment) == seen.setdefault(session.position, bits(moment)), move


@given(
    st.sampled_from(["elman", "lstm", "learned start", "even batch", "no targets"]),
    st.lists(st.sampled_from([m for m in OPPOSITE if "timestep" not in m]), max_size=30),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_walk_undone_move_by_move_ends_where_it_began(name, moves):
    session = open_session(FILES[name])
    trail: list[tuple[str, object, dict[str, bytes]]] = []
    for move in moves:
        before = session.position, bits(session.moment)
        getattr(session, move)()
        if session.position != before[0]:  # a move that cannot be made is none
            trail.append((move, *before))
    for move, position, then in reversed(trail):
        moment = getattr(session, OPPOSITE[move])()
        assert moment.position == position
        assert bits(moment) == then


@given(st.sampled_from(["elman", "lstm"]), st.data())
@settings(max_examples=20, deadline=None)
def test_timesteps_are_undone_within_a_phase(name, data):
    session = open_session(FILES[name])
    phase = data.draw(st.sampled_from(["forward", "backward"]))
    session.to_end()
    if phase == "backward":
        session.next_equation()
    for _ in range(data.draw(st.integers(0, 5))):
        session.next_equation()
    session.to_timestep(data.draw(st.integers(1, 4)))
    there, then = session.position, bits(session.moment)
    if session.next_timestep().position.phase == there.phase and session.position.t > 0:
        assert session.previous_timestep().position == there
        assert bits(session.moment) == then


def trained(session: Session, iterations: int) -> list[dict[str, bytes]]:
    """The bits of iterations 0 … `iterations`, which the session then stands at."""
    return [
        bits(session.moment),
        *(bits(session.next_iteration()) for _ in range(iterations)),
    ]


class TestLongTraining:
    @pytest.mark.parametrize("name", ["elman", "lstm", "uneven batch"])
    def test_back_to_the_start_and_forward_again_after_keyframes_were_thinned(
        self, monkeypatch, name
    ):
        monkeypatch.setattr(history, "_KEYFRAMES", 4)
        session = open_session(FILES[name])
        session.next_timestep()
        found = trained(session, 37)
        for iteration in range(36, -1, -1):
            assert bits(session.previous_iteration()) == found[iteration], iteration
        assert trained(session, 37) == found
        assert len(session.history.losses) == 38

    def test_thinned_history_keeps_few_states(self, monkeypatch):
        monkeypatch.setattr(history, "_KEYFRAMES", 4)
        session = open_session(ELMAN)
        computed = []
        iterate = session.trainer.iterate
        trained(session, 64)
        monkeypatch.setattr(
            session.trainer, "iterate", lambda state: computed.append(1) or iterate(state)
        )
        session.previous_iteration()
        # from the last of at most 4 keyframes, evenly spread over 64 iterations, and the trace
        assert 1 < len(computed) <= 64 / 2 + 1

    def test_more_iterations_than_are_kept(self):
        session = open_session(ELMAN)
        found = trained(session, history._KEYFRAMES + 60)
        for iteration in range(len(found) - 2, len(found) - 40, -1):
            assert bits(session.previous_iteration()) == found[iteration], iteration
        for iteration in range(len(found) - 38, len(found)):
            assert bits(session.next_iteration()) == found[iteration], iteration

    def test_stepping_back_by_equations_over_a_thinned_iteration_boundary(self, monkeypatch):
        monkeypatch.setattr(history, "_KEYFRAMES", 2)
        session = open_session(ELMAN)
        found = trained(session, 13)
        session.to_start()
        moment = session.previous_equation()
        assert (moment.position.iteration, moment.position.phase) == (12, "update")
        assert bits(moment) == found[12]
