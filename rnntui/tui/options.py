"""Lists to choose from, which survive keys where they are not laid out."""

from __future__ import annotations

import contextlib
from typing import Any

from textual.widgets import OptionList


class Options(OptionList):
    """Textual's, but for a fault of it (textual 8.2.8): a page up or down raises KeyError and ends the
    application where the list has no lines, as in a terminal too small for it."""

    def _move_page(self, direction: Any) -> None:
        with contextlib.suppress(KeyError, IndexError):
            super()._move_page(direction)
