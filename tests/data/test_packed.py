"""Sequences below each other: those of a range at once are those drawn one by one, bit for bit."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnntui.data.packed import Packed, pack
from rnntui.data.sequence import InputSequence
from rnntui.data.streams import TaskStream
from rnntui.data.tasks.registry import TASKS, make_task
from rnntui.data.tasks.task import Option, Task

PARTS = ("lengths", "starts", "inputs", "targets", "mask")
SEEDS = st.integers(0, 2**63)
FAR = (
    make_task("binary-addition", bits=62),
    make_task("brackets", kinds=4, depth=6),
    make_task("bracket-validity", kinds=4, depth=6),
    make_task("anbn", strings=1, longest=100),
    make_task("delayed-recall", length=100, letters=26),
    make_task("temporal-order", length=500),
    make_task("adding", length=500),
)
LARGER = 12  # options are tried up to so much more than their least


def same(one: Packed, other: Packed) -> None:
    for part in PARTS:
        left, right = getattr(one, part), getattr(other, part)
        assert (left.dtype, left.shape) == (right.dtype, right.shape), part
        assert left.tobytes() == right.tobytes(), part
        assert left.flags.c_contiguous
        assert right.flags.c_contiguous


def drawn(stream: TaskStream, first: int, count: int) -> Packed:
    return pack([stream[index] for index in range(first, first + count)])


def largest(option: Option) -> int:
    return min(option.most, option.least + LARGER)


@st.composite
def tasks(draw: st.DrawFn) -> Task:
    """Any task with any options, none much greater than it must be."""
    kind = draw(st.sampled_from(list(TASKS.values())))
    found = {
        option.name: draw(st.integers(option.least, largest(option))) for option in kind.options()
    }
    if kind.name == "delayed-recall":
        found["lag"] = min(found["lag"], found["length"] - 1)
    return kind(**found)


def extremes() -> list[Task]:
    """Every task as it is by default, with every option at its least, and with greater ones."""
    found = list(FAR)
    for name, kind in TASKS.items():
        least = {option.name: option.least for option in kind.options()}
        most = {option.name: largest(option) for option in kind.options()}
        if name == "delayed-recall":
            most["lag"] = most["length"] - 1
        found += [make_task(name), *([kind(**least), kind(**most)] if least else [])]
    return found


class TestPack:
    def test_sequences_stand_below_each_other(self):
        first = InputSequence(np.ones((2, 3)), np.array([[1.0], [2.0]]), np.array([0.0, 1.0]))
        second = InputSequence(np.zeros((1, 3)), np.array([[3.0]]), np.array([0.5]))
        packed = pack([first, second, first])
        assert packed.lengths.tolist() == [2, 1, 2]
        assert packed.starts.tolist() == [0, 2, 3]
        assert packed.inputs.shape == (5, 3)
        assert packed.inputs[:, 0].tolist() == [1, 1, 0, 1, 1]
        assert packed.targets.tolist() == [[1], [2], [3], [1], [2]]
        assert packed.mask.tolist() == [0, 1, 0.5, 0, 1]

    def test_scalars_are_vectors_of_one(self):
        packed = pack([InputSequence(np.ones((2, 1)), np.array([1.0, 2.0]), np.ones(2))])
        assert packed.targets.tolist() == [[1], [2]]

    def test_without_inputs_or_targets(self):
        packed = pack([InputSequence(None, None, np.ones(4))])
        assert packed.inputs.shape == packed.targets.shape == (0, 1)
        assert packed.lengths.tolist() == [4]

    def test_columns_become_rows(self):
        inputs = np.asfortranarray(np.arange(6.0).reshape(2, 3))
        packed = pack([InputSequence(inputs, None, np.ones(2))])
        assert packed.inputs.flags.c_contiguous
        assert packed.inputs.tolist() == inputs.tolist()

    def test_nothing(self):
        packed = pack([])
        assert packed.lengths.shape == packed.starts.shape == packed.mask.shape == (0,)
        assert packed.inputs.shape == packed.targets.shape == (0, 1)


@pytest.mark.parametrize("task", extremes(), ids=str)
class TestStream:
    def test_python_packs_what_it_draws(self, task):
        stream = TaskStream(task, 11)
        same(stream.packed(0, 300), drawn(stream, 0, 300))

    def test_and_thousands(self, task):
        stream = TaskStream(task, 11)
        same(stream.packed(0, 3000), drawn(stream, 0, 3000))

    @pytest.mark.parametrize("seed", [0, 1, 2**32 + 1, 2**63])
    def test_of_any_seed_and_place(self, task, seed):
        stream = TaskStream(task, seed)
        for first in (0, 12_345, 10**13):
            wanted = drawn(stream, first, 40)
            same(stream.packed(first, 40), wanted)

    def test_a_task_gives_the_sequences_that_a_stream_trains_on(self, task):
        same(TaskStream(task, 5).packed(0, 20), pack(list(islice(task.sequences(5), 20))))


class TestAnyTask:
    @settings(deadline=None)
    @given(tasks(), SEEDS, st.integers(0, 2**40), st.integers(1, 60))
    def test_a_range_is_what_is_drawn_one_by_one(self, task, seed, first, count):
        stream = TaskStream(task, seed)
        wanted = drawn(stream, first, count)
        same(stream.packed(first, count), wanted)

    @given(tasks(), SEEDS, st.integers(0, 2**40), st.integers(1, 20), st.integers(1, 20))
    def test_a_range_is_its_parts(self, task, seed, first, count, more):
        stream = TaskStream(task, seed)
        whole, one = stream.packed(first, count + more), stream.packed(first, count)
        other = stream.packed(first + count, more)
        for part in ("lengths", "inputs", "targets", "mask"):
            joined = np.concatenate([getattr(one, part), getattr(other, part)])
            assert getattr(whole, part).tobytes() == joined.tobytes()

    def test_strings_of_any_length_find_room(self):
        stream = TaskStream(make_task("brackets", kinds=4, depth=6), 2)
        alone = [stream.packed(index, 1) for index in range(500)]
        assert max(len(packed.mask) for packed in alone) > 100
        for index, packed in enumerate(alone):
            same(packed, drawn(stream, index, 1))

    def test_no_sequences(self):
        for task in extremes():
            packed = TaskStream(task, 1).packed(7, 0)
            assert packed.lengths.shape == packed.mask.shape == (0,)
