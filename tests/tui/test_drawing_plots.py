"""Plots fit their room and never raise, whatever the data; what is special in the data is said."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnntui.text.terminal_cells import cell_width
from rnntui.tui.drawing.axis import axis_for, tick_texts
from rnntui.tui.drawing.decimation import cell_of, cells_crossed, thinned, thinned_ahead
from rnntui.tui.drawing.palette import palette_for
from rnntui.tui.drawing.plots import CURRENT, Series, line_plot, scatter_plot

DARK = palette_for(True)
ANY = st.floats(allow_nan=True, allow_infinity=True, width=64)
WIDTHS = st.one_of(st.integers(0, 5), st.integers(6, 60))
HEIGHTS = st.one_of(st.integers(0, 5), st.integers(6, 20))
SIZES = st.tuples(st.integers(2, 40), st.integers(2, 12))
DOTS = [chr(0x2800 + bits) for bits in range(1, 256)]


def fits(picture, width, height):
    """Not wider nor higher than its room, which a plot fills and a message need not."""
    plot = len(picture) > 1 and "└" in text(picture)
    return (
        len(picture) <= max(height, 1)
        and all(line.cell_len == cell_width(line.plain) <= width for line in picture)
        and (not plot or [line.cell_len for line in picture[1:]] == [width] * (height - 1))
    )


def text(picture) -> str:
    return "\n".join(line.plain for line in picture)


def inside(picture) -> np.ndarray:
    """The characters inside the frame, the lowest row first."""
    lines = [line.plain for line in picture]
    (bottom,) = (k for k, line in enumerate(lines) if "└" in line)
    left = lines[bottom].index("└") + 1
    return np.array([list(line[left:]) for line in lines[1:bottom]])[::-1]


def frame(picture) -> tuple[int, int]:
    """Where its corner is."""
    lines = [line.plain for line in picture]
    (bottom,) = (k for k, line in enumerate(lines) if "└" in line)
    return bottom, lines[bottom].index("└")


def dots(characters) -> np.ndarray:
    """Which dots of the characters' braille are set, from the lowest row up and from the left."""
    rows, columns = characters.shape
    found = np.zeros((4 * rows, 2 * columns), bool)
    for row, column in zip(*np.nonzero(np.isin(characters, DOTS)), strict=True):
        bits = ord(characters[row, column]) - 0x2800
        # numbered down the left side, down the right side, then the two that were added below
        for bit, (up, right) in enumerate(
            [(3, 0), (2, 0), (1, 0), (3, 1), (2, 1), (1, 1), (0, 0), (0, 1)]
        ):
            found[4 * row + up, 2 * column + right] = bits >> bit & 1
    return found


def dots_of_cells(cells, columns, rows) -> np.ndarray:
    characters = np.full((rows, columns), " ")
    column, row, shown = cells
    characters[row, column] = shown
    return dots(characters)


class TestLinePlot:
    @settings(max_examples=150, deadline=None)
    @given(st.lists(st.lists(ANY, max_size=12), max_size=3), WIDTHS, HEIGHTS, st.booleans(), ANY)
    def test_any_data_fits_any_room(self, data, width, height, log, marker):
        series = [Series(f"s{k}", np.array(y)) for k, y in enumerate(data)]
        picture = line_plot(
            series, width, height, DARK, log=log, marker_x=marker, title="loss", x_label="t"
        )
        assert fits(picture, width, height)

    @pytest.mark.parametrize(
        "value", [0.0, -3.5, 1e-300, 1.7e308, -1.7e308, 5e-324, sys.float_info.max]
    )
    @pytest.mark.parametrize("log", [False, True])
    def test_a_constant_is_a_line_in_the_middle(self, value, log):
        picture = line_plot([Series("c", np.full(9, value))], 40, 12, DARK, log=log)
        assert fits(picture, 40, 12)
        assert any("\u2800" < character <= "\u28ff" for character in text(picture))

    def test_both_ends_of_the_floats_in_one_plot(self):
        picture = line_plot([Series("c", np.array([-1.79e308, 1.79e308]))], 40, 12, DARK)
        assert fits(picture, 40, 12)

    @settings(max_examples=60, deadline=None)
    @given(
        st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=60),
        st.integers(30, 70),
        st.integers(9, 24),
        st.integers(0, 3),
    )
    def test_the_dots_are_where_the_values_are(self, y, width, height, repeated):
        """The same few values as a line through points, and as a dense curve that waits at each."""
        y = np.repeat(y, 30) if repeated == 3 else np.array(y)
        characters = inside(line_plot([Series("s", y)], width, height, DARK))
        shown = dots(characters)
        low, high = axis_for(y).low, axis_for(y).high
        share = (y - low) / (high - low)
        rows = np.floor(0.5 + np.round(share * (len(shown) - 1), 6)).astype(int)
        at = np.linspace(0, shown.shape[1] - 1, len(y))
        columns = np.floor(0.5 + np.round(at, 6)).astype(int)
        near = [shown[max(r - 1, 0) : r + 2, c].any() for r, c in zip(rows, columns, strict=True)]
        assert all(near)
        assert shown.any(axis=0).all()  # unbroken

    def test_a_straight_line_is_straight(self):
        shown = dots(inside(line_plot([Series("s", [0.0, 1.0])], 40, 12, DARK)))
        row, column = np.nonzero(shown)
        slope = (len(shown) - 1) / (shown.shape[1] - 1)
        assert np.abs(row - column * slope).max() <= 1
        assert set(column.tolist()) == set(range(shown.shape[1]))

    @settings(max_examples=60, deadline=None)
    @given(st.integers(14, 90), st.integers(5, 30), st.lists(st.floats(-9, 9), max_size=40))
    def test_the_frame_is_where_it_was_whatever_the_numbers(self, width, height, y):
        usual = line_plot([Series("s", [0.0, 1.0])], width, height, DARK, x_label="t")
        ends = [-9.0, 9.0]  # the same axis for all
        pictures = [
            line_plot([Series("s", [*ends, *y])], width, height, DARK, x_label="t"),
            line_plot([Series("s", ends)], width, height, DARK, x_label="t"),
            scatter_plot(np.array([[-0.5, 0.25], [0.5, 2.0]]), width, height, DARK, x_label="t"),
        ]
        assert {frame(picture) for picture in pictures} == {frame(usual)}
        lines = [[line.plain[: frame(usual)[1] + 1] for line in p[1:]] for p in pictures[:2]]
        assert lines[0] == lines[1]

    def test_values_that_are_not_finite_are_counted(self):
        y = np.array([1.0, np.nan, np.inf, 2.0, -np.inf])
        assert "3 values not finite" in text(line_plot([Series("s", y)], 60, 12, DARK))

    def test_messages_where_there_is_nothing_to_draw(self):
        assert "no data yet" in text(line_plot([], 40, 10, DARK))
        assert "no finite values" in text(line_plot([Series("s", [np.nan])], 40, 10, DARK))
        assert "too small" in text(line_plot([Series("s", [1, 2])], 10, 3, DARK))

    def test_a_log_axis_only_for_positive_values(self):
        assert "log axis" in text(line_plot([Series("s", [1e-4, 1.0])], 60, 12, DARK, log=True))
        picture = line_plot([Series("s", [-1.0, 1.0])], 60, 12, DARK, log=True)
        assert "linear axis" in text(picture)

    def test_several_series_are_told_apart_by_glyphs(self):
        series = [Series(name, np.arange(9) * k) for k, name in enumerate("ifo")]
        plain = text(line_plot(series, 60, 16, DARK))
        assert all(f"{glyph} {name}" in plain for glyph, name in zip("●▲■", "ifo", strict=True))
        assert all(plain.count(glyph) > 1 for glyph in "●▲■")

    def test_the_marker_is_a_line_and_a_point(self):
        plain = text(line_plot([Series("s", np.arange(20.0))], 60, 16, DARK, marker_x=10))
        assert plain.count(CURRENT) == 1

    @pytest.mark.parametrize("count", [1, 20, 2000])
    def test_the_line_at_the_marker_is_whole(self, count):
        picture = line_plot([Series("s", np.ones(count))], 60, 16, DARK, marker_x=0)
        assert sorted(inside(picture)[:, 0]) == sorted(["│"] * 12 + [CURRENT])
        assert "└┴" in text(picture)

    def test_ticks_read_like_the_other_numbers(self):
        plain = text(line_plot([Series("s", np.linspace(0, 2000, 30))], 60, 16, DARK))
        assert "2000" in plain
        assert "e3" not in plain

    def test_plotext_is_not_imported_before_the_first_plot(self):
        code = "import sys, rnntui.tui.drawing.plots; sys.exit('plotext' in sys.modules)"
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


class TestScatterPlot:
    @settings(max_examples=150, deadline=None)
    @given(
        st.lists(st.tuples(ANY, ANY), max_size=12),
        WIDTHS,
        HEIGHTS,
        st.one_of(st.none(), st.integers(-2, 14)),
        st.booleans(),
    )
    def test_any_data_fits_any_room(self, points, width, height, current, trajectory):
        picture = scatter_plot(
            np.array(points).reshape(-1, 2),
            width,
            height,
            DARK,
            groups=[k % 9 for k in range(len(points))],
            names=["A", "B"],
            trajectory=trajectory,
            breaks=[3],
            current=current,
            labels=[f"t{k}" for k in range(len(points))],
            title="hidden",
        )
        assert fits(picture, width, height)

    def test_groups_have_glyphs_and_the_current_point_its_own(self):
        points = np.array([[0, 0], [1, 1], [0, 1], [1, 0]], float)
        picture = scatter_plot(
            points, 50, 14, DARK, groups=[0, 1, 0, 1], current=2, trajectory=False
        )
        plain = text(picture)
        assert (plain.count("●"), plain.count("▲"), plain.count(CURRENT)) == (1, 2, 1)

    @settings(max_examples=60, deadline=None)
    @given(
        st.integers(1, 60),
        st.integers(0, 2**32 - 1),
        st.lists(st.text("ab12日ก\u0e31é→", max_size=4), min_size=60, max_size=60),
        st.integers(20, 90),
        st.integers(6, 30),
    )
    def test_labels_hide_no_point_and_no_other_label(self, count, seed, labels, width, height):
        points = np.random.default_rng(seed).normal(size=(count, 2))
        labels = [chr(0x100 + k) + label for k, label in enumerate(labels)]  # none like another
        bare = scatter_plot(points, width, height, DARK, trajectory=False)
        labelled = scatter_plot(points, width, height, DARK, trajectory=False, labels=labels)
        assert fits(labelled, width, height)
        assert text(labelled).count("●") == text(bare).count("●")
        for label in labels:
            assert label[0] not in text(labelled) or f"●{label}" in text(labelled)

    def test_every_label_stands_right_of_its_point(self):
        points = np.random.default_rng(3).normal(size=(20, 2))
        labels = [f"q{k:02}" for k in range(20)]
        lines = text(scatter_plot(points, 100, 40, DARK, labels=labels, trajectory=False))
        shown = [label for label in labels if label in lines]
        assert len(shown) > 12
        assert all(f"●{label}" in lines for label in shown)

    def test_a_trajectory_stops_at_the_current_point_and_at_breaks(self):
        points = np.array([[0, 0], [1, 1], [0, 1], [1, 0]], float)

        def dots(**options):
            plain = text(scatter_plot(points, 50, 14, DARK, **options))
            return sum("\u2800" < character <= "\u28ff" for character in plain)

        assert dots(trajectory=False) == 0
        assert dots() > dots(current=1) > 0
        assert dots(breaks=[1, 2, 3]) == 0

    def test_of_a_long_trajectory_the_latest_steps_are_drawn(self):
        to_and_fro = np.array([0.0, 1.0] * 50)
        points = np.stack([to_and_fro, np.repeat([1.0, 0.0], 50)], axis=1)
        drawn = dots(inside(scatter_plot(points, 60, 20, DARK)))
        assert drawn[: len(drawn) // 2].any()
        assert not drawn[len(drawn) // 2 :].any()


class TestAxis:
    @settings(max_examples=100, deadline=None)
    @given(
        st.tuples(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9)),
        st.integers(12, 120),
        st.integers(5, 30),
    )
    def test_all_ticks_below_are_written(self, ends, width, height):
        """plotext leaves out those that would touch others, which these do not."""
        picture = line_plot([Series("s", [0.0, 1.0], sorted(ends))], width, height, DARK)
        bottom, _ = frame(picture)
        assert picture[bottom].plain.count("┬") == len(picture[bottom + 1].plain.split()) > 0

    @given(
        st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=5),
        st.integers(1, 8),
    )
    def test_ticks_are_few_different_and_inside(self, values, count):
        axis = axis_for(np.array(values))
        places = [place for place, _ in axis.ticks(count)]
        assert len(places) <= count + 2
        assert all(-1e-6 <= place <= 1 + 1e-6 for place in places)

    @given(st.lists(st.floats(min_value=5e-324, max_value=1.7e308), min_size=1, max_size=5))
    def test_log_ticks_are_inside(self, values):
        axis = axis_for(np.array(values), log=True)
        assert all(-1e-6 <= place <= 1 + 1e-6 for place, _ in axis.ticks(5))

    def test_decades_are_written_in_one_notation(self):
        assert [text for _, text in axis_for(np.array([0.01, 10]), log=True).ticks(6)] == [
            "0.01", "0.1", "1", "10",
        ]  # fmt: skip
        texts = [text for _, text in axis_for(np.array([1e-8, 1]), log=True).ticks(5)]
        assert texts == ["1e-8", "1e-6", "1e-4", "1e-2", "1"]

    def test_texts_have_as_many_decimals_as_tell_them_apart(self):
        assert tick_texts([0.1, 0.15, 0.2]) == ["0.10", "0.15", "0.20"]

    @pytest.mark.parametrize(
        ("values", "texts"),
        [
            ([20_000.0, 60_000.0, 100_000.0], ["20k", "60k", "100k"]),
            ([0.0, 250_000.0, 1_000_000.0], ["0", "0.25M", "1M"]),
            ([100_000.0, 100_001.0], ["100000", "100001"]),
            ([0.0, 1e300], ["0", "1e300"]),
        ],
    )
    def test_large_numbers_are_short(self, values, texts):
        assert tick_texts(values) == texts


class TestThinning:
    @settings(deadline=None)
    @given(
        st.lists(st.integers(1, 400), min_size=1, max_size=30),
        st.integers(0, 2**32 - 1),
        st.sampled_from([16, 64, 200]),
    )
    def test_a_curve_thinned_as_it_grows_is_the_one_thinned_at_once(self, chunks, seed, most):
        whole = np.random.default_rng(seed).integers(-3, 9, sum(chunks)).astype(float)
        whole[whole == 8] = np.nan
        steps = np.arange(len(whole), dtype=float)
        x, y, count = np.empty(0), np.empty(0), 0
        for chunk in chunks:
            new_x, new_y = thinned_ahead(count, whole[count : count + chunk], most)
            x, y = thinned(np.concatenate([x, new_x]), np.concatenate([y, new_y]), most)
            count += chunk
            at_once = thinned(steps[:count], whole[:count], most)
            np.testing.assert_array_equal((x, y), at_once)
            assert np.isfinite(y).sum() <= most
        if len(whole) <= most:
            assert len(x) == len(whole)
        for ours, theirs in zip(thinned(x, y, 8), thinned(steps, whole, 8), strict=True):
            np.testing.assert_array_equal(ours, theirs)

    def test_what_came_early_stays_when_much_has_come_since(self):
        x, y = np.arange(4000.0), np.sin(np.arange(4000.0) / 50)
        for _ in range(300):
            later = x[-1] + np.arange(1, 3001)
            x, y = thinned(np.concatenate([x, later]), np.concatenate([y, later * 0]), 4000)
        early = y[x < 4000]
        assert x[0] < 512
        assert len(early) >= 8
        assert early.max() > 0.99
        assert early.min() < -0.99


class TestDenseCurve:
    """Many points: by columns of dots, two to a cell, and four dots in each cell of a column."""

    def test_a_long_curve_keeps_its_spikes(self):
        y = np.zeros(100_000)
        y[54_321] = 1.0
        column, row, characters = cells_crossed(np.linspace(0, 1, 100_000), y, 80, 10)
        assert len(column) <= 80 + 2 * 9  # one line, and the spike in two cells at most
        assert row.max() == 9
        assert set(characters) <= set(DOTS)

    def test_gaps_break_the_curve(self):
        y = np.repeat([0.0, 0.5, np.nan, 0.5, 1.0], 40)
        column, _, _ = cells_crossed(np.linspace(0, 1, 200), y, 50, 10)
        assert set(range(50)) - set(column.tolist()) == set(range(20, 30))

    @settings(deadline=None)
    @given(st.integers(61, 400), st.integers(0, 2**32 - 1), SIZES)
    def test_it_is_the_curve_of_all_its_points(self, count, seed, size):
        """Each point has its dot; no dot is more than one from the line through the points."""
        columns, rows = 2 * size[0], 4 * size[1]
        x = np.linspace(0, 1, count)
        y = np.random.default_rng(seed).random(count)
        dots = dots_of_cells(cells_crossed(x, y, *size), *size)
        assert dots[cell_of(y, rows), cell_of(x, columns)].all()
        fine = np.linspace(0, 1, 20_000)
        row = np.interp(fine, x, y) * (rows - 1)
        for column in range(columns):
            near = row[np.abs(fine * (columns - 1) - column) <= 1]
            shown = np.flatnonzero(dots[:, column])
            assert near.min() - 1 <= shown.min()
            assert shown.max() <= near.max() + 1


class TestArrows:
    """From each point to the next, half way, with what is gone by."""

    @pytest.mark.parametrize(
        ("end", "arrow"),
        [((1, 0), "→"), ((1, 1), "↗"), ((0, 1), "↑"), ((-1, 1), "↖"),
         ((-1, 0), "←"), ((-1, -1), "↙"), ((0, -1), "↓"), ((1, -1), "↘")],
    )  # fmt: skip
    def test_they_point_the_way(self, end, arrow):
        # the corners keep the axes the same, and square on the screen, for every end
        corners = [(-1, -1), (1, 1)]
        points = np.array([*corners, (0, 0), end], dtype=float)
        picture = scatter_plot(
            points, 66, 34, palette_for(True), steps=["", "", "", "T"], breaks=[1, 2]
        )
        shown = text(picture)
        assert f"{arrow}T" in shown

    def test_none_across_a_break_or_past_the_current_point(self):
        points = np.array([(0, 0), (1, 1), (2, 0), (3, 1)], dtype=float)
        picture = scatter_plot(
            points, 60, 20, palette_for(True), steps=["", "a", "b", "c"], breaks=[2], current=2
        )
        shown = text(picture)
        assert "a" in shown
        assert "b" not in shown
        assert "c" not in shown
