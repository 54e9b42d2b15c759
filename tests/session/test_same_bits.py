"""Back is as exact as forward: what was seen at a place is seen there again, to the last bit."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_files import ELMAN, EVEN, LEARNED_START, LSTM, NO_TARGETS, UNEVEN, open_session

from rnntui.session import keyframes
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


LITTLE = 20_000  # bytes: a few states of these models


@pytest.fixture
def few_recent(monkeypatch):
    monkeypatch.setattr(keyframes, "_RECENT", 3)


class TestLongTraining:
    @pytest.mark.parametrize("name", ["elman", "lstm", "uneven batch"])
    def test_back_to_the_start_and_forward_again_after_keyframes_were_thinned(
        self, few_recent, name
    ):
        session = open_session(FILES[name], memory=LITTLE)
        session.next_timestep()
        found = trained(session, 137)
        for iteration in range(136, -1, -1):
            assert bits(session.previous_iteration()) == found[iteration], iteration
        assert trained(session, 137) == found
        assert len(session.moment.losses) == 138

    def test_the_history_stays_within_its_memory(self, few_recent):
        session = open_session(ELMAN, memory=LITTLE)
        for target in (50, 500, 1500):
            session.go_to(target)
            while session.running:
                time.sleep(0.01)
            session.follow()
            assert session.position.iteration == target
            assert session.history.bytes <= LITTLE

    def test_any_iteration_is_found_again(self, few_recent):
        session = open_session(ELMAN, memory=LITTLE)
        found = trained(session, 200)
        for iteration in (199, 3, 150, 149, 0, 200, 64):
            assert bits(session.go_to(iteration)) == found[iteration], iteration

    def test_stepping_back_by_equations_over_a_thinned_iteration_boundary(self, few_recent):
        session = open_session(ELMAN, memory=LITTLE)
        found = trained(session, 73)
        session.to_start()
        moment = session.previous_equation()
        assert (moment.position.iteration, moment.position.phase) == (72, "update")
        assert bits(moment) == found[72]
