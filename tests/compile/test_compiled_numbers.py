"""What kernels compute with: products of matrices, and the exponential and what is made of it."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("numba") is None, reason="Numba is an extra"
)


class TestMatrixProducts:
    @pytest.mark.parametrize("rows", [0, 1, 3, 4, 37])
    @pytest.mark.parametrize("terms", [0, 1, 50])
    @pytest.mark.parametrize("columns", [1, 7, 8, 33, 75])
    def test_tiles_of_every_size(self, rows: int, terms: int, columns: int) -> None:
        from rnntui.compile.matmul_microkernel import add_product

        generator = np.random.default_rng(rows + 100 * columns)
        a = generator.normal(size=(terms, rows))
        b = generator.normal(size=(terms, columns))
        c = generator.normal(size=(rows, columns))
        expected = c + a.T @ b
        add_product(a.T, b, c)
        np.testing.assert_allclose(c, expected, rtol=1e-13, atol=1e-13)

    @pytest.mark.parametrize("shape", [(1, 1, 1), (3, 5, 7), (4, 8, 16), (13, 34, 50)])
    def test_a_matrix_times_the_vectors_of_all_timesteps(self, shape: tuple[int, ...]) -> None:
        from rnntui.compile.array_functions import f_matvec_over_time, f_matvec_transposed_over_time

        rows, columns, steps = shape
        generator = np.random.default_rng(steps)
        matrix = generator.normal(size=(rows, columns))
        vectors, out = generator.normal(size=(steps, columns)), np.full((steps, rows), np.nan)
        f_matvec_over_time(matrix, vectors, out)
        np.testing.assert_allclose(out, vectors @ matrix.T, rtol=1e-12, atol=1e-13)
        back = np.full((steps, columns), np.nan)
        f_matvec_transposed_over_time(matrix, out, back)
        np.testing.assert_allclose(back, out @ matrix, rtol=1e-12, atol=1e-13)


class TestFunctionsOfNumbers:
    def test_the_exponential_and_what_is_made_of_it_are_numpys(self):
        from rnntui.compile.exponential import f_exp, f_sigmoid, f_tanh
        from rnntui.language import numerics

        generator = np.random.default_rng(0)
        z = np.concatenate([generator.normal(0, 3, 3000), generator.uniform(-700, 700, 3000),
                            [0.0, -0.0, 0.625, -0.625, 1e-300, 1e308, -1e308, 709.7, 710.0, -745.0,
                             np.inf, -np.inf, np.nan]])  # fmt: skip
        with np.errstate(all="ignore"):
            pairs = [(f_exp, np.exp), (f_tanh, np.tanh), (f_sigmoid, numerics.sigmoid)]
            for ours, theirs in pairs:
                found, expected = np.array([ours(value) for value in z]), theirs(z)
                np.testing.assert_allclose(found, expected, rtol=1e-15, atol=5e-324)
                # what our docstrings say, and half a unit of NumPy's own
                most = 4 if ours is f_tanh else 2
                usual = (np.abs(z) < 700) & (np.abs(z) > 1e-10)
                np.testing.assert_array_max_ulp(found[usual], expected[usual], most)
