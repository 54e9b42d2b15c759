"""A sequence in two pieces: the second starts where the first ended, and its gradient comes back.

Held against the whole sequence, and against central differences.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from rnntui.data.sequence import InputSequence
from rnntui.data.sequence_file import parse_sequence_file
from rnntui.engine.decomposition import gradients_by_loss, gradients_by_use
from rnntui.engine.trace import Trace, compute_trace, run_backward
from rnntui.language.evaluate import evaluate
from rnntui.language.program import Program
from rnntui.session.checks import start_training

Array = npt.NDArray[np.float64]

LENGTH = 9
HIDDEN = "sizes = { hidden = 3 }\n"
OWN = {
    "matrix state": """
[model]
cell = '''
k = W_k @ x
S = 0.9 * S[t-1] + outer(tanh(W_v @ x), k)   # a memory
h = S @ (W_q @ x)                            # hidden
'''
readout = "y = softmax(W_y @ h + b)"
loss = "loss = cross_entropy(y, target)"
shapes = { S = ["hidden", 2] }
""",
    "user's own": """
[model]
cell = '''
e = sigmoid(P @ x + Q @ h[t-1] + n[t-1])
n = 0.5 * n[t-1] + norm(e)     # a scalar that counts
h = tanh(U @ h[t-1] + V @ x) * e / (1 + n * n)
'''
readout = "y = softmax(W_y @ h)"
loss = "loss = cross_entropy(y, target) + 0.01 * n"
initial = { h = "tanh(H0)", n = "dot(H0, H0)" }
shapes = { n = [] }
""",
}
MODELS = ("lstm", "gru", "srn", "lstm-stacked", *OWN)


def opened(name: str) -> tuple[Program, InputSequence, Mapping[str, Array]]:
    """The program, a sequence with a mask, and parameters, all drawn."""
    generator = np.random.default_rng(5)
    inputs, targets = generator.normal(size=(LENGTH, 3)), generator.uniform(size=(LENGTH, 2))
    data = f"""
[data]
values = {inputs.tolist()}
targets = {targets.tolist()}
mask = {generator.choice([0.0, 0.5, 1.0, 1.0], LENGTH).tolist()}
"""
    model = OWN.get(name, f'model = "{name}"\n')
    file = parse_sequence_file(HIDDEN + model + data)
    drawn = start_training(file)[1].parameters
    parameters = {key: generator.normal(size=array.shape) for key, array in drawn.items()}
    return file.program, file.data.sequences[0], parameters


def piece(sequence: InputSequence, start: int, stop: int) -> InputSequence:
    """Timesteps start + 1 … stop."""
    targets = None if sequence.targets is None else sequence.targets[start:stop]
    return InputSequence(sequence.inputs[start:stop], targets, sequence.mask[start:stop])


def ends(trace: Trace) -> dict[str, Array]:
    return {state: trace.values[state][-1] for state in trace.program.model.states}


def starts(trace: Trace) -> dict[str, Array]:
    """∂L/∂state at t = 0."""
    states = trace.program.model.states
    return {state: trace.gradients[state][0] for state in states if state in trace.gradients}


def close(ours: Array, theirs: Array) -> bool:
    return bool(np.allclose(ours, theirs, rtol=1e-12, atol=1e-12 * (1 + np.abs(theirs).max())))


@pytest.mark.parametrize("split", [1, 4, 8])
@pytest.mark.parametrize("name", MODELS)
class TestTwoPieces:
    def test_the_second_goes_on_from_the_end_of_the_first(self, name: str, split: int) -> None:
        program, sequence, parameters = opened(name)
        whole = compute_trace(program, sequence, parameters)
        first = compute_trace(program, piece(sequence, 0, split), parameters)
        second = compute_trace(
            program, piece(sequence, split, LENGTH), parameters, initial=ends(first)
        )
        for key in whole.values:
            # a matrix product over fewer timesteps may round otherwise
            assert close(first.values[key][1:], whole.values[key][1 : split + 1]), key
            assert close(second.values[key][1:], whole.values[key][split + 1 :]), key
        for state, end in ends(first).items():
            assert np.array_equal(second.values[state][0], end)

    def test_gradients_come_back_from_the_second_to_the_first(self, name: str, split: int) -> None:
        program, sequence, parameters = opened(name)
        whole = compute_trace(program, sequence, parameters)
        before = compute_trace(program, piece(sequence, 0, split), parameters)
        second = compute_trace(
            program, piece(sequence, split, LENGTH), parameters, initial=ends(before)
        )
        first = compute_trace(
            program, piece(sequence, 0, split), parameters, cotangents=starts(second)
        )
        for key, gradient in whole.gradients.items():
            assert close(first.gradients[key][1:], gradient[1 : split + 1]), key
            assert close(second.gradients[key][1:], gradient[split + 1 :]), key
        for state, gradient in starts(whole).items():
            assert close(first.gradients[state][0], gradient), state
        for key, gradient in whole.parameter_gradients.items():
            both = first.parameter_gradients[key] + second.parameter_gradients[key]
            assert close(both, gradient), key

    def test_every_backward_equation_holds_also_at_the_end(self, name: str, split: int) -> None:
        program, sequence, parameters = opened(name)
        cotangents = {state: np.ones(program.shapes[state]) for state in program.model.states}
        trace = compute_trace(program, piece(sequence, 0, split), parameters, cotangents=cotangents)
        for equation in trace.program.backward:
            if equation.of in parameters:
                continue
            value = evaluate(equation.equation(last=True).expression, trace.lookup.at(split))
            assert close(trace.gradients[equation.of][split], np.asarray(value)), equation.target
        for key, by_use in gradients_by_use(trace).by_use.items():
            initial = gradients_by_use(trace).initial.get(key, 0.0)
            assert close(by_use.sum(axis=0) + initial, trace.parameter_gradients[key]), key

    def test_where_a_chunk_ends_nothing_comes_back(self, name: str, split: int) -> None:
        program, sequence, parameters = opened(name)
        whole = compute_trace(program, sequence, parameters, truncate=split)
        pieces: list[Trace] = []
        for start in range(0, LENGTH, split):
            part = piece(sequence, start, min(start + split, LENGTH))
            initial = ends(pieces[-1]) if pieces else None
            pieces.append(compute_trace(program, part, parameters, initial=initial))
        for key, gradient in whole.parameter_gradients.items():
            assert close(sum(p.parameter_gradients[key] for p in pieces), gradient), key


@pytest.mark.parametrize("name", MODELS)
class TestDifferences:
    """F = L + Σ ⟨cotangent, state at T⟩ from given states, by central differences."""

    @pytest.fixture
    def case(self, name: str) -> tuple[Program, InputSequence, Mapping[str, Array], dict, dict]:
        program, sequence, parameters = opened(name)
        generator = np.random.default_rng(11)
        states = program.model.states
        initial = {key: generator.normal(size=program.shapes[key]) for key in states}
        cotangents = {key: generator.normal(size=program.shapes[key]) for key in states}
        return program, sequence, parameters, initial, cotangents

    def slopes(self, total, at: Array) -> Array:
        found, step = np.zeros_like(at), 1e-5
        for index in np.ndindex(at.shape):
            up, down = at.copy(), at.copy()
            up[index] += step
            down[index] -= step
            found[index] = (total(up) - total(down)) / (2 * step)
        return found

    def test_of_the_initial_states_and_the_parameters(self, case) -> None:
        program, sequence, parameters, initial, cotangents = case

        def total(parameters: Mapping[str, Array], initial: Mapping[str, Array]) -> float:
            trace = compute_trace(program, sequence, parameters, "mean", initial=initial)
            reached = sum(np.sum(c * trace.values[key][-1]) for key, c in cotangents.items())
            return trace.loss + float(reached)

        trace = compute_trace(
            program, sequence, parameters, "mean", initial=initial, cotangents=cotangents
        )
        for key, start in initial.items():
            slopes = self.slopes(lambda v, k=key: total(parameters, {**initial, k: v}), start)
            np.testing.assert_allclose(trace.gradients[key][0], slopes, rtol=1e-6, atol=1e-7)
        for key, value in parameters.items():
            slopes = self.slopes(lambda v, k=key: total({**parameters, k: v}, initial), value)
            np.testing.assert_allclose(trace.parameter_gradients[key], slopes, rtol=1e-6, atol=1e-7)

    def test_of_a_model_without_a_loss(self, case) -> None:
        program, sequence, parameters, initial, cotangents = case
        bare = Program(program.model.without_target(), program.shapes)
        unmarked = replace(sequence, targets=None)
        used = {key: parameters[key] for key in bare.model.parameters}
        assert not compute_trace(bare, unmarked, used).gradients

        def total(start: Mapping[str, Array]) -> float:
            trace = compute_trace(bare, unmarked, used, initial=start)
            return float(sum(np.sum(c * trace.values[key][-1]) for key, c in cotangents.items()))

        trace = compute_trace(bare, unmarked, used, initial=initial, cotangents=cotangents)
        assert trace.loss is None
        for key, start in initial.items():
            slopes = self.slopes(lambda v, k=key: total({**initial, k: v}), start)
            np.testing.assert_allclose(trace.gradients[key][0], slopes, rtol=1e-6, atol=1e-7)

    def test_a_cotangent_alone_and_the_losses_alone_add_up(self, case) -> None:
        program, sequence, parameters, initial, cotangents = case
        both = compute_trace(program, sequence, parameters, initial=initial, cotangents=cotangents)
        losses = compute_trace(program, sequence, parameters, initial=initial)
        nothing = np.zeros(LENGTH + 1)
        alone, totals = run_backward(
            both.program, parameters, both.values, nothing, LENGTH, cotangents=cotangents
        )
        for state in initial:
            assert close(alone[state] + losses.gradients[state], both.gradients[state])
        for key in parameters:
            assert close(totals[key] + losses.parameter_gradients[key],
                         both.parameter_gradients[key])  # fmt: skip
            by_loss = gradients_by_loss(both)[key].sum(axis=0)
            assert close(by_loss, losses.parameter_gradients[key])


@pytest.mark.parametrize("name", MODELS)
def test_from_where_it_starts_anyway_it_is_the_same_bit_for_bit(name: str) -> None:
    program, sequence, parameters = opened(name)
    whole = compute_trace(program, sequence, parameters)
    states = program.model.states
    same = compute_trace(
        program, sequence, parameters, initial={key: whole.values[key][0] for key in states}
    )
    assert same.loss == whole.loss
    for key in whole.values:
        assert np.array_equal(same.values[key], whole.values[key]), key
    for key in whole.gradients:
        assert np.array_equal(same.gradients[key], whole.gradients[key]), key


def test_only_some_states_may_be_given() -> None:
    program, sequence, parameters = opened("user's own")
    start = np.full(3, 0.25)
    trace = compute_trace(program, sequence, parameters, initial={"h": start})
    assert np.array_equal(trace.values["h"][0], start)
    expected = compute_trace(program, sequence, parameters).values["n"][0]
    assert np.array_equal(trace.values["n"][0], expected)
    # H0 is still what n starts from, and no longer what h does
    (equation,) = trace.program.backward_initial
    assert equation.of == "H0"
    assert close(trace.parameter_gradients["H0"], 2 * parameters["H0"] * trace.gradients["n"][0])


@pytest.mark.parametrize("given", ["initial", "cotangents"])
def test_what_is_no_state_or_has_another_shape_is_refused(given: str) -> None:
    program, sequence, parameters = opened("lstm")
    with pytest.raises(ValueError, match="`i` is not a state of the model"):
        compute_trace(program, sequence, parameters, **{given: {"i": np.zeros(3)}})
    with pytest.raises(ValueError, match="`h` is a vector of 3, and this is a vector of 2"):
        compute_trace(program, sequence, parameters, **{given: {"h": np.zeros(2)}})


def test_chunks_and_reductions_that_are_none_are_refused() -> None:
    from rnntui.data.sequence_file import parse_sequence_file
    from rnntui.session.checks import start_training

    text = 'model = "elman"\n[sizes]\nhidden = 2\n[data]\none_hot = "ab"\nsequence = "ab"\ntargets = "ba"\n'
    trainer, state = start_training(parse_sequence_file(text, "small.toml"))
    sequence = trainer.sequences[0]
    for truncate in (0, -1):
        with pytest.raises(ValueError, match="a timestep at least"):
            compute_trace(trainer.program, sequence, state.parameters, "sum", truncate)
    with pytest.raises(ValueError, match="sum or mean"):
        compute_trace(trainer.program, sequence, state.parameters, "bogus")
