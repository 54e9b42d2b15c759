"""Initial parameters: bounds, moments and structure of every scheme, and what a seed promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from rnntui.data.sequence_file import SequenceFile, parse_sequence_file
from rnntui.session.checks import start_training

Array = npt.NDArray[np.float64]

HIDDEN = 4
DRAWS = 400
MATRICES = ("W_ih", "W_hh", "W_hy")
VECTORS = ("H0", "b_h", "b_y")


@cache
def file_of(scheme: str, model: str, rest: str) -> SequenceFile:
    """A file with nothing but its model given; `scheme` as TOML has it."""
    return parse_sequence_file(f"""
model = "{model}"
sizes = {{ hidden = {HIDDEN} }}
{rest}
[data]
task = "reber"
[training]
initialisation = {scheme}
""")


@cache
def drawn(scheme: str, seed: int = 0, model: str = "srn", rest: str = "") -> Mapping[str, Array]:
    """The initial parameters."""
    file = file_of(scheme, model, rest)
    return start_training(replace(file, training=replace(file.training, seed=seed)))[1].parameters


def many(scheme: str, key: str, model: str = "srn") -> Array:
    """One parameter of many seeds, seeds first."""
    return np.stack([drawn(scheme, seed, model)[key] for seed in range(DRAWS)])


def assert_moments(values: Array, variance: float) -> None:
    """Mean 0 and the variance, within four standard errors of either."""
    count = values.size
    assert abs(np.mean(values)) < 4 * np.sqrt(variance / count)
    assert np.var(values) == pytest.approx(variance, rel=4 * np.sqrt(2 / count))


class TestUniform:
    """U(±bound): within the bound, close to it, with the variance bound²/3."""

    @pytest.mark.parametrize("key", [*MATRICES, *VECTORS])
    def test_torch_draws_everything_within_one_by_the_root_of_the_hidden_size(
        self, key: str
    ) -> None:
        self.check(many('"torch"', key), 1 / np.sqrt(HIDDEN))

    @pytest.mark.parametrize("key", ["W_hh", "b_y"])
    def test_uniform_within_its_argument(self, key: str) -> None:
        self.check(many('"uniform(0.25)"', key), 0.25)
        self.check(many('"uniform"', key), 1.0)

    @pytest.mark.parametrize("key", MATRICES)
    def test_xavier_by_inputs_and_outputs(self, key: str) -> None:
        rows, columns = drawn('"zeros"')[key].shape
        self.check(many('"xavier"', key), np.sqrt(6 / (rows + columns)))

    def test_torch_is_what_is_drawn_where_nothing_is_said(self) -> None:
        said = drawn('"torch"', 3)
        assert all(np.array_equal(said[key], drawn("{ }", 3)[key]) for key in said)

    def check(self, values: Array, bound: float) -> None:
        assert 0.97 * bound < np.max(np.abs(values)) <= bound
        assert_moments(values, bound**2 / 3)


class TestNormal:
    @pytest.mark.parametrize("key", ["W_ih", "b_h", "H0"])
    def test_its_argument_is_the_standard_deviation(self, key: str) -> None:
        assert_moments(many('"normal(0.001)"', key), 1e-6)
        assert_moments(many('"normal"', key), 1.0)

    @pytest.mark.parametrize("key", MATRICES)
    def test_he_by_inputs(self, key: str) -> None:
        inputs = drawn('"zeros"')[key].shape[1]
        assert_moments(many('"he"', key), 2 / inputs)

    def test_it_is_no_uniform(self) -> None:
        values = many('"normal"', "W_hh")
        assert np.mean(np.abs(values) > 2) == pytest.approx(0.0455, abs=0.01)


class TestOrthogonal:
    @pytest.mark.parametrize("key", MATRICES)
    def test_rows_or_columns_whichever_are_fewer(self, key: str) -> None:
        for seed in range(20):
            matrix = drawn('"orthogonal"', seed)[key]
            rows, columns = matrix.shape
            product = matrix @ matrix.T if rows <= columns else matrix.T @ matrix
            np.testing.assert_allclose(product, np.eye(min(rows, columns)), rtol=0, atol=1e-14)

    def test_no_direction_is_preferred(self) -> None:
        """Evenly drawn (Haar): each component has mean 0 and variance 1/n; either determinant."""
        matrices = many('"orthogonal"', "W_hh")
        assert np.all(np.abs(matrices.mean(axis=0)) < 4 * np.sqrt(1 / HIDDEN / DRAWS))
        assert np.allclose(matrices.var(axis=0), 1 / HIDDEN, rtol=0.35)
        determinants = np.linalg.det(matrices)
        np.testing.assert_allclose(np.abs(determinants), 1, rtol=1e-12)
        assert 0.4 < np.mean(determinants > 0) < 0.6


@pytest.mark.parametrize("scheme", ["xavier", "he", "orthogonal", "keras", "zeros"])
def test_what_is_no_matrix_is_zeros(scheme: str) -> None:
    assert not any(drawn(f'"{scheme}"')[key].any() for key in VECTORS)


def test_zeros() -> None:
    assert not any(value.any() for value in drawn('"zeros"').values())


class TestKeras:
    @pytest.mark.parametrize(
        ("model", "recurrent", "ones"),
        [
            ("srn", ["W_hh"], []),
            ("lstm", ["W_hi", "W_hf", "W_hg", "W_ho"], ["b_if"]),
            ("lstm-one-bias", ["W_hi", "W_hf", "W_hg", "W_ho"], ["b_f"]),
            ("lstm-peephole", ["W_hi", "W_hf", "W_hg", "W_ho"], ["b_f"]),
            ("gru", ["W_hr", "W_hz", "W_hn"], []),
            ("gru-reset-before", ["W_hr", "W_hz", "W_hn"], []),
            (
                "lstm-stacked",
                [f"W_h{gate}_l{layer}" for gate in "ifgo" for layer in (0, 1)],
                ["b_if_l0", "b_if_l1"],
            ),
        ],
    )
    def test_each_parameter_by_what_it_does(
        self, model: str, recurrent: list[str], ones: list[str]
    ) -> None:
        parameters = drawn('"keras"', 0, model)
        square = np.eye(HIDDEN)
        for key, value in parameters.items():
            if value.ndim < 2:
                assert np.all(value == (1.0 if key in ones else 0.0)), key
                continue
            product = value @ value.T
            orthogonal = product.shape == square.shape and np.allclose(product, square, atol=1e-12)
            assert orthogonal == (key in recurrent), key
            if key not in recurrent:
                bound = np.sqrt(6 / sum(value.shape))
                assert 0.7 * bound < np.max(np.abs(value)) <= bound, key


class TestATableOfSchemes:
    def test_each_has_its_own_and_the_others_the_default(self) -> None:
        found = drawn('{ default = "zeros", W_hh = "orthogonal", b_y = "uniform(0.5)" }')
        np.testing.assert_allclose(found["W_hh"] @ found["W_hh"].T, np.eye(HIDDEN), atol=1e-14)
        assert 0 < np.max(np.abs(found["b_y"])) <= 0.5
        assert not any(found[key].any() for key in ("W_ih", "W_hy", "H0", "b_h"))

    def test_without_a_default_the_others_are_as_torch_draws_them(self) -> None:
        found = drawn('{ b_h = "zeros" }')
        assert not found["b_h"].any()
        assert 0 < np.max(np.abs(found["b_y"])) <= 1 / np.sqrt(HIDDEN)


class TestSeeds:
    @pytest.mark.parametrize(
        "scheme", ["torch", "keras", "normal", "uniform", "xavier", "he", "orthogonal"]
    )
    def test_the_same_seed_gives_the_same_bits_and_another_others(self, scheme: str) -> None:
        one = drawn(f'"{scheme}"', 5)
        drawn.cache_clear()
        again, other = drawn(f'"{scheme}"', 5), drawn(f'"{scheme}"', 6)
        for key in one:
            assert one[key].tobytes() == again[key].tobytes()
            if key in MATRICES:
                assert not np.any(one[key] == other[key])

    @pytest.mark.parametrize("scheme", ["torch", "keras", "normal", "xavier", "orthogonal"])
    def test_a_given_parameter_leaves_the_others_as_they_are(self, scheme: str) -> None:
        given = [[1, 2, 3, 4], [5, 6, 7, 8], [9, 8, 7, 6], [5, 4, 3, 2]]
        free = drawn(f'"{scheme}"', 2)
        part = drawn(f'"{scheme}"', 2, rest=f"parameters = {{ W_hh = {given} }}")
        assert part["W_hh"].tolist() == given
        assert all(np.array_equal(part[key], free[key]) for key in free if key != "W_hh")

    def test_parameters_are_read_only(self) -> None:
        for value in drawn('"normal"').values():
            assert not value.flags.writeable


def test_the_hidden_size_of_torch_is_that_of_the_largest_state_where_no_size_is_given() -> None:
    text = """
[model]
cell = "h = tanh(W @ x + U @ h[t-1])"
loss = "sum(h * V)"
[shapes]
h = [64]
[data]
task = "reber"
"""
    parameters = start_training(parse_sequence_file(text))[1].parameters
    assert 0.9 / 8 < max(np.max(np.abs(value)) for value in parameters.values()) <= 1 / 8
