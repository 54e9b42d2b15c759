"""The primitive functions, compiled: what NumPy has, to the last place or two, and everywhere the same."""

from __future__ import annotations

import math

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from machine import applied

from rnntui.compile.llvm import maths
from rnntui.compile.llvm.sums import REDUCTIONS, WHOLE
from rnntui.language.functions import FUNCTIONS
from rnntui.language.numerics import erf, sigmoid

RANDOM = np.random.default_rng(5)
SPECIAL = np.array([
    0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, 1e-320, -1e-320, 5e-324, 2.3e-308, 1e-300, -1e-300, 1e300,
    -1e300, 709.0, 709.78, 710.0, 745.0, -708.0, -709.0, -745.0, -746.0, 20.0, -20.0, 19.9, 37.0,
    1e-9, -1e-9, 1.7e308, -1.7e308, math.inf, -math.inf, math.nan, 1 - 2**-53, 1 + 2**-52,
])  # fmt: skip
POINTS = np.concatenate([
    SPECIAL, RANDOM.normal(size=4000), RANDOM.uniform(-40, 40, 4000), RANDOM.uniform(-750, 750, 2000),
    10.0 ** RANDOM.uniform(-320, 308, 2000), -(10.0 ** RANDOM.uniform(-320, 308, 2000)),
])  # fmt: skip
REFERENCES = {
    "abs": (np.abs, 0), "exp": (np.exp, 2), "expm1": (np.expm1, 2), "floor": (np.floor, 0),
    "heaviside": (lambda z: np.heaviside(z, 0.5), 0), "log": (np.log, 1), "log1p": (np.log1p, 2),
    "sigmoid": (sigmoid, 3), "sign": (np.sign, 0), "sqrt": (np.sqrt, 0), "stop_gradient": (lambda z: z, 0),
    "tanh": (np.tanh, 3), "sin": (np.sin, 2), "cos": (np.cos, 2), "erf": (erf, 2),
}  # fmt: skip


def assert_same(found, wanted, places: float, smallest: float = 0.0) -> None:
    """Off by so many units in the last place at most; NaN and infinities as they are."""
    np.testing.assert_array_equal(np.isnan(found), np.isnan(wanted))
    np.testing.assert_array_equal(np.isinf(found), np.isinf(wanted))
    finite = np.isfinite(wanted)
    off = np.abs(found[finite] - wanted[finite])
    allowed = np.maximum(places * np.spacing(np.abs(wanted[finite])), smallest)
    worst = np.argmax(off - allowed)
    assert off[worst] <= allowed[worst], (found[finite][worst], wanted[finite][worst])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("lanes", [1, 2, 4, 8])
@pytest.mark.parametrize("name", REFERENCES)
def test_of_one_number(name: str, lanes: int) -> None:
    reference, places = REFERENCES[name]
    points = POINTS[~(np.abs(POINTS) > 1e15)] if name in ("sin", "cos") else POINTS
    found = applied(maths.FUNCTIONS[name], points, lanes=lanes)
    smallest = 1e-307 if name == "sigmoid" else 0.0  # where exp(-z) would be a subnormal number
    assert_same(found, reference(points), places, smallest)


@pytest.mark.parametrize("name", ["minimum", "maximum"])
def test_of_two_numbers(name: str) -> None:
    a, b = (grid.ravel() for grid in np.meshgrid(SPECIAL, SPECIAL))
    assert_same(applied(maths.FUNCTIONS[name], a, b), getattr(np, name)(a, b), 0)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_powers() -> None:
    bases = np.concatenate([RANDOM.uniform(-3, 3, 500), [0.0, 1.0, -1.0, math.inf, math.nan]])
    exponents = np.concatenate([RANDOM.uniform(-9, 9, 20), np.arange(-5.0, 6.0), [0.5, 1e3, -1e3]])
    a, b = (grid.ravel() for grid in np.meshgrid(bases, exponents))
    found, wanted = applied(maths.general_power, a, b), a**b
    finite = np.isfinite(wanted) & (np.abs(wanted) > 1e-290) & (np.abs(wanted) < 1e290)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(wanted))
    np.testing.assert_allclose(found[finite], wanted[finite], rtol=2e-13)
    ordinary = finite & (np.abs(np.log(np.abs(wanted))) < 5)
    np.testing.assert_allclose(found[ordinary], wanted[ordinary], rtol=2e-15)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("exponent", [0.0, 1.0, 3.0, 7.0, -2.0, 0.5, 16.0, 2.5])
def test_powers_that_are_known(exponent: float) -> None:
    bases = RANDOM.uniform(0.1, 3, 200)
    found = applied(lambda fn, a: maths.power(fn, a, exponent), bases)
    np.testing.assert_allclose(found, bases**exponent, rtol=4e-15)


@pytest.mark.parametrize("name", ["exp", "tanh", "log", "sigmoid"])
def test_any_number_of_lanes_gives_the_same_bits(name: str) -> None:
    one, *others = (applied(maths.FUNCTIONS[name], POINTS, lanes=n) for n in (1, 2, 4, 8))
    for other in others:
        assert one.tobytes() == other.tobytes()


def test_every_function_of_the_language_has_a_body() -> None:
    own = {"outer", "concat", "where"} | {f.name for f in FUNCTIONS.values() if f.kind == "literal"}
    defined = {f.name for f in FUNCTIONS.values() if f.definition}
    assert set(FUNCTIONS) <= {*maths.FUNCTIONS, *REDUCTIONS, *WHOLE, *defined, *own}
