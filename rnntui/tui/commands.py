"""The command palette, which survives keys that come before it has been filled, and clicks beside it."""

from __future__ import annotations

import contextlib

from textual.await_complete import AwaitComplete
from textual.command import CommandPalette
from textual.errors import NoWidget
from textual.events import Click

from rnntui.tui.dialog import is_in_front


class Commands(CommandPalette):
    """Textual's, but for three faults (textual 8.2.8) that end the application: a page up or down in a
    list that has no lines yet raises KeyError, and a click outside a terminal that has become smaller
    meanwhile raises NoWidget; and it goes twice, which `Dialog` tells of."""

    def _action_command_list(self, action: str) -> None:
        with contextlib.suppress(KeyError):
            super()._action_command_list(action)

    def _on_click(self, event: Click) -> None:  # type: ignore[override]  # as in Textual
        event.prevent_default()  # Textual calls that of each class
        with contextlib.suppress(NoWidget):
            super()._on_click(event)

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Go, unless it has gone already."""
        return super().dismiss(result) if is_in_front(self) else AwaitComplete()
