"""The cursor alone: every move of it has its way back, and the order is that of computation."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rnntui.session.cursor import START, Cursor
from rnntui.session.timeline import Position, Timeline


@st.composite
def cursors(draw: st.DrawFn) -> Cursor:
    backward = draw(st.integers(0, 4))
    return Cursor(
        Timeline(
            draw(st.lists(st.integers(1, 5), min_size=1, max_size=3)),
            forward=draw(st.integers(1, 4)),
            backward=backward,
            initial=draw(st.integers(0, 2)) if backward else 0,
            update=draw(st.integers(0, 3)) if backward else 0,
        )
    )


def walk(cursor: Cursor) -> list[Position]:
    """Every position of an iteration, as the key for the next equation goes through them."""
    positions = [START]
    while (position := cursor.next_equation(positions[-1])) is not None:
        positions.append(position)
    return positions


@given(cursors())
def test_every_equation_is_come_by_once_forward_and_in_the_opposite_order_back(cursor):
    positions = walk(cursor)
    timeline = cursor.timeline
    t, batch = sum(timeline.lengths), len(timeline.lengths)
    equations = t * (timeline.forward + timeline.backward)
    assert len(positions) == equations + batch * timeline.initial + timeline.update
    assert len(set(positions)) == len(positions)
    assert positions[-1] == cursor.to_last(0)
    back = [positions[-1]]
    while (position := cursor.previous_equation(back[-1])) is not None:
        back.append(position)
    assert back == positions[::-1]


@given(cursors(), st.data())
def test_a_timestep_on_and_back_keeps_the_equation_within_a_phase(cursor, data):
    at = data.draw(st.sampled_from(walk(cursor)))
    on = cursor.next_timestep(at)
    if on is None or on.phase != at.phase:
        return
    if on.t == 0 or on.sequence != at.sequence:  # fewer equations, or another sequence's start
        return
    assert on.equation == at.equation
    assert cursor.previous_timestep(on) == at


@given(cursors(), st.data())
def test_wherever_it_goes_there_is_such_a_place(cursor, data):
    places = set(walk(cursor))
    at = data.draw(st.sampled_from(sorted(places, key=str)))
    t = data.draw(st.integers(-3, 9))
    reached = [
        cursor.next_timestep(at), cursor.previous_timestep(at), cursor.to_start(at),
        cursor.to_end(at), cursor.to_timestep(at, t), cursor.to_last(0),
    ]  # fmt: skip
    assert {position for position in reached if position is not None} <= places
    assert cursor.to_timestep(at, t).sequence == at.sequence


def test_out_of_the_iteration_leads_no_move_of_its_own():
    cursor = Cursor(Timeline([2], forward=2, backward=3, initial=1, update=1))
    assert cursor.previous_equation(START) is cursor.previous_timestep(START) is None
    last = cursor.to_last(0)
    assert last == Position(0, 0, "update", 0, 0)
    assert cursor.next_equation(last) is cursor.next_timestep(last) is None
