"""Pictures of the screens at three sizes, dark and light. After a wanted change, look at them anew:

pytest tests/tui/test_pictures.py --snapshot-update
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from stepping import file, settle
from textual.pilot import Pilot

from rnntui.data.shipped import find_file
from rnntui.tui.app import LIGHT, RnnTui
from rnntui.tui.screens import gallery

pytestmark = pytest.mark.parametrize("theme", ["dark", "light"])
every_size = pytest.mark.parametrize(
    "size", [(80, 24), (120, 40), (200, 60)], ids="{0[0]}x{0[1]}".format
)
Size = tuple[int, int]


@pytest.fixture
def same(snap_compare, size, theme) -> Callable[..., bool]:
    """Compare the screen after some keys, with every worker done, with the picture kept of it."""

    def compare(app: RnnTui, *keys: str) -> bool:
        async def press(pilot: Pilot) -> None:
            if theme == "light":
                pilot.app.theme = LIGHT
            await settle(pilot)
            await pilot.press(*keys)
            await settle(pilot)

        return snap_compare(app, terminal_size=size, run_before=press)

    return compare


@every_size
class TestForward:
    def test_a_gate_of_the_lstm_by_hand(self, same):
        assert same(RnnTui(file("lstm-ab")), "right", "right", "full_stop")


@every_size
class TestBackward:
    def test_the_gradient_reaching_the_cell_state(self, same):
        assert same(RnnTui(file("lstm-ab")), "end", "right", "right", *["full_stop"] * 3)


@every_size
class TestTraining:
    def test_the_carousel_after_three_iterations(self, same):
        assert same(RnnTui(file("carousel")), "enter", "enter", "enter", "end")


@every_size
class TestWorkedAnswers:
    def test_homework_with_its_mistakes_marked(self, same):
        assert same(RnnTui(file("lstm-homework")), "full_stop")


@every_size
class TestGallery:
    def test_files_and_a_preview(self, same, monkeypatch):
        names = ("carousel", "lstm-ab", "lstm-homework")  # however many ship by now
        monkeypatch.setattr(gallery, "shipped_files", lambda: tuple(map(find_file, names)))
        assert same(RnnTui(), "down")


@pytest.mark.parametrize("size", [(80, 24)], ids=["80x24"])
class TestHelp:
    def test_the_keys(self, same):
        assert same(RnnTui(file("lstm-ab")), "question_mark")
