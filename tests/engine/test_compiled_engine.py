"""Compiled kernels: what NumPy computes, from the same equations, and the same bits every time."""

from __future__ import annotations

import importlib.util
import threading
from dataclasses import replace

import numpy as np
import pytest

from rnntui.data.sequence_file import SequenceFile, parse_sequence_file, read_sequence_file
from rnntui.data.shipped import find_file
from rnntui.engine.state import TrainingState
from rnntui.engine.training import Trainer
from rnntui.session.checks import start_training

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("llvmlite") is None, reason="llvmlite is an extra"
)


EVERYTHING = """
[model]
cell = '''
z = sigmoid(W_z @ concat(x, h[t-1]) + b_z)                        # gate: update gate
q = softmax(layer_norm(W_q @ x + 0.3 * h[t-1]))                   # candidate: where to write
S = 0.9 * S[t-1] + outer(tanh(W_v @ x), q) / (1 + norm(q))        # state: memory
k = where(x[0] > 0.5, log_softmax(S @ q), S.T @ q)                # candidate: read
h = z * maximum(h[t-1], softplus(k)) + (1 - z) * minimum(k, relu(h[t-1] - 0.1))  # hidden: h
e = exp(-abs(h[0])) * sqrt(mean(z ** 2)) + dot(q, z) + sum(S[0, 1:]) ** 2 + w ** 1.5
'''
readout = "y = softmax(V @ h + e * ones(2) + stop_gradient(h[1]) * one_hot(1, 2))"
loss = "loss = cross_entropy(y, target) + 0.01 * log(1 + heaviside(e) + e ** 2) - 0.1 * sign(e) * e"

[sizes]
hidden = 3

[shapes]
q = [3]
S = [3, 3]
W_v = [3, 2]
k = [3]
z = [3]
h = [3]
w = []

[initial]
h = "tanh(H0)"
S = [[0.1, 0, 0], [0, 0.2, 0], [0, 0, -0.1]]

[data]
one_hot = "AB"
sequences = ["ABBA", "BAB", "AABABB"]
targets = "next"

[parameters]
w = 0.7

[training]
learning_rate = 0.05
"""

# These share one kernel with the plain one: compiling takes most of the time here.
TRAININGS = {
    "plain": {},
    "mean over timesteps": {"reduction": "mean"},
    "whole set": {"batch": None},
    "truncated": {"truncate": 2},
}

SMALL = """
model = "elman"
sizes = { hidden = 2 }
data = { one_hot = "AB", sequences = ["ABBA", "BAB"], targets = "next" }
"""
OPTIMISERS = {
    "adam, clipped": {
        "optimizer": "adam",
        "hyperparameters": {
            "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "clip_norm": 0.5, "weight_decay": 0.01,
        },
    },
    "nesterov, cosine": {
        "optimizer": "nesterov", "hyperparameters": {"momentum": 0.8, "clip_value": 0.1},
        "schedule": "cosine", "cosine_iterations": 20, "minimum_learning_rate": 0.001,
    },
    "adagrad, step": {
        "optimizer": "adagrad", "hyperparameters": {"epsilon": 1e-10},
        "schedule": "step", "step_size": 2, "gamma": 0.5,
    },
    "momentum, some fixed": {
        "optimizer": "momentum", "hyperparameters": {"momentum": 0.9}, "fixed": ("W_hh", "b_y"),
    },
}  # fmt: skip


def both(file: SequenceFile, count: int, **settings: object):
    from rnntui.engine.compiled_engine import CompiledEngine

    file = replace(file, training=replace(file.training, **settings))
    trainer, state = start_training(file)
    start = state
    losses = []
    for _ in range(count):
        iteration = trainer.iterate(state)
        losses.append(iteration.loss)
        state = iteration.after
    compiled = CompiledEngine(trainer)
    return (state, losses), compiled.train(start, count), (compiled, start, trainer)


def assert_close(ours: TrainingState, theirs: TrainingState, tolerance: float = 1e-12) -> None:
    assert ours.iteration == theirs.iteration
    assert list(ours.memory) == list(theirs.memory)
    for key, value in {**theirs.parameters, **theirs.memory}.items():
        found = {**ours.parameters, **ours.memory}[key]
        assert found.shape == value.shape
        np.testing.assert_allclose(found, value, rtol=tolerance, atol=tolerance, err_msg=key)


class TestAgainstNumPy:
    @pytest.mark.parametrize("name", TRAININGS)
    def test_every_function_and_every_way_to_train(self, name: str) -> None:
        file = parse_sequence_file(EVERYTHING)
        (expected, losses), (found, ours), _ = both(file, 6, **TRAININGS[name])
        assert_close(found, expected, 1e-11)  # six iterations' rounding
        np.testing.assert_allclose(ours, losses, rtol=1e-12)

    @pytest.mark.parametrize("name", OPTIMISERS)
    def test_optimisers(self, name: str) -> None:
        file = parse_sequence_file(SMALL)
        (expected, losses), (found, ours), _ = both(file, 6, **OPTIMISERS[name])
        assert_close(found, expected, 1e-11)
        np.testing.assert_allclose(ours, losses, rtol=1e-12)

    @pytest.mark.parametrize("name", ["lstm-ab", "clock"])
    def test_shipped_files(self, name: str) -> None:
        file = read_sequence_file(find_file(name))
        (expected, losses), (found, ours), _ = both(file, 10)
        assert_close(found, expected)
        np.testing.assert_allclose(ours, losses, rtol=1e-12)


class TestPromises:
    def test_iterations_in_one_call_or_in_many_are_the_same_bits(self) -> None:
        file = parse_sequence_file(SMALL)
        _, (whole, losses), (compiled, start, _) = both(file, 7, **OPTIMISERS["adam, clipped"])
        state, parts = start, []
        for count in (1, 4, 2):
            state, more = compiled.train(state, count)
            parts += list(more)
        assert parts == list(losses)
        for key, value in whole.parameters.items():
            assert state.parameters[key].tobytes() == value.tobytes()
        for key, value in whole.memory.items():
            assert state.memory[key].tobytes() == value.tobytes()

    def test_a_number_that_is_not_finite_stops_before_it_spoils_the_parameters(self) -> None:
        text = """
model = "carousel"
[data]
values = [[1, 1], [1, 1]]
targets = [0.5, 0.5]
[parameters]
w_s = 3
w1 = 1
w2 = 1
w3 = 1
[training]
learning_rate = 1e200
"""
        file = parse_sequence_file(text)
        trainer, start = start_training(file)
        state = start
        while (iteration := trainer.iterate(state)).after is not None:
            state = iteration.after
        from rnntui.engine.compiled_engine import CompiledEngine

        found, losses = CompiledEngine(trainer).train(start, 50)
        assert found.iteration == state.iteration < 50
        assert len(losses) == state.iteration
        assert_close(found, state)

    def test_the_kernel_of_a_user_named_to_provoke_is_harmless(self) -> None:
        text = """
[model]
cell = "P = tanh(M * P[t-1] + D * x[0] + new_P * train + math * np + V)"
readout = "G = total * P + row + sequence"
loss = "loss = squared_error(G, target[0])"
[data]
values = [1, 2, 3]
targets = [1, 0, 1]
"""
        file = parse_sequence_file(text)
        (expected, losses), (found, ours), _ = both(file, 5)
        assert_close(found, expected)
        np.testing.assert_allclose(ours, losses, rtol=1e-12)


def test_without_a_compiler_nothing_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    from rnntui.compile.llvm import jit
    from rnntui.engine import compiled_engine

    monkeypatch.setattr(jit.importlib.util, "find_spec", lambda name: None)
    assert not compiled_engine.compiler_available()
    file = read_sequence_file(find_file("carousel"))
    trainer, state = start_training(file)
    assert isinstance(trainer, Trainer)
    assert trainer.iterate(state).after is not None


WIDE = """
model = "lstm"
sizes = { hidden = 37 }
[data]
one_hot = "ABC"
sequences = ["ABCABCAACBBCABACBACBACBACCB", "CAB"]
targets = "next"
[training]
optimizer = "adam"
learning_rate = 0.01
batch = "all"
"""


class TestWideLayers:
    """Large matrices are multiplied by functions of their own, short sequences and long."""

    def test_the_products_over_time_are_tiles(self) -> None:
        from rnntui.compile.training_kernel import training_kernel_text

        file = parse_sequence_file(WIDE)
        text = training_kernel_text(file.program, file.training).text
        assert "call void @tile_4_4_8_add" in text  # what W_h* receive
        assert "_set(" not in text  # W_i* and W_hy are small

    @pytest.mark.parametrize("truncate", [None, 2])
    @pytest.mark.parametrize("symbols", ["ABC", "ABCDEFGH"])
    def test_they_give_what_numpy_gives(self, truncate: int | None, symbols: str) -> None:
        settings = {"truncate": truncate} if truncate else {}
        file = parse_sequence_file(WIDE.replace("ABC", symbols, 1))
        (expected, losses), (found, ours), _ = both(file, 4, **settings)
        assert_close(found, expected, 1e-11)
        np.testing.assert_allclose(ours, losses, rtol=1e-12)


class TestOneIteration:
    @pytest.mark.parametrize("name", ["reber", "embedded-reber", "carousel-noisy-gated"])
    def test_it_is_numpys_within_1e_12(self, name: str) -> None:
        from rnntui.engine.compiled_engine import CompiledEngine
        from rnntui.engine.numpy_engine import NumpyEngine

        trainer, start = start_training(read_sequence_file(find_file(name)))
        compiled, arrays = CompiledEngine(trainer), NumpyEngine(trainer)
        for count in (0, 3, 40):
            state, _ = arrays.train(start, count)
            ours, our_loss = compiled.train(state, 1)
            theirs, their_loss = arrays.train(state, 1)
            np.testing.assert_allclose(our_loss, their_loss, rtol=1e-12)
            for key, value in theirs.parameters.items():
                difference = np.max(np.abs(ours.parameters[key] - value))
                assert difference <= 1e-12 * np.max(np.abs(value)), key


class TestWhereNumbersEnd:
    @pytest.mark.parametrize("every", [0, 1])
    def test_parameters_that_overflow_are_given_back_as_they_were_before(self, every: int) -> None:
        from rnntui.engine.compiled_engine import CompiledEngine
        from rnntui.engine.numpy_engine import NumpyEngine

        trainer, start = start_training(parse_sequence_file(OVERFLOWING))
        expected = NumpyEngine(trainer)
        theirs = expected.advance(expected.layout.vectors(start), 50, every=every)
        ours = CompiledEngine(trainer).advance(expected.layout.vectors(start), 50, every=every)
        assert theirs.failed
        assert ours.failed
        assert 2 < len(ours.losses) == len(theirs.losses) < 50
        assert len(ours.kept) == len(theirs.kept)
        assert ours.after.iteration == theirs.after.iteration
        np.testing.assert_allclose(ours.after.parameters, theirs.after.parameters, rtol=1e-12)
        assert np.all(np.isfinite(ours.after.parameters))


# the loss falls without end, and its gradient stays what it is
OVERFLOWING = """
[model]
cell = "loss = sum(G * W)"
[data]
length = 1
[parameters]
W = [0.0, 1.0]
G = [0.1, -0.1]
[training]
optimizer = "sgd"
learning_rate = 1.5e308
fixed = ["G"]
"""


class TestStatesOnTheWay:
    def test_they_are_kept_as_numpy_keeps_them_and_are_the_same_bits_as_a_call_of_their_own(self):
        from rnntui.engine.compiled_engine import CompiledEngine

        trainer, start = start_training(parse_sequence_file(SMALL))
        compiled = CompiledEngine(trainer)
        first = compiled.advance(compiled.layout.vectors(start), 5).after
        run = compiled.advance(first, 20, every=8)
        assert [state.iteration for state in run.kept] == [8, 16, 24]
        for state in run.kept:
            alone = compiled.advance(first, state.iteration - 5).after
            assert state.parameters.tobytes() == alone.parameters.tobytes()
            assert state.memory.tobytes() == alone.memory.tobytes()

    def test_a_flag_stops_the_kernel(self):
        from rnntui.engine.compiled_engine import CompiledEngine
        from rnntui.engine.engine import StopFlag

        trainer, start = start_training(parse_sequence_file(SMALL))
        compiled, stop = CompiledEngine(trainer), StopFlag()
        threading.Timer(0.2, stop.set).start()
        run = compiled.advance(compiled.layout.vectors(start), 10**12, stop=stop)
        assert 0 < len(run.losses) == run.after.iteration
        assert not run.failed

    def test_the_kernel_is_called_once_for_many_iterations(self, monkeypatch):
        from rnntui.engine.compiled_engine import CompiledEngine

        trainer, start = start_training(parse_sequence_file(SMALL))
        compiled, calls = CompiledEngine(trainer), []
        train = compiled._kernel.train
        monkeypatch.setattr(
            compiled._kernel,
            "train",
            lambda fed, first, n, *a: calls.append(n) or train(fed, first, n, *a),
        )
        compiled.train(start, 5000)
        assert calls == [5000]
