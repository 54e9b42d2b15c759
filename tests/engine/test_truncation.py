"""Truncated backpropagation through time: the gradients of chunks, each begun where the last ended.

A chunk on its own is a sequence file whose [initial] state is the one that the chunk before has
left, as numbers: no gradient goes back through them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from gradient_matrix import gradient_matrix

from rnntui.data.sequence_file import SequenceFile, parse_sequence_file
from rnntui.engine.decomposition import gradients_by_loss, gradients_by_use
from rnntui.engine.trace import Trace, compute_trace
from rnntui.session.checks import start_training

Array = npt.NDArray[np.float64]

LENGTH = 11
MODELS = ("srn", "lstm", "gru", "lstm-peephole", "lstm-stacked", "mgu", "lstm-1997")


def file_of(model: str, start: int = 0, stop: int = LENGTH, rest: str = "") -> SequenceFile:
    """The model on timesteps start + 1 … stop of a sequence."""
    generator = np.random.default_rng(8)
    inputs, targets = generator.normal(size=(LENGTH, 3)), generator.uniform(size=(LENGTH, 2))
    targets /= targets.sum(axis=1, keepdims=True)
    return parse_sequence_file(f"""
model = "{model}"
sizes = {{ hidden = 3 }}
[data]
values = {inputs[start:stop].tolist()}
targets = {targets[start:stop].tolist()}
{rest}
""")


def parameters_of(file: SequenceFile) -> Mapping[str, Array]:
    return start_training(file)[1].parameters


def trace_of(model: str, truncate: int | None, reduction: str = "sum") -> Trace:
    file = file_of(model)
    sequence = file.data.sequences[0]
    return compute_trace(file.program, sequence, parameters_of(file), reduction, truncate)


def chunks(model: str, size: int) -> list[Trace]:
    """The chunks, each on its own, with the state that the one before has left."""
    found: list[Trace] = []
    for start in range(0, LENGTH, size):
        rest = ""
        if found:
            states = found[-1].program.model.states
            ends = {key: found[-1].values[key][-1].tolist() for key in states}
            rest = "[initial]\n" + "\n".join(f"{key} = {end}" for key, end in ends.items())
        file = file_of(model, start, start + size, rest)
        sequence = file.data.sequences[0]
        # with its state given, a later chunk of an SRN does not use H0
        parameters = {
            key: value
            for key, value in parameters_of(file_of(model)).items()
            if key in file.program.model.parameters
        }
        found.append(compute_trace(file.program, sequence, parameters))
    return found


@pytest.mark.parametrize("model", MODELS)
class TestChunks:
    @pytest.mark.parametrize("size", [1, 2, 4, 5, 10])
    def test_the_gradient_is_that_of_the_chunks_together(self, model: str, size: int) -> None:
        whole, parts = trace_of(model, size), chunks(model, size)
        assert whole.loss == pytest.approx(sum(part.loss or 0.0 for part in parts), rel=1e-14)
        for key, gradient in whole.parameter_gradients.items():
            total = sum(part.parameter_gradients.get(key, np.zeros(())) for part in parts)
            np.testing.assert_allclose(gradient, total, rtol=1e-12, atol=1e-14, err_msg=key)

    def test_the_gradient_of_every_quantity_is_that_of_its_chunk(self, model: str) -> None:
        whole, parts = trace_of(model, 4), chunks(model, 4)
        for key, gradient in whole.gradients.items():
            together = np.concatenate([part.gradients[key][1:] for part in parts])
            np.testing.assert_allclose(gradient[1:], together, rtol=1e-12, atol=1e-15)
            np.testing.assert_allclose(
                gradient[0], parts[0].gradients[key][0], rtol=1e-12, atol=1e-15
            )

    def test_the_values_go_on_as_ever(self, model: str) -> None:
        truncated, whole = trace_of(model, 3), trace_of(model, None)
        for key, values in whole.values.items():
            assert values.tobytes() == truncated.values[key].tobytes()

    @pytest.mark.parametrize("size", [LENGTH, LENGTH + 1, 1000])
    def test_a_chunk_as_long_as_the_sequence_truncates_nothing(self, model: str, size: int) -> None:
        truncated, whole = trace_of(model, size), trace_of(model, None)
        for key, gradient in whole.parameter_gradients.items():
            assert gradient.tobytes() == truncated.parameter_gradients[key].tobytes()
        for key, gradient in whole.gradients.items():
            assert gradient.tobytes() == truncated.gradients[key].tobytes()

    def test_it_makes_a_difference(self, model: str) -> None:
        truncated, whole = trace_of(model, 2), trace_of(model, None)
        assert any(
            not np.allclose(gradient, truncated.parameter_gradients[key], rtol=1e-6)
            for key, gradient in whole.parameter_gradients.items()
        )


class TestBoundaries:
    def test_where_gradients_flow(self) -> None:
        trace = trace_of("srn", 4)
        assert [t for t in range(LENGTH + 1) if not trace.carries(t)] == [4, 8, 11]

    def test_a_chunk_of_one_timestep_looks_at_no_other(self) -> None:
        trace = trace_of("srn", 1)
        matrix = gradient_matrix(trace, "W_hh")
        off = matrix[~np.eye(LENGTH, dtype=bool)]
        assert not off.any()
        assert matrix.any()

    def test_no_loss_reaches_a_use_in_a_chunk_before(self) -> None:
        matrix = gradient_matrix(trace_of("srn", 4), "W_ih")
        for k in range(LENGTH):
            for t in range(LENGTH):
                assert bool(matrix[k, t].any()) == (t <= k and t // 4 == k // 4), (k, t)

    def test_both_decompositions_add_up_to_the_truncated_gradient(self) -> None:
        trace = trace_of("lstm", 4)
        by_loss, by_use = gradients_by_loss(trace), gradients_by_use(trace).by_use
        for key, gradient in trace.parameter_gradients.items():
            np.testing.assert_allclose(by_loss[key].sum(axis=0), gradient, rtol=1e-11, atol=1e-14)
            np.testing.assert_allclose(by_use[key].sum(axis=0), gradient, rtol=1e-11, atol=1e-14)

    def test_the_mean_is_over_the_whole_sequence(self) -> None:
        total, mean = trace_of("gru", 4), trace_of("gru", 4, "mean")
        for key, gradient in total.parameter_gradients.items():
            np.testing.assert_allclose(
                mean.parameter_gradients[key], gradient / LENGTH, rtol=1e-11, atol=1e-16
            )


class TestTraining:
    def trained(self, **settings: Any) -> Mapping[str, Array]:
        file = file_of("srn")
        file = replace(file, training=replace(file.training, **settings))
        trainer, state = start_training(file)
        for _ in range(3):
            after = trainer.iterate(state).after
            assert after is not None
            state = after
        return state.parameters

    def test_the_setting_is_used(self) -> None:
        whole, truncated = self.trained(), self.trained(truncate=2)
        assert not np.allclose(whole["W_hh"], truncated["W_hh"], rtol=1e-6)

    def test_a_file_gives_it(self) -> None:
        file = file_of("srn", rest="[training]\ntruncate = 2\n")
        assert file.training.truncate == 2
        trainer, state = start_training(file)
        assert trainer.iterate(state).traces[0].truncate == 2
