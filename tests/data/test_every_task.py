"""What holds for every task: parts that fit, the same seed the same sequences, clear refusals."""

from __future__ import annotations

import re
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnntui.data.random_stream import RandomStream
from rnntui.data.tasks.addition import BinaryAddition
from rnntui.data.tasks.brackets import BracketValidity
from rnntui.data.tasks.counting import AnBn
from rnntui.data.tasks.registry import TASKS, make_task, read_options
from rnntui.data.tasks.task import Task, TaskSequence
from rnntui.text.problems import InputError


def drawn(task: Task, seed: int, count: int = 1) -> list[TaskSequence]:
    return list(islice(task.sequences(seed), count))


def decoded(rows: np.ndarray, alphabet: dict[str, np.ndarray]) -> str:
    """The symbols whose vectors the rows are."""
    return "".join(next(s for s, v in alphabet.items() if np.array_equal(v, r)) for r in rows)


@pytest.mark.parametrize("name", TASKS)
class TestEveryTask:
    def test_it_says_what_it_is(self, name):
        task = TASKS[name]
        assert task.name == name
        assert all((task.title, task.source, task.states_are))
        assert re.fullmatch(r"[A-Z].*[a-z]\.", task.description)
        assert all(o.least <= o.default <= o.most and o.description for o in task.options())

    @settings(max_examples=20)
    @given(seed=st.integers(0, 2**32))
    def test_the_parts_of_a_sequence_fit(self, name, seed):
        task = make_task(name)
        sequence = drawn(task, seed)[0]
        length = sequence.length
        assert len(sequence.inputs) == len(sequence.targets) == len(sequence.mask) == length
        assert set(sequence.mask.tolist()) <= {0.0, 1.0}
        assert sequence.mask[-1] == 1
        assert sequence.states.shape == (length + 1,)
        assert sequence.states.dtype == np.int64
        assert 0 <= sequence.states.min() <= sequence.states.max() < len(task.state_names)
        assert sequence.state_names == task.state_names
        if task.alphabet:
            assert decoded(sequence.inputs, task.alphabet) == "".join(sequence.symbols)
        if task.target_alphabet:
            asked = sequence.mask == 1
            written = "".join(np.array(sequence.target_symbols)[asked])
            assert decoded(sequence.targets[asked], task.target_alphabet) == written
            assert not sequence.targets[~asked].any()
            assert set(np.array(sequence.target_symbols)[~asked]) <= {""}
        if sequence.truth is not None:
            assert sequence.truth.shape == sequence.targets.shape
            np.testing.assert_allclose(sequence.truth.sum(axis=1), 1)
            assert np.all((sequence.truth * sequence.targets).sum(axis=1) > 0)

    def test_the_same_seed_gives_the_same_sequences(self, name):
        for one, other in zip(
            drawn(make_task(name), 7, 50), drawn(make_task(name), 7, 50), strict=True
        ):
            assert one.words == other.words
            assert one.inputs.tobytes() == other.inputs.tobytes()
            assert one.targets.tobytes() == other.targets.tobytes()
            assert one.states.tobytes() == other.states.tobytes()
        first = [s.inputs.tobytes() for s in drawn(make_task(name), 7, 50)]
        assert first != [s.inputs.tobytes() for s in drawn(make_task(name), 8, 50)]

    def test_a_draw_depends_on_seed_and_index_alone(self, name):
        task = make_task(name)
        drawn(task, 1, 200)  # fills whatever the task remembers
        one = task.draw(RandomStream(4, 9))
        other = make_task(name).draw(RandomStream(4, 9))
        assert one.inputs.tobytes() == other.inputs.tobytes()
        assert one.words == other.words

    def test_nobody_can_write_into_what_is_shared(self, name):
        sequence = drawn(make_task(name), 1)[0]
        for array in (sequence.inputs, sequence.targets, sequence.mask, sequence.states):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 1

    def test_the_graph_leads_through_the_states(self, name):
        task = make_task(name)
        graph = task.graph
        if graph is None:
            return
        assert len(graph.labels) == len(graph.states) == len(graph.leaving)
        for edges in graph.leaving:
            assert not edges or sum(edge.probability for edge in edges) == pytest.approx(1)
            assert len({edge.symbol for edge in edges}) == len(edges)
        for sequence in drawn(task, 2, 100):
            node = 0
            for t, symbol in enumerate(sequence.symbols):
                assert graph.states[node] == sequence.states[t]
                edge = next(e for e in graph.leaving[node] if e.symbol == symbol)
                node = edge.target
                assert edge.output in ("", sequence.target_symbols[t])
            assert graph.states[node] == sequence.states[-1]


class TestRefusals:
    @pytest.mark.parametrize(
        ("name", "options", "message"),
        [
            ("rebber", {}, "there is no task `rebber`; did you mean `reber`?"),
            ("reber", {"length": 3}, "`length` is not an option of reber; there are none"),
            ("copy", {"lagg": 3}, "`lagg` is not an option of copy; did you mean `lag`?"),
            ("copy", {"lag": -1}, "`lag` is a whole number from 0 to 10000; not `-1`"),
            ("copy", {"lag": 10_001}, "`lag` is a whole number from 0 to 10000; not `10001`"),
            ("copy", {"lag": True}, "`lag` is a whole number from 0 to 10000; not `True`"),
            ("copy", {"lag": 2.0}, "`lag` is a whole number from 0 to 10000; not `2.0`"),
            ("copy", {"lag": "ten"}, "`lag` is a whole number from 0 to 10000; not `ten`"),
            ("copy", {"letters": 1}, "`letters` is a whole number from 2 to 26; not `1`"),
            ("anbn", {"strings": 0}, "`strings` is a whole number from 1 to 1000; not `0`"),
            ("anbncn", {"longest": 101}, "`longest` is a whole number from 1 to 100; not `101`"),
            ("binary-addition", {"bits": 63}, "`bits` is a whole number from 2 to 62; not `63`"),
            ("brackets", {"kinds": 5}, "`kinds` is a whole number from 1 to 4; not `5`"),
            ("bracket-validity", {"depth": 7}, "`depth` is a whole number from 1 to 6; not `7`"),
            ("parity", {"length": 0}, "`length` is a whole number from 1 to 10000; not `0`"),
            ("adding", {"length": 11}, "`length` is a whole number from 12 to 10000; not `11`"),
            ("temporal-order", {"length": 9}, "`length` is a whole number from 10 to 10000; not `9`"),
            (
                "delayed-recall",
                {"length": 5, "lag": 5},
                "`lag` is less than `length`, or nothing is recalled; not 5 and 5",
            ),
        ],
    )  # fmt: skip
    def test_options(self, name, options, message):
        with pytest.raises(InputError) as refused:
            make_task(name, **options)
        assert str(refused.value) == message

    def test_every_wrong_option_is_named(self):
        with pytest.raises(InputError) as refused:
            make_task("copy", lag=-1, length=0)
        assert len(refused.value.problems) == 2

    @pytest.mark.parametrize(
        ("sequence", "message"),
        [
            (lambda: AnBn().sequence([2, 9]), "n is from 1 to 8; not `9`"),
            (lambda: AnBn().sequence([]), "n is from 1 to 8; not none"),
            (lambda: BinaryAddition().sequence(3, 128), "a term is from 0 to 127; not `128`"),
            (lambda: BracketValidity().sequence("(a)"), "the brackets are ()[]; not `a`"),
            (lambda: BracketValidity().sequence(""), "the brackets are ()[]; not none"),
        ],
    )
    def test_sequences(self, sequence, message):
        with pytest.raises(InputError) as refused:
            sequence()
        assert str(refused.value) == message

    def test_options_as_written(self):
        assert read_options(["lag=30", " letters = +3"]) == {"lag": 30, "letters": 3}
        assert read_options(["lag=many"]) == {"lag": "many"}
        with pytest.raises(InputError, match="`lag` is not an option; write it as lag=30"):
            read_options(["lag"])
