"""What is kept of a run: any past iteration again, bit for bit, in bounded memory."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_files import ELMAN

from rnntui.data.sequence_file import parse_sequence_file
from rnntui.engine.numpy_engine import NumpyEngine
from rnntui.engine.parameter_vector import VectorState
from rnntui.session import keyframes as keyframes_module
from rnntui.session import trajectory as trajectory_module
from rnntui.session.checks import start_training
from rnntui.session.keyframes import Keyframes
from rnntui.session.losses import Losses
from rnntui.session.trajectory import Trajectory


def state(iteration: int) -> VectorState:
    return VectorState(iteration, np.full(10, float(iteration)), np.zeros((2, 10)))


class TestKeyframes:
    @given(st.lists(st.integers(1, 5), min_size=1, max_size=400), st.integers(20_000, 60_000))
    @settings(max_examples=30, deadline=None)
    def test_the_last_before_an_iteration_within_the_limit(self, gaps, limit):
        kept = Keyframes(state(0), limit)
        added = np.cumsum(gaps).tolist()
        for iteration in added:
            kept.add([state(iteration)])
            assert kept.bytes <= max(limit, 2 * kept.bytes // len(kept))
        assert kept.newest.iteration == added[-1]
        for asked in (0, 1, added[-1] // 2, added[-1], added[-1] + 9):
            found = kept.before(asked)
            assert found.iteration <= asked
            assert found.parameters[0] == found.iteration

    def test_the_gaps_grow_evenly_and_what_is_recent_stays(self):
        kept = Keyframes(state(0), 100_000)
        kept.add(state(n) for n in range(1, 20_001))
        found = kept._order
        gaps = np.diff(found[: -keyframes_module._RECENT])
        assert set(gaps.tolist()[:-1]) == {max(gaps)}
        assert found[-keyframes_module._RECENT :] == list(range(19_937, 20_001))

    @pytest.mark.parametrize("room", [4, 9, 20, 63])
    def test_of_few_large_states_some_are_old_and_some_are_recent(self, room):
        kept = Keyframes(state(0), room * (240 + keyframes_module._OVERHEAD))
        kept.add(state(n) for n in range(1, 1001))
        assert room // 2 <= len(kept) <= room
        gaps = np.diff(kept._order)
        assert max(gaps) <= 1000 / (room // 4)  # so many iterations are computed again at most
        assert set(gaps[-(room // 2 - 1) :].tolist()) == {1}

    def test_a_state_larger_than_the_memory_leaves_the_first_and_the_last(self):
        kept = Keyframes(state(0), 10)
        kept.add([state(1), state(2), state(3)])
        assert kept._order == [0, 3]


class TestLosses:
    @given(st.lists(st.lists(st.floats(0, 9), max_size=700), max_size=12))
    @settings(deadline=None)
    def test_all_of_them_as_long_as_there_is_room(self, parts):
        losses, whole = Losses(10**6), []
        for part in parts:
            losses.put(len(whole), part)
            whole += part
        assert list(losses) == whole
        assert losses[3:50:7].tolist() == whole[3:50:7]

    def test_of_very_many_every_second_or_fourth_stands_for_its_neighbours(self):
        losses = Losses(600)
        for first in range(0, 3000, 7):
            losses.put(first, [float(n) for n in range(first, first + 7)])
        assert len(losses) == 3003
        assert losses.bytes <= 600 * 8
        for n in (0, 5, 1234, 3002):
            assert n - 8 < losses[n] <= n
        assert len(losses[100:200]) == 100

    def test_known_ones_are_replaced(self):
        losses = Losses(1000)
        losses.put(0, [1.0, 2.0])
        losses.put(1, [5.0, 6.0])
        assert list(losses) == [1.0, 5.0, 6.0]
        with pytest.raises(IndexError):
            losses[3]


def trajectory(memory: int = 10**6) -> Trajectory:
    trainer, start = start_training(parse_sequence_file(ELMAN, "small.toml"))
    return Trajectory(NumpyEngine(trainer), start, memory)


def bits(found) -> bytes:
    return b"".join(array.tobytes() for array in found.parameters.values())


class TestTrajectory:
    def test_every_past_state_is_the_state_that_it_was(self, monkeypatch):
        monkeypatch.setattr(trajectory_module.Trajectory, "every", 16)
        found = trajectory()
        seen = [bits(found.newest_state)]
        while found.newest < 150:
            found.extend(1)
            seen.append(bits(found.newest_state))
        for iteration in (0, 149, 148, 16, 17, 15, 75, 150):
            assert bits(found.state(iteration)) == seen[iteration], iteration

    def test_going_back_one_by_one_replays_seldom(self, monkeypatch):
        monkeypatch.setattr(trajectory_module.Trajectory, "every", 64)
        found = trajectory()
        found.extend(500)
        done = []
        advance = found.training.advance

        def counted(*arguments, **options):
            run = advance(*arguments, **options)
            done.append(len(run.losses))
            return run

        monkeypatch.setattr(found.training, "advance", counted)
        for iteration in range(499, 435, -1):
            found.state(iteration)
        # 64 steps back: at most the way from a kept state for each 32 of them, however long the run
        assert sum(done) <= 3 * 64
        assert len(done) <= 6

    def test_memory_is_bounded_and_measured(self):
        found = trajectory(memory=40_000)
        while found.newest < 3000:
            found.extend(250)
        found.state(1234)
        assert 0 < found.bytes <= 40_000

    def test_states_are_kept_as_far_apart_as_replaying_them_takes_no_longer_than_a_key_may(self):
        found = trajectory()
        for rate, every in ((0.0, 1), (100.0, 1), (1000.0, 4), (100_000.0, 256)):
            found.rate = rate
            assert found.every == every
