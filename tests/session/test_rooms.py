"""Below the terminal nothing knows the terminal: seen in what importing a room brings in."""

from __future__ import annotations

import subprocess
import sys

import pytest

ROOMS = {
    "rnntui.language": ["differentiate", "evaluate", "functions", "model", "parse", "program",
                        "shapes", "source_text"],
    "rnntui.notation": ["formula", "latex", "mathml", "typeset"],
    "rnntui.data": ["expectations", "sequence_file", "sequences", "shipped"],
    "rnntui.compile": ["passes", "schedule", "scheduling", "training_kernel", "vector_update_code"],
    "rnntui.engine": ["decomposition", "initialisation", "optimiser", "trace", "training"],
    "rnntui.session": ["branches", "checks", "conditions", "cursor", "explanation", "facts", "history",
                       "moment", "runs", "session", "timeline",
                       "views.equation", "views.hidden_space", "views.plain", "views.status"],
    "rnntui.report": ["checks", "trace_json"],
}  # fmt: skip


def imported(*modules: str) -> set[str]:
    """The names of all modules in a fresh interpreter that imports these."""
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in found.stdout.split()} | set(found.stdout.split())


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_below_the_terminal_imports_no_terminal(room):
    found = imported(*(f"{room}.{module}" for module in ROOMS[room]))
    assert room in found
    assert not found & {"textual", "rich", "plotext", "click", "rnntui.tui", "rnntui.cli"}


def test_the_terminal_does_not_know_the_command_line():
    assert not imported("rnntui.tui.app") & {"click", "rnntui.cli"}


def test_the_command_line_starts_without_the_terminal():
    assert not imported("rnntui.cli") & {"textual", "rich", "plotext"}


def test_opening_a_file_does_not_load_plotext_before_the_first_plot():
    assert "plotext" not in imported("rnntui.tui.app")
