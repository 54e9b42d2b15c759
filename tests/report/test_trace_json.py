"""One iteration as JSON: the keys that are promised, and every number with all its digits."""

from __future__ import annotations

import json
import math
from itertools import islice
from typing import Any

import numpy as np
import pytest
from trace_objects import trace_object

from rnntui.data.sequence_file import SequenceFile, parse_sequence_file, read_sequence_file
from rnntui.data.shipped import find_file
from rnntui.engine.training import Iteration
from rnntui.session.checks import start_training
from rnntui.session.views.plain import plain

PROMISED = [
    "model", "iteration", "loss", "parameters", "initial", "steps", "gradients",
    "gradients_by_loss", "gradients_by_use", "updated",
]  # fmt: skip
WHICH = ["sequence", "batch"]  # which sequence of how many in the batch
OF_A_STEP = ["t", "symbol", "input", "target", "loss", "values", "gradients"]

BATCH = """
[model]
cell = "h = tanh(w * x + u * h[t-1])"
loss = "squared_error(h, target)"
initial = { h = "tanh(H0)" }
[parameters]
w = 0.5
u = -0.75
H0 = [0.3, -0.2]
[data]
one_hot = "aé"
sequences = ["aa", "éa"]
targets = [[[0.1, 0.2], [0.9, 0.1]], [[0.1, 0.2], [0.2, 0.3]]]
[training]
batch = 2
"""
BLOWS_UP = """
[model]
cell = "h = w * x"
loss = "squared_error(h, target)"
[parameters]
w = 1
[data]
values = [[1.0], [2.0]]
targets = [[0.0], [0.0]]
[training]
learning_rate = 1e200
"""


def iteration(file: SequenceFile, number: int = 0) -> Iteration:
    trainer, state = start_training(file)
    for _ in range(number):
        state = trainer.iterate(state).after
    return trainer.iterate(state)


def traced(file: SequenceFile, number: int = 0, sequence: int = 0) -> dict[str, Any]:
    """The object as a program gets it: through text and back."""
    whole = trace_object(file, iteration(file, number), sequence, decompositions=True)
    return json.loads(json.dumps(whole, allow_nan=False))


def shipped(name: str) -> SequenceFile:
    return read_sequence_file(find_file(name))


class TestKeys:
    @pytest.mark.parametrize("name", ["lstm-ab", "carousel", "clock", "vanishing-gradient"])
    def test_the_promised_ones_and_which_sequence_it_is(self, name):
        found = traced(shipped(name))
        assert set(found) == {*PROMISED, *WHICH, "gradients_by_use_initial"} & set(found)
        assert set(PROMISED) <= set(found)
        assert all(list(step) == OF_A_STEP for step in found["steps"])

    def test_of_each_timestep(self):
        file = shipped("lstm-ab")
        steps = traced(file)["steps"]
        assert [step["t"] for step in steps] == [1, 2, 3, 4, 5, 6, 7]
        assert "".join(step["symbol"] for step in steps) == "AABBABA"
        assert steps[2]["input"] == steps[2]["target"] == [0, 1]
        assert {"i", "f", "g", "o", "c", "h", "y", "loss"} <= set(steps[0]["values"])
        assert {"c", "h", "pre(i)", "y"} <= set(steps[0]["gradients"])

    def test_of_each_parameter(self):
        file = shipped("lstm-ab")
        found = traced(file)
        names = list(file.model.parameters)
        for key in ("parameters", "gradients", "gradients_by_loss", "gradients_by_use", "updated"):
            assert sorted(found[key]) == sorted(names), key
        for key in ("gradients_by_loss", "gradients_by_use"):
            assert {len(terms) for terms in found[key].values()} == {7}
        assert found["initial"] == {"h": [0, 0], "c": [0, 0]}

    def test_values_have_no_symbol(self):
        steps = traced(shipped("lstm-homework"))["steps"]
        assert [step["symbol"] for step in steps] == [None, None]
        assert steps[1]["input"] == [0.5, -1]

    def test_without_input(self):
        assert traced(shipped("clock"))["steps"][0]["input"] is None

    def test_without_targets(self):
        text = 'model = "elman"\nreadout = "y = h"\nsizes.hidden = 2\n'
        text += '[data]\none_hot = "ab"\nsequence = "ab"\n'
        found = traced(parse_sequence_file(text))
        assert found["loss"] is None
        assert found["updated"] is None
        assert found["gradients"] == found["gradients_by_loss"] == found["gradients_by_use"] == {}
        assert [step["loss"] for step in found["steps"]] == [None, None]
        assert [step["target"] for step in found["steps"]] == [None, None]

    def test_of_a_batch(self):
        file = parse_sequence_file(BATCH)
        one, other = traced(file, 0, 0), traced(file, 0, 1)
        assert (one["sequence"], one["batch"], other["sequence"]) == (1, 2, 2)
        assert [step["symbol"] for step in other["steps"]] == ["é", "a"]
        assert one["updated"] == other["updated"]
        for key, average in one["batch_gradients"].items():
            both = np.array([one["gradients"][key], other["gradients"][key]])
            assert np.allclose(average, both.mean(axis=0), rtol=0, atol=1e-16)


class TestNumbers:
    @pytest.mark.parametrize("name", ["lstm-ab", "carousel-gated", "checkerboard-by-hand"])
    def test_every_one_comes_back_to_the_last_bit(self, name):
        file = shipped(name)
        computed, found = iteration(file, 3), traced(file, 3)
        trace = computed.traces[0]
        assert found["iteration"] == 3
        assert found["loss"] == trace.loss
        pairs = [
            (found["parameters"], computed.before.parameters),
            (found["updated"], computed.after.parameters),
            (found["gradients"], trace.parameter_gradients),
        ]
        for step in found["steps"]:
            t = step["t"]
            pairs.append((step["values"], {k: trace.values[k][t] for k in step["values"]}))
            pairs.append((step["gradients"], {k: g[t] for k, g in trace.gradients.items()}))
        for objects, arrays in pairs:
            assert set(objects) == set(arrays)
            for key, array in arrays.items():
                assert np.array_equal(objects[key], array), key

    def test_the_terms_add_up_to_the_gradients(self):
        found = traced(parse_sequence_file(BATCH), 2)
        for key, total in found["gradients"].items():
            assert np.allclose(np.sum(found["gradients_by_loss"][key], axis=0), total, atol=1e-15)
            used = np.sum(found["gradients_by_use"][key], axis=0)
            used = used + found["gradients_by_use_initial"].get(key, 0)
            assert np.allclose(used, total, atol=1e-15), key

    def test_what_is_not_finite_is_a_string(self):
        found = traced(parse_sequence_file(BLOWS_UP), 1)
        assert found["loss"] == "inf"
        assert found["steps"][0]["loss"] == "inf"
        assert found["updated"] is None
        assert "became inf" in found["fault"]

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (np.array([math.nan, math.inf, -math.inf, 0.1]), ["nan", "inf", "-inf", 0.1]),
            (np.float64("nan"), "nan"),
            (np.array([[1.0], [math.inf]]), [[1.0], ["inf"]]),
            (5e-324, 5e-324),
            (None, None),
        ],
    )
    def test_plain(self, value, expected):
        assert plain(value) == expected


def test_the_iteration_is_that_after_so_many_updates():
    file = shipped("carousel")
    trainer, state = start_training(file)
    for number in islice(range(100), 5):
        found = traced(file, number)
        expected = {key: plain(value) for key, value in state.parameters.items()}
        assert found["parameters"] == expected
        state = trainer.iterate(state).after
        assert found["updated"] == {key: plain(value) for key, value in state.parameters.items()}
