"""What a task knows of its sequences is seen: grammar states in the hidden space, metrics."""

from __future__ import annotations

from stepping import frame, view

from rnntui.data.sequence_file import parse_sequence_file
from rnntui.session.session import Session
from rnntui.session.views import hidden_space
from rnntui.tui.app import RnnTui

REBER = """
title = "Reber"
model = "srn"
sizes = { hidden = 2 }
data = { task = "reber" }
[metrics]
error = "mean((y - truth) ** 2)"
"""


def test_points_are_grouped_and_labelled_by_the_grammars_states() -> None:
    session = Session(parse_sequence_file(REBER))
    moment = session.to_end()
    path = hidden_space.view(moment).path
    sequence = moment.sequence
    assert path.groups == tuple(int(state) for state in sequence.states)
    assert path.labels == tuple(sequence.state_names[state] for state in sequence.states)
    assert path.names == sequence.state_names


async def test_metrics_stand_below_the_loss() -> None:
    app = RnnTui(parse_sequence_file(REBER))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        note = str(frame(app, "loss").border_subtitle)
        error = view(app).session.moment.metrics["error"]
        assert note == f"error {error:.4f}"
        assert frame(app, "hidden").border_subtitle
