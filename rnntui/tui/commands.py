"""The command palette, which survives keys that come before it has been filled, and clicks beside it."""

from __future__ import annotations

import contextlib

from textual import command
from textual.await_complete import AwaitComplete
from textual.css.query import NoMatches
from textual.errors import NoWidget
from textual.events import Click

from rnntui.tui.dialog import is_in_front
from rnntui.tui.options import SurvivesLateInput


class CommandOptions(SurvivesLateInput, command.CommandList, can_focus=False):
    """The list of the palette."""


vars(command)["CommandList"] = CommandOptions  # Textual's palette makes its list of this name


class Commands(command.CommandPalette):
    """Textual's, but for faults of it (textual 8.2.8) that end the application: a click outside a
    terminal that has become smaller meanwhile raises NoWidget, commands that are found when it has
    gone raise NoMatches; and it goes twice, as `Dialog` says."""

    def _on_click(self, event: Click) -> None:  # type: ignore[override]  # as in Textual
        event.prevent_default()  # Textual calls that of each class
        with contextlib.suppress(NoWidget):
            super()._on_click(event)

    def _watch__list_visible(self) -> None:
        with contextlib.suppress(NoMatches):  # it has no list any more: it is on its way out
            super()._watch__list_visible()

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Go, unless it has gone already."""
        return super().dismiss(result) if is_in_front(self) else AwaitComplete()
