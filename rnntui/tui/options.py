"""Lists to choose from, which survive keys and clicks that do not fit what they have."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from textual.events import Click
from textual.widgets import OptionList

if TYPE_CHECKING:
    _Base = OptionList
else:
    _Base = object  # a widget as the base would hide the list's own name from styles


class SurvivesLateInput(_Base):
    """Guards a list of Textual's (8.2.8) from faults that end the application: a page up or down raises
    KeyError where the list has no lines, as in a terminal too small for it, or before it is filled; a
    click on an entry that is gone by now raises IndexError."""

    def _move_page(self, direction: Any) -> None:
        with contextlib.suppress(KeyError, IndexError):
            super()._move_page(direction)

    async def _on_click(self, event: Click) -> None:
        event.prevent_default()  # Textual calls that of each class
        with contextlib.suppress(IndexError):
            await super()._on_click(event)


class Options(SurvivesLateInput, OptionList):
    """A list of a screen."""
