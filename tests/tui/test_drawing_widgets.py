"""The widgets of `drawing`, in a running app: what they show, at every size, in every theme."""

from __future__ import annotations

import numpy as np
import pytest
from textual.app import App, ComposeResult

from rnntui.tui.drawing.matrix import MatrixView
from rnntui.tui.drawing.plot_view import PlotView
from rnntui.tui.drawing.plots import Series, line_plot

SIZES = [(0, 0), (1, 1), (2, 3), (3, 2), (8, 4), (30, 12), (90, 30)]
ODD = np.array([[np.nan, np.inf, -np.inf], [5e-324, 1.7e308, -1.7e308], [0.0, -0.5, 1e-26]])


class MatrixApp(App):
    CSS = "MatrixView { width: 60; height: 20; }"

    def __init__(self) -> None:
        super().__init__()
        self.selected: list[tuple[int, int]] = []

    def compose(self) -> ComposeResult:
        yield MatrixView()

    def on_matrix_view_selected(self, event: MatrixView.Selected) -> None:
        self.selected.append((event.row, event.column))


def lines(view):
    return [view.render_line(y).text for y in range(view.size.height)]


class TestMatrixView:
    @pytest.mark.parametrize("size", SIZES)
    @pytest.mark.parametrize(
        "values",
        [np.zeros((0, 0)), np.zeros((0, 3)), np.float64(2.5), np.arange(5.0), ODD, np.eye(40)],
        ids=["empty", "no rows", "scalar", "vector", "odd", "large"],
    )
    async def test_every_line_has_the_width_of_the_view(self, size, values):
        app = MatrixApp()
        async with app.run_test(size=(100, 40)) as pilot:
            view = app.query_one(MatrixView)
            view.styles.width, view.styles.height = size
            view.show(values, "W_hh", (1, 1))
            for density in ("auto", "numbers", "glyphs"):
                view.density = density
                await pilot.pause()
                strips = [view.render_line(y) for y in range(view.size.height)]
                assert {strip.cell_length for strip in strips} <= {view.size.width}
                assert all(len(strip.text) == view.size.width for strip in strips)

    async def test_numbers_with_indices_name_and_mark(self):
        app = MatrixApp()
        async with app.run_test():
            view = app.query_one(MatrixView)
            view.show(np.array([[30.0, -0.5], [np.nan, 1.8e-26]]), "W_ii", (0, 1))
            shown = lines(view)
        assert shown[0].split() == ["W_ii", "0", "1"]
        assert shown[1].split() == ["0", "30.00►", "-0.50"]
        assert shown[2].split() == ["1", "nan", "1.8e-26"]

    async def test_a_vector_is_a_column_and_a_row_when_asked(self):
        app = MatrixApp()
        async with app.run_test():
            view = app.query_one(MatrixView)
            view.show(np.array([1.0, 2.0]), "h")
            assert [line.split() for line in lines(view)[:3]] == [
                ["h"],
                ["0", "1.00"],
                ["1", "2.00"],
            ]
            view.show(np.array([[1.0, 2.0]]), "h")
            assert lines(view)[1].split() == ["0", "1.00", "2.00"]

    async def test_where_numbers_do_not_fit_signs_and_blocks_do(self):
        app = MatrixApp()
        async with app.run_test():
            view = app.query_one(MatrixView)
            view.show(np.outer([1, -1], np.arange(1, 21)) / 20, "W")
            shown = lines(view)
        assert shown[1].strip().endswith("+▇")
        assert shown[2].strip().endswith("-▇")

    async def test_a_changed_value_is_drawn_and_an_equal_one_is_not_drawn_again(self):
        app = MatrixApp()
        async with app.run_test():
            view = app.query_one(MatrixView)
            view.show(np.eye(3))
            before = view.render_line(1)
            view.show(np.eye(3))
            assert view.render_line(1) is before
            view.show(np.eye(3) * [[0.5], [1], [1]])
            assert "0.50" in view.render_line(1).text

    async def test_scrolling_moves_whole_columns_and_keeps_the_headers(self):
        app = MatrixApp()
        async with app.run_test() as pilot:
            view = app.query_one(MatrixView)
            view.density = "numbers"
            view.show(np.arange(10_000.0).reshape(100, 100) / 1000, "W")
            view.focus()
            await pilot.pause()
            await pilot.press("right", "right", "down")
            await pilot.pause()
            shown = lines(view)
        assert shown[0].split()[:3] == ["W", "2", "3"]
        assert shown[1].split()[:3] == ["1", "0.10", "0.10"]

    async def test_the_last_element_can_be_reached_and_is_whole(self):
        app = MatrixApp()
        async with app.run_test() as pilot:
            view = app.query_one(MatrixView)
            view.density = "numbers"
            values = np.zeros((100, 100))
            values[99, 99] = -7.25
            view.show(values, "W", (99, 99))
            await pilot.pause()
            room = view.scrollable_content_region.size
            last = lines(view)[room.height - 1]
        assert last[: room.width].rstrip().endswith("►-7.25")

    async def test_a_click_selects_the_element_under_it(self):
        app = MatrixApp()
        async with app.run_test() as pilot:
            view = app.query_one(MatrixView)
            view.show(np.eye(3), "W")
            x = lines(view)[2].rindex("0.00")
            await pilot.click(MatrixView, offset=(x, 2))
            await pilot.click(MatrixView, offset=(0, 0))
            await pilot.pause()
        assert app.selected == [(1, 2)]

    async def test_three_axes_are_an_error(self):
        with pytest.raises(ValueError, match="two axes"):
            MatrixView().show(np.zeros((2, 2, 2)))


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
