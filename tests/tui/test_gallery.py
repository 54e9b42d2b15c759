"""The gallery: what ships, a preview of what is under the cursor, opening it and coming back."""

from __future__ import annotations

from pathlib import Path

import pytest
from stepping import BLOWS_UP, LITERAL, screen_text, settle, view
from textual.widgets import OptionList, Static

from rnntui.data.sequence_file import read_sequence_file
from rnntui.data.shipped import shipped_files
from rnntui.text.terminal_cells import cell_width
from rnntui.tui.app import RnnTui
from rnntui.tui.screens import gallery
from rnntui.tui.screens.gallery import GalleryScreen
from rnntui.tui.screens.stepper import StepperScreen
from rnntui.tui.stepper.help import HelpScreen

NAMES = [path.stem for path in shipped_files()]


@pytest.fixture
def own_files(tmp_path, monkeypatch):
    """Put files of one's own in the gallery."""

    def put(texts: dict[str, str]) -> None:
        paths = []
        for name, text in texts.items():
            paths.append(tmp_path / name)
            paths[-1].write_text(text)
        monkeypatch.setattr(gallery, "shipped_files", lambda: tuple(paths))

    return put


async def highlight(pilot, name: str) -> None:
    """Move the cursor to a file."""
    pilot.app.screen.query_one(OptionList).highlighted = NAMES.index(name)
    await settle(pilot)


class TestList:
    async def test_every_shipped_file_with_its_title(self):
        app = RnnTui()
        async with app.run_test(size=(120, 120)) as pilot:
            await settle(pilot)
            assert isinstance(app.screen, GalleryScreen)
            options = app.screen.query_one(OptionList)
            shown = [str(options.get_option_at_index(n).prompt) for n in range(len(NAMES))]
            assert [text.splitlines()[0] for text in shown] == NAMES
            for path, text in zip(shipped_files(), shown, strict=True):
                title = read_sequence_file(path).title
                assert title[:20] in text

    async def test_j_and_k_move_too(self):
        app = RnnTui()
        async with app.run_test(size=(120, 40)) as pilot:
            options = app.screen.query_one(OptionList)
            await pilot.press("j", "j", "k")
            assert options.highlighted == 1


class TestPreview:
    async def test_title_equations_sequence_and_training(self):
        app = RnnTui()
        async with app.run_test(size=(120, 60)) as pilot:
            await highlight(pilot, "lstm-ab")
            shown = screen_text(app)
            for text in ("An LSTM by hand", "f ⊙ c[t−1] + i ⊙ g", "A A B B A B A", "sgd",
                         "worked answers"):  # fmt: skip
                assert text in shown

    async def test_it_follows_the_cursor(self):
        app = RnnTui()
        async with app.run_test(size=(120, 60)) as pilot:
            for name in NAMES[:4]:
                await highlight(pilot, name)
                title = str(app.screen.query_one("#preview").border_title)
                assert title == f"{name}.toml"

    async def test_a_file_that_cannot_be_read_says_why_and_does_not_open(self, own_files):
        own_files({"bad.toml": BLOWS_UP.replace("h = w * x", "h = q[[") + "nonsense = 1"})
        app = RnnTui()
        async with app.run_test(size=(120, 40)) as pilot:
            await settle(pilot)
            assert "cannot be read" in screen_text(app)
            assert "line" in screen_text(app)
            await pilot.press("enter")
            assert isinstance(app.screen, GalleryScreen)

    async def test_markup_and_control_characters_are_shown_literally(self, own_files):
        own_files({"[red]odd[/red].toml".replace("/", "∕"): LITERAL})
        app = RnnTui()
        async with app.run_test(size=(140, 60)) as pilot:
            await settle(pilot)
            shown = screen_text(app)
            for text in ("[red]bold?[/red]", "[b]not bold[/b]", r"\x07", "[red]odd[∕red]"):
                assert text in shown
            assert "\x1b" not in shown

    async def test_an_overflow_on_the_first_run_can_be_previewed(self, own_files):
        own_files({"blows-up.toml": BLOWS_UP.replace("u = 3", "u = 1e200")})
        app = RnnTui()
        async with app.run_test(size=(120, 60)) as pilot:
            await settle(pilot)
            assert "inf" in screen_text(app) or "∞" in screen_text(app)


class TestOpening:
    async def test_enter_opens_and_esc_comes_back_to_the_same_file(self):
        app = RnnTui()
        async with app.run_test(size=(100, 30)) as pilot:
            await highlight(pilot, "carousel")
            await pilot.press("enter")
            assert isinstance(app.screen, StepperScreen)
            assert Path(view(app).session.file.file).stem == "carousel"
            await pilot.press("enter", "right")
            await pilot.press("escape")
            assert isinstance(app.screen, GalleryScreen)
            assert NAMES[app.screen.query_one(OptionList).highlighted] == "carousel"
            await settle(pilot)

    async def test_esc_first_leaves_full_screen_and_selection(self):
        app = RnnTui()
        async with app.run_test(size=(100, 30)) as pilot:
            await pilot.press("enter")
            await pilot.press("down", "f")
            await pilot.press("escape")
            assert not view(app).grid.full
            await pilot.press("escape")
            assert view(app).session.selected == ""
            assert isinstance(app.screen, StepperScreen)
            await pilot.press("escape")
            assert isinstance(app.screen, GalleryScreen)

    async def test_one_file_after_the_other_opens(self):
        app = RnnTui()
        async with app.run_test(size=(100, 30)) as pilot:
            for name in NAMES[:3]:
                await pilot.press("enter", "end")
                assert Path(view(app).session.file.file).stem == name
                await pilot.press("escape", "down")
                assert isinstance(app.screen, GalleryScreen)

    async def test_a_click_opens(self):
        app = RnnTui()
        async with app.run_test(size=(100, 40)) as pilot:
            await settle(pilot)
            await pilot.click(OptionList, offset=(5, 1))
            await pilot.pause()
            assert isinstance(app.screen, StepperScreen)


class TestKeys:
    async def test_help_theme_and_quit(self):
        app = RnnTui()
        async with app.run_test(size=(100, 30)) as pilot:
            await settle(pilot)
            await pilot.press("question_mark")
            assert isinstance(app.screen, HelpScreen)
            await pilot.press("escape")
            await pilot.press("t")
            assert not app.current_theme.dark
            await pilot.press("q")
            await pilot.pause()
        assert app.return_code == 0

    async def test_a_theme_chosen_here_holds_in_the_stepper_and_back(self):
        app = RnnTui()
        async with app.run_test(size=(100, 30)) as pilot:
            await pilot.press("t", "enter")
            assert not app.screen.query_one("#equation").palette.dark
            await pilot.press("t", "escape")
            await settle(pilot)
            assert app.current_theme.dark


class TestSizes:
    async def test_any_size_at_any_moment(self):
        app = RnnTui()
        async with app.run_test(size=(100, 30)) as pilot:
            for size in [(1, 1), (2, 2), (10, 3), (200, 60), (20, 5)]:
                await pilot.resize_terminal(*size)
                await pilot.press("down")
                assert app.screen.query_one(OptionList).highlighted is not None
            await settle(pilot)

    async def test_where_it_is_narrow_the_list_is_alone(self):
        app = RnnTui()
        async with app.run_test(size=(60, 30)) as pilot:
            await settle(pilot)
            assert not app.screen.query_one("#preview").display
            await pilot.resize_terminal(120, 30)
            await settle(pilot)
            assert app.screen.query_one("#preview").display
            assert app.screen.query_one("#about", Static).size.width > 40

    @pytest.mark.parametrize("width", [80, 200])
    async def test_no_line_of_the_preview_is_wider_than_its_room(self, width):
        app = RnnTui()
        async with app.run_test(size=(width, 60)) as pilot:
            await highlight(pilot, "lstm-ab")
            assert all(cell_width(line) <= width for line in screen_text(app).splitlines())
            assert app.screen.query_one("#preview").max_scroll_x == 0
