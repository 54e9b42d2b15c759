"""Functions of the language that write their values into a given array: the bits of `functions`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from rnntui.language.functions import FUNCTIONS

Array = npt.NDArray[np.float64]

# an array without axes: beside it NumPy need not convert a number in every call
_ZERO, _ONE = np.array(0.0), np.array(1.0)


def sigmoid(z: Array, out: Array) -> None:
    """1 / (1 + exp(-z))."""
    np.negative(z, out)
    np.exp(out, out)
    np.add(out, _ONE, out)
    np.divide(_ONE, out, out)


def softmax(z: Array, out: Array) -> None:
    """exp(z) / Σ exp(z) along the last axis."""
    np.subtract(z, np.maximum.reduce(z, -1, keepdims=True), out)
    np.exp(out, out)
    np.divide(out, np.add.reduce(out, -1, keepdims=True), out)


def xdivy(x: Array, y: Array, out: Array) -> None:
    """x / y, and 0 where x is 0."""
    zero = np.equal(x, _ZERO)  # before x is written to, where `out` is x
    np.divide(x, y, out)
    np.copyto(out, _ZERO, where=zero)


def maximum(a: Array, b: Array, out: Array) -> None:
    """The larger; `np.maximum` wants its output by name."""
    np.maximum(a, b, out=out)


def minimum(a: Array, b: Array, out: Array) -> None:
    """The smaller; `np.minimum` wants its output by name."""
    np.minimum(a, b, out=out)


WRITING: Mapping[str, Callable[..., Any]] = {
    **{key: f.value for key, f in FUNCTIONS.items() if isinstance(f.value, np.ufunc)},
    "maximum": maximum,
    "minimum": minimum,
    "sigmoid": sigmoid,
    "softmax": softmax,
    "xdivy": xdivy,
}
"""By name of a function: called with its arguments and an array of its value's shape."""
