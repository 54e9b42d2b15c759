"""All keys and panels, on a screen of their own."""

from __future__ import annotations

from itertools import groupby
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from rnntui.tui.dialog import Dialog
from rnntui.tui.panels.registry import registered_panels
from rnntui.tui.stepper.keys import KEYS


class HelpScreen(Dialog[None]):
    """The keys in groups, then the panels; any of Esc, ?, q closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,question_mark,q,enter,f1", "dismiss", "close"),
    ]
    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen #help {
        width: 72;
        max-width: 95%;
        height: auto;
        max-height: 95%;
        border: round $accent;
        background: $surface;
        padding: 0 1;
    }
    HelpScreen #help Static { width: 1fr; }
    """

    def compose(self) -> ComposeResult:
        """The table, which scrolls where it is higher than the screen."""
        with VerticalScroll(id="help"):
            yield Static(_table())

    def on_mount(self) -> None:
        """Name the frame."""
        frame = self.query_one("#help")
        frame.border_title = "Keys"
        frame.border_subtitle = "Esc closes"
        frame.focus()


def _table() -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", style="bold", no_wrap=True)
    table.add_column()
    for group, keys in groupby(KEYS, lambda key: key.group):
        table.add_row("", Text(group, style="underline"))
        for key in keys:
            table.add_row(key.shown, key.help)
        table.add_row("", "")
    table.add_row("^p", "command palette: all of this by name")
    table.add_row("", "")
    table.add_row("", Text("Panels", style="underline"))
    for panel in registered_panels():
        table.add_row("", Text.assemble((panel.title, "bold"), "  ", panel.about))
    table.add_row("", "")
    table.add_row(
        "",
        Text(
            "What is not computed yet is ·   A negative bar is shaded ▒ and goes "
            "left, a negative block hangs from the ceiling.",
            style="dim",
        ),
    )
    return table
