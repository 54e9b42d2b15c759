"""Columns of numbers, bars and histories: aligned, never cut, the sign readable without colour."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from rnntui.tui.drawing.bars import bar, block, block_levels, heat_strip, strip_of
from rnntui.tui.drawing.cells import fitted_number
from rnntui.tui.drawing.decimation import Furthest
from rnntui.tui.drawing.palette import contrast, palette_for

ANY = st.floats(allow_nan=True, allow_infinity=True, allow_subnormal=True, width=64)
FINITE = st.floats(-1e308, 1e308)  # 1.7e308 to one digit is no float any more
DARK = palette_for(True)
ODD = [0.0, -0.0, 1.0, -1.0, 0.5, 5e-324, -1e-300, 1.7e308, np.nan, np.inf, -np.inf]


class TestFittedNumber:
    @given(ANY, st.integers(0, 6), st.integers(0, 14))
    def test_every_text_has_the_width(self, value, digits, width):
        assert cell_len(fitted_number(value, digits, width)) == width

    @given(FINITE, st.integers(0, 6), st.integers(1, 14))
    def test_a_text_parses_back_to_within_rounding(self, value, digits, width):
        text = fitted_number(value, digits, width)
        if "…" in text:
            return
        shown = float(text)
        if "e" in text:
            assert shown == pytest.approx(value, rel=0.51)
        else:
            decimals = len(text.partition(".")[2])
            assert abs(shown - value) <= 0.500001 * 10.0**-decimals
        assert (shown == 0) == (value == 0)

    def test_points_line_up(self):
        texts = [fitted_number(value, 2, 6) for value in (0.5, -30.0, 7.0)]
        assert texts == ["  0.50", "-30.00", "  7.00"]

    def test_a_value_too_wide_loses_decimals_then_becomes_scientific_then_a_placeholder(self):
        assert [fitted_number(-12345.678, 2, width) for width in (9, 8, 6, 5, 3)] == [
            "-12345.68",
            "-12345.7",
            "-12346",
            " -1e4",
            "  …",
        ]

    def test_half_is_never_shown_as_nothing(self):
        assert fitted_number(0.5, 2, 2) == " …"


class TestBar:
    @given(ANY, st.integers(0, 30), st.sampled_from([(0, 1), (-1, 1), (-2, 1), (-1, 0)]))
    def test_a_bar_has_the_width(self, value, width, limits):
        assert bar(value, *limits, width, DARK).cell_len == width

    def test_a_gate_grows_from_the_left_in_eighths(self):
        plain = [bar(value, 0, 1, 4, DARK).plain for value in (0, 0.25, 0.5, 1)]
        assert plain == ["    ", "█   ", "██  ", "████"]
        assert bar(1 / 32, 0, 1, 4, DARK).plain == "▏   "

    def test_the_sign_is_a_side_and_a_shade(self):
        assert bar(0.5, -1, 1, 9, DARK).plain == "    │██  "
        assert bar(-0.5, -1, 1, 9, DARK).plain == "  ▒▒│    "
        assert bar(0, -1, 1, 9, DARK).plain == "    │    "

    def test_values_outside_the_range_end_in_an_arrow(self):
        assert bar(1.5, 0, 1, 4, DARK).plain == "███►"
        assert bar(-2, -1, 1, 5, DARK).plain == "◄▒│  "

    def test_what_is_not_finite_is_said(self):
        assert bar(np.nan, 0, 1, 6, DARK).plain == "nan   "
        assert bar(-np.inf, -1, 1, 6, DARK).plain == "-inf  "
        assert bar(np.nan, 0, 1, 1, DARK).plain == "?"


class TestHeatStrip:
    @given(
        st.lists(ANY, max_size=40),
        st.integers(0, 30),
        st.integers(1, 4),
        st.one_of(st.none(), st.integers(0, 45)),
    )
    def test_a_strip_never_exceeds_the_width(self, values, width, cell_width, current):
        strip = heat_strip(values, width, DARK, current=current, cell_width=cell_width)
        assert strip.cell_len <= width

    def test_what_is_not_known_yet_is_blank_and_does_not_count(self):
        values = np.array([0.5, -1.0, 9.0])
        assert strip_of(Furthest(values, 10), range(2), DARK, scale=1.0).plain == "▄▁ "
        assert strip_of(Furthest(values[::-1], 10), range(1, 3), DARK, scale=1.0).plain == " ▁▄"
        # two timesteps share a cell: the known one is shown
        assert strip_of(Furthest(values[[0, 2]], 1), range(1), DARK, scale=1.0).plain == "▄"

    def test_the_current_timestep_keeps_its_brackets_before_it_is_known(self):
        strip = strip_of(Furthest(np.ones(2), 10), range(1), DARK, scale=1.0, current=1)
        assert strip.plain == "▇[ ]"

    def test_one_cell_a_timestep_with_the_current_one_in_brackets(self):
        strip = heat_strip([0.0, 0.5, 1.0, 0.1], 10, DARK, current=2)
        assert strip.plain == "·▄[▇]▁"

    def test_nothing_else_moves_when_the_current_timestep_does(self):
        strips = [heat_strip(np.arange(1, 9), 10, DARK, current=k).plain for k in (3, 4)]
        assert strips[0][:3] == strips[1][:3]
        assert strips[0][7:] == strips[1][7:]

    def test_negative_values_hang_in_reverse_video(self):
        glyph, style = block(-2, DARK)
        assert (glyph, style.reverse) == ("▆", True)
        glyph, style = block(2, DARK)
        assert (glyph, style.reverse) == ("▂", None)

    def test_full_size_differs_between_the_signs_without_colour(self):
        (above, one), (below, other) = block(7, DARK), block(-7, DARK)
        assert (above, bool(one.reverse)) != (below, bool(other.reverse))

    def test_only_zero_has_no_height(self):
        values = np.array([0.0, 1e-300, -5e-324, 0.5, -1.0, 3.0])
        assert block_levels(values, 1.0).tolist() == [0, 1, -1, 4, -7, 7]
        assert set(np.abs(block_levels(np.array(ODD), 1.7e308)).tolist()) <= set(range(8))

    def test_many_timesteps_keep_their_spikes_and_their_nan(self):
        values = np.full(1000, 0.01)
        values[500], values[900] = 1.0, np.nan
        plain = heat_strip(values, 20, DARK).plain
        assert len(plain) == 20
        assert "▇" in plain
        assert "?" in plain


class TestPalette:
    @pytest.mark.parametrize("dark", [True, False])
    def test_every_number_is_readable_on_its_background(self, dark):
        palette = palette_for(dark)
        for style in palette.diverging[:-1]:
            ink, paper = style.color.triplet, style.bgcolor.triplet
            assert contrast(tuple(ink), tuple(paper)) >= 4.5

    @pytest.mark.parametrize(("dark", "ground"), [(True, (18, 18, 18)), (False, (224, 224, 224))])
    def test_series_stand_out_from_the_background(self, dark, ground):
        series = palette_for(dark).series
        assert len(set(series)) == 8
        assert all(contrast(colour, ground) >= 3 for colour in series)

    def test_the_ends_the_middle_and_what_is_not_finite_have_their_places(self):
        values = np.array([-2.0, 0.0, 2.0, np.nan, np.inf, 9.0])
        last = len(DARK.diverging) - 1
        assert DARK.diverging_index(values, 2.0).tolist() == [0, 32, 64, last, last, 64]
        assert DARK.diverging[last] == DARK.not_finite

    def test_the_smallest_and_the_largest_scale_work(self):
        for scale in (5e-324, 1.7e308, 0.0):
            assert DARK.diverging_index(np.array(ODD), scale).max() <= 65
