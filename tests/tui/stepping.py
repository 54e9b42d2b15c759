"""Files for the screens' tests, and ways to look at what a running app shows."""

from __future__ import annotations

import numpy as np
from textual.pilot import Pilot
from textual.widget import Widget

from rnntui.data.sequence_file import SequenceFile, parse_sequence_file, read_sequence_file
from rnntui.data.shipped import find_file
from rnntui.session.moment import Moment
from rnntui.tui.app import RnnTui
from rnntui.tui.drawing.palette import palette_for
from rnntui.tui.panels.panel import Room, Rows, RowsPanel
from rnntui.tui.panels.registry import registered_panels
from rnntui.tui.screens.opening import OpeningScreen
from rnntui.tui.stepper.panel_frame import PanelFrame
from rnntui.tui.stepper.status import StatusLine
from rnntui.tui.stepper.stepper_view import StepperView

PANELS = {panel.name: panel.title for panel in registered_panels()}
"""What the frames say, in the order of Tab."""

BLOWS_UP = """
title = "Numbers that overflow"
[model]
cell = "h = w * x + u * h[t-1]"
loss = "squared_error(h, target)"
[parameters]
w = [1.5, -2]
u = 3
[data]
values = [[1.0, 2.0], [2.0, -1.0]]
targets = [[0.0, 1.0], [0.0, 1.0]]
[training]
learning_rate = 1e160
"""
WIDE = 'model = "lstm"\n[sizes]\nhidden = 64\n[data]\none_hot = "abcd"\nsequence = "abcdabcd"\n'
WIDE += 'targets = "bcdabcda"\n'
LONG = 'model = "elman"\n[sizes]\nhidden = 3\n[data]\none_hot = "ab"\n'
LONG += f'sequence = "{"abb" * 100}"\ntargets = "{"bba" * 100}"\n'
NO_TARGETS = 'model = "elman"\nreadout = "y = h"\n[sizes]\nhidden = 2\n[data]\none_hot = "ab"\n'
NO_TARGETS += 'sequence = "abba"\n'
BATCH = """
model = "gru"
[sizes]
hidden = 2
[data]
one_hot = "ab"
sequences = ["ab", "abba", "b"]
targets = ["ba", "bbab", "a"]
[training]
batch = "all"
"""
LITERAL = r"""
title = "[red]bold?[/red] \u001b[31m"
description = "[b]not bold[/b] \u0007"
model = "elman"
[sizes]
hidden = 1
[data]
one_hot = ["[b]", "\u001b[0m", "[/]"]
sequence = ["[b]", "\u001b[0m", "[/]"]
targets = ["[/]", "[b]", "\u001b[0m"]
[[expect]]
at = { t = 1 }
values = { h = [7] }
wrong = true
note = "[i]slip[/i] \u001b[2J"
"""
TEXTS = {
    "blows-up": BLOWS_UP,
    "wide": WIDE,
    "long": LONG,
    "no-targets": NO_TARGETS,
    "batch": BATCH,
    "literal": LITERAL,
}


def file(name: str) -> SequenceFile:
    """One of the files above, or a shipped one."""
    if name in TEXTS:
        return parse_sequence_file(TEXTS[name], f"{name}.toml")
    return read_sequence_file(find_file(name))


async def settle(pilot: Pilot) -> None:
    """Wait until everything is drawn and every worker has reported."""
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    await pilot.pause()


async def opened(pilot: Pilot) -> None:
    """Wait until the file has been read, or been refused."""
    while isinstance(pilot.app.screen, OpeningScreen):
        await pilot.pause(0.01)
    await pilot.pause()


def view(app: RnnTui) -> StepperView:
    """The view of the session on the screen in front."""
    return app.screen.query_one(StepperView)


def moment(app: RnnTui) -> Moment:
    """Where the stepper in front stands."""
    return view(app).session.moment


def lines(widget: Widget) -> list[str]:
    """What a panel, or another widget, shows line by line."""
    if isinstance(widget, PanelFrame):
        widget = widget.body
    return [widget.render_line(y).text.rstrip() for y in range(widget.size.height)]


def frame(app: RnnTui, name: str) -> PanelFrame:
    """A panel of the screen in front."""
    return app.screen.query_one(f"#{name}", PanelFrame)


def rows_of(panel: RowsPanel, moment: Moment, width: int, height: int = 40) -> Rows:
    """What a panel of lines makes of a moment in so many cells."""
    return panel.rows(panel.view(moment), Room(width, height, palette_for(True)))


def panel_text(app: RnnTui, name: str) -> str:
    """What a panel of the screen in front shows."""
    return "\n".join(lines(frame(app, name)))


def status(app: RnnTui) -> str:
    """What the status line says."""
    return app.screen.query_one(StatusLine).line().plain


def screen_text(app: RnnTui) -> str:
    """The whole screen as text."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


def same_parameters(one: Moment, other: Moment) -> bool:
    """Whether two moments have the same parameters, to the last bit."""
    pairs = one.iteration.before.parameters, other.iteration.before.parameters
    return all(np.array_equal(pairs[0][key], pairs[1][key]) for key in pairs[0])
