"""A panel is added in one file: here in this one."""

from __future__ import annotations

import pytest
from stepping import file, frame, lines, screen_text, settle, view
from textual.widgets import Static

from rnntui.session.moment import Moment
from rnntui.tui.app import RnnTui
from rnntui.tui.drawing.line import Line
from rnntui.tui.panels import registry
from rnntui.tui.panels.panel import Plot, Plots, PlotsPanel, Room, Rows, RowsPanel
from rnntui.tui.panels.registry import panel, registered_panels

SIZES = pytest.mark.parametrize(
    "size", [(80, 24), (120, 40), (200, 60)], ids="{0[0]}x{0[1]}".format
)


@pytest.fixture(autouse=True)
def _added(monkeypatch: pytest.MonkeyPatch) -> None:
    registered_panels()
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))

    @panel("where", title="Where", area="weights", about="in words where one is")
    class WherePanel(RowsPanel[tuple[str, int]]):
        def view(self, moment: Moment) -> tuple[str, int]:
            return moment.position.phase, moment.t

        def rows(self, view: tuple[str, int], room: Room) -> Rows:
            return Rows([Line("going {} at t={}".format(*view))], note=f"{room.width} cells")

    @panel("dots", title="Dots", area="loss", about="a dot a timestep")
    class DotsPanel(PlotsPanel[int]):
        names = ("dots-so-far",)

        def view(self, moment: Moment) -> int:
            return moment.t

        def plots(self, view: int) -> Plots:
            return Plots({"dots-so-far": Plot(lambda *room: [Line("." * view + "|")], view)})


@SIZES
@pytest.mark.parametrize(
    ("name", "title", "shown"),
    [("where", "Where", "going forward at t=3"), ("dots", "Dots", "...|")],
)
async def test_it_is_reached_by_tab_titled_painted_and_there_alone(size, name, title, shown):
    app = RnnTui(file("lstm-ab"))
    async with app.run_test(size=size) as pilot:
        await pilot.press("right", "right")
        for _ in registered_panels():
            await pilot.press("tab")
            if view(app).grid.current == name:
                break
        await settle(pilot)
        assert frame(app, name).has_class("current")
        assert title in str(frame(app, name).border_title)
        assert title in screen_text(app)
        assert shown in screen_text(app)
        await pilot.press("f")
        await settle(pilot)
        assert frame(app, name).outer_size.width == size[0]
        assert shown in screen_text(app)
        assert " Weights " not in screen_text(app)
        await pilot.press("left")
        await settle(pilot)
        assert shown not in screen_text(app)


async def test_it_shares_the_place_of_its_area():
    app = RnnTui(file("lstm-ab"))
    async with app.run_test(size=(200, 60)) as pilot:
        assert frame(app, "weights").display
        assert not frame(app, "where").display
        region = frame(app, "weights").region
        await pilot.press("tab", "tab", "tab")
        await settle(pilot)
        assert frame(app, "where").region == region
        assert not frame(app, "weights").display
        assert "Weights │ Where" in screen_text(app)


@SIZES
async def test_the_help_says_what_it_is(size):
    app = RnnTui(file("lstm-ab"))
    async with app.run_test(size=size) as pilot:
        await pilot.press("question_mark")
        await settle(pilot)
        said = " ".join(" ".join(lines(app.screen.query_one(Static))).split())
        for each in registered_panels():
            assert f"{each.title} {each.about}" in said


def test_a_name_that_is_taken_and_an_unknown_area_are_refused():
    with pytest.raises(ValueError, match="'where'"):
        panel("where", title="Where else", area="loss", about="")(DummyPanel)
    with pytest.raises(ValueError, match="'cellar'"):
        panel("below", title="Below", area="cellar", about="")(DummyPanel)
    assert "below" not in {each.name for each in registered_panels()}


class DummyPanel(RowsPanel[None]):
    def view(self, moment: Moment) -> None:
        return None

    def rows(self, view: None, room: Room) -> Rows:
        return Rows([])
