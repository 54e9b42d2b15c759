"""Matrices as lines of text, and the plot widget: what they show, at every size, in every theme."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from textual.app import App, ComposeResult

from rnntui.tui.drawing.matrix_rows import MatrixRows, flow
from rnntui.tui.drawing.palette import palette_for
from rnntui.tui.drawing.plot_view import PlotView
from rnntui.tui.drawing.plots import Series, line_plot

DARK = palette_for(True)
SIZES = [(0, 0), (1, 1), (2, 3), (3, 2), (8, 4), (30, 12), (90, 30)]
ODD = np.array([[np.nan, np.inf, -np.inf], [5e-324, 1.7e308, -1.7e308], [0.0, -0.5, 1e-26]])


def fit(values, width: int = 60, name: str = "W", **options) -> MatrixRows:
    return MatrixRows.fit(np.asarray(values), name, width, DARK, **options)


def words(matrix: MatrixRows) -> list[list[str]]:
    return [matrix.line(n).plain.split() for n in range(matrix.height)]


class TestMatrixRows:
    @pytest.mark.parametrize("width", [0, 1, 2, 3, 8, 30, 90])
    @pytest.mark.parametrize(
        "values",
        [np.zeros((0, 0)), np.zeros((0, 3)), np.float64(2.5), np.arange(5.0), ODD, np.eye(40)],
        ids=["empty", "no rows", "scalar", "vector", "odd", "large"],
    )
    def test_every_line_has_the_width_of_the_matrix(self, width, values):
        matrix = fit(values, width, "W_hh")
        lines = [matrix.line(n) for n in range(matrix.height + 2)]
        assert {line.cell_len for line in lines} == {matrix.width}
        assert {len(line.plain) for line in lines} == {matrix.width}

    @pytest.mark.parametrize("width", range(12, 91, 6))
    def test_it_stays_within_the_room_that_even_its_narrowest_form_needs(self, width):
        assert fit(ODD, width).width <= width
        assert fit(np.eye(40), width).width <= width

    def test_numbers_with_indices_and_name(self):
        matrix = fit([[30.0, -0.5], [np.nan, 1.8e-26]], name="W_ii")
        assert words(matrix) == [
            ["W_ii", "0", "1"],
            ["0", "30.00", "-0.50"],
            ["1", "nan", "2e-26"],
        ]

    def test_a_vector_is_a_column_without_column_index(self):
        assert words(fit([1.0, 2.0], name="h")) == [["h"], ["0", "1.00"], ["1", "2.00"]]

    def test_a_scalar_is_one_number(self):
        assert words(fit(-2.5, name="w")) == [["w"], ["-2.50"]]

    def test_where_numbers_do_not_fit_signs_and_blocks_do(self):
        matrix = fit(np.outer([1, -1], np.arange(1, 21)) / 20)
        assert matrix.line(1).plain.strip().endswith("+▇")
        assert matrix.line(2).plain.strip().endswith("-▇")

    @pytest.mark.parametrize("width", range(1, 80, 3))
    @pytest.mark.parametrize("left", [0, 1, 99])
    def test_a_number_is_whole_or_is_not_there(self, width, left):
        values = np.array([[-12.345, 0.001234, 99999.5, -3e-300], [1.5, -0.5, 123456.0, 0.0]])
        matrix = fit(values, width, left=left)
        for n, row in enumerate(values, 1):
            line = matrix.line(n).plain[matrix.layout.header :]
            if matrix.layout.digits is None:
                continue
            size = matrix.layout.cell
            shown = [line[k : k + size].strip() for k in range(0, len(line), size)]
            for text, value in zip(shown, row[matrix.left : matrix.right], strict=True):
                digit = 10.0 ** -(len(text.partition(".")[2].partition("e")[0]))
                exponent = 10.0 ** int(text.partition("e")[2] or 0)
                assert text == "…" or abs(float(text) - value) <= 0.5001 * digit * exponent

    def test_scrolling_sideways_moves_whole_columns_with_their_indices(self):
        matrix = fit(np.arange(400.0).reshape(4, 100) / 100, 40, left=50)
        assert (matrix.left, matrix.right) != (0, 100)
        assert matrix.left == 50
        assert "50" in matrix.line(0).plain

    def test_scrolling_ends_at_the_last_column(self):
        matrix = fit(np.zeros((2, 100)), 40, left=10_000)
        assert matrix.right == 100

    def test_a_long_name_is_shortened_visibly(self):
        assert "…" in fit(np.eye(2), name="a_very_long_name_indeed").line(0).plain

    def test_past_the_end_there_are_blank_lines_of_the_same_width(self):
        matrix = fit(np.eye(2))
        assert matrix.line(3).plain == " " * matrix.width

    def test_the_colour_of_zero_is_neutral_and_the_ends_differ(self):
        line = fit([[-1.0, 0.0, 1.0]]).line(1)
        grounds = [segment.style.bgcolor for segment in line.segments if segment.style.bgcolor]
        assert len(set(map(str, grounds))) == 3


class TestFlow:
    def test_matrices_stand_side_by_side_while_there_is_room(self):
        blocks = [fit(np.eye(2), name=name) for name in "abcdef"]
        for width in (15, 40, 200):
            lines = flow(blocks, width)
            assert list(itertools.chain(*lines)) == blocks
            for line in lines:
                assert sum(b.width for b in line) + 2 * (len(line) - 1) <= max(
                    width, blocks[0].width
                )

    def test_unlike_matrices_side_by_side_are_filled_up(self):
        blocks = [fit(np.eye(3), name="A"), fit([1.0], name="b")]
        widths = [[block.line(n).cell_len for n in range(5)] for block in blocks]
        assert widths == [[block.width] * 5 for block in blocks]


class PlotApp(App):
    def compose(self) -> ComposeResult:
        yield PlotView()


class TestPlotView:
    @pytest.mark.parametrize("size", SIZES)
    async def test_every_line_has_the_width_of_the_view(self, size):
        app = PlotApp()
        async with app.run_test(size=(100, 40)) as pilot:
            view = app.query_one(PlotView)
            view.styles.width, view.styles.height = size
            view.show(lambda *room: line_plot([Series("s", np.arange(9))], *room))
            await pilot.pause()
            for y in range(view.size.height):
                assert view.render_line(y).cell_length == view.size.width

    async def test_drawn_once_for_each_version_size_and_theme(self):
        app = PlotApp()
        calls = []

        def draw(width, height, palette):
            calls.append((width, height, palette.dark))
            return line_plot([Series("s", np.arange(9))], width, height, palette)

        async with app.run_test(size=(60, 20)) as pilot:
            view = app.query_one(PlotView)
            view.show(draw, version=1)
            await pilot.pause()
            view.show(draw, version=1)
            view.refresh()
            await pilot.pause()
            assert calls == [(60, 20, True)]
            await pilot.resize_terminal(70, 22)
            await pilot.pause()
            assert calls[-1] == (70, 22, True)
            app.theme = "textual-light"
            await pilot.pause()
            await pilot.pause()
            assert calls[-1] == (70, 22, False)
            count = len(calls)
            view.show(draw, version=2)
            await pilot.pause()
            assert len(calls) == count + 1
