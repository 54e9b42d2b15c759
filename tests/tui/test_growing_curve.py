"""A curve that gets longer is the same curve, however it came to be so long, and costs no more."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnntui.tui.drawing.growing_curve import GrowingCurve

LOSSES = np.random.default_rng(5).uniform(0.5, 2.0, 30_000)


@given(st.lists(st.integers(0, 9_000), max_size=6), st.integers(0, 1))
@settings(max_examples=40)
def test_pieces_make_the_same_curve_as_the_whole(lengths, first):
    whole, pieces = GrowingCurve(first), GrowingCurve(first)
    values = LOSSES[: min(sum(lengths), len(LOSSES))]
    whole.extend(values)
    for length in lengths:
        pieces.extend(values[pieces.stop - first :][:length])
    assert pieces.stop == whole.stop == first + len(values)
    for one, other in zip(pieces.before(), whole.before(), strict=True):
        assert np.array_equal(one, other)


def test_a_short_one_is_exact_and_a_long_one_keeps_its_extremes_in_few_points():
    curve = GrowingCurve()
    curve.extend(LOSSES[:100])
    x, y = curve.before()
    assert np.array_equal(x, np.arange(100))
    assert np.array_equal(y, LOSSES[:100])
    curve.extend(LOSSES[100:])
    x, y = curve.before()
    assert len(x) < 5_000
    assert {LOSSES.min(), LOSSES.max()} <= set(y)
    assert np.array_equal(y, LOSSES[x.astype(int)])


def test_before_leaves_out_what_is_not_known_yet():
    curve = GrowingCurve(1)
    curve.extend([3.0, 2.0, 1.0])
    x, y = curve.before(3)
    assert (x.tolist(), y.tolist()) == ([1, 2], [3.0, 2.0])
    assert not len(curve.before(0)[0])


@pytest.mark.parametrize(
    ("values", "spread"),
    [
        ([], 1.0),
        ([2.0], 1.0),
        ([0.5, 2.0], 4.0),
        ([np.nan, 0.5, np.inf, 2.0], 4.0),
        ([0.0, 2.0], 1.0),
        ([-1.0, 2.0], 1.0),
        ([np.nan], 1.0),
    ],
)
def test_how_far_it_spreads(values, spread):
    curve = GrowingCurve()
    curve.extend(values)
    assert curve.spread == spread
