"""The one look-up from a key and t to a value, over the forward and backward pass and the update."""

from __future__ import annotations

import numpy as np
import pytest

from rnntui.data.sequence_file import parse_sequence_file
from rnntui.engine.lookup import AFTER, BEFORE
from rnntui.engine.training import Iteration
from rnntui.session.checks import start_training

FILE = """
[model]
cell = '''
h = tanh(W @ x + U @ h[t-1])   # hidden
z = 3 * h                      # what nobody uses
'''
readout = "y = V @ h"
loss = "loss = squared_error(y, target)"
[sizes]
hidden = 2
[data]
one_hot = "AB"
sequences = ["ABBA", "BAB"]
targets = "next"
[training]
optimizer = "momentum"
batch = "all"
reduction = "mean"
"""


@pytest.fixture
def iterations() -> tuple[Iteration, Iteration]:
    trainer, state = start_training(parse_sequence_file(FILE))
    first = trainer.iterate(state)
    assert first.after is not None
    return first, trainer.iterate(first.after)


def test_a_trace_has_values_gradients_weights_and_parameters(iterations) -> None:
    trace = iterations[0].traces[1]
    lookup = trace.lookup
    for t in range(3):
        assert np.array_equal(lookup.value("h", t), trace.values["h"][t])
        assert np.array_equal(lookup.value("pre(h)", t), trace.values["pre(h)"][t])
        assert np.array_equal(lookup.value("grad(h)", t), trace.gradients["h"][t])
        assert np.array_equal(lookup.value("W", t), trace.parameters["W"])
        assert np.array_equal(lookup.value("grad(W)", t), trace.parameter_gradients["W"])
    assert [lookup.value("weight(loss)", t) for t in (1, 2)] == [0.5, 0.5]
    assert np.array_equal(lookup.value("grad(z)", 2), np.zeros(2))  # the loss does not depend on it
    assert "grad(z)" in lookup
    assert "q" not in lookup
    with pytest.raises(KeyError):
        lookup.value("q", 1)


def test_in_an_iteration_a_parameters_gradient_is_the_batchs(iterations) -> None:
    iteration = iterations[1]
    for number, trace in enumerate(iteration.traces):
        lookup = iteration.lookup(number)
        assert np.array_equal(lookup.value("grad(W)", 1), iteration.gradients["W"])
        assert np.array_equal(lookup.value("grad(h)", 1), trace.gradients["h"][1])
        assert lookup.value("iteration", 1) == 1.0


def test_an_update_has_a_before_and_an_after(iterations) -> None:
    first, second = iterations
    assert first.update is not None
    assert second.update is not None
    lookup = second.update.lookup
    assert not np.any(first.update.lookup.value("velocity(W)", BEFORE))
    assert np.array_equal(lookup.value("velocity(W)", BEFORE), first.update.values["velocity(W)"])
    assert np.array_equal(lookup.value("velocity(W)", AFTER), second.update.values["velocity(W)"])
    assert np.array_equal(lookup.value("W", AFTER), second.before.parameters["W"])
    assert np.array_equal(lookup.value("grad(W)", AFTER), second.gradients["W"])
    assert lookup.value("hyper(momentum)", AFTER) == 0.9
