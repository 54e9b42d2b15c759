"""Training: batches, masks, what is fixed, where states start, numbers that are not finite."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from rnntui.data.sequence_file import SequenceFile, parse_sequence_file
from rnntui.data.training_settings import TrainingSettings
from rnntui.engine.initialisation import draw_parameters
from rnntui.engine.optimiser import Optimiser
from rnntui.engine.trace import compute_trace
from rnntui.engine.training import Iteration, Trainer, TrainingState
from rnntui.notation.formula import formula_text, to_formula

ELMAN = """
model = "elman"
sizes = { hidden = 3 }
[data]
one_hot = "ABC"
sequences = ["ABCA", "CCB", "BACAB"]
targets = ["BCAB", "CBA", "ACABB"]
"""
SCALAR = """
[model]
cell = "s = w * s[t-1] + v * x[0]"
readout = "y = s * u"
loss = "loss = squared_error(y, target)"
[data]
values = [1, 2, -1]
targets = [1, 0, 2]
[parameters]
w = 0.5
v = -1.5
u = 2
"""


@pytest.fixture(autouse=True)
def _no_warning_leaks() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def started(file: SequenceFile, **settings: object) -> tuple[Trainer, TrainingState]:
    training = replace(file.training, **settings)
    parameters = draw_parameters(
        file.program, file.parameters, file.sizes.get("hidden"), training.seed
    )
    trainer = Trainer(file.program, file.data.sequences, training)
    return trainer, trainer.start(parameters)


def first(text: str, **settings: object) -> Iteration:
    trainer, state = started(parse_sequence_file(text), **settings)
    return trainer.iterate(state)


def trained(text: str, count: int, **settings: object) -> list[Iteration]:
    trainer, state = started(parse_sequence_file(text), **settings)
    iterations = []
    for _ in range(count):
        iterations.append(trainer.iterate(state))
        state = iterations[-1].after
    return iterations


def bits(values: dict) -> dict[str, bytes]:
    return {key: value.tobytes() for key, value in values.items()}


class TestReduction:
    def test_the_sum_adds_the_timesteps_losses(self):
        trace = first(ELMAN, reduction="sum").traces[0]
        assert trace.loss == np.sum(trace.values["loss"][1:])
        assert list(trace.weights) == [0, 1, 1, 1, 1]

    def test_the_mean_divides_loss_and_gradients_by_the_timesteps(self):
        total, mean = first(ELMAN, reduction="sum"), first(ELMAN, reduction="mean")
        assert mean.loss == pytest.approx(total.loss / 4, rel=1e-14)
        for key, gradient in total.gradients.items():
            np.testing.assert_allclose(mean.gradients[key], gradient / 4, rtol=1e-12, atol=1e-16)


class TestMask:
    MASKED = SCALAR.replace("[parameters]", "mask = [1, 0, 0.5]\n[parameters]")

    def test_losses_count_by_their_weight(self):
        trace = first(self.MASKED).traces[0]
        losses = trace.values["loss"][1:]
        assert trace.loss == losses[0] + 0.5 * losses[2]
        assert first(self.MASKED, reduction="mean").loss == pytest.approx(trace.loss / 1.5)

    def test_a_mean_of_weights_whose_sum_is_too_large_is_one_of_their_shares(self):
        large = self.MASKED.replace("[1, 0, 0.5]", "[1.6e308, 0, 0.8e308]")
        trace = first(large, reduction="mean").traces[0]
        np.testing.assert_allclose(trace.weights, [0, 2 / 3, 0, 1 / 3], rtol=1e-15)

    def test_no_gradient_comes_from_a_masked_timestep(self):
        trace = first(self.MASKED).traces[0]
        assert trace.gradients["y"][2] == 0
        assert trace.gradients["y"][3] == 0.5 * (trace.values["y"][3] - 2)

    def test_a_sequence_without_any_loss_changes_nothing(self):
        iteration = first(SCALAR.replace("[parameters]", "mask = [0, 0, 0]\n[parameters]"),
                          reduction="mean")  # fmt: skip
        assert iteration.loss == 0
        assert bits(iteration.after.parameters) == bits(iteration.before.parameters)


class TestUpdate:
    def test_every_parameter_steps_against_its_gradient(self):
        iteration = first(SCALAR, learning_rate=0.25)
        for key, value in iteration.before.parameters.items():
            assert iteration.after.parameters[key] == value - 0.25 * iteration.gradients[key]
        assert iteration.after.iteration == 1

    def test_what_is_fixed_keeps_its_bits_while_the_rest_moves(self):
        for iteration in trained(SCALAR, 5, fixed=("w",), learning_rate=0.01):
            assert iteration.after.parameters["w"] == 0.5
            assert iteration.gradients["w"] != 0
        assert iteration.after.parameters["v"] != -1.5

    def test_a_parameter_may_be_called_as_the_optimiser_calls_its_own(self):
        names = {"w": "learning_rate", "v": "parameter", "u": "gradient"}
        text = SCALAR
        for old, new in names.items():
            text = text.replace(f"{old} =", f"{new} =").replace(f"{old} *", f"{new} *")
        text = text.replace("* u", "* gradient")
        plain, renamed = (trained(t, 3, learning_rate=0.01)[-1].after for t in (SCALAR, text))
        for old, new in names.items():
            assert renamed.parameters[new] == plain.parameters[old]

    def test_the_update_reads_as_an_equation(self):
        change, line = Optimiser(TrainingSettings(), ["W_hh"]).equations
        assert line.equation.target == "W_hh"
        formulas = [formula_text(to_formula(e.equation.expression)) for e in (change, line)]
        assert formulas == ["−learning_rate · ∂L/∂W_hh", "W_hh + ΔW_hh"]

    def test_parameters_cannot_be_written_to(self):
        iteration = first(ELMAN)
        for state in (iteration.before, iteration.after):
            with pytest.raises(ValueError, match="read-only"):
                state.parameters["W_hh"][0, 0] = 1

    def test_gradient_descent_learns(self):
        iterations = trained(ELMAN, 200, batch=None, learning_rate=0.2)
        assert iterations[-1].loss < 0.25 * iterations[0].loss


class TestBatches:
    def test_sequences_are_taken_in_order_over_and_over(self):
        one = trained(ELMAN, 7, batch=1)
        assert [iteration.indices for iteration in one] == [(k % 3,) for k in range(7)]
        two = trained(ELMAN, 4, batch=2)
        assert [iteration.indices for iteration in two] == [(0, 1), (2, 0), (1, 2), (0, 1)]

    def test_no_size_takes_the_whole_set(self):
        assert first(ELMAN, batch=None).indices == (0, 1, 2)

    def test_gradients_and_losses_are_averaged(self):
        iteration = first(ELMAN, batch=None)
        for key, gradient in iteration.gradients.items():
            parts = [trace.parameter_gradients[key] for trace in iteration.traces]
            np.testing.assert_allclose(gradient, np.mean(parts, axis=0), rtol=1e-13, atol=1e-16)
        assert iteration.loss == np.mean([trace.loss for trace in iteration.traces])

    def test_each_sequence_of_a_batch_has_the_trace_that_it_has_alone(self):
        file = parse_sequence_file(ELMAN)
        iteration = first(ELMAN, batch=None)
        for index, trace in zip(iteration.indices, iteration.traces, strict=True):
            alone = compute_trace(
                file.program, file.data.sequences[index], iteration.before.parameters
            )
            assert bits(alone.values) == bits(trace.values)
            assert bits(alone.parameter_gradients) == bits(trace.parameter_gradients)


class TestReproducibility:
    def test_the_same_seed_gives_the_same_bits_throughout(self):
        runs = [trained(ELMAN, 10, batch=2, seed=7) for _ in range(2)]
        for one, other in zip(*runs, strict=True):
            assert bits(one.after.parameters) == bits(other.after.parameters)
            assert one.loss == other.loss

    def test_an_iteration_computed_again_gives_the_same_bits(self):
        trainer, _ = started(parse_sequence_file(ELMAN))
        iterations = trained(ELMAN, 6)
        for iteration in reversed(iterations):
            again = trainer.iterate(iteration.before)
            assert bits(again.after.parameters) == bits(iteration.after.parameters)

    def test_another_seed_gives_other_parameters(self):
        one, other = (first(ELMAN, seed=seed).before.parameters for seed in (0, 1))
        assert all(not np.array_equal(one[key], other[key]) for key in one)

    def test_giving_one_parameter_leaves_the_others_as_drawn(self):
        drawn = first(ELMAN).before.parameters
        given = first(ELMAN + "[parameters]\nb_ih = [1, 2, 3]").before.parameters
        assert list(given["b_ih"]) == [1, 2, 3]
        assert all(np.array_equal(given[key], drawn[key]) for key in drawn if key != "b_ih")

    def test_parameters_are_drawn_within_the_bound_of_the_hidden_size(self):
        drawn = np.concatenate([np.ravel(v) for v in first(ELMAN).before.parameters.values()])
        assert np.abs(drawn).max() <= 1 / np.sqrt(3)
        assert np.abs(drawn).max() > 0.9 / np.sqrt(3)


class TestInitialStates:
    LEARNED = ELMAN + '[initial]\nh = "tanh(H0) * scale"\n'
    GIVEN = ELMAN + "[initial]\nh = [0.5, -1, 2]\n"

    def test_states_start_at_zeros(self):
        assert not first(ELMAN).traces[0].values["h"][0].any()

    def test_given_numbers_are_where_it_starts_in_every_iteration(self):
        for iteration in trained(self.GIVEN, 3):
            assert list(iteration.traces[0].values["h"][0]) == [0.5, -1, 2]

    def test_a_formula_is_computed_from_parameters_which_learn(self):
        one, two = trained(self.LEARNED, 2)
        for iteration in (one, two):
            parameters = iteration.before.parameters
            start = np.tanh(parameters["H0"]) * parameters["scale"]
            np.testing.assert_array_equal(iteration.traces[0].values["h"][0], start)
        assert one.gradients["H0"].all()
        assert (one.before.parameters["H0"] != two.before.parameters["H0"]).all()

    @pytest.mark.parametrize("reduction", ["sum", "mean"])
    def test_the_gradient_of_a_formulas_parameters_is_the_slope_of_the_loss(self, reduction):
        trainer, state = started(parse_sequence_file(self.LEARNED), reduction=reduction)
        gradients = trainer.iterate(state).gradients
        for key in ("H0", "scale"):
            for index in np.ndindex(state.parameters[key].shape):
                losses = []
                for step in (1e-5, -1e-5):
                    moved = state.parameters[key].copy()
                    moved[index] += step
                    changed = {**state.parameters, key: moved}
                    losses.append(trainer.iterate(replace(state, parameters=changed)).loss)
                slope = (losses[0] - losses[1]) / 2e-5
                assert gradients[key][index] == pytest.approx(slope, rel=1e-7, abs=1e-9)

    def test_the_gradient_of_given_numbers_is_the_slope_of_the_loss(self):
        gradient = first(self.GIVEN).traces[0].gradients["h"][0]
        losses = [first(self.GIVEN.replace("-1", text)).loss for text in ("-0.99999", "-1.00001")]
        assert gradient[1] == pytest.approx((losses[0] - losses[1]) / 2e-5, rel=1e-7)


class TestWithoutTargets:
    def test_a_file_without_targets_runs_and_has_nothing_to_train_on(self):
        weights = "[parameters]\nW_hy = [[1, 0, 2], [0, 3, 0]]\nb_y = [0, 1]\n"
        iteration = first(ELMAN.partition("targets")[0] + weights)
        assert (iteration.loss, iteration.after, iteration.gradients) == (None, None, {})
        assert iteration.fault is None
        assert iteration.traces[0].values["y"][1:].sum() == pytest.approx(4)


def faulty(text: str, **settings: object) -> Iteration:
    """The first iteration, which must leave the parameters alone."""
    trainer, state = started(parse_sequence_file(text), **settings)
    before = bits(state.parameters)
    iteration = trainer.iterate(state)
    assert iteration.after is None
    assert iteration.before is state
    assert bits(state.parameters) == before
    return iteration


class TestFaults:
    """A number that is not finite is named, with its timestep, and spoils no parameter."""

    GROWING = """
[model]
cell = "s = {formula}"
loss = "loss = s * w"
[data]
values = [1, 2, 3, 0]
targets = [0, 0, 0, 0]
[parameters]
w = 1
"""

    @pytest.mark.parametrize(
        ("formula", "message"),
        [
            ("exp(s[t-1] + 700 * x[0])", "s became inf at t = 2"),
            ("-exp(s[t-1] + 700 * x[0])", "s became −inf at t = 3"),
            ("log(x[0])", "s became −inf at t = 4"),
            ("sqrt(2 - x[0])", "s became NaN (not a number) at t = 3"),
            ("s[t-1] + x[0] / x[0]", "s became NaN (not a number) at t = 4"),
            ("1 / tanh(x[0])", "s became inf at t = 4"),
        ],
    )
    def test_the_first_quantity_and_timestep(self, formula, message):
        assert str(faulty(self.GROWING.format(formula=formula)).fault) == message

    def test_a_gradient_that_is_not_finite(self):
        iteration = faulty(self.GROWING.format(formula="sqrt(x[0] * w)"))
        assert str(iteration.fault) == "∂L/∂x became inf at t = 4"
        assert np.isfinite(iteration.loss)

    def test_an_infinity_that_reaches_neither_loss_nor_gradients_does_no_harm(self):
        iteration = first(self.GROWING.format(formula="tanh(1 / x[0])"))
        assert iteration.fault is None
        assert np.isfinite(iteration.after.parameters["w"])
        assert str(iteration.traces[0].fault()) == "pre(s) became inf at t = 4"

    def test_a_gradient_that_overflows_only_in_its_sum_over_time(self):
        iteration = faulty(self.GROWING.format(formula="1e308").replace("w = 1", "w = 0"))
        assert iteration.traces[0].fault() is None
        assert iteration.fault.quantity == "∂L/∂w"
        assert iteration.fault.value == np.inf

    def test_an_update_that_overflows(self):
        iteration = faulty(self.GROWING.format(formula="1e150 * x[0]"), learning_rate=1e200)
        assert iteration.fault.quantity == "w"
        assert iteration.fault.value == -np.inf

    def test_one_sequence_of_a_batch_is_enough(self):
        text = """
[model]
cell = "s = w / x[0]"
loss = "loss = s"
[data]
values = [[[1], [2]], [[3], [0]]]
[parameters]
w = 1
"""
        iteration = faulty(text, batch=None)
        assert str(iteration.fault) == "s became inf at t = 2"
        assert [trace.fault() is None for trace in iteration.traces] == [True, False]

    def test_losses_of_both_infinities(self):
        text = """
[model]
cell = "s = w / x[0]"
loss = "loss = s * x[1]"
[data]
values = [[[0, 1]], [[0, -1]]]
[parameters]
w = 1
"""
        iteration = faulty(text, batch=None)
        assert np.isnan(iteration.loss)
        assert str(iteration.fault) == "s became inf at t = 1"

    def test_a_masked_loss_that_is_not_finite_counts_for_nothing(self):
        text = SCALAR.replace("[parameters]", "mask = [1, 1, 0]\n[parameters]")
        text = text.replace("squared_error(y, target)", "log(w) * 0 + x[0] ** 0.5 * w")
        trace = first(text).traces[0]
        assert np.isnan(trace.values["loss"][3])
        assert np.isfinite(trace.loss)

    def test_a_model_without_an_objective_reports_its_fault_too(self):
        text = self.GROWING.format(formula="log(w * x[0])").replace("s * w", "s * target")
        iteration = faulty(text.replace("targets = [0, 0, 0, 0]\n", ""))
        assert str(iteration.fault) == "s became −inf at t = 4"
