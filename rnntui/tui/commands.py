"""The command palette, which survives keys that come before it has been filled."""

from __future__ import annotations

import contextlib

from textual.command import CommandPalette


class Commands(CommandPalette):
    """Textual's, but for a fault of its list (textual 8.2.8): a page up or down in a list that has no
    lines yet raises KeyError and ends the application."""

    def _action_command_list(self, action: str) -> None:
        with contextlib.suppress(KeyError):
            super()._action_command_list(action)
