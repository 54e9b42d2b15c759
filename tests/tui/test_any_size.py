"""Any size at any moment, and numbers that are whole or not there at all."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from rich.cells import set_cell_size
from stepping import PANELS, file, frame, rows_of, settle, view

from rnntui.session.explanation import explain
from rnntui.session.session import Session
from rnntui.tui.app import RnnTui
from rnntui.tui.drawing.rows_view import RowsView
from rnntui.tui.panels.equation import EquationPanel
from rnntui.tui.panels.panel import RowsPanel
from rnntui.tui.panels.quantities import QuantitiesPanel
from rnntui.tui.panels.sequence import SequencePanel

SIZES = [(1, 1), (300, 9), (2, 2), (10, 3), (200, 60), (20, 5), (80, 24)]
FILES = ["blows-up", "wide", "long", "no-targets", "carousel"]


class TestResizing:
    @pytest.mark.parametrize("name", FILES)
    async def test_any_size_at_any_moment(self, name):
        app = RnnTui(file(name))
        keys = ["end", "right", "tab", "enter", "f", "down", "t"]
        async with app.run_test(size=(80, 24)) as pilot:
            for size, key in zip(SIZES, keys, strict=True):
                await pilot.resize_terminal(*size)
                await pilot.press(key)
            await settle(pilot)

    @pytest.mark.parametrize("name", ["wide", "blows-up"])
    async def test_every_panel_full_screen_at_extreme_sizes(self, name):
        app = RnnTui(file(name))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("f", "enter", "end", "right")
            for size in [(1, 1), (10, 3), (200, 60)]:
                await pilot.resize_terminal(*size)
                for _ in PANELS:
                    await pilot.press("tab")
                    assert frame(app, view(app).grid.current).display

    async def test_the_lines_of_a_panel_are_as_wide_as_it_is(self):
        app = RnnTui(file("lstm-ab"))
        async with app.run_test(size=(80, 24)) as pilot:
            for size in SIZES:
                await pilot.resize_terminal(*size)
                await pilot.pause()
                for panel in app.screen.query(RowsView):
                    if panel.parent.display and panel.parent.size.area:
                        for y in range(panel.size.height):
                            assert panel.render_line(y).cell_length == panel.size.width


WIDTHS = range(20, 141)
_NUMBER = re.compile(r"^-?(\d+\.?\d*(e-?\d+)?|inf|nan)$")


def shown(panel: RowsPanel, moment, width: int, height: int = 40) -> list[str]:
    """The lines of a panel as the screen has them: cut at the panel's width."""
    return [
        set_cell_size(line.plain, width) for line in rows_of(panel, moment, width, height).lines
    ]


def is_rounding(text: str, value: float) -> bool:
    """Whether a number as shown is `value` to the digits that it has."""
    text = text.replace("−", "-")
    assert _NUMBER.match(text), f"{text!r} is no number"
    if not np.isfinite(value):
        return text == ("nan" if np.isnan(value) else "inf" if value > 0 else "-inf")
    mantissa, _, exponent = text.partition("e")
    unit = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    return abs(float(text) - value) <= 0.5 * unit * (1 + 1e-9)


def moments(name: str):
    """A moment forward, one backward, one after training."""
    session = Session(file(name))
    session.next_timestep()
    yield session.moment
    session.to_end()
    yield session.next_timestep()
    session.next_equation()
    session.next_equation()
    yield session.next_equation()
    session.next_iteration()
    session.to_start()
    yield session.next_timestep()


@pytest.mark.parametrize("name", ["lstm-ab", "carousel", "clock", "blows-up", "wide"])
class TestNumbersAreNeverCut:
    def test_in_gates_and_states(self, name):
        panel = QuantitiesPanel()
        for moment in moments(name):
            backward = moment.position.phase == "backward"
            arrays = moment.trace.gradients if backward else moment.trace.values
            # most of a wide model's components look alike: every few are enough
            for width in WIDTHS[:: 1 if name != "wide" else 12]:
                components = [
                    (e.target, index)
                    for e in moment.program.model.equations
                    for index in np.ndindex(moment.program.shapes[e.target])
                ]
                for line, (key, index) in zip(shown(panel, moment, width), components, strict=True):
                    number = re.search(r"(?<= )(\S+)", line.replace("►", " ", 1)[1:])
                    assert number is not None, line
                    text = number.group(1)
                    if text not in ("…", "·"):
                        value = arrays.get(key, np.zeros((moment.t + 1, *(n + 1 for n in index))))
                        assert is_rounding(text, float(value[(moment.t, *index)])), line

    def test_in_the_sequence(self, name):
        panel = SequencePanel()
        for moment in moments(name):
            objective = moment.program.model.objective
            losses = [float(value) for value in moment.trace.values[objective][1:]]
            for width in WIDTHS:
                for line in shown(panel, moment, width):
                    label, _, cells = line.partition(" ")
                    if label != "loss":
                        continue
                    for cell in re.sub("[‹›]", " ", cells).split():
                        assert cell in ("…", "·") or any(is_rounding(cell, v) for v in losses), line

    def test_inputs_targets_and_predictions_are_whole(self, name):
        panel = SequencePanel()
        for moment in moments(name):
            whole = shown(panel, moment, 10_000)
            for width in WIDTHS:
                for line in shown(panel, moment, width):
                    label = line.split()[0]
                    full = next(other for other in whole if other.split()[0] == label)
                    allowed = set(re.sub("[►◄‹›]", " ", full).split()) | {"…", "·"}
                    assert set(re.sub("[►◄‹›]", " ", line).split()) <= allowed, line

    def test_in_the_equation(self, name):
        panel = EquationPanel()
        for moment in moments(name):
            working = "".join(_working(panel, moment, 10_000)).split()
            for width in WIDTHS:
                lines = _working(panel, moment, width)
                assert "".join(lines).split() == working or "".join(
                    " ".join(lines).split()
                ) == "".join(working), "\n".join(lines)


@pytest.mark.parametrize("width", range(9))
def test_an_equation_ends_where_it_is_too_narrow_for_any_of_it(width):
    for moment in moments("lstm-ab"):
        assert shown(EquationPanel(), moment, width)


@pytest.mark.parametrize("name", ["lstm-ab", "carousel", "clock"])
@pytest.mark.parametrize("size", [(76, 5), (52, 8), (40, 9)])
def test_where_it_is_low_the_value_of_the_equation_is_in_sight(name, size):
    panel = EquationPanel()
    session = Session(file(name))
    for _ in range(2 * len(session.file.model.equations)):
        moment = session.next_equation()
        value = _working(panel, moment, 10_000)[len(explain(moment).lines) - 1].split()[-1]
        assert value in " ".join(_working(panel, moment, *size)[: size[1]])


def _working(panel: EquationPanel, moment, width: int, height: int = 10_000) -> list[str]:
    """The working, which ends at the blank line before the listing."""
    lines = shown(panel, moment, width, height)
    ends = next(n for n, line in enumerate(lines) if not line.strip())
    return lines[:ends]


def test_the_window_on_a_long_sequence_moves_by_one_and_keeps_the_current_in_sight():
    panel = SequencePanel()
    session = Session(file("long"))
    windows = []
    for t in range(1, 301, 7):
        session.to_timestep(t)
        first, *_ = shown(panel, session.moment, 70)
        steps = [int(word) for word in first.split()[1:] if word.isdigit()]
        assert t in steps
        assert all(b == a + 1 for a, b in pairwise(steps))
        windows.append(steps[0])
    assert windows == sorted(windows)
