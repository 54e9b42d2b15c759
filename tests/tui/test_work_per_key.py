"""How much work a key leads to, counted: what did not change is not made, drawn or painted again.

Counts are the same on every machine; what they come to in milliseconds, benchmarks/stepping.py says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from stepping import file, frame, settle, view
from textual.pilot import Pilot
from textual.screen import Screen

from rnntui.data.sequence_file import parse_sequence_file
from rnntui.session.moment import Moment
from rnntui.tui.app import RnnTui
from rnntui.tui.drawing.cached_lines import CachedLines
from rnntui.tui.drawing.canvas import Canvas
from rnntui.tui.drawing.line import Line
from rnntui.tui.drawing.matrix_rows import MatrixRows
from rnntui.tui.drawing.plot_view import PlotView
from rnntui.tui.drawing.rows_view import RowsView
from rnntui.tui.stepper.panel_frame import PanelFrame
from rnntui.tui.stepper.plots_body import PlotsBody

SIZES = pytest.mark.parametrize("size", [(120, 40), (200, 60)], ids="{0[0]}x{0[1]}".format)
STEPS = ["full_stop", "comma", "right", "left", "enter", "backspace", "down", "up"]
COUNTED = {
    "frames": (Screen, "_compositor_refresh"),
    "layouts": (Screen, "_refresh_layout"),
    "plots": (Canvas, "draw"),
    "strips": (Line, "strip"),
    "matrices": (MatrixRows, "fit"),
}


@contextmanager
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """Count the calls of the methods above, and the lines of panels that are painted anew."""
    counts: Counter[str] = Counter()

    def counted(name: str, original: Callable) -> Callable:
        def call(*arguments, **options):
            counts[name] += 1
            return original(*arguments, **options)

        return call

    with monkeypatch.context() as patch:
        for name, (owner, method) in COUNTED.items():
            patch.setattr(owner, method, counted(name, getattr(owner, method)))
        for owner in (RowsView, PlotView):
            patch.setattr(owner, "render_line", counted("lines", owner.render_line))
        yield counts


async def ready(pilot: Pilot) -> None:
    """In the middle of the sequence, everything drawn once."""
    await settle(pilot)
    await pilot.press("right", "right", "full_stop", "enter")
    await settle(pilot)


@SIZES
@pytest.mark.parametrize("key", [*STEPS, "pagedown", "pageup"])
async def test_a_key_is_two_frames_at_most_and_no_layout(size, key, monkeypatch):
    app = RnnTui(file("lstm-ab"))
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        with counting(monkeypatch) as counts:
            await pilot.press(key)
            await settle(pilot)
        assert counts["layouts"] == 0
        assert counts["frames"] <= 2  # where the eye is, then the rest


@contextmanager
def painting(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[set[str]]]:
    """The widgets that each picture paints anew, the others being shown as they were."""
    pictures: list[set[str]] = [set()]
    refresh = Screen._compositor_refresh

    def picture(screen: Screen) -> None:
        refresh(screen)
        pictures.append(set())

    def painted(original: Callable) -> Callable:
        def paint(widget, crop):
            panels = [node for node in widget.ancestors_with_self if isinstance(node, PanelFrame)]
            pictures[-1].add(panels[0].id if panels else type(widget).__name__)
            return original(widget, crop)

        return paint

    with monkeypatch.context() as patch:
        patch.setattr(Screen, "_compositor_refresh", picture)
        for owner in (CachedLines, PanelFrame, PlotsBody, PlotView, RowsView):
            patch.setattr(owner, "paint", painted(owner.paint))
        yield pictures


@SIZES
@pytest.mark.parametrize("key", STEPS)
async def test_the_first_picture_is_where_the_eye_is(size, key, monkeypatch):
    app = RnnTui(file("lstm-ab"))
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        with painting(monkeypatch) as pictures:
            await pilot.press(key)
            await settle(pilot)
        assert "StatusLine" in pictures[0]
        assert pictures[0] <= {"StatusLine", "equation"}


async def test_all_panels_come_to_show_the_newest_moment():
    app = RnnTui(file("lstm-ab"))
    async with app.run_test(size=(200, 60)) as pilot:
        await ready(pilot)
        for keys in (["right"], ["enter", "tab", "right", "tab"], ["backspace", "tab"]):
            for key in keys:  # without waiting for what each leads to
                app.simulate_key(key)
            await settle(pilot)
            await settle(pilot)
            assert all(panel.moment is view(app).moment for panel in app.screen.query(PanelFrame))


@SIZES
async def test_the_next_panel_is_reached_without_painting_the_others(size, monkeypatch):
    app = RnnTui(file("lstm-ab"))
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        with counting(monkeypatch) as counts:
            await pilot.press("tab")
            await settle(pilot)
        panels = [frame(app, name) for name in ("equation", "quantities")]
        assert counts["lines"] <= sum(panel.size.height for panel in panels)
        assert counts["strips"] == counts["plots"] == 0


async def test_a_plot_is_not_drawn_for_another_frame_around_it(monkeypatch):
    app = RnnTui(file("lstm-ab"))
    async with app.run_test(size=(200, 60)) as pilot:
        await ready(pilot)
        with counting(monkeypatch) as counts:
            await pilot.press(*["tab"] * 7)
            await settle(pilot)
        assert counts["plots"] == 0


@SIZES
async def test_the_same_moment_again_costs_nothing(size, monkeypatch):
    app = RnnTui(file("lstm-ab"))
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        with counting(monkeypatch) as counts:
            view(app).redraw()
            await settle(pilot)
        assert counts["plots"] == counts["lines"] == counts["layouts"] == 0
        assert counts["strips"] <= 1, "the status line"


@SIZES
@pytest.mark.parametrize("key", ["full_stop", "comma", "down", "up"])
async def test_another_equation_of_the_same_timestep_leaves_most_as_it_is(size, key, monkeypatch):
    app = RnnTui(file("lstm-ab"))
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        in_sight = sum(
            body.size.height for body in app.screen.query(RowsView) if body.parent.display
        )
        with counting(monkeypatch) as counts:
            await pilot.press(key)
            await settle(pilot)
        assert counts["plots"] == 0
        assert counts["matrices"] == 0
        assert counts["lines"] < in_sight
        assert counts["strips"] <= in_sight * 2 // 3


async def test_a_timestep_draws_only_the_plots_that_it_changes(monkeypatch):
    app = RnnTui(file("lstm-ab"))
    async with app.run_test(size=(200, 60)) as pilot:
        await ready(pilot)
        with counting(monkeypatch) as counts:
            await pilot.press("right")
            await settle(pilot)
        assert counts["plots"] == 2, "the losses at each t and the hidden space, not the curve"
        assert counts["matrices"] == 0
        with counting(monkeypatch) as counts:
            await pilot.press("enter")
            await settle(pilot)
        assert counts["plots"] == 3


def model_of(length: int) -> RnnTui:
    text = 'model = "elman"\n[sizes]\nhidden = 3\n[data]\none_hot = "ab"\n'
    text += f'sequence = "{"ab" * (length // 2)}"\ntargets = "{"ba" * (length // 2)}"\n'
    return RnnTui(parse_sequence_file(text, "long.toml"))


@pytest.mark.parametrize("key", STEPS)
async def test_a_long_sequence_asks_for_no_more_than_a_short_one(key, monkeypatch):
    asked: dict[int, Counter[str]] = {}
    for length in (200, 4000):
        app = model_of(length)
        async with app.run_test(size=(200, 60)) as pilot:
            await pilot.press("end", "left", "left", "enter")
            await settle(pilot)
            counts = asked[length] = Counter()

            def counted(name: str, original: Callable, counts: Counter[str] = counts) -> Callable:
                def call(*arguments):
                    counts[name] += 1
                    return original(*arguments)

                return call

            with monkeypatch.context() as patch:
                for name in ("known", "known_range"):
                    patch.setattr(Moment, name, counted(name, getattr(Moment, name)))
                patch.setattr(Line, "add", counted("texts", Line.add))
                await pilot.press(key)
                await settle(pilot)
    assert asked[200]["known_range"], "nothing has been counted"
    assert asked[4000]["known"] == 0
    # an iteration that takes long is announced meanwhile, which is a second picture
    assert asked[4000]["known_range"] <= 2 * asked[200]["known_range"]
    assert asked[4000]["texts"] < 2 * asked[200]["texts"]


async def test_of_a_large_matrix_only_what_is_in_sight_is_made(monkeypatch):
    app = RnnTui(file("wide"))  # 64 hidden units
    made: list[int] = []
    row = MatrixRows._row
    monkeypatch.setattr(MatrixRows, "_row", lambda self, n: made.append(n) or row(self, n))
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        panel = frame(app, "weights").body
        made.clear()
        await pilot.press("enter")
        await settle(pilot)
        lines = panel.size.height
        across = max(panel.size.width // 4, 1)
        assert 0 < len(made) <= lines * across
        made.clear()
        await pilot.press("full_stop", "comma")
        await settle(pilot)
        assert len(made) <= lines * across
