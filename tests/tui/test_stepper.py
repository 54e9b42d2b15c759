"""The stepper: every key does what the help says it does, and every panel shows the moment."""

from __future__ import annotations

import pytest
from stepping import (
    PANELS,
    file,
    frame,
    lines,
    moment,
    panel_text,
    same_parameters,
    screen_text,
    settle,
    status,
    view,
)
from textual.command import CommandPalette
from textual.widgets import Static

from rnntui.session.session import Session
from rnntui.tui.app import RnnTui
from rnntui.tui.drawing.plot_view import PlotView
from rnntui.tui.screens.footer import KeysFooter
from rnntui.tui.screens.stepper import StepperScreen
from rnntui.tui.stepper.help import HelpScreen
from rnntui.tui.stepper.keys import KEYS

MOVES = {
    "full_stop": "next_equation",
    "comma": "previous_equation",
    "right": "next_timestep",
    "l": "next_timestep",
    "left": "previous_timestep",
    "h": "previous_timestep",
    "enter": "next_iteration",
    "backspace": "previous_iteration",
    "home": "to_start",
    "end": "to_end",
    "r": "restart",
    "down": "select_next",
    "j": "select_next",
}
LOOKS = {"up", "k", "tab", "shift+tab", "f", "pagedown", "pageup", "shift+right", "shift+left",
         "escape"}  # fmt: skip
TRAINING = {"space", "colon", "ctrl+right", "ctrl+left"}  # in test_training_beside
PROGRAM = {"t", "question_mark", "f1", "q"}
AT_LARGE = (200, 60)


def shown_panels(app: RnnTui) -> list[str]:
    return [name for name in PANELS if frame(app, name).display]


def test_every_key_is_tested_here():
    named = {name for key in KEYS for name in key.keys}
    assert {*MOVES, *LOOKS, *TRAINING, *PROGRAM} >= named


class TestMoves:
    async def test_a_key_moves_as_the_session_does(self):
        app, shadow = RnnTui(file("batch")), Session(file("batch"))
        async with app.run_test(size=(80, 24)) as pilot:
            for key, move in MOVES.items():
                for pressed in ["right", "full_stop", key, key]:
                    await pilot.press(pressed)
                    getattr(shadow, MOVES[pressed])()
                assert moment(app).position == shadow.position, (key, move)
                assert moment(app).selected == shadow.selected, (key, move)
                assert moment(app).message == shadow.message, (key, move)
                assert same_parameters(moment(app), shadow.moment), (key, move)

    async def test_back_from_three_iterations_is_where_it_began_to_the_last_bit(self):
        app = RnnTui(file("carousel"))
        async with app.run_test(size=(120, 40)) as pilot:
            await settle(pilot)
            first, picture = moment(app), screen_text(app)
            await pilot.press("enter", "enter", "enter")
            assert not same_parameters(moment(app), first)
            await pilot.press("backspace", "backspace", "backspace")
            await settle(pilot)
            assert same_parameters(moment(app), first)
            assert panel_text(app, "weights") in picture or "1.00" in panel_text(app, "weights")

    async def test_a_move_that_cannot_be_made_says_why(self):
        app = RnnTui(file("lstm-ab"))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("backspace")
            assert "This is iteration 0" in status(app)
            await pilot.press("right")
            assert "t 2/7" in status(app)

    async def test_training_that_overflows_says_so_and_can_be_left(self):
        app = RnnTui(file("blows-up"))
        async with app.run_test(size=(120, 40)) as pilot:
            for _ in range(4):
                await pilot.press("enter")
            reached = moment(app).position.iteration
            assert "Training stops here" in status(app)
            await pilot.press("end", "full_stop", "right")
            await pilot.press("backspace")
            assert moment(app).position.iteration == reached - 1

    async def test_the_status_line_says_where_we_are(self):
        app = RnnTui(file("lstm-ab"))
        async with app.run_test(size=(120, 40)) as pilot:
            await settle(pilot)
            await pilot.press("full_stop", "right")
            said = status(app)
            for part in ("lstm-ab", "iteration 0", "forward", "t 2/7", "f (2/8)", "loss ", "✓ "):
                assert part in said
            await pilot.press("end", "right")
            assert "backward" in status(app)
            assert "∂L/∂loss (1/" in status(app)


class TestSelection:
    @pytest.mark.parametrize(("down", "up"), [("down", "up"), ("j", "k")])
    async def test_down_and_up_the_quantities(self, down, up):
        app = RnnTui(file("lstm-ab"))
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.press(down, down)
            assert moment(app).selected == "g"
            await pilot.press(up)
            assert moment(app).selected == "f"
            await pilot.press("escape")
            assert moment(app).selected == ""

    async def test_what_is_selected_is_brought_into_sight(self):
        app = RnnTui(file("lstm-ab"))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press(*["down"] * 6)
            assert moment(app).selected == "y"
            assert "y[1]" in panel_text(app, "quantities")


class TestPanels:
    async def test_at_a_large_size_everything_is_visible(self):
        app = RnnTui(file("lstm-ab"))
        async with app.run_test(size=AT_LARGE):
            assert shown_panels(app) == list(PANELS)

    @pytest.mark.parametrize(("key", "order"), [("tab", list(PANELS)), ("shift+tab", None)])
    async def test_tab_goes_round_all_panels_and_brings_each_to_the_front(self, key, order):
        order = order or list(PANELS)[::-1]
        app = RnnTui(file("lstm-ab"))
        async with app.run_test(size=(80, 24)) as pilot:
            start = order.index("equation")
            for name in [*order[start + 1 :], *order[: start + 1]]:
                await pilot.press(key)
                assert view(app).grid.current == name
                panel = frame(app, name)
                assert panel.display
                assert panel.has_class("current")
                assert panel.size.area > 0
                assert len(shown_panels(app)) == 3

    async def test_a_panel_behind_another_catches_up_when_it_comes_to_the_front(self):
        app = RnnTui(file("carousel"))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("enter", "enter", "tab", "tab")
            await settle(pilot)
            value = float(moment(app).parameter("w1"))
            assert f"{value:.2f}" in panel_text(app, "weights")

    @pytest.mark.parametrize("size", [(80, 24), AT_LARGE])
    async def test_full_screen_and_back(self, size):
        app = RnnTui(file("lstm-ab"))
        async with app.run_test(size=size) as pilot:
            before = shown_panels(app)
            await pilot.press("f")
            assert shown_panels(app) == ["equation"]
            panel = frame(app, "equation")
            assert panel.outer_size.width == size[0]
            assert panel.outer_size.height == size[1] - 2  # the status line and the footer
            await pilot.press("tab")
            assert shown_panels(app) == ["quantities"]
            await pilot.press("shift+tab", "f")
            assert shown_panels(app) == before
            await pilot.press("f", "escape")
            assert shown_panels(app) == before

    async def test_page_keys_scroll_the_current_panel(self):
        app = RnnTui(file("lstm-ab"))
        async with app.run_test(size=(80, 24)) as pilot:
            panel = frame(app, "equation")
            top = lines(panel)
            await pilot.press("pagedown")
            assert lines(panel) != top
            await pilot.press("pageup")
            assert lines(panel) == top

    async def test_shift_arrows_scroll_wide_matrices(self):
        app = RnnTui(file("wide"))
        async with app.run_test(size=(60, 24)) as pilot:
            await pilot.press("tab", "tab", "f")
            panel = frame(app, "weights")
            await pilot.press(*["pagedown"] * 5)  # to W_hi, which has 64 columns
            left = lines(panel)
            await pilot.press("shift+right")
            assert lines(panel) != left
            await pilot.press("shift+left")
            assert lines(panel) == left

    async def test_what_is_out_of_sight_is_counted(self):
        app = RnnTui(file("lstm-ab"))
        async with app.run_test(size=(80, 24)):
            assert "↓" in str(frame(app, "quantities").border_subtitle)


class TestWhatPanelsShow:
    async def test_the_equation_is_worked_out(self):
        app = RnnTui(file("lstm-ab"))
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.press("right")
            shown = " ".join(panel_text(app, "equation").split())
            assert "input gate" in str(frame(app, "equation").border_subtitle)
            for line in (
                "i = σ(W_ii x + b_ii + W_hi h[t−1] + b_hi)",
                "= σ([30 0] + [0 0] + [0.00 45.70] + [0 −30])",
                "= σ([30.00 15.70])",
                "= [1.00 1.00]",
                "► i = ",
            ):
                assert line in shown

    async def test_the_sequence_with_targets_predictions_and_losses_so_far(self):
        app = RnnTui(file("lstm-ab"))
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.press("right", "end")
            await pilot.press("left")
            rows = {line.split()[0]: line.split()[1:] for line in lines(
                frame(app, "sequence")) if line.split()}  # fmt: skip
            assert rows["target"] == list("AABBABA")
            assert "".join(rows["input"]) == "AABBA►B◄A"
            assert rows["predicted"][:6] == list("AABBAB")
            assert rows["predicted"][6] == "·"
            assert rows["loss"][6] == "·"

    async def test_gradients_take_the_place_of_values_on_the_way_back(self):
        app = RnnTui(file("lstm-ab"))
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.press("end", "right")
            panel = frame(app, "quantities")
            assert "∂L/∂" in str(panel.border_subtitle)
            assert panel_text(app, "quantities").count("·") > 10, "nothing is known yet"

    async def test_worked_answers_are_marked_and_counted(self):
        app = RnnTui(file("lstm-homework"))
        async with app.run_test(size=(120, 40)) as pilot:
            await settle(pilot)
            assert "✓ 26/26" in status(app)
            assert "✗ 16" in status(app)
            await pilot.press("full_stop")
            shown = " ".join(panel_text(app, "equation").split())
            assert "✗ worked answer for f" in shown
            assert "computed [0.768" in shown
            assert "✗" in panel_text(app, "quantities")

    async def test_without_targets_there_are_words_instead_of_plots(self):
        app = RnnTui(file("no-targets"))
        async with app.run_test(size=AT_LARGE):
            assert "no gradients" in panel_text(app, "gradients")
            assert "no targets" in "\n".join(lines(app.screen.query_one("#curve")))

    async def test_the_sequences_of_a_batch(self):
        app = RnnTui(file("batch"))
        async with app.run_test(size=(120, 40)) as pilot:
            assert "sequence 1/3" in status(app)
            while moment(app).position.sequence == 0:
                await pilot.press("right")
            assert "sequence 2/3" in status(app)
            assert "input        a    b" not in panel_text(app, "sequence")

    async def test_a_plot_of_the_hidden_space_moves_on_however_long_the_sequence(self):
        app = RnnTui(file("long"))
        async with app.run_test(size=AT_LARGE) as pilot:
            await pilot.press("end", "left")
            space = app.screen.query_one("#space", PlotView)
            before = lines(space)
            await pilot.press("left")
            assert lines(space) != before

    async def test_after_a_restart_the_loss_is_drawn_again(self):
        app = RnnTui(file("carousel"))
        async with app.run_test(size=(120, 40)) as pilot:
            curve = app.screen.query_one("#curve", PlotView)
            first = lines(curve)
            await pilot.press("enter", "enter")
            trained = lines(curve)
            await pilot.press("r")
            assert lines(curve) == first
            await pilot.press("enter", "enter")
            assert lines(curve) == trained != first


class TestTheme:
    async def test_t_draws_everything_anew(self):
        app = RnnTui(file("lstm-ab"))
        async with app.run_test(size=AT_LARGE) as pilot:
            await pilot.press("right")

            def styles() -> dict[str, list[object]]:
                names = [n for n in PANELS if n not in ("loss", "hidden")] + ["curve", "space"]
                panels = {name: app.screen.query_one(f"#{name}") for name in names}
                panels |= {name: frame(app, name).body for name in names if name in PANELS}
                return {
                    name: [s.style for y in range(panel.size.height) for s in panel.render_line(y)]
                    for name, panel in panels.items()
                }

            dark = styles()
            await pilot.press("t")
            await settle(pilot)
            light = styles()
            assert not app.current_theme.dark
            assert all(dark[name] != light[name] for name in dark)
            await pilot.press("t")
            await settle(pilot)
            assert styles() == dark


class TestHelp:
    async def test_lists_every_key_and_closes(self):
        app = RnnTui(file("lstm-ab"))
        async with app.run_test(size=(120, 80)) as pilot:
            await pilot.press("question_mark")
            assert isinstance(app.screen, HelpScreen)
            shown = " ".join(screen_text(app).split())
            for entry in KEYS:
                assert entry.shown in shown
                assert entry.help in shown
            await pilot.press("escape")
            assert isinstance(app.screen, StepperScreen)

    async def test_fits_and_scrolls_at_80_by_24(self):
        app = RnnTui(file("lstm-ab"))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("question_mark")
            await pilot.press("end")
            await settle(pilot)
            assert app.screen.query_one(Static).region.width <= 80
            assert "quit" in screen_text(app)

    async def test_any_of_several_keys_closes_it(self):
        app = RnnTui(file("lstm-ab"))
        async with app.run_test() as pilot:
            for key in ("escape", "question_mark", "q", "f1", "enter"):
                await pilot.press("f1")
                assert isinstance(app.screen, HelpScreen)
                await pilot.press(key)
                assert isinstance(app.screen, StepperScreen), key


class TestFooterAndPalette:
    async def test_the_footer_has_every_hint_and_clicking_one_does_it(self):
        app = RnnTui(file("lstm-ab"))
        async with app.run_test(size=(120, 40)) as pilot:
            await settle(pilot)
            footer = app.screen.query_one(KeysFooter)
            found = {hint.description: hint.shown for hint in footer.hints}
            assert found == {key.hint[1]: key.hint[0] for key in KEYS if key.hint}
            assert all(hint.stop <= footer.region.right for hint in footer.hints)
            step = next(hint for hint in footer.hints if hint.description == "timestep")
            await pilot.click(footer, offset=(step.start, 0))
            assert moment(app).position.t == 2

    async def test_the_palette_offers_everything_by_name(self):
        app = RnnTui(file("lstm-ab"))
        async with app.run_test():
            offered = {command.title for command in app.get_system_commands(app.screen)}
            assert offered >= {key.help for key in KEYS}

    async def test_a_command_of_the_palette_moves(self):
        app = RnnTui(file("lstm-ab"))
        async with app.run_test(size=(100, 30)) as pilot:
            await pilot.press("ctrl+p")
            assert isinstance(app.screen, CommandPalette)
            await pilot.press(*"next timestep")
            await settle(pilot)
            await pilot.press("enter")
            await settle(pilot)
            assert isinstance(app.screen, StepperScreen)
            assert moment(app).position.t == 2

    async def test_every_command_of_the_palette_runs(self):
        app = RnnTui(file("lstm-ab"))
        async with app.run_test() as pilot:
            stepper = app.screen
            for key in KEYS:
                commands = {c.title: c.callback for c in app.get_system_commands(stepper)}
                await commands[key.help]()
                await pilot.pause()
                if app.screen is not stepper:
                    await pilot.press("escape")
        assert app.return_code == 0, "the last of them quits"


class TestLeaving:
    @pytest.mark.parametrize("key", ["q", "ctrl+c", "ctrl+q"])
    async def test_quits_with_status_0(self, key):
        app = RnnTui(file("lstm-ab"))
        async with app.run_test() as pilot:
            await pilot.press(key)
            await pilot.pause()
        assert app.return_code == 0
        assert not app.is_running

    async def test_esc_does_not_leave_a_file_opened_from_the_command_line(self):
        app = RnnTui(file("lstm-ab"))
        async with app.run_test() as pilot:
            await pilot.press("escape", "escape", "escape")
            assert isinstance(app.screen, StepperScreen)


class TestText:
    async def test_markup_and_control_characters_are_shown_literally(self):
        app = RnnTui(file("literal"))
        async with app.run_test(size=AT_LARGE) as pilot:
            await settle(pilot)
            shown = screen_text(app)
            for text in ("[b]", r"\x1b[0m", "[/]", "[i]slip[/i]", r"\x1b[2J"):
                assert text in shown
            assert "\x1b" not in shown
            assert "\x07" not in shown
            await pilot.press("end", "right", "enter")
            assert "\x1b" not in screen_text(app)
