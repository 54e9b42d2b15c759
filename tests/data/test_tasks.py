"""Tasks: the printed references, membership by independent recognisers, frequencies, refusals."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntui.data.tasks.adding import Adding
from rnntui.data.tasks.addition import BinaryAddition
from rnntui.data.tasks.brackets import Brackets, BracketValidity
from rnntui.data.tasks.counting import AnBn, AnBnCn
from rnntui.data.tasks.grammar import Grammar
from rnntui.data.tasks.parity import Parity
from rnntui.data.tasks.reber import EmbeddedReber, Reber
from rnntui.data.tasks.recall import Copy, DelayedRecall
from rnntui.data.tasks.task import Task, TaskSequence
from rnntui.data.tasks.temporal_order import TemporalOrder
from rnntui.text.problems import InputError

REFERENCE = Path(__file__).parent.parent / "reference"
LANGUAGES = json.loads((REFERENCE / "languages.json").read_text(encoding="utf-8"))["printed"]
ADDITION = json.loads((REFERENCE / "binary_addition.json").read_text(encoding="utf-8"))
PRINTED = {"anbn": AnBn, "anbncn": AnBnCn, "reber": Reber, "ereber": EmbeddedReber}
SEEDS = st.integers(0, 2**32)


def number_of(bits: Sequence[float]) -> int:
    """The number that bits spell, the least significant first."""
    return sum(int(bit) << exponent for exponent, bit in enumerate(bits))


def drawn(task: Task, seed: int, count: int = 1) -> list[TaskSequence]:
    return list(islice(task.sequences(seed), count))


@pytest.mark.parametrize("key", LANGUAGES)
class TestPrintedTables:
    def sequence(self, key: str) -> TaskSequence:
        printed, task = LANGUAGES[key], PRINTED[key.split("_")[0]]()
        return task.sequence(printed["n"] if "n" in printed else printed["symbols"])

    def test_the_string(self, key):
        sequence = self.sequence(key)
        assert sequence.words == LANGUAGES[key]["symbols"]
        assert "".join(sequence.symbols) == LANGUAGES[key]["symbols"][:-1]
        assert "".join(sequence.target_symbols) == LANGUAGES[key]["symbols"][1:]

    def test_the_true_probabilities(self, key):
        np.testing.assert_array_equal(self.sequence(key).truth, LANGUAGES[key]["target"])

    def test_the_states_from_the_initial_one_on(self, key):
        assert self.sequence(key).states.tolist() == LANGUAGES[key]["state"]

    def test_the_colours(self, key):
        if "color" in LANGUAGES[key]:
            sequence = self.sequence(key)
            names = [sequence.state_names[state] for state in sequence.states]
            assert "".join(names) == LANGUAGES[key]["color"]

    def test_the_printed_error_is_that_of_the_printed_probabilities(self, key):
        printed = LANGUAGES[key]
        if printed["error_recomputed"] is not None:
            error = np.mean((np.array(printed["probs"]) - self.sequence(key).truth) ** 2)
            assert error == pytest.approx(printed["error_recomputed"], abs=1e-15)
            assert error == pytest.approx(printed["error_printed"], abs=2e-4)


class TestReberStates:
    def test_the_examples(self):
        assert Reber().sequence("BTXXVPSE").states.tolist() == [0, 1, 2, 3, 6, 5, 3, 4]
        embedded = EmbeddedReber().sequence("BTBTXSETE")
        assert embedded.states.tolist() == [0, 1, 2, 3, 4, 5, 6, 9, 18]
        assert embedded.state_names[18] == "18"

    def test_the_fixture_of_the_optimiser_has_the_same_states(self):
        fixture = json.loads((REFERENCE / "adam_fixture.json").read_text(encoding="utf-8"))
        sequences = json.loads((REFERENCE / "adam_sequences.json").read_text(encoding="utf-8"))
        for key, task in (("srn", Reber()), ("lstm", EmbeddedReber())):
            first = task.sequence(sequences[key][0])
            assert first.states.tolist() == fixture[key]["first"]["state"]
        counted = sequences["srn3"][0]
        counts = [len(run) for run in re.findall("A+(?=B)", counted)]
        assert AnBnCn().sequence(counts).words == counted
        assert AnBnCn().sequence(counts).states.tolist() == fixture["srn3"]["first"]["state"]

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "a string begins with B, and not its end; the task is reber"),
            ("TXSE", "a string begins with B, not `T`; the task is reber"),
            ("BTQ", "after `BT` comes S or X, not `Q`; the task is reber"),
            ("BTX", "after `BTX` comes S or X, and not its end; the task is reber"),
            ("BTXSEE", "after `BTXSE` comes the end, not `E`; the task is reber"),
        ],
    )
    def test_other_strings_are_refused(self, text, message):
        with pytest.raises(InputError) as refused:
            Reber().sequence(text)
        assert str(refused.value) == message


# Recognisers that share nothing with the generators: regular expressions, counters, a stack.
# From node 2 an S leads to the end; X T* V leads to where V does, and P leads to node 2 again.
NODE2 = r"(?:XT*VP)*(?:S|XT*VV)"
REBER = re.compile(rf"B(?:TS*X{NODE2}|PT*V(?:V|P{NODE2}))E")
EMBEDDED = re.compile(rf"B(?:T{REBER.pattern}T|P{REBER.pattern}P)E")


def left_over(text: str) -> str:
    """What remains when innermost pairs are removed until there are none."""
    while (shorter := re.sub(r"\(\)|\[\]|\{\}|<>", "", text)) != text:
        text = shorter
    return text


def greatest_depth(text: str) -> int:
    return max(
        sum(c in "([{<" for c in text[:k]) - sum(c in ")]}>" for c in text[:k])
        for k in range(len(text) + 1)
    )


class TestMembership:
    @given(SEEDS)
    def test_reber(self, seed):
        assert REBER.fullmatch(drawn(Reber(), seed)[0].words)

    @given(SEEDS)
    def test_embedded_reber(self, seed):
        assert EMBEDDED.fullmatch(drawn(EmbeddedReber(), seed)[0].words)

    @given(SEEDS, st.integers(1, 20), st.integers(1, 12), st.sampled_from([AnBn, AnBnCn]))
    def test_counted_strings(self, seed, strings, longest, kind):
        task = kind(strings, longest)
        text = drawn(task, seed)[0].words
        runs = [len(run) for run in re.findall("A+(?=B)", text)]
        assert len(runs) == strings
        assert all(1 <= n <= longest for n in runs)
        assert text == "".join("".join(c * n for c in task.letters) for n in runs) + "A"

    @given(SEEDS, st.integers(1, 4), st.integers(1, 6))
    def test_brackets(self, seed, kinds, depth):
        sequence = drawn(Brackets(kinds, depth), seed)[0]
        text, end = sequence.words[:-1], sequence.words[-1]
        assert end == "."
        assert not left_over(text)
        assert set(text) <= set("()[]{}<>"[: 2 * kinds])
        assert 1 <= greatest_depth(text) <= depth
        depths = [sum(c in "([{<" for c in text[:k]) * 2 - k for k in range(len(text) + 1)]
        assert sequence.states.tolist() == depths

    @given(SEEDS, st.integers(1, 4), st.integers(1, 6))
    def test_judged_brackets(self, seed, kinds, depth):
        task = BracketValidity(kinds, depth)
        sequence = drawn(task, seed)[0]
        text = "".join(sequence.symbols)
        right = [not left_over(text[: k + 1]) for k in range(len(text))]
        assert sequence.targets[:, 0].tolist() == right
        broken = task.state_names.index("broken")
        was_broken = False
        for k, state in enumerate(sequence.states[1:].tolist(), 1):
            rest = left_over(text[:k])
            was_broken = was_broken or any(c in ")]}>" for c in rest)
            assert (state == broken) == was_broken
            if not was_broken:
                assert state == min(len(rest), depth + 1)

    def test_half_of_the_judged_strings_are_valid(self):
        last = [s.targets[-1, 0] for s in drawn(BracketValidity(), 3, 4000)]
        assert np.mean(last) == pytest.approx(0.5, abs=0.03)

    @given(st.integers(0, 127), st.integers(0, 127))
    def test_addition(self, a, b):
        sequence = BinaryAddition().sequence(a, b)
        bits = sequence.targets[:, 0].tolist()
        assert number_of(sequence.inputs[:, 0].tolist()) == a
        assert number_of(sequence.inputs[:, 1].tolist()) == b
        assert number_of(bits) == a + b
        assert sequence.words == f"{a} + {b} = {a + b}"
        for t in range(9):  # the carry is what the first t bits of both make beyond t bits
            assert sequence.states[t] == (a % 2**t + b % 2**t) >> t

    def test_addition_agrees_with_the_printed_runs(self):
        # which print the most significant bit first, and some runs of them without the last bit
        for entry in [*ADDITION["printed"], *ADDITION["fixture"]]:
            sequence = BinaryAddition().sequence(entry["a"], entry["b"])
            shown = sequence.targets[::-1, 0].tolist()
            assert shown[: len(entry["true"])] == entry["true"]

    @given(SEEDS, st.integers(2, 62))
    def test_sums_of_any_size_fit(self, seed, bits):
        sequence = drawn(BinaryAddition(bits), seed)[0]
        a, b, total = map(int, re.findall(r"\d+", sequence.words))
        assert a + b == total == number_of(sequence.targets[:, 0].tolist())
        assert sequence.states[-1] == 0

    @given(SEEDS, st.integers(1, 40))
    def test_parity(self, seed, length):
        sequence = drawn(Parity(length), seed)[0]
        for t in range(length):
            ones = int(sequence.inputs[: t + 1].sum())
            assert sequence.targets[t, 0] == sequence.states[t + 1] == ones % 2

    @given(SEEDS, st.integers(2, 30), st.data())
    def test_delayed_recall(self, seed, length, data):
        lag = data.draw(st.integers(1, length - 1))
        sequence = drawn(DelayedRecall(length, lag, 5), seed)[0]
        assert sequence.mask.tolist() == [0] * lag + [1] * (length - lag)
        np.testing.assert_array_equal(sequence.targets[lag:], sequence.inputs[:-lag])
        due = [sequence.state_names[state] for state in sequence.states[1:]]
        assert due == ["-"] * lag + list(sequence.target_symbols[lag:])

    @given(SEEDS, st.integers(1, 12), st.integers(0, 30), st.integers(2, 26))
    def test_copy(self, seed, length, lag, letters):
        sequence = drawn(Copy(length, lag, letters), seed)[0]
        text = "".join(sequence.symbols)
        assert text == f"{sequence.words}{'_' * lag}>{'_' * (length - 1)}"
        assert sequence.mask.tolist() == [0] * (length + lag) + [1] * length
        assert "".join(sequence.target_symbols) == sequence.words
        assert sequence.states.max() == sequence.states[length + lag] == length
        assert sequence.states[-1] == 0

    @given(SEEDS, st.integers(10, 200))
    def test_temporal_order(self, seed, length):
        sequence = drawn(TemporalOrder(length), seed)[0]
        text = "".join(sequence.symbols)
        found = re.fullmatch(r"E([abcd]*)([XY])([abcd]*)([XY])([abcd]*)B", text)
        assert found is not None
        assert length <= len(text) <= length + length // 10
        assert length // 10 <= found.start(2) <= length // 5
        assert length // 2 <= found.start(4) <= 6 * length // 10
        answer = {"XX": "Q", "XY": "R", "YX": "S", "YY": "U"}[found[2] + found[4]]
        assert sequence.target_symbols[-1] == answer
        assert np.flatnonzero(sequence.mask).tolist() == [len(text) - 1]

    @given(SEEDS, st.integers(12, 200))
    def test_adding(self, seed, length):
        sequence = drawn(Adding(length), seed)[0]
        values, markers = sequence.inputs.T
        marked = np.flatnonzero(markers == 1)
        assert len(marked) == 2
        assert marked.min() < 10
        assert marked.max() < max(10, length // 2)
        assert length <= sequence.length <= length + length // 10
        assert np.all(np.abs(values) <= 1)
        assert sequence.targets[-1, 0] == pytest.approx(0.5 + values[marked].sum() / 4, abs=1e-15)
        assert np.flatnonzero(sequence.mask).tolist() == [sequence.length - 1]
        unmarked = np.delete(np.arange(sequence.length), marked)
        ends = np.isin(unmarked, [0, sequence.length - 1])
        np.testing.assert_array_equal(markers[unmarked], np.where(ends, -1, 0))
        assert 0 not in marked or values[0] == 0


class TestFrequencies:
    @pytest.mark.parametrize("task", [Reber(), EmbeddedReber(), Brackets(2, 2)], ids=str)
    def test_the_truth_is_how_often_symbols_follow(self, task: Grammar):
        follow: dict[str, Counter[str]] = {}
        truth: dict[str, np.ndarray] = {}
        for sequence in drawn(task, 5, 20_000):
            for t in range(sequence.length):
                before = sequence.words[: t + 1]
                follow.setdefault(before, Counter())[sequence.words[t + 1]] += 1
                truth[before] = sequence.truth[t]
        common = [before for before, counts in follow.items() if counts.total() > 500]
        assert len(common) > 15
        for before in common:
            total = follow[before].total()
            frequencies = [follow[before][symbol] / total for symbol in task.alphabet]
            assert truth[before].sum() == pytest.approx(1)
            np.testing.assert_allclose(frequencies, truth[before], atol=3 / total**0.5)

    @pytest.mark.parametrize("task", [AnBn(5, 4), AnBnCn(5, 4)], ids=str)
    def test_the_graph_of_counted_strings_has_the_generators_probabilities(self, task):
        graph = task.graph
        taken: Counter[tuple[int, str]] = Counter()
        for sequence in drawn(task, 5, 10_000):
            node = 0
            for symbol in sequence.symbols:
                edge = next(e for e in graph.leaving[node] if e.symbol == symbol)
                taken[node, symbol] += 1
                node = edge.target
        for node, edges in enumerate(graph.leaving):
            total = sum(taken[node, edge.symbol] for edge in edges)
            for edge in edges:
                assert taken[node, edge.symbol] / total == pytest.approx(edge.probability, abs=0.02)

    @pytest.mark.parametrize("task", [AnBn(5, 4), AnBnCn(5, 4)], ids=str)
    def test_where_the_truth_of_counted_strings_is_certain_it_is_what_follows(self, task):
        for sequence in drawn(task, 6, 500):
            certain = sequence.truth.max(axis=1) == 1
            np.testing.assert_array_equal(sequence.truth[certain], sequence.targets[certain])
            assert set(np.array(sequence.symbols)[~certain]) == {"A"}
            np.testing.assert_array_equal(
                sequence.truth[~certain][:, :2], [[0.8, 0.2]] * sum(~certain)
            )

    def test_strings_are_as_likely_as_their_walk(self):
        counts = Counter(s.words for s in drawn(Reber(), 9, 40_000))
        assert counts["BTXSE"] / 40_000 == pytest.approx(1 / 8, abs=0.005)
        assert counts["BPVVE"] / 40_000 == pytest.approx(1 / 8, abs=0.005)
        assert counts["BTSSXXVVE"] / 40_000 == pytest.approx(2**-7, abs=0.003)
